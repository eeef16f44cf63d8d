//! How often a login may fail before further tries are sent away unlooked at.
//!
//! Counted per account and address together, per address, and per account, so that one guesser does not lock
//! everybody else out of the account. An address from which a person has logged in before is known to the account:
//! there only the failures of the two together count, whoever else attacks the account or from that address. A try
//! counts before it is looked at, so that many at once are not one.
//! Counts live in the memory of the node, bounded, and fade within the window.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use quick_cache::unsync::Cache;

use crate::clock::Timestamp;
use crate::rate::{key, network};

/// Failures are forgotten this many seconds after the first of a series.
const WINDOW_SECONDS: i64 = 5 * 60;
/// An address from which somebody has logged in is remembered for so long, in seconds.
const KNOWN_SECONDS: i64 = 30 * 24 * 60 * 60;
/// Failures of one address at one account.
const PER_PAIR: u32 = 10;
/// Failures of one address at all accounts.
const PER_ADDRESS: u32 = 100;
/// Failures of all addresses at one account.
const PER_ACCOUNT: u32 = 100;
/// How many counters are kept.
const COUNTERS: usize = 100_000;

/// Counts failed logins.
pub struct LoginLimits(Mutex<Cache<u64, Series>>);

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
        Self(Mutex::new(Cache::new(COUNTERS)))
    }
}

impl std::fmt::Debug for LoginLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoginLimits")
    }
}

impl LoginLimits {
    /// Counts a try as failed until it has [`succeeded`](Self::succeeded).
    ///
    /// # Errors
    /// How many seconds the attempt has to wait: it is not counted then, and must not be looked at.
    pub fn begin(&self, attempt: &Attempt<'_>, now: Timestamp) -> Result<(), i64> {
        let mut counters = self.counters();
        let is_known = counters.get(&attempt.known_key()).is_some_and(|known| known.is_recent(now));
        let limits = attempt.limits(is_known);
        let wait = limits.iter().filter_map(|(key, limit)| {
            let series = counters.get(key).filter(|series| series.is_running(now))?;
            (series.failures >= *limit).then(|| series.began.seconds() + WINDOW_SECONDS - now.seconds())
        });
        if let Some(seconds) = wait.max() {
            return Err(seconds);
        }
        for (key, _) in limits {
            let series = counters.get(&key).copied().filter(|series| series.is_running(now));
            let Series { began, failures } = series.unwrap_or(Series { began: now, failures: 0 });
            counters.insert(key, Series { began, failures: failures.saturating_add(1) });
        }
        Ok(())
    }

    /// The person has shown who they are: the failures of this address at this account are forgotten, and it is
    /// remembered as theirs.
    pub fn succeeded(&self, attempt: &Attempt<'_>, now: Timestamp) {
        self.not_looked_at(attempt);
        self.counters().remove(&attempt.pair_key());
        self.know(attempt, now);
    }

    /// The address is the person's, though nothing was tried: they have just made their account.
    pub fn know(&self, attempt: &Attempt<'_>, now: Timestamp) {
        self.counters().insert(attempt.known_key(), Series { began: now, failures: 0 });
    }

    /// The try was sent away for another reason: it does not count.
    pub fn not_looked_at(&self, attempt: &Attempt<'_>) {
        let mut counters = self.counters();
        for (key, _) in attempt.limits(false) {
            if let Some(mut series) = counters.get_mut(&key) {
                series.failures = series.failures.saturating_sub(1);
            }
        }
    }

    fn counters(&self) -> MutexGuard<'_, Cache<u64, Series>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Series {
    fn is_running(&self, now: Timestamp) -> bool {
        now.seconds() - self.began.seconds() < WINDOW_SECONDS
    }

    fn is_recent(&self, now: Timestamp) -> bool {
        now.seconds() - self.began.seconds() < KNOWN_SECONDS
    }
}

impl Attempt<'_> {
    /// The counters of this attempt, each with its limit.
    fn limits(&self, is_known: bool) -> [(u64, u32); 3] {
        let unless_known = |limit| if is_known { u32::MAX } else { limit };
        [
            (self.pair_key(), PER_PAIR),
            (key(&("address", network(self.address))), unless_known(PER_ADDRESS)),
            (key(&("account", self.place(), self.username)), unless_known(PER_ACCOUNT)),
        ]
    }

    fn pair_key(&self) -> u64 {
        key(&("pair", self.place(), self.username, network(self.address)))
    }

    fn known_key(&self) -> u64 {
        key(&("known", self.place(), self.username, network(self.address)))
    }

    const fn place(&self) -> (&str, &str) {
        (self.tenant_id, self.workspace_id)
    }
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
            assert_eq!(limits.begin(&attempt("user", 1), NOW), Ok(()));
        }
        assert_eq!(limits.begin(&attempt("user", 1), NOW), Err(WINDOW_SECONDS));
        assert_eq!(limits.begin(&attempt("user", 2), NOW), Ok(()));
        assert_eq!(limits.begin(&attempt("user", 1), NOW.plus_seconds(WINDOW_SECONDS)), Ok(()));
    }

    #[test]
    fn many_guessers_at_one_account_wait_and_who_was_there_before_does_not() {
        let limits = LoginLimits::default();
        assert_eq!(limits.begin(&attempt("user", 250), NOW), Ok(()));
        limits.succeeded(&attempt("user", 250), NOW);
        for i in 0..PER_ACCOUNT {
            assert_eq!(limits.begin(&attempt("user", (i % 200) as u8), NOW), Ok(()));
        }
        assert!(limits.begin(&attempt("user", 251), NOW).is_err());
        assert_eq!(limits.begin(&attempt("other", 251), NOW), Ok(()));
        assert_eq!(limits.begin(&attempt("user", 250), NOW), Ok(()));
    }

    #[test]
    fn one_address_at_many_accounts_waits() {
        let limits = LoginLimits::default();
        for i in 0..PER_ADDRESS {
            assert_eq!(limits.begin(&attempt(&format!("user-{i}"), 1), NOW), Ok(()));
        }
        assert!(limits.begin(&attempt("user", 1), NOW).is_err());
    }

    #[test]
    fn who_is_known_does_not_wait_for_others_behind_the_same_address() {
        let limits = LoginLimits::default();
        assert_eq!(limits.begin(&attempt("user", 1), NOW), Ok(()));
        limits.succeeded(&attempt("user", 1), NOW);
        for i in 0..PER_ADDRESS {
            assert_eq!(limits.begin(&attempt(&format!("user-{i}"), 1), NOW), Ok(()));
        }
        assert!(limits.begin(&attempt("other", 1), NOW).is_err());
        for _ in 0..PER_PAIR {
            assert_eq!(limits.begin(&attempt("user", 1), NOW), Ok(()));
        }
        assert!(limits.begin(&attempt("user", 1), NOW).is_err());
    }

    #[test]
    fn success_clears_the_slate_and_counts_for_nothing() {
        let limits = LoginLimits::default();
        for _ in 0..PER_PAIR - 1 {
            assert_eq!(limits.begin(&attempt("user", 1), NOW), Ok(()));
        }
        for _ in 0..PER_ADDRESS * 2 {
            assert_eq!(limits.begin(&attempt("user", 1), NOW), Ok(()));
            limits.succeeded(&attempt("user", 1), NOW);
        }
        assert_eq!(limits.begin(&attempt("user", 1), NOW), Ok(()));
    }

    #[test]
    fn an_account_that_is_made_buys_no_guess_at_others() {
        let limits = LoginLimits::default();
        for i in 0..PER_ADDRESS {
            assert_eq!(limits.begin(&attempt(&format!("user-{i}"), 1), NOW), Ok(()));
        }
        limits.know(&attempt("own", 1), NOW);
        assert!(limits.begin(&attempt("user", 1), NOW).is_err());
        assert_eq!(limits.begin(&attempt("own", 1), NOW), Ok(()));
    }

    #[test]
    fn what_was_not_looked_at_does_not_count() {
        let limits = LoginLimits::default();
        for _ in 0..PER_PAIR * 2 {
            assert_eq!(limits.begin(&attempt("user", 1), NOW), Ok(()));
            limits.not_looked_at(&attempt("user", 1));
        }
    }
}
