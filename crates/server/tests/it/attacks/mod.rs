//! The attacks of docs/attacks.md that no single endpoint's tests run, and the check that the tests named there and in
//! docs/profiles.md exist.

mod audiences;
mod confusion;
mod fetches;
mod signatures;
pub(crate) mod tables;
