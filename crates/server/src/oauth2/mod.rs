//! The protocol endpoints, named as on the wire.

pub mod authorize;
pub mod end_session;
pub mod error;
pub mod id_token_hint;
pub mod records;
pub mod response_modes;
