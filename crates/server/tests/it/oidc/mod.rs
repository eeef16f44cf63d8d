//! Endpoints of OpenID Connect beside the protocol endpoints.

mod backchannel_logout;
mod check_session;
mod encryption;
mod frontchannel_logout;
mod logout;
