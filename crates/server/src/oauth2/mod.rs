//! The protocol endpoints, named as on the wire.

pub mod access_token;
pub mod acr;
pub mod answer;
pub mod authorization_details;
pub mod authorize;
pub mod backchannel_authentication;
pub mod backchannel_logout;
pub mod caller;
pub mod certificate;
pub mod check_session;
pub mod claims;
pub mod client_auth;
pub mod client_documents;
pub mod client_keys;
pub mod clients;
pub mod cors;
pub mod decoupled;
pub mod device_authorization;
pub mod discovery;
pub mod dpop;
pub mod end_session;
pub mod error;
pub mod form_body;
pub mod forms;
pub mod frontchannel_logout;
pub mod grants;
pub mod id_token_hint;
pub mod introspect;
pub mod issue;
pub mod jwks;
pub mod memory;
pub mod outbox;
pub mod par;
pub mod profile;
pub mod protected_resource;
pub mod records;
pub mod register;
pub mod request_object;
pub mod resource;
pub mod response_modes;
pub mod revoke;
pub mod scope;
pub mod sealing;
pub mod step_up;
pub mod strangers;
pub mod token;
pub mod trusted_issuers;
pub mod userinfo;

use std::pin::Pin;

/// What a trait object's asynchronous function returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
