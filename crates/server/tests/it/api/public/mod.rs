//! What people do for themselves.

mod sessions;
