//! `symbolon openapi --out DIR`

use std::fs;

use anyhow::Context as _;
use symbolon_server::api::openapi::files;

use crate::cli::Openapi;

/// Writes one document for each family of the API.
pub(crate) fn run(arguments: &Openapi) -> anyhow::Result<()> {
    let folder = &arguments.out;
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (name, text) in files() {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        println!("{}", path.display());
    }
    Ok(())
}
