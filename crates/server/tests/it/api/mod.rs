//! The management APIs.

mod admin;
mod auth;
mod bodies;
mod changes;
mod console;
mod document;
mod protected_resource;
mod public;
mod root;
mod round_trip;
mod swagger;
mod sweep;
mod system;
mod unrouted;

pub(crate) use console::Console;
