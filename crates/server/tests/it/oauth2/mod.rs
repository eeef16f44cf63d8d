//! `/{tid}/{aid}/oauth2/…`

mod authorization_details;
mod authorize;
mod certificate;
mod client_documents;
mod dpop;
mod introspect;
mod malformed;
mod mcp;
mod par;
mod register;
mod request_object;
mod resource;
mod revoke;
mod store_failure;
mod token;
