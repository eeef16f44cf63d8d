//! Where the parameters of an authorization request come from: the address or form itself, a request object by value or
//! by reference (RFC 9101 §5), or a request that the client has pushed (RFC 9126 §4).
//!
//! Whatever the source, the rules see one form.

use std::borrow::Cow;

use symbolon_protocol::{ErrorCode, Form, OAuthError};

use super::pushed;
use crate::cx::Cx;
use crate::oauth2::request_object::{self, Refused, reference};
use crate::snapshot::Client;

/// The way in which a client has sent its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Through the browser, as they are.
    Plain,
    /// In a request object that came through the browser, or was fetched.
    Object,
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
    /// Whether the client has signed them. Of a pushed request, that was judged when it was pushed.
    pub is_signed: bool,
    /// The pushed request that they are from, by its name in the store.
    pub pushed: Option<String>,
}

/// Finds the parameters of a request that the browser brings.
///
/// # Errors
/// `invalid_request_uri`, `invalid_request_object`, and others that speak of the source.
pub async fn resolve<'a>(cx: &Cx, client: &Client, form: &'a Form) -> Result<Resolved<'a>, Refused> {
    let fetched;
    let object = match (form.get("request"), form.get("request_uri")) {
        (None, None) => {
            let form = Cow::Borrowed(form);
            return Ok(Resolved { form, source: Source::Plain, is_signed: false, pushed: None });
        }
        (Some(_), Some(_)) => {
            // RFC 9101 §5
            let error = OAuthError::invalid_request("request_and_request_uri");
            return Err(error.description("Send request or request_uri, not both.").into());
        }
        (Some(object), None) => object,
        (None, Some(request_uri)) => match pushed::id_of(request_uri) {
            Some(id) => return bring(cx, client, pushed::name_of(id)).await,
            None => {
                fetched = fetch(cx, client, request_uri).await?;
                &fetched
            }
        },
    };
    let read = request_object::read(cx, client, object, form).await?;
    let form = Cow::Owned(read.form);
    Ok(Resolved { form, source: Source::Object, is_signed: read.is_signed, pushed: None })
}

async fn bring<'a>(cx: &Cx, client: &Client, name: String) -> Result<Resolved<'a>, Refused> {
    // RFC 9126 §4, RFC 9101 §6.3: what the browser brings beside it does not count.
    let form = pushed::find(cx, client, &name).await?;
    Ok(Resolved { form: Cow::Owned(form), source: Source::Pushed, is_signed: true, pushed: Some(name) })
}

async fn fetch(cx: &Cx, client: &Client, request_uri: &str) -> Result<String, OAuthError> {
    // Nobody is asked for what would be refused.
    if pushed::is_required(&cx.workspace, client) {
        return Err(OAuthError::new(ErrorCode::RequestUriNotSupported, "request_uri_not_supported")
            .description(
                "Authorization requests must be pushed here: this server fetches no request objects.",
            )
            .got(request_uri));
    }
    reference::fetch(cx, client, request_uri).await
}
