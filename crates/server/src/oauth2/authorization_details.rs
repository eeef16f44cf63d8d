//! `authorization_details` (RFC 9396): what a client may ask for, and what of it a token carries.
//!
//! A type is known to the workspace, and registered for the client (`authorization_details_types`). What a detail of it
//! must look like says the type's schema.

use symbolon_protocol::{AuthorizationDetail, AuthorizationDetails, ErrorCode, Form, OAuthError};

use super::resource;
use crate::cx::Cx;
use crate::snapshot::{Client, DetailType, Workspace};

/// The parameter.
pub const PARAMETER: &str = "authorization_details";

/// Whether clients can ask for details here.
pub fn is_served(workspace: &Workspace) -> bool {
    !workspace.server.advanced.as_ref().is_some_and(|advanced| advanced.disable_rar)
}

/// The types that clients can ask for here.
pub fn types(workspace: &Workspace) -> impl Iterator<Item = &DetailType> {
    workspace.detail_types.iter().filter(|_| is_served(workspace))
}

/// The details that a request asks for; none for most requests.
///
/// # Errors
/// `invalid_authorization_details` (RFC 9396 §5), and exactly what is wrong.
pub fn asked(cx: &Cx, client: &Client, form: &Form) -> Result<AuthorizationDetails, OAuthError> {
    form.get(PARAMETER).map_or_else(|| Ok(AuthorizationDetails::default()), |text| of_text(cx, client, text))
}

/// The details in `text`, which this client may ask for.
///
/// # Errors
/// As [`asked`].
pub fn of_text(cx: &Cx, client: &Client, text: &str) -> Result<AuthorizationDetails, OAuthError> {
    let details = AuthorizationDetails::parse(text).map_err(|error| {
        invalid("authorization_details_malformed").description(format!("The parameter is wrong: {error}."))
    })?;
    for (index, detail) in details.iter().enumerate() {
        check(cx, client, index, detail)?;
    }
    Ok(details)
}

/// The details of a token that is made from a grant (RFC 9396 §6.1): those asked for, if they were granted; all that
/// were granted when none are named.
///
/// # Errors
/// As [`asked`]; also for what was not granted.
pub fn narrowed(
    cx: &Cx,
    client: &Client,
    form: &Form,
    granted: &AuthorizationDetails,
) -> Result<AuthorizationDetails, OAuthError> {
    let asked = asked(cx, client, form)?;
    if asked.is_empty() {
        return Ok(granted.clone());
    }
    match granted.first_beyond(&asked) {
        None => Ok(asked),
        Some(detail) => Err(invalid("authorization_details_not_granted")
            .description(format!(
                "A detail of the type {} goes beyond what was granted: it must be equal to one that was, but that lists may be shorter.",
                detail.kind()
            ))
            .expected(serde_json::to_string(granted).unwrap_or_default())
            .got(detail.canonical())),
    }
}

/// What is left of the details today, in a token for these resources: a type that was taken from the client or the
/// workspace is in no new token, nor is one of another service than those that the token is for.
pub fn remaining(
    cx: &Cx,
    client: &Client,
    details: &AuthorizationDetails,
    resources: &[String],
) -> AuthorizationDetails {
    details.filter(|detail| {
        find(cx, client, detail.kind()).is_ok_and(|known| {
            let service = known.service.as_ref();
            resources.is_empty() || service.is_none_or(|service| resource::is_among(cx, service, resources))
        })
    })
}

/// Whether the client may still ask for all of these.
pub fn may_ask(cx: &Cx, client: &Client, details: &AuthorizationDetails) -> bool {
    details.iter().enumerate().all(|(index, detail)| check(cx, client, index, detail).is_ok())
}

fn check(cx: &Cx, client: &Client, index: usize, detail: &AuthorizationDetail) -> Result<(), OAuthError> {
    let known = find(cx, client, detail.kind()).map_err(|error| {
        let description = format!("{PARAMETER}[{index}]: {}", error.description);
        error.description(description)
    })?;
    known.check(&detail.to_value()).map_err(|fault| {
        invalid("authorization_detail_against_schema")
            .description(format!("{PARAMETER}[{index}]{}: {}.", fault.path, fault.message))
            .expected(format!("the schema of the type {}", detail.kind()))
    })
}

/// The type of that name, if this client may send it.
fn find<'a>(cx: &'a Cx, client: &Client, name: &str) -> Result<&'a DetailType, OAuthError> {
    if !is_served(&cx.workspace) {
        return Err(invalid("authorization_details_disabled")
            .description("This authorization server takes no authorization_details.")
            .detail("advanced.disable_rar of the workspace is set"));
    }
    let known = cx.workspace.detail_types.find(name).ok_or_else(|| {
        let names: Vec<_> = types(&cx.workspace).map(|known| known.entity.kind.as_str()).collect();
        invalid("authorization_details_type_unknown")
            .description("the type is not known to this authorization server.")
            .expected(names.join(", "))
            .got(name)
    })?;
    let own = &client.entity.authorization_details_types;
    match own.iter().any(|own| own == name) {
        true => Ok(known),
        false => Err(invalid("authorization_details_type_not_registered")
            .description("the client may not ask for details of this type.")
            .expected(own.join(", "))
            .got(name)),
    }
}

fn invalid(reason: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidAuthorizationDetails, reason)
}
