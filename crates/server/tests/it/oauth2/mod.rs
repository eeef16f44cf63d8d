//! `/{tid}/{aid}/oauth2/…`

mod authorize;
mod introspect;
mod revoke;
mod token;
