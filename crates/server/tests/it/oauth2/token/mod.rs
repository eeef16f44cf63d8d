//! `POST /{tid}/{aid}/oauth2/token`

mod authorization_code;
mod bad_input;
mod certificate_bound;
mod client_assertion;
mod client_credentials;
mod client_secret;
mod jwt_bearer;
mod other_kinds;
mod password;
mod refresh_token;
mod rfc9068;
mod rotated_secrets;
mod self_signed_tls_client_auth;
mod tls_client_auth;
mod token_exchange;
