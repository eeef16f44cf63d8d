//! How often somebody may do something in a minute.
//!
//! Counted in the memory of the node, bounded, in windows that begin with the first count. Whoever only asks pays for
//! one atomic read until somebody is over the limit.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use quick_cache::unsync::Cache;

use crate::clock::Timestamp;

/// Counts are forgotten this many seconds after the first of a series.
const WINDOW_SECONDS: i64 = 60;
/// How many counters are kept.
const COUNTERS: usize = 100_000;

/// Counts what may happen so often and no oftener.
pub struct Rate {
    /// 0: as often as anybody likes.
    limit: u32,
    windows: Mutex<Cache<u64, Window>>,
    /// Nobody is over the limit from this second on.
    full_until: AtomicI64,
}

#[derive(Clone, Copy)]
struct Window {
    began: i64,
    count: u32,
}

impl Rate {
    /// At most `limit` times a minute; 0: no limit.
    pub fn per_minute(limit: usize) -> Self {
        Self {
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
            windows: Mutex::new(Cache::new(COUNTERS)),
            full_until: AtomicI64::new(i64::MIN),
        }
    }

    /// Counts one more for `who`.
    ///
    /// # Errors
    /// How many seconds to wait when there were enough: it is not counted then.
    pub fn count(&self, who: &impl Hash, now: Timestamp) -> Result<(), i64> {
        if self.limit == 0 {
            return Ok(());
        }
        let (key, second) = (key(who), now.seconds());
        let mut windows = self.windows();
        let running = windows.get(&key).copied().filter(|window| window.is_running(second));
        let Window { began, count } = running.unwrap_or(Window { began: second, count: 0 });
        if count >= self.limit {
            return Err(began + WINDOW_SECONDS - second);
        }
        windows.insert(key, Window { began, count: count + 1 });
        if count + 1 == self.limit {
            self.full_until.fetch_max(began + WINDOW_SECONDS, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Whether there is room for one more, which is not counted.
    ///
    /// # Errors
    /// How many seconds to wait when there is none.
    pub fn check(&self, who: &impl Hash, now: Timestamp) -> Result<(), i64> {
        let second = now.seconds();
        if second >= self.full_until.load(Ordering::Relaxed) {
            return Ok(());
        }
        let full = self.windows().get(&key(who)).copied().filter(|window| window.count >= self.limit);
        match full.filter(|window| window.is_running(second)) {
            Some(window) => Err(window.began + WINDOW_SECONDS - second),
            None => Ok(()),
        }
    }

    fn windows(&self) -> MutexGuard<'_, Cache<u64, Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    const fn is_running(&self, second: i64) -> bool {
        second - self.began < WINDOW_SECONDS
    }
}

impl std::fmt::Debug for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rate")
    }
}

/// Whom an address stands for: who holds one IPv6 address holds the /64 around it.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// What something is counted under.
pub fn key(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    #[test]
    fn who_is_over_the_limit_waits_for_the_end_of_the_minute_and_nobody_else_does() {
        let rate = Rate::per_minute(2);
        assert_eq!(rate.count(&"a", NOW), Ok(()));
        assert_eq!(rate.check(&"a", NOW), Ok(()));
        assert_eq!(rate.count(&"a", NOW.plus_seconds(10)), Ok(()));
        assert_eq!(rate.count(&"a", NOW.plus_seconds(20)), Err(40));
        assert_eq!(rate.check(&"a", NOW.plus_seconds(20)), Err(40));
        assert_eq!((rate.check(&"b", NOW), rate.count(&"b", NOW)), (Ok(()), Ok(())));
        assert_eq!(rate.check(&"a", NOW.plus_seconds(60)), Ok(()));
        assert_eq!(rate.count(&"a", NOW.plus_seconds(60)), Ok(()));
    }

    #[test]
    fn asking_does_not_count() {
        let rate = Rate::per_minute(1);
        (0..10).for_each(|_| assert_eq!(rate.check(&"a", NOW), Ok(())));
        assert_eq!(rate.count(&"a", NOW), Ok(()));
    }

    #[test]
    fn zero_means_no_limit() {
        let rate = Rate::per_minute(0);
        (0..1000).for_each(|_| assert_eq!(rate.count(&"a", NOW), Ok(())));
        assert_eq!(rate.check(&"a", NOW), Ok(()));
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_party() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:7:7::1"), of("2001:db8:7:7:ffff::2"));
        assert_ne!(of("2001:db8:7:7::1"), of("2001:db8:7:8::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
