//! The figures, as a table for people and as JSON for programs.

use std::fmt;

use serde::Serialize;

/// One row. Where a unit is a whole flow, "request" means the flow.
#[derive(Debug, Serialize)]
pub(crate) struct RowReport {
    pub(crate) name: &'static str,
    pub(crate) requests_per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// User and system time of the server's process, all threads.
    pub(crate) cpu_ms_per_request: f64,
    /// CPU time of the ceiling for as many requests, divided by ours: 1.0 is as cheap as the ceiling.
    pub(crate) ratio_to_ceiling: f64,
    /// How much of its core the server used.
    pub(crate) core_use: f64,
    pub(crate) generator_cpu_ms_per_request: f64,
    pub(crate) requests_per_unit: usize,
    pub(crate) ceiling: &'static str,
    pub(crate) ceiling_requests_per_second: f64,
    pub(crate) ceiling_cpu_ms_per_request: f64,
}

/// A whole run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) rows: Vec<RowReport>,
    /// From the start of the process to the first token, with the data there.
    pub(crate) startup_ms: f64,
    /// The same with an empty data folder: keys, certificates and demo data are made.
    pub(crate) first_startup_ms: f64,
    pub(crate) memory_idle_bytes: u64,
    pub(crate) memory_after_100000_tokens_bytes: Option<u64>,
    pub(crate) binary_bytes: u64,
}

impl Report {
    /// # Errors
    /// Never in practice.
    pub(crate) fn json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| row | requests/s | p50 ms | p99 ms | CPU ms/request | ceiling | ceiling CPU ms | ratio |"
        )?;
        writeln!(f, "| --- | --: | --: | --: | --: | --- | --: | --: |")?;
        for row in &self.rows {
            let ceiling = match row.requests_per_unit {
                1 => row.ceiling.to_owned(),
                several => format!("{several} × {}", row.ceiling),
            };
            writeln!(
                f,
                "| {} | {:.0} | {:.2} | {:.2} | {:.4} | {ceiling} | {:.4} | {:.2} |",
                row.name,
                row.requests_per_second,
                row.p50_ms,
                row.p99_ms,
                row.cpu_ms_per_request,
                row.ceiling_cpu_ms_per_request,
                row.ratio_to_ceiling
            )?;
        }
        writeln!(f, "\n| | |\n| --- | --: |")?;
        writeln!(f, "| start to first token | {:.0} ms |", self.startup_ms)?;
        writeln!(f, "| first start, keys and demo data made | {:.0} ms |", self.first_startup_ms)?;
        writeln!(f, "| memory idle | {} |", mebibytes(self.memory_idle_bytes))?;
        if let Some(bytes) = self.memory_after_100000_tokens_bytes {
            writeln!(f, "| memory after 100,000 tokens | {} |", mebibytes(bytes))?;
        }
        writeln!(f, "| binary | {} |", mebibytes(self.binary_bytes))?;
        let slowest = self.rows.iter().map(|row| row.generator_cpu_ms_per_request).fold(0.0, f64::max);
        writeln!(f, "\nThe generator used at most {slowest:.3} ms of its own core for a request.")
    }
}

fn mebibytes(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let value = bytes as f64 / f64::from(1 << 20);
    format!("{value:.1} MiB")
}
