//! The id of a request: shown to whoever asked, found by the operator.

use std::{fmt, net::IpAddr, sync::Arc};

use http::{HeaderMap, HeaderName, request::Parts};

use crate::{config::Network, rng::Rng};

/// The header of every answer, and of requests from trusted proxies.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// A request id: 16 characters of Crockford's base32 (80 random bits), easy to read out on the telephone; or
/// what a trusted proxy sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A new id.
    #[must_use]
    pub fn new(rng: &Rng) -> Self {
        let bits = rng.bytes::<10>().into_iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(byte));
        let digit = |place: usize| ALPHABET[(bits >> (5 * place)) as usize & 31];
        let text: [u8; 16] = std::array::from_fn(digit);
        Self(text.map(char::from).iter().collect::<String>().into())
    }

    /// The id that a trusted proxy gave the request, if it did and it is fit for logs; else a new one.
    #[must_use]
    pub fn given_or_new(headers: &HeaderMap, peer: Option<IpAddr>, trusted: &[Network], rng: &Rng) -> Self {
        let is_trusted = || peer.is_some_and(|peer| trusted.iter().any(|network| network.contains(peer)));
        match headers.get(HEADER).and_then(|value| value.to_str().ok()) {
            Some(given) if is_fit(given) && is_trusted() => Self(given.into()),
            _ => Self::new(rng),
        }
    }

    /// The id of the request these parts belong to.
    #[must_use]
    pub fn of(parts: &Parts) -> Self {
        // The outermost middleware sets it; without that middleware there is no id to show.
        parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self("unknown".into()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Nothing that could break a log line, a header or a page.
fn is_fit(given: &str) -> bool {
    (8..=64).contains(&given.len())
        && given.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Without I, L, O and U: nothing to confuse with 1 and 0.
const ALPHABET: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#[cfg(test)]
mod tests {
    use super::*;

    fn id(given: &'static str, peer: [u8; 4]) -> RequestId {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let headers = HeaderMap::from_iter([(HEADER, given.parse().unwrap())]);
        RequestId::given_or_new(&headers, Some(peer.into()), &trusted, &Rng::seeded(1))
    }

    #[test]
    fn new_ids_are_short_legible_and_distinct() {
        let rng = Rng::system();
        let ids: std::collections::HashSet<String> =
            (0..1000).map(|_| RequestId::new(&rng).to_string()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 16 && id.bytes().all(|byte| ALPHABET.contains(&byte))));
        // All 80 bits are used: every place takes more than a few values.
        for place in 0..16 {
            let seen: std::collections::HashSet<u8> = ids.iter().map(|id| id.as_bytes()[place]).collect();
            assert_eq!(seen.len(), 32, "place {place}");
        }
    }

    #[test]
    fn only_a_trusted_proxy_names_a_request() {
        assert_eq!(id("from-the-proxy", [10, 1, 2, 3]).as_str(), "from-the-proxy");
        assert_eq!(id("from-a-stranger", [192, 0, 2, 1]).as_str().len(), 16);
        let headers = HeaderMap::from_iter([(HEADER, "no-address".parse().unwrap())]);
        assert_ne!(RequestId::given_or_new(&headers, None, &[], &Rng::seeded(1)).as_str(), "no-address");
    }

    #[test]
    fn a_proxy_cannot_pass_on_what_would_break_a_log() {
        for bad in ["short", "with space in", "semi;colon;", "<script>alert"] {
            assert_eq!(id(bad, [10, 1, 2, 3]).as_str().len(), 16, "{bad}");
        }
    }
}
