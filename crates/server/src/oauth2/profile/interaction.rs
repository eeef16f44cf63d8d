//! `x-fapi-interaction-id`: names an exchange in the logs of both sides (FAPI 1.0 Baseline §6.2.1 (11)).

use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use super::Profile;
use crate::cx::Cx;

/// The header.
pub const INTERACTION_ID: HeaderName = HeaderName::from_static("x-fapi-interaction-id");

/// Adds the header to an answer where the profile has it: as it came, where it came as a UUID; else a new one.
pub fn echo(cx: &Cx, headers: &HeaderMap, response: &mut Response) {
    if !Profile::of(&cx.workspace).echoes_interaction_id() {
        return;
    }
    let sent = headers.get(INTERACTION_ID);
    // RFC 4122: what comes back as it came must be what it says it is, or a log could be written into.
    let sent = sent.filter(|value| value.to_str().is_ok_and(|text| Uuid::try_parse(text).is_ok()));
    let value = match sent {
        Some(value) => Ok(value.clone()),
        None => HeaderValue::from_str(&cx.app.rng.uuid().to_string()),
    };
    response.headers_mut().extend(value.map(|value| (INTERACTION_ID, value)));
}
