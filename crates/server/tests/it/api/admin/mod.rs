//! `/api/admin/{tid}`

mod authorization_details;
mod certificates;
mod client_answers;
mod clients;
mod idps;
mod keys;
mod refusals;
mod scopes;
mod servers;
mod services;
mod tenant;
