//! How often one address may register or change clients without somebody's approval, or make an account. Counts live in the memory of the
//! node, bounded, and are forgotten after an hour.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use quick_cache::unsync::Cache;

use crate::clock::Timestamp;

/// A count is forgotten so many seconds after its first request.
const WINDOW_SECONDS: i64 = 3600;
/// How many addresses are counted.
const ADDRESSES: usize = 100_000;

/// Counts registrations by address.
pub struct RegistrationLimits(Mutex<Cache<IpAddr, (Timestamp, usize)>>);

impl Default for RegistrationLimits {
    fn default() -> Self {
        Self(Mutex::new(Cache::new(ADDRESSES)))
    }
}

impl std::fmt::Debug for RegistrationLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RegistrationLimits")
    }
}

impl RegistrationLimits {
    /// Counts one request from `address`.
    ///
    /// # Errors
    /// How many seconds to wait, when there were `most` within the hour.
    pub fn begin(&self, address: IpAddr, most: usize, now: Timestamp) -> Result<(), i64> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = network(address);
        let known = counts.get(&key).copied();
        let (began, count) =
            known.filter(|(began, _)| now.seconds() - began.seconds() < WINDOW_SECONDS).unwrap_or((now, 0));
        if count >= most {
            return Err(began.seconds() + WINDOW_SECONDS - now.seconds());
        }
        counts.insert(key, (began, count + 1));
        Ok(())
    }
}

/// Who holds one IPv6 address holds the /64 around it.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    #[test]
    fn an_address_waits_and_others_do_not() {
        let limits = RegistrationLimits::default();
        let one = "203.0.113.1".parse().unwrap();
        assert_eq!(limits.begin(one, 2, NOW), Ok(()));
        assert_eq!(limits.begin(one, 2, NOW.plus_seconds(10)), Ok(()));
        assert_eq!(limits.begin(one, 2, NOW.plus_seconds(20)), Err(WINDOW_SECONDS - 20));
        assert_eq!(limits.begin("203.0.113.2".parse().unwrap(), 2, NOW), Ok(()));
        assert_eq!(limits.begin(one, 2, NOW.plus_seconds(WINDOW_SECONDS)), Ok(()));
    }

    #[test]
    fn a_network_of_version_6_is_one_address() {
        let limits = RegistrationLimits::default();
        assert_eq!(limits.begin("2001:db8::1".parse().unwrap(), 1, NOW), Ok(()));
        assert!(limits.begin("2001:db8::2".parse().unwrap(), 1, NOW).is_err());
        assert_eq!(limits.begin("2001:db8:0:1::1".parse().unwrap(), 1, NOW), Ok(()));
        assert_eq!(limits.begin("203.0.113.1".parse().unwrap(), 1, NOW), Ok(()));
        assert!(limits.begin("::ffff:203.0.113.1".parse().unwrap(), 1, NOW).is_err());
    }
}
