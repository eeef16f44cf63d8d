//! The client's address as trusted proxies tell it: `X-Forwarded-For`.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName};

use crate::config::Network;

const HEADER: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The last address in the list that is not a trusted proxy's: each proxy adds whom it talked to at the end, and
/// what stands before a stranger's entry the stranger wrote. `None` when there is no such entry.
pub(super) fn client(headers: &HeaderMap, proxies: &[Network]) -> Option<IpAddr> {
    let mut client = None;
    for value in headers.get_all(HEADER).iter().rev() {
        // Read as bytes: what a stranger wrote at the beginning must not hide what a proxy added at the end.
        for entry in value.as_bytes().rsplit(|byte| *byte == b',') {
            // After an entry that is no address nothing is known: the one before it counts.
            let Some(address) = std::str::from_utf8(entry).ok().and_then(|entry| read(entry.trim())) else {
                return client;
            };
            client = Some(address);
            if !proxies.iter().any(|network| network.contains(address)) {
                return client;
            }
        }
    }
    client
}

/// An address, some proxies write its port too.
fn read(entry: &str) -> Option<IpAddr> {
    let with_port = || entry.parse::<SocketAddr>().map(|address| address.ip());
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address: Option<IpAddr> = entry.parse().or_else(|_| with_port()).ok().or_else(bracketed);
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HEADER, value.parse().unwrap());
        }
        let proxies = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        client(&headers, &proxies).map(|address| address.to_string())
    }

    #[test]
    fn the_last_stranger_is_the_client() {
        for (values, client) in [
            (&["192.0.2.1"][..], Some("192.0.2.1")),
            (&["192.0.2.1, 10.0.0.1"], Some("192.0.2.1")),
            (&["192.0.2.1", "10.0.0.1 , fd00::1"], Some("192.0.2.1")),
            (&["127.0.0.1, 192.0.2.1, 10.0.0.1"], Some("192.0.2.1")),
            (&["127.0.0.1", "192.0.2.1"], Some("192.0.2.1")),
            (&["192.0.2.1:4711"], Some("192.0.2.1")),
            (&["[2001:db8::1]:4711, 10.0.0.1"], Some("2001:db8::1")),
            (&["[2001:db8::1]"], Some("2001:db8::1")),
            (&["::ffff:192.0.2.1"], Some("192.0.2.1")),
            (&["10.0.0.2, 10.0.0.1"], Some("10.0.0.2")),
            (&["unknown, 10.0.0.1"], Some("10.0.0.1")),
            (&["192.0.2.1, unknown"], None),
            (&["\u{e9}, 192.0.2.1"], Some("192.0.2.1")),
            (&[""], None),
            (&[], None),
        ] {
            assert_eq!(told(values).as_deref(), client, "{values:?}");
        }
    }
}
