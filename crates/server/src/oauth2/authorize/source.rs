//! Where the parameters of an authorization request come from: the address or form itself, or a request that the client
//! has pushed (RFC 9126 §4).
//!
//! Whatever the source, the rules see one form.

use std::borrow::Cow;

use symbolon_protocol::{ErrorCode, Form, OAuthError};

use super::pushed;
use crate::cx::Cx;
use crate::snapshot::Client;

/// The way in which a client has sent its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Through the browser, as they are.
    Plain,
    /// Pushed by the client, which has authenticated itself.
    Pushed,
}

/// The parameters that count.
#[derive(Debug)]
pub struct Resolved<'a> {
    /// The parameters.
    pub form: Cow<'a, Form>,
    /// Where they are from.
    pub source: Source,
    /// The pushed request that they are from, by its name in the store.
    pub pushed: Option<String>,
}

/// Finds the parameters of a request that the browser brings.
///
/// # Errors
/// `invalid_request_uri`, and others that speak of the source.
pub async fn resolve<'a>(cx: &Cx, client: &Client, form: &'a Form) -> Result<Resolved<'a>, OAuthError> {
    if form.get("request").is_some() {
        return Err(OAuthError::new(ErrorCode::RequestNotSupported, "request_not_supported")
            .description("This server does not read request objects."));
    }
    let Some(request_uri) = form.get("request_uri") else {
        return Ok(Resolved { form: Cow::Borrowed(form), source: Source::Plain, pushed: None });
    };
    let Some(id) = pushed::id_of(request_uri) else {
        return Err(OAuthError::new(ErrorCode::RequestUriNotSupported, "request_uri_not_supported")
            .description("This server does not fetch request objects."));
    };
    let name = pushed::name_of(id);
    // RFC 9126 §4, RFC 9101 §6.3: what the browser brings beside it does not count.
    let form = pushed::find(cx, client, &name).await?;
    Ok(Resolved { form: Cow::Owned(form), source: Source::Pushed, pushed: Some(name) })
}
