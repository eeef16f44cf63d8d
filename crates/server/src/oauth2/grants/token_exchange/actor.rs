//! Who acts: the `act` claim of the new token, and whether `may_act` of the old one lets them (RFC 8693 §4.1, §4.4).

use serde_json::{Map, Value};
use symbolon_protocol::OAuthError;

use super::super::TokenRequest;
use super::presented::Presented;
use super::refused;

/// How many actors a chain has at most: each makes the token longer.
const MAX_ACTORS: usize = 8;
/// What an actor is named by, which no configured claim replaces.
const OWN: &[&str] = &["act", "iss", "sub"];

/// The actors of the new token, the current one outermost; none where nobody acts.
pub(super) fn act(
    request: TokenRequest<'_>,
    subject: &Presented,
    actor: Option<&Presented>,
) -> Result<Option<Map<String, Value>>, OAuthError> {
    let settings = request.client.entity.token_exchange.as_ref();
    check_may_act(request, subject, actor)?;
    let Some(actor) = actor else {
        if settings.is_some_and(|settings| settings.actor_token_required) {
            return Err(refused("actor_token_required").description(
                "The client must send an actor_token: it may act for a person, not pass for them.",
            ));
        }
        return Ok(subject.act.clone());
    };
    if subject.act.as_ref().map_or(0, length) >= MAX_ACTORS {
        return Err(refused("actor_chain_too_long").expected(MAX_ACTORS));
    }
    let mut act = Map::new();
    for name in settings.map_or(&[] as &[_], |settings| &settings.actor_claims) {
        if let Some(value) = actor.claims.get(name).filter(|_| !OWN.contains(&name.as_str())) {
            act.insert(name.clone(), value.clone());
        }
    }
    act.insert("sub".to_owned(), actor.subject.clone().into());
    if let Some(issuer) = actor.foreign_issuer() {
        act.insert("iss".to_owned(), issuer.into());
    }
    if let Some(before) = &subject.act {
        act.insert("act".to_owned(), before.clone().into());
    }
    Ok(Some(act))
}

/// Every member of `may_act` must be a claim of who acts: of the actor token, else of the client itself.
fn check_may_act(
    request: TokenRequest<'_>,
    subject: &Presented,
    actor: Option<&Presented>,
) -> Result<(), OAuthError> {
    let Some(may_act) = &subject.may_act else { return Ok(()) };
    let client_id = Value::from(request.client.id());
    let issuer = Value::from(request.cx.issuer());
    let is_so = |name: &str, wanted: &Value| match (actor, name) {
        (Some(actor), "client_id") => actor.client_id.as_ref().is_some_and(|id| wanted == id.as_str()),
        (Some(actor), name) => actor.claims.get(name) == Some(wanted),
        (None, "sub" | "client_id") => *wanted == client_id,
        (None, "iss") => *wanted == issuer,
        (None, _) => false,
    };
    // An empty may_act names nobody.
    if !may_act.is_empty() && may_act.iter().all(|(name, wanted)| is_so(name, wanted)) {
        return Ok(());
    }
    Err(refused("actor_not_allowed")
        .description("The subject token says who may act for its subject, and it is somebody else.")
        .expected(Value::Object(may_act.clone()))
        .got(actor.map_or_else(|| request.client.id(), |actor| actor.subject.as_str())))
}

fn length(act: &Map<String, Value>) -> usize {
    1 + act.get("act").and_then(Value::as_object).map_or(0, length)
}
