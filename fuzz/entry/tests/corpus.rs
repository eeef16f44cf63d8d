//! Every target over its corpus, and over what is left of each file when a byte of it changes.

use std::{fs, path::Path};

use symbolon_fuzz_entry::{TARGETS, Target};

/// Larger files are taken as they are.
const MUTATED: usize = 2048;

#[test]
fn no_file_of_the_corpus_breaks_a_promise() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(name);
        let mut files = 0;
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let data = fs::read(entry.unwrap().path()).unwrap();
            files += 1;
            target(&data);
            if data.len() <= MUTATED {
                mutate(*target, &data);
            }
        }
        assert!(files > 0, "{name} has no corpus");
    }
}

#[test]
fn the_corpus_reaches_what_is_accepted() {
    let read =
        |name: &str| fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(name)).unwrap();
    assert!(symbolon_protocol::Form::parse(&read("form/token")).is_ok());
    assert!(symbolon_pki::Certificate::from_der(read("certificate/leaf")).is_ok());
    let name = String::from_utf8(read("name/equal")).unwrap();
    let (first, second) = name.split_once('\n').unwrap();
    let parse = |text| symbolon_pki::DistinguishedName::parse(text).unwrap();
    assert!(parse(first).matches(&parse(second)));
    let token = String::from_utf8(read("jwt/rfc7515-a3")).unwrap();
    assert!(symbolon_jose::UnverifiedJwt::parse(&token).is_ok());
    let token = String::from_utf8(read("jwe/rfc7516-a3")).unwrap();
    assert!(symbolon_jose::Jwe::parse(&token, 16 * 1024).is_ok());
}

/// Each byte flipped, cleared and filled in turn; the file cut off after each byte.
fn mutate(target: Target, data: &[u8]) {
    let mut changed = data.to_vec();
    for index in 0..data.len() {
        for byte in [data[index] ^ 1, data[index] ^ 0x80, 0, 0xff] {
            changed[index] = byte;
            target(&changed);
        }
        changed[index] = data[index];
        target(&data[..index]);
    }
}
