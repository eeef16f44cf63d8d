//! `symbolon explain REQUEST_ID`

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use symbolon_server::refusals::{explain, find_in_folder};

use crate::cli::Explain;

/// Says why a request was refused, from the journal in the data folder.
pub(crate) fn run(arguments: &Explain, folder: &Path) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(
        folder.is_dir(),
        "there is no data folder {}: name the server's with --data-dir",
        folder.display()
    );
    let found = find_in_folder(folder, &arguments.request_id)
        .with_context(|| format!("cannot read the refusal journal in {}", folder.display()))?;
    let Some(refusal) = found else {
        eprintln!(
            "symbolon: no refusal with the request id {} in {}: was it this node that answered, and is the record older \
             than the journal (16 MiB)?",
            arguments.request_id,
            folder.display()
        );
        return Ok(ExitCode::FAILURE);
    };
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&refusal)?);
    } else {
        print!("{}", explain(&refusal));
    }
    Ok(ExitCode::SUCCESS)
}
