//! `/api/admin/{tid}`

mod certificates;
mod clients;
mod idps;
mod keys;
mod refusals;
mod scopes;
mod servers;
mod services;
mod tenant;
