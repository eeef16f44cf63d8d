//! `/api/admin/{tid}`

mod acrs;
mod authorization_details;
mod certificates;
mod claims;
mod client_answers;
mod client_secrets;
mod clients;
mod idps;
mod keys;
mod refusals;
mod scopes;
mod servers;
mod services;
mod tenant;
