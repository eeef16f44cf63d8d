//! The load generator: many connections, each sending its next request when the last is answered.

mod connection;
mod tls;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use tokio::task::LocalSet;

pub(crate) use self::{
    connection::{Connection, Request},
    tls::{Identity, Target},
};
use crate::cpu;

/// One simulated client. What it does in one go is what is counted and timed.
pub(crate) trait Client {
    /// Does it once.
    async fn once(&mut self) -> anyhow::Result<()>;
}

/// How long and with how many.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
}

/// What happened within the window.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    /// Latencies in microseconds, one a request.
    pub(crate) latencies: Vec<u32>,
    pub(crate) seconds: f64,
    pub(crate) cpu_seconds: f64,
    pub(crate) generator_cpu_seconds: f64,
}

impl Measured {
    /// Adds another window of the same row.
    pub(crate) fn extend(&mut self, other: &Self) {
        self.latencies.extend_from_slice(&other.latencies);
        self.seconds += other.seconds;
        self.cpu_seconds += other.cpu_seconds;
        self.generator_cpu_seconds += other.generator_cpu_seconds;
    }

    #[expect(clippy::cast_precision_loss, reason = "far fewer requests than 2^53")]
    fn count(&self) -> f64 {
        self.latencies.len() as f64
    }

    pub(crate) fn requests_per_second(&self) -> f64 {
        self.count() / self.seconds
    }

    pub(crate) fn cpu_ms_per_request(&self) -> f64 {
        self.cpu_seconds * 1000.0 / self.count()
    }

    pub(crate) fn generator_cpu_ms_per_request(&self) -> f64 {
        self.generator_cpu_seconds * 1000.0 / self.count()
    }

    /// The latency that this share of the requests does not exceed, in milliseconds.
    pub(crate) fn percentile_ms(&self, share: f64) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the share is between 0 and 1"
        )]
        let index = (self.count() * share) as usize;
        sorted
            .get(index.min(sorted.len().saturating_sub(1)))
            .map_or(0.0, |&micros| f64::from(micros) / 1000.0)
    }
}

#[derive(Default)]
struct Shared {
    counting: Cell<bool>,
    ended: Cell<bool>,
    latencies: RefCell<Vec<u32>>,
    failure: RefCell<Option<anyhow::Error>>,
}

/// Runs `load.connections` clients against the process `pid`. CPU time is read at the edges of the window.
///
/// # Errors
/// The first error of any client: a figure that holds failed requests would say nothing.
pub(crate) async fn run<C: Client + 'static>(
    load: Load,
    pid: u32,
    make: impl Fn(usize) -> C,
) -> anyhow::Result<Measured> {
    let shared = Rc::new(Shared::default());
    let tasks = LocalSet::new();
    for number in 0..load.connections {
        tasks.spawn_local(repeat(make(number), Rc::clone(&shared)));
    }
    let window = async {
        tokio::time::sleep(load.warm_up).await;
        let own = std::process::id();
        let (cpu, own_cpu, start) = (cpu::seconds(pid)?, cpu::seconds(own)?, Instant::now());
        shared.counting.set(true);
        tokio::time::sleep(load.window).await;
        shared.counting.set(false);
        let measured = Measured {
            latencies: Vec::new(),
            seconds: start.elapsed().as_secs_f64(),
            cpu_seconds: cpu::seconds(pid)? - cpu,
            generator_cpu_seconds: cpu::seconds(own)? - own_cpu,
        };
        shared.ended.set(true);
        anyhow::Ok(measured)
    };
    let mut measured = tasks.run_until(window).await?;
    if let Some(failure) = shared.failure.take() {
        return Err(failure);
    }
    measured.latencies = shared.latencies.take();
    ensure!(!measured.latencies.is_empty(), "no request was answered within the window");
    Ok(measured)
}

async fn repeat(mut client: impl Client, shared: Rc<Shared>) {
    while !shared.ended.get() {
        let start = Instant::now();
        match client.once().await {
            Ok(()) if shared.counting.get() => {
                let micros = u32::try_from(start.elapsed().as_micros()).unwrap_or(u32::MAX);
                shared.latencies.borrow_mut().push(micros);
            }
            Ok(()) => {}
            Err(error) => {
                shared.failure.borrow_mut().get_or_insert(error);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_and_rates_come_from_the_window() {
        let mut measured = Measured {
            latencies: (1..=100).map(|n| n * 1000).collect(),
            seconds: 2.0,
            cpu_seconds: 1.0,
            generator_cpu_seconds: 0.5,
        };
        measured.extend(&measured.clone());
        assert!((measured.requests_per_second() - 50.0).abs() < 1e-9);
        assert!((measured.cpu_ms_per_request() - 10.0).abs() < 1e-9);
        assert!((measured.percentile_ms(0.5) - 51.0).abs() < 1e-9);
        assert!((measured.percentile_ms(0.99) - 100.0).abs() < 1e-9);
    }
}
