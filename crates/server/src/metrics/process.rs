//! Memory, processor time and files of this process, under the names every Prometheus client uses.

use std::fs;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};

/// Reads `/proc/self` when asked; says nothing where there is none.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let Some(usage) = Usage::read() else { return Ok(()) };
        let resident = ConstGauge::new(usage.resident_bytes);
        let metric = encoder.encode_descriptor(
            "process_resident_memory_bytes",
            "Resident memory",
            None,
            resident.metric_type(),
        )?;
        encode(&resident, metric)?;
        let seconds = ConstCounter::new(usage.cpu_seconds);
        let metric = encoder.encode_descriptor(
            "process_cpu_seconds",
            "User and system time",
            None,
            seconds.metric_type(),
        )?;
        encode(&seconds, metric)?;
        let files = ConstGauge::new(usage.open_files);
        let metric =
            encoder.encode_descriptor("process_open_fds", "Open files", None, files.metric_type())?;
        encode(&files, metric)
    }
}

fn encode(metric: &impl EncodeMetric, encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
    debug_assert!(!matches!(metric.metric_type(), MetricType::Unknown));
    metric.encode(encoder)
}

struct Usage {
    resident_bytes: u64,
    cpu_seconds: f64,
    open_files: u64,
}

impl Usage {
    fn read() -> Option<Self> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kilobytes: u64 = resident.trim().strip_suffix(" kB")?.parse().ok()?;
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // proc_pid_stat(5): the second field may hold spaces, so count from its closing bracket;
        // utime and stime are fields 14 and 15, in clock ticks, of which Linux has 100 a second.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let user: u64 = fields.next()?.parse().ok()?;
        let system: u64 = fields.next()?.parse().ok()?;
        let open_files = fs::read_dir("/proc/self/fd").ok()?.count() as u64;
        Some(Self {
            resident_bytes: kilobytes * 1024,
            cpu_seconds: (user + system) as f64 / 100.0,
            open_files,
        })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn reads_this_process() {
        let usage = Usage::read().unwrap();
        assert!(usage.resident_bytes > 1 << 20);
        assert!(usage.open_files >= 3);
        assert!(usage.cpu_seconds >= 0.0);
    }
}
