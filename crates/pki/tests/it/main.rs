//! Certificates as the openssl command line makes them, judged and matched by this crate.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod certificates;
mod client_match;
mod hostile;
mod make;
mod openssl;
mod trust;
