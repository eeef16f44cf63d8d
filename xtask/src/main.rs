//! The project's own tasks: `cargo xtask test | generate | bench | fuzz`.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on its standard output")]

mod bench;
mod debian;
mod fuzz;
mod postgres;
mod process;
mod project;
mod service;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own tasks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every test, installing on Debian as root what is missing
    Test(test::Arguments),
    /// Make the checked-in documents anew that the code makes
    Generate,
    /// Measure the server against a ceiling server in the same run
    Bench(bench::Arguments),
    /// Run the fuzz targets under libFuzzer
    Fuzz(fuzz::Arguments),
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().task {
        Task::Test(arguments) => test::run(&arguments),
        Task::Generate => test::generate().map(|()| ExitCode::SUCCESS),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
    }
}
