//! Endpoints of OpenID Connect beside the protocol endpoints.

mod backchannel_logout;
mod encryption;
mod logout;
