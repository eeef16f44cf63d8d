//! The `symbolon` program: arguments → settings → command.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program: data on standard output, faults on standard error"
)]

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;

mod certificates;
mod cli;
mod commands;
mod demo;
mod setting_args;
mod walk_through;

// The default allocator of glibc keeps memory that many threads have freed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match commands::run(Cli::parse()) {
        Ok(code) => code,
        // A sentence that names the cure; never a backtrace.
        Err(error) => {
            eprintln!("symbolon: {error:#}");
            ExitCode::FAILURE
        }
    }
}
