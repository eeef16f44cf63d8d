//! The management APIs.

mod admin;
mod auth;
mod bodies;
mod console;
mod document;
mod root;
mod round_trip;
mod swagger;
mod sweep;

use console::Console;
