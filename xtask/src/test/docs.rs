//! The documentation: its links lead somewhere, and what the code makes is what is checked in.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail, ensure};

use super::{
    context::{self, Context},
    summary::Counts,
};
use crate::{process, project, service};

/// Each relative link of each tracked Markdown file leads to a file or folder.
pub(crate) fn links(_: &mut Context) -> anyhow::Result<Counts> {
    let root = project::root();
    let listed = process::output(Command::new("git").current_dir(&root).args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "*.md",
    ]))?;
    let mut checked = 0;
    let mut dead = Vec::new();
    for file in listed.lines().map(|line| root.join(line)) {
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        for link in relative_links(&text) {
            checked += 1;
            if !file.parent().unwrap_or(&root).join(&link).exists() {
                dead.push(format!("{}: {link}", file.strip_prefix(&root).unwrap_or(&file).display()));
            }
        }
    }
    ensure!(dead.is_empty(), "{} links lead nowhere:\n{}", dead.len(), dead.join("\n"));
    println!("{checked} links");
    Ok(Counts::ONE)
}

/// The targets of `[text](target)` that are paths, without fragment.
fn relative_links(markdown: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut in_code = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for rest in line.split("](").skip(1) {
            let Some((target, _)) = rest.split_once(')') else { continue };
            let path = target.split(['#', ' ']).next().unwrap_or_default();
            if !path.is_empty() && !path.contains(':') && !path.starts_with('/') {
                links.push(path.to_owned());
            }
        }
    }
    links
}

/// Makes the documents anew that the code makes: `cargo xtask generate`.
///
/// # Errors
/// When the binary does not build or refuses.
pub(crate) fn generate() -> anyhow::Result<()> {
    Context::new(None).build()?;
    let kept = kept();
    std::fs::remove_dir_all(&kept).ok();
    write_openapi(&kept)
}

fn kept() -> PathBuf {
    project::root().join("docs/openapi")
}

fn write_openapi(folder: &Path) -> anyhow::Result<()> {
    let mut command = Command::new(service::binary());
    process::output(command.arg("openapi").arg("--out").arg(folder))?;
    Ok(())
}

/// `symbolon openapi` makes just the documents of `docs/openapi/`.
pub(crate) fn generated(context: &mut Context) -> anyhow::Result<Counts> {
    context.build()?;
    let made = context::folder("openapi")?;
    write_openapi(&made)?;
    let kept = kept();
    let (made_files, kept_files) = (files(&made)?, files(&kept)?);
    ensure!(!made_files.is_empty(), "symbolon openapi made no document");
    let differing: Vec<&Path> = made_files
        .iter()
        .chain(&kept_files)
        .map(PathBuf::as_path)
        .filter(|name| std::fs::read(made.join(name)).ok() != std::fs::read(kept.join(name)).ok())
        .collect();
    if !differing.is_empty() {
        bail!("run `cargo xtask generate`: {differing:?} differ");
    }
    Ok(Counts { passed: made_files.len(), skipped: 0 })
}

fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    entries.map(|entry| Ok(PathBuf::from(entry?.file_name()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_outside_code_are_links_to_check() {
        let text =
            "See [a](docs/a.md#top) and [b](https://b.example) or [c](#c).\n```\n[d](d.md)\n```\n[e](../e)";
        assert_eq!(relative_links(text), ["docs/a.md", "../e"]);
    }
}
