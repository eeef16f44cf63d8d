//! Endpoints of OpenID Connect beside the protocol endpoints.

mod encryption;
mod logout;
