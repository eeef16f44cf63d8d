//! What people see: pages rendered on the server from typed contexts, complete without JavaScript.
//!
//! A page is a struct, a template in `assets/templates` and messages in `assets/messages`. [`Pages`] is built once
//! and renders any of them in the language of the person and the brand of the workspace. The stylesheet stands in
//! the page, so that the first paint needs one round trip.

mod backchannel;
mod brand;
mod catalogue;
mod certificate;
mod colour;
mod consent;
mod detail;
mod device;
mod error;
mod form_post;
mod home;
mod html;
mod language;
mod link;
mod logged_out;
mod logging_out;
mod login;
mod logout;
mod marked;
mod page;
mod policy;
mod register;
mod samples;
mod templates;
mod wrong_host;

#[cfg(test)]
mod tests;

pub use backchannel::{Answered, AskingClient, BackchannelPage};
pub use brand::Brand;
pub use catalogue::CatalogueError;
pub use certificate::{CertificatePage, ChainEntry, Check, Comparison, NameEntry, Outcome, Seen, Source};
pub use colour::Colour;
pub use consent::{ClaimWord, ConsentPage, ScopeGroup, ScopeLine, Until};
pub use detail::{DetailCard, DetailFact, DetailLabel, DetailValue};
pub use device::{AskingDevice, DeviceDonePage, DeviceFault, DevicePage};
pub use error::{Developer, ErrorKind, ErrorPage};
pub use form_post::{Field, FormPostPage};
pub use home::{Discovery, HomePage, WalkThrough};
pub use html::Html;
pub use language::{Direction, Language};
pub use link::Link;
pub use logged_out::LoggedOutPage;
pub use logging_out::LoggingOutPage;
pub use login::{Account, IdpButton, LoginFault, LoginPage, LoginReason};
pub use logout::LogoutPage;
pub use marked::{Marked, Part};
pub use page::{ClientCard, Page, Restart, Width};
pub use policy::FormTargets;
pub use register::{InputFault, InputField, PasswordFault, RegisterFault, RegisterPage};
pub use samples::samples;
pub use templates::{Pages, PagesError};
pub use wrong_host::WrongHostPage;
