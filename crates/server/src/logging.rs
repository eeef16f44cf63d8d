//! Log lines: for a person or as JSON, on standard error, with panics among them.

use std::{io::IsTerminal as _, panic::PanicHookInfo};

use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Logging};

/// Log lines were already set up in this process.
#[derive(Debug, thiserror::Error)]
#[error("logging was set up twice")]
pub struct AlreadySetUp;

/// Sends log lines to standard error from now on, in the whole process, and panics with them.
///
/// # Errors
/// When it was done before.
pub fn set_up(logging: &Logging) -> Result<(), AlreadySetUp> {
    // The filter was read once already, when the configuration was checked.
    let filter = EnvFilter::try_new(&logging.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match logging.format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Human => lines.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
    }
    .map_err(|_| AlreadySetUp)?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// The place and message of a panic. No backtrace: a release binary has no symbols to show.
fn log_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string);
    let message = info.payload_as_str().unwrap_or_default();
    tracing::error!(place, message, "panic");
}
