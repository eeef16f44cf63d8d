//! One run: start both servers, let each row and its ceiling take turns, report.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};

use crate::{
    cpu,
    load::{self, Client, Load, Measured, Target},
    report::{Report, RowReport},
    rows::{Ceiling, Requests, Row},
    subject::{self, Process, Symbolon},
};

/// What to measure and where to write it.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Short windows: under a minute in all
    #[arg(long)]
    quick: bool,
    /// Write the figures as JSON, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure only this row (repeatable)
    #[arg(long, value_name = "NAME", value_parser = known_row)]
    row: Vec<Row>,
    /// The server's binary
    #[arg(long)]
    binary: PathBuf,
    /// Where the data of the server goes for the time of the run: on a disk
    #[arg(long)]
    folder: PathBuf,
}

fn known_row(name: &str) -> Result<Row, String> {
    Row::ALL.iter().copied().find(|row| row.name() == name).ok_or_else(|| {
        format!("the rows are {}", Row::ALL.iter().map(|row| row.name()).collect::<Vec<_>>().join(", "))
    })
}

/// How many times server and ceiling take turns, and for how long.
struct Pace {
    rounds: usize,
    load: Load,
}

const CONNECTIONS: usize = 32;
/// All of them log in as one user from one address, and the server lets ten such tries be under way at a time.
const PEOPLE: usize = 8;
const TOKENS: usize = 100_000;

impl Pace {
    fn new(quick: bool) -> Self {
        let (rounds, warm_up, window) = if quick { (2, 200, 900) } else { (3, 1000, 4000) };
        let (warm_up, window) = (Duration::from_millis(warm_up), Duration::from_millis(window));
        Self { rounds, load: Load { connections: CONNECTIONS, warm_up, window } }
    }
}

/// Runs, prints the table, writes the JSON.
///
/// # Errors
/// When a server does not start or any request fails.
pub(crate) async fn run(options: &Options) -> anyhow::Result<()> {
    let pace = Pace::new(options.quick);
    let symbolon = Symbolon::new(&options.binary, &options.folder)?;
    // The first start makes keys and demo data, the second finds them: both are timed.
    let (first, first_start) = symbolon.start().await?;
    drop(first);
    let (server, start) = symbolon.start().await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let memory_idle_bytes = cpu::resident_bytes(server.pid())?;

    let bench = Bench { ceiling: subject::start_ceiling()?, server, symbolon, pace };
    let plain = Target::new(bench.server.port, None)?;
    let requests = Requests::prepare(&plain).await.with_context(|| bench.symbolon.log())?;
    let memory_loaded_bytes =
        if options.row.is_empty() { Some(bench.memory_after_tokens(&requests, &plain).await?) } else { None };
    let mut rows = Vec::new();
    for &row in if options.row.is_empty() { Row::ALL } else { &options.row } {
        println!("{} …", row.name());
        rows.push(bench.row(row, &requests).await.with_context(|| row.name())?);
    }
    let report = Report {
        rows,
        startup_ms: start.as_secs_f64() * 1000.0,
        first_startup_ms: first_start.as_secs_f64() * 1000.0,
        memory_idle_bytes,
        memory_after_100000_tokens_bytes: memory_loaded_bytes,
        binary_bytes: bench.symbolon.binary_bytes()?,
    };
    print!("\n{report}");
    if let Some(file) = &options.json {
        std::fs::write(file, report.json()?).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

struct Bench {
    server: Process,
    ceiling: Process,
    symbolon: Symbolon,
    pace: Pace,
}

impl Bench {
    /// Server and ceiling take turns, so that what the machine does besides meets both.
    async fn row(&self, row: Row, requests: &Requests) -> anyhow::Result<RowReport> {
        let identity = self.symbolon.identity()?;
        let identity = row.has_certificate().then_some(&identity);
        let target = Target::new(self.server.port, identity)?;
        let ceiling_target = Target::new(self.ceiling.port, identity)?;
        let (mut measured, mut ceiling) = (Measured::default(), Measured::default());
        for _ in 0..self.pace.rounds {
            measured.extend(&self.window(row, requests, &target).await?);
            let client = |_| row.ceiling().client(&ceiling_target);
            ceiling.extend(&load::run(self.pace.load, self.ceiling.pid(), client).await?);
        }
        let requests_per_unit = self.requests_per_unit(row, requests, &target).await?;
        Ok(RowReport::new(row, &measured, row.ceiling(), &ceiling, requests_per_unit))
    }

    async fn window(&self, row: Row, requests: &Requests, target: &Target) -> anyhow::Result<Measured> {
        let (mut load, pid) = (self.pace.load, self.server.pid());
        if !row.is_flow() {
            return load::run(load, pid, |_| requests.client(row, target)).await;
        }
        // A password hash takes tens of milliseconds: everybody must have got in.
        load.warm_up += Duration::from_millis(1000);
        load.connections = PEOPLE;
        if row == Row::CodeFlow {
            load.window *= 2;
        }
        load::run(load, pid, |_| requests.flow(row, target)).await
    }

    /// How many requests one counted unit is.
    async fn requests_per_unit(
        &self,
        row: Row,
        requests: &Requests,
        target: &Target,
    ) -> anyhow::Result<usize> {
        if !row.is_flow() {
            return Ok(1);
        }
        let mut flow = requests.flow(row, target);
        // The second one, so that a session that is kept is there.
        flow.once().await?;
        flow.once().await?;
        Ok(flow.sent)
    }

    async fn memory_after_tokens(&self, requests: &Requests, target: &Target) -> anyhow::Result<u64> {
        println!("{TOKENS} tokens …");
        let load = Load { connections: CONNECTIONS, warm_up: Duration::ZERO, window: Duration::from_secs(1) };
        let (mut tokens, start) = (0, Instant::now());
        while tokens < TOKENS {
            ensure!(start.elapsed() < Duration::from_secs(300), "{tokens} tokens in five minutes");
            let client = |_| requests.client(Row::ClientCredentialsSecret, target);
            tokens += load::run(load, self.server.pid(), client).await?.latencies.len();
        }
        cpu::resident_bytes(self.server.pid())
    }
}

impl RowReport {
    fn new(row: Row, measured: &Measured, kind: Ceiling, ceiling: &Measured, requests: usize) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a dozen")]
        let ceiling_ms = ceiling.cpu_ms_per_request() * requests as f64;
        Self {
            name: row.name(),
            requests_per_second: measured.requests_per_second(),
            p50_ms: measured.percentile_ms(0.50),
            p99_ms: measured.percentile_ms(0.99),
            cpu_ms_per_request: measured.cpu_ms_per_request(),
            ratio_to_ceiling: ceiling_ms / measured.cpu_ms_per_request(),
            core_use: measured.cpu_seconds / measured.seconds,
            generator_cpu_ms_per_request: measured.generator_cpu_ms_per_request(),
            requests_per_unit: requests,
            ceiling: kind.name(),
            ceiling_requests_per_second: ceiling.requests_per_second(),
            ceiling_cpu_ms_per_request: ceiling.cpu_ms_per_request(),
        }
    }
}
