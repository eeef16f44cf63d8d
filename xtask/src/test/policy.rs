//! Which dependencies are let in: their licences, where they come from, and the few that are banned.

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::{context::Context, summary::Counts};
use crate::{process, project};

/// Licences that ask for no more than their text.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "OpenSSL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that must not come in, not even through another, and why.
const BANNED: &[(&str, &str)] = &[
    ("native-tls", "TLS is rustls"),
    ("openssl", "TLS is rustls, cryptography is aws-lc-rs"),
    ("openssl-sys", "TLS is rustls, cryptography is aws-lc-rs"),
    ("rsa", "RUSTSEC-2023-0071: the private key leaks through timing"),
    ("serde_yaml", "unmaintained"),
    ("sqlx", "the store speaks to its databases itself"),
];

/// Banned crates that openidconnect-rs, a client in the tests, brings along: it verifies with them, and signs nothing.
const IN_A_TEST_CLIENT: &[&str] = &["rsa"];

/// Checks every package that the lock files name: the project's, and that of a client in its tests.
pub(crate) fn check(_: &mut Context) -> anyhow::Result<Counts> {
    for (manifest, let_in) in
        [(project::root().join("Cargo.toml"), &[][..]), (project::openidconnect_rs(), IN_A_TEST_CLIENT)]
    {
        let mut cargo = project::cargo();
        cargo.args(["metadata", "--format-version", "1", "--locked", "--manifest-path"]).arg(&manifest);
        let metadata: Value = serde_json::from_str(&process::output(&mut cargo)?)?;
        let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
        let faults: Vec<String> = packages.iter().filter_map(|package| fault(package, let_in)).collect();
        if !faults.is_empty() {
            bail!("{} packages may not come in:\n{}", faults.len(), faults.join("\n"));
        }
        println!("{} packages of {}", packages.len(), manifest.display());
    }
    Ok(Counts::ONE)
}

fn fault(package: &Value, let_in: &[&str]) -> Option<String> {
    let name = package["name"].as_str().unwrap_or_default();
    if let Some((_, why)) = BANNED.iter().find(|(banned, _)| *banned == name && !let_in.contains(banned)) {
        return Some(format!("{name} is banned: {why}"));
    }
    match package["source"].as_str() {
        None => {}
        Some(source) if source.starts_with("registry+") || source.starts_with("sparse+") => {}
        Some(source) => return Some(format!("{name} comes from {source}, not from a registry")),
    }
    match package["license"].as_str() {
        Some(expression) if is_allowed(expression) => None,
        Some(expression) => Some(format!("{name} has the licence {expression}")),
        None => Some(format!("{name} names no licence")),
    }
}

/// Evaluates an SPDX expression, `/` of old manifests meaning OR.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = expression.split_whitespace().peekable();
    let allowed = any(&mut words);
    allowed && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words<'_>) -> bool {
    let mut allowed = all(words);
    while words.next_if_eq(&"OR").is_some() {
        allowed |= all(words);
    }
    allowed
}

fn all(words: &mut Words<'_>) -> bool {
    let mut allowed = one(words);
    while words.next_if_eq(&"AND").is_some() {
        allowed &= one(words);
    }
    allowed
}

fn one(words: &mut Words<'_>) -> bool {
    let Some(word) = words.next() else { return false };
    if word == "(" {
        let allowed = any(words);
        return words.next() == Some(")") && allowed;
    }
    let mut licence = word.to_owned();
    if words.next_if_eq(&"WITH").is_some() {
        licence = format!("{licence} WITH {}", words.next().unwrap_or_default());
    }
    LICENCES.contains(&licence.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_allowed_alternative_is_enough_but_each_conjunct_counts() {
        assert!(is_allowed("MIT OR GPL-3.0-only"));
        assert!(is_allowed("MIT/Apache-2.0"));
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception OR GPL-2.0"));
        assert!(!is_allowed("MIT AND GPL-3.0-only"));
        assert!(!is_allowed("GPL-3.0-only AND MIT OR AGPL-3.0"));
        assert!(!is_allowed("(MIT"));
        assert!(!is_allowed(""));
    }

    #[test]
    fn a_package_from_a_repository_or_on_the_list_of_bans_is_refused() {
        let package = |name: &str, source: &str| {
            fault(&serde_json::json!({"name": name, "source": source, "license": "MIT"}), &["rsa"])
        };
        assert_eq!(package("serde", "registry+https://registry.example"), None);
        assert_eq!(package("rsa", "registry+https://registry.example"), None, "it is let in here");
        assert!(
            package("serde", "git+https://git.example/serde").is_some_and(|why| why.contains("registry"))
        );
        assert!(
            package("openssl-sys", "registry+https://registry.example")
                .is_some_and(|why| why.contains("rustls"))
        );
    }
}
