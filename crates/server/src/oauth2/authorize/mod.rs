//! The authorization endpoint: RFC 6749 §3.1, OIDC Core §3.1.2.

pub mod client;
pub mod issue_code;
pub mod next;
pub mod request;
pub mod respond;
pub mod rules;
