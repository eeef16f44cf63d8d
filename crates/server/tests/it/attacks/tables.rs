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
fn exists(name: &str) -> bool {
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
    let (plain, with_arguments) = (format!("fn {test}()"), format!("fn {test}("));
    files
        .filter_map(|file| fs::read_to_string(file).ok())
        .any(|text| text.contains(&plain) || text.contains("proptest!") && text.contains(&with_arguments))
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
    ] {
        assert!(!exists(name), "{name}");
    }
}
