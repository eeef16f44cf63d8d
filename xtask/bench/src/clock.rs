//! The one place that reads the wall clock: tokens carry times.

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "this program stands outside the server and has no Cx")]
pub(crate) fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}
