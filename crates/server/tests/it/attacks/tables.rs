//! docs/attacks.md and docs/profiles.md name tests: each of them is there.

use std::fs;
use std::path::{Path, PathBuf};

/// The test names in a page: what stands in backticks and has a path.
fn names(page: &str) -> Vec<String> {
    let path = root().join("docs").join(page);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows = text.lines().filter(|line| line.starts_with('|'));
    let words = rows.flat_map(|row| row.split('`').skip(1).step_by(2).map(str::to_owned));
    words.filter(|word| word.contains("::")).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// `it::a::b::name` is a test in `crates/server/tests/it`, `jose::a::name` one beside the code of that crate.
pub(crate) fn exists(name: &str) -> bool {
    let mut parts: Vec<_> = name.split("::").collect();
    let (Some(test), false) = (parts.pop(), parts.is_empty()) else { return false };
    let folder = match parts.remove(0) {
        "it" => root().join("crates/server/tests/it"),
        krate => root().join("crates").join(krate).join("src"),
    };
    // `a::tests::name` may be in `a.rs`, in `a/tests.rs` or in `a/mod.rs`.
    let whole = folder.join(parts.join("/"));
    let without = (parts.last() == Some(&"tests")).then(|| folder.join(parts[..parts.len() - 1].join("/")));
    let files = [Some(whole), without].into_iter().flatten();
    let files = files.flat_map(|path| [path.with_extension("rs"), path.join("mod.rs")]);
    files.filter_map(|file| fs::read_to_string(file).ok()).any(|text| is_test(&text, test))
}

/// Whether the file has a function of this name that runs as a test: the attribute is directly above it, and none that
/// has it ignored.
fn is_test(text: &str, name: &str) -> bool {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let starts = [format!("fn {name}()"), format!("async fn {name}()"), format!("fn {name}(")];
    let is_property = text.contains("proptest!");
    (0..lines.len()).any(|at| {
        let begins = |start: &String| lines[at].starts_with(start.as_str());
        // A property takes its cases as arguments.
        if !(starts[..2].iter().any(begins) || is_property && begins(&starts[2])) {
            return false;
        }
        let above =
            lines[..at].iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("///"));
        let attributes: Vec<_> = above.filter(|line| line.starts_with("#[")).collect();
        let runs =
            attributes.iter().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"));
        runs && !attributes.iter().any(|line| line.contains("ignore"))
    })
}

#[test]
fn every_test_that_a_table_names_is_there() {
    for (page, fewest) in [("attacks.md", 60), ("profiles.md", 30)] {
        let names = names(page);
        assert!(names.len() >= fewest, "{page} names {} tests", names.len());
        let missing: Vec<_> = names.iter().filter(|name| !exists(name)).collect();
        assert!(missing.is_empty(), "{page} names tests that are not there: {missing:#?}");
    }
}

#[test]
fn a_name_that_is_no_test_is_noticed() {
    assert!(exists("it::attacks::tables::every_test_that_a_table_names_is_there"));
    for name in [
        "it::attacks::tables::nothing",
        "it::attacks::nowhere::a_name_that_is_no_test_is_noticed",
        "it::x",
        "x",
        // A function that no attribute makes a test.
        "it::attacks::tables::exists",
    ] {
        assert!(!exists(name), "{name}");
    }
    let runs = |text: &str| is_test(text, "a");
    assert!(runs("#[test]\nfn a() {") && runs("#[tokio::test(start_paused = true)]\nasync fn a() {"));
    assert!(runs("proptest! {\n    #[test]\n    fn a(x in any::<u8>()) {"));
    for text in [
        "fn a() {",
        "#[test]\n\nfn a() {",
        "#[test]\nfn b() {}\nfn a() {",
        "#[test]\n#[ignore = \"slow\"]\nfn a() {",
        "#[cfg(test)]\nfn a() {",
        "// #[test]\nfn a() {",
        "#[test]\nfn ab() {",
    ] {
        assert!(!runs(text), "{text}");
    }
}
