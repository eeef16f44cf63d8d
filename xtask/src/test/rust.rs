//! What cargo itself checks.

use std::time::Duration;

use anyhow::ensure;

use super::{
    context::{self, Context},
    summary::Counts,
};
use crate::{process, project};

const LIMIT: Duration = Duration::from_secs(3600);

pub(crate) fn format(_: &mut Context) -> anyhow::Result<Counts> {
    let mut cargo = project::cargo();
    cargo.args(["fmt", "--all", "--check"]);
    process::run(&mut cargo, &context::log("format"), LIMIT)?.success("cargo fmt")?;
    let mut cargo = project::cargo();
    cargo.args(["fmt", "--check", "--manifest-path"]).arg(project::openidconnect_rs());
    process::run(&mut cargo, &context::log("format"), LIMIT)?.success("cargo fmt")?;
    Ok(Counts::ONE)
}

pub(crate) fn clippy(_: &mut Context) -> anyhow::Result<Counts> {
    let mut cargo = project::cargo();
    cargo.args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]);
    process::run(&mut cargo, &context::log("clippy"), LIMIT)?.success("cargo clippy")?;
    Ok(Counts::ONE)
}

pub(crate) fn tests(context: &mut Context) -> anyhow::Result<Counts> {
    context.build()?;
    let mut cargo = project::cargo();
    cargo
        .args(["test", "--workspace", "--locked", "--no-fail-fast"])
        .env("SYMBOLON_TEST_POSTGRES", context.postgres("unit")?)
        // A snapshot that differs is a failure, never a file to look at later.
        .env("INSTA_UPDATE", "no");
    let finished = process::run(&mut cargo, &context::log("rust"), LIMIT)?;
    let counts = count(&finished.lines);
    finished.success("cargo test")?;
    ensure!(counts.passed > 0, "cargo test ran no test");
    Ok(counts)
}

/// Adds up the closing lines of the test programs.
fn count(lines: &[String]) -> Counts {
    let mut counts = Counts::default();
    for line in lines.iter().filter_map(|line| line.strip_prefix("test result: ")) {
        let number = |word: &str| {
            let field = line.split([';', '.']).map(str::trim).find_map(|field| field.strip_suffix(word));
            field.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
        };
        counts.passed += number("passed");
        counts.skipped += number("ignored");
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_all_test_programs_are_added_up() {
        let lines = [
            "running 2 tests",
            "test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 40 passed; 2 failed; 0 ignored; 0 measured; 3 filtered out; finished in 1.50s",
        ];
        let counts = count(&lines.map(String::from));
        assert_eq!(counts, Counts { passed: 42, skipped: 1 });
    }
}
