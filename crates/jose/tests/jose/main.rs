//! The crate from outside: round trips, the RFCs' own examples, attacks, properties.

mod attacks;
mod jwe_attacks;
mod jwe_examples;
mod key_attacks;
mod keys;
mod properties;
mod rfc_examples;
mod round_trip;
