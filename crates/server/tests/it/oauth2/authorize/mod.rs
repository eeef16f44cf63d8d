//! `/{tid}/{aid}/oauth2/authorize`.

mod acr;
mod claims;
mod client;
mod host;
mod parameters;
mod prompt;
mod response;
mod response_mode;
mod response_type;
