//! How often a login may fail before further tries are sent away unlooked at.
//!
//! Counted per account and address together, per address, and per account, so that one guesser does not lock
//! everybody else out of the account. Counts live in the memory of the node, bounded, and fade within the window.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

use quick_cache::sync::Cache;

use crate::clock::Timestamp;

/// Failures are forgotten this many seconds after the first of a series.
const WINDOW_SECONDS: i64 = 5 * 60;
/// Failures of one address at one account.
const PER_PAIR: u32 = 10;
/// Failures of one address at all accounts.
const PER_ADDRESS: u32 = 100;
/// Failures of all addresses at one account.
const PER_ACCOUNT: u32 = 100;
/// How many counters are kept.
const COUNTERS: usize = 100_000;

/// Counts failed logins.
#[derive(Debug)]
pub struct LoginLimits(Cache<u64, Series>);

#[derive(Clone, Copy, Debug)]
struct Series {
    began: Timestamp,
    failures: u32,
}

/// Who tries to log in where.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Tenant of the workspace.
    pub tenant_id: &'a str,
    /// The workspace.
    pub workspace_id: &'a str,
    /// The user name that was typed.
    pub username: &'a str,
    /// Where the request came from.
    pub address: IpAddr,
}

impl Default for LoginLimits {
    fn default() -> Self {
        Self(Cache::new(COUNTERS))
    }
}

impl LoginLimits {
    /// How many seconds the attempt has to wait, or `None` when it may go on.
    pub fn wait(&self, attempt: &Attempt<'_>, now: Timestamp) -> Option<i64> {
        attempt
            .counters()
            .into_iter()
            .filter_map(|(key, limit)| {
                let series = self.0.get(&key).filter(|series| series.is_running(now))?;
                (series.failures >= limit).then(|| series.began.seconds() + WINDOW_SECONDS - now.seconds())
            })
            .max()
    }

    /// Counts a failure.
    pub fn failed(&self, attempt: &Attempt<'_>, now: Timestamp) {
        for (key, _) in attempt.counters() {
            let series = self.0.get(&key).filter(|series| series.is_running(now));
            let failures = series.map_or(0, |series| series.failures);
            let began = series.map_or(now, |series| series.began);
            self.0.insert(key, Series { began, failures: failures.saturating_add(1) });
        }
    }

    /// Forgets the failures of this address at this account: the person has shown who they are.
    pub fn succeeded(&self, attempt: &Attempt<'_>) {
        self.0.remove(&attempt.counters()[0].0);
    }
}

impl Series {
    fn is_running(&self, now: Timestamp) -> bool {
        now.seconds() - self.began.seconds() < WINDOW_SECONDS
    }
}

impl Attempt<'_> {
    /// The counters of this attempt, the pair's first, each with its limit.
    fn counters(&self) -> [(u64, u32); 3] {
        let place = (self.tenant_id, self.workspace_id);
        [
            (key(&("pair", place, self.username, self.address)), PER_PAIR),
            (key(&("address", self.address)), PER_ADDRESS),
            (key(&("account", place, self.username)), PER_ACCOUNT),
        ]
    }
}

fn key(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn attempt(username: &str, last: u8) -> Attempt<'_> {
        let address = IpAddr::from([127, 0, 0, last]);
        Attempt { tenant_id: "default", workspace_id: "default", username, address }
    }

    #[test]
    fn a_guesser_waits_and_the_owner_does_not() {
        let limits = LoginLimits::default();
        for _ in 0..PER_PAIR {
            assert_eq!(limits.wait(&attempt("user", 1), NOW), None);
            limits.failed(&attempt("user", 1), NOW);
        }
        assert_eq!(limits.wait(&attempt("user", 1), NOW), Some(WINDOW_SECONDS));
        assert_eq!(limits.wait(&attempt("user", 2), NOW), None);
        assert_eq!(limits.wait(&attempt("user", 1), NOW.plus_seconds(WINDOW_SECONDS)), None);
    }

    #[test]
    fn many_guessers_at_one_account_wait() {
        let limits = LoginLimits::default();
        for i in 0..PER_ACCOUNT {
            limits.failed(&attempt("user", (i % 200) as u8), NOW);
        }
        assert!(limits.wait(&attempt("user", 250), NOW).is_some());
        assert_eq!(limits.wait(&attempt("other", 250), NOW), None);
    }

    #[test]
    fn success_clears_the_slate() {
        let limits = LoginLimits::default();
        for _ in 0..PER_PAIR {
            limits.failed(&attempt("user", 1), NOW);
        }
        limits.succeeded(&attempt("user", 1));
        assert_eq!(limits.wait(&attempt("user", 1), NOW), None);
    }
}
