//! `symbolon migrate`

use std::path::Path;

use symbolon_server::clock::Clock;
use symbolon_server::rng::Rng;
use symbolon_server::start::{create_private_folder, location, reseal, store_error};
use symbolon_store::Store;

use crate::cli::Migrate;

/// Brings the schema up to date, or says what that would take.
pub(crate) fn run(arguments: &Migrate, data_dir: Option<&Path>) -> anyhow::Result<()> {
    // A database needs no TLS: the certificate that `serve` asks for is no matter here.
    let presets = vec![("server.dangerous_disable_tls", "true".to_owned())];
    let config = arguments.settings.load(data_dir, presets)?;
    if let Some(folder) = config.sql.sqlite_path().as_deref().and_then(Path::parent) {
        create_private_folder(folder)?;
    }
    let now = Clock::system().now().millis();
    let location = location(&config)?;
    let migrating = Store::migrate(&location, arguments.dry_run, now);
    let runtime = super::small_runtime()?;
    let report = runtime.block_on(migrating).map_err(|error| store_error(&config, error))?;
    if report.steps.is_empty() {
        println!("The database is up to date (schema {}).", report.to);
    } else {
        let verb = if arguments.dry_run { "Would migrate" } else { "Migrated" };
        println!("{verb} from schema {} to {}: {}.", report.from, report.to, report.steps.join(", "));
    }
    if arguments.reseal {
        let count = runtime.block_on(reseal(&config, &Clock::system(), &Rng::system()))?;
        println!("Sealed {count} values anew with the current master key.");
    }
    Ok(())
}
