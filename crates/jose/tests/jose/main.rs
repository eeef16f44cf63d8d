//! The crate from outside: round trips, the RFCs' own examples, attacks, properties.

mod keys;
mod round_trip;
