//! Request objects: an authorization request as one JWT that the client has signed (RFC 9101, OpenID Connect Core §6).
//!
//! - [`reference`]: where the object is behind a `request_uri`, it is fetched.
//! - [`verify`]: whose it is, and whether it is meant for here and now. Of use for every request that clients sign.
//! - [`policy`]: what workspace and client ask of it.
//! - [`parameters`]: which parameters count: those of the object alone, or those beside it too.

pub mod parameters;
pub mod policy;
pub mod reference;
pub mod verify;

use symbolon_jose::Claims;
use symbolon_protocol::{Form, OAuthError};

use crate::cx::Cx;
use crate::snapshot::Client;
use verify::{Unaccepted, Verified, verify};

/// An authorization request that came as a request object.
#[derive(Debug)]
pub struct RequestObject {
    /// The parameters that count.
    pub form: Form,
    /// Whether the client has signed it.
    pub is_signed: bool,
}

/// Why a request object is not taken.
#[derive(Debug)]
pub struct Refused {
    /// The error.
    pub error: OAuthError,
    /// What the client has signed, where that much is known: it says how the client wants to hear of the error.
    pub form: Option<Form>,
}

impl From<OAuthError> for Refused {
    fn from(error: OAuthError) -> Self {
        Self { error, form: None }
    }
}

/// Reads a request object of `client`. `outer` are the parameters that came beside it.
///
/// # Errors
/// `invalid_request_object`; `temporarily_unavailable` when the client's keys cannot be read.
pub async fn read(cx: &Cx, client: &Client, object: &str, outer: &Form) -> Result<RequestObject, Refused> {
    let with_form = |error, claims: &Claims| Refused { error, form: parameters::for_answer(claims, outer) };
    let Verified { claims, is_signed, is_typed } = verify(cx, client, object, &policy::rules(cx, client))
        .await
        .map_err(|unaccepted| match unaccepted {
            Unaccepted { error, claims: Some(claims) } => with_form(error, &claims),
            Unaccepted { error, claims: None } => error.into(),
        })?;
    let alone = is_typed || policy::object_alone(&cx.workspace, client, outer);
    let form = parameters::merge(client, &claims, outer, alone)
        .and_then(|form| policy::check_parameters(&cx.workspace, form))
        .map_err(|error| with_form(error, &claims))?;
    Ok(RequestObject { form, is_signed })
}
