//! `/{tid}/{aid}/oauth2/…`

mod certificate;
mod introspect;
mod revoke;
mod token;
