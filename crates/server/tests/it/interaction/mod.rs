//! `/{tid}/{aid}/interaction/{id}`: login and consent.

mod attacks;
mod consent;
mod localized;
mod login;
mod races;
mod restart;
mod sessions;
mod throttling;
