//! Measures Symbolon: a load generator and a ceiling server in one program, started by `cargo xtask bench`.
//!
//! The ceiling is the least that a token endpoint can cost with the same TLS and HTTP libraries: it reads the
//! form, signs one ES256 JWT and answers. Both servers take turns on one core, the generator has the other.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks on its standard output")]

mod ceiling;
mod clock;
mod cpu;
mod flow;
mod form;
mod load;
mod report;
mod rows;
mod run;
mod subject;

use clap::{Parser, Subcommand};

// The server's allocator, so that the ceiling differs in what it does and in nothing else.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Measure every row
    Run(run::Options),
    /// Serve as the ceiling, on a port of loopback that is printed
    Ceiling,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Run(options) => run::run(&options).await,
        Command::Ceiling => ceiling::serve().await,
    }
}
