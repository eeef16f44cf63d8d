//! The interactive part: who is at the browser, and what they let the client have.

pub mod accounts;
pub mod attempt;
pub mod backchannel;
pub mod browser;
pub mod consent;
pub mod cookies;
mod details;
pub mod device;
pub mod end;
pub mod error_page;
pub mod idps;
pub mod interaction;
pub mod limits;
pub mod password;
pub mod session;
pub mod step;
pub mod views;
pub mod ways_in;

pub use browser::Browser;
pub use limits::LoginLimits;
pub use password::Passwords;
pub use session::{Person, Session};
