//! Endpoints of OpenID Connect beside the protocol endpoints.

mod logout;
