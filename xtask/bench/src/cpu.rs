//! What a process has used, as the kernel counts it.

use std::fs;

use anyhow::Context;

/// CPU time of a process with all its threads, in seconds: utime + stime of proc(5) `/proc/PID/stat`.
///
/// # Errors
/// When there is no such process.
pub(crate) fn seconds(pid: u32) -> anyhow::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("the process is gone")?;
    let ticks = ticks(&stat).context("/proc/PID/stat has another form")?;
    #[expect(clippy::cast_precision_loss, reason = "a tick is 10 ms; 2^53 of them are longer than any run")]
    Ok(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// Fields 14 and 15. The name in field 2 is in parentheses and may hold anything, also parentheses.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

/// Resident memory of a process, in bytes: `VmRSS` of `/proc/PID/status`.
///
/// # Errors
/// When there is no such process.
pub(crate) fn resident_bytes(pid: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the process is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_found_behind_any_process_name() {
        let stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 4 0 100 1 1";
        assert_eq!(ticks(stat), Some(300));
        assert_eq!(ticks("7 (a) S"), None);
    }

    #[test]
    fn this_process_has_memory_and_has_used_time() {
        assert!(resident_bytes(std::process::id()).unwrap() > 4096);
        assert!(seconds(std::process::id()).unwrap() >= 0.0);
    }
}
