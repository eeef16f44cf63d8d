//! The families of the management APIs.

use utoipa_axum::router::OpenApiRouter;

use crate::api::scheme::Scheme;
use crate::app::App;

/// How the operations of a family refuse, and who routes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `{status_code, error, error_code, details}`, below `/api`.
    Management,
    /// As management, below `/{tid}/{aid}`, with tokens of that workspace.
    OfPeople,
    /// RFC 6749 §5.2, below `/{tid}/{aid}`.
    Protocol,
}

/// One family: operations with a common subject, described by one OpenAPI document.
#[derive(Debug)]
pub struct Family {
    /// Its name in file names and in the manual.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it is for, in a sentence.
    pub description: &'static str,
    /// How its operations refuse.
    pub style: Style,
    /// Whose tokens its operations take.
    pub schemes: &'static [&'static Scheme],
    /// Its operations.
    pub routes: fn() -> OpenApiRouter<App>,
}
