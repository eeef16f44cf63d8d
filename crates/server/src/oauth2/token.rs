//! The token endpoint (RFC 6749 §3.2): `POST /{tid}/{aid}/oauth2/token`.
//!
//! Form, client authentication, grant, proof, issue, commit, answer: the same steps for every grant. The answer leaves only
//! after what it promises is kept.

use axum::response::Response;
use symbolon_protocol::{AuthorizationDetails, OAuthError, TokenResponse};

use super::answer::no_store_json;
use super::error::{ErrorBody, ErrorResponse};
use super::form_body::FormBody;
use super::forms::TokenForm;
use super::grants::{self, Grant, Owner, TokenRequest};
use super::issue::binding;
use super::{authorization_details, client_auth, discovery, dpop, issue, resource};
use crate::cx::Cx;
use crate::metrics::GrantLabel;

/// Issues tokens.
#[utoipa::path(
    post, path = "/{tid}/{aid}/oauth2/token", operation_id = "token", tag = "oauth2",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Tokens", body = TokenResponse),
        (status = 400, description = "The request or the grant is refused", body = ErrorBody),
        (status = 401, description = "The client is not who it says it is", body = ErrorBody),
        (status = 503, description = "The store is away: nothing was spent, try again", body = ErrorBody),
    )
)]
pub async fn token(cx: Cx, FormBody { headers, form }: FormBody) -> Result<Response, ErrorResponse> {
    let client = client_auth::authenticate(&cx, &headers, &form).await?.client;
    let request = TokenRequest { cx: &cx, client: &client, form: &form };
    match answer(request).await {
        Ok(response) => {
            let mut response = no_store_json(&response);
            if cx.proof().is_ok_and(|proof| proof.is_some()) {
                dpop::add_nonce(&cx, &mut response);
            }
            Ok(response)
        }
        Err(error) => Err(ErrorResponse::from(error).of_client(Some(client.id()))),
    }
}

async fn answer(request: TokenRequest<'_>) -> Result<TokenResponse, OAuthError> {
    let grant = choose(request)?;
    // Who polls without what its tokens will be bound to is told at once, not when they are ready.
    let confirmation = binding::confirmation(request.cx, request.client)?;
    let redeemed = grant.redeem(request).await?;
    let spends = redeemed.spends;
    let granted = redeemed.owner.person().map_or(&[][..], |person| &person.record.resources);
    let resources = resource::narrowed(request.cx, request.client, request.form, granted)?;
    let details = details(request, &redeemed.owner)?;
    dpop::spend_of(request.cx).await?;
    let mut issued = issue::tokens(request.cx, request.client, redeemed, confirmation, &resources, &details)?;
    issue::seal(request.cx, request.client, &mut issued).await?;
    let response = grants::commit(request, spends, issued).await?;
    let label = GrantLabel { grant_type: grant.grant_type().as_str() };
    request.cx.app.metrics.tokens.get_or_create(&label).inc();
    Ok(response)
}

/// The authorization details of the token: within what was granted, or what the client asks for on its own behalf.
fn details(request: TokenRequest<'_>, owner: &Owner) -> Result<AuthorizationDetails, OAuthError> {
    let TokenRequest { cx, client, form } = request;
    match owner.person() {
        None => authorization_details::asked(cx, client, form),
        Some(person) => {
            authorization_details::narrowed(cx, client, form, &person.record.authorization_details)
        }
    }
}

/// The grant asked for, if workspace and client may use it.
fn choose(request: TokenRequest<'_>) -> Result<&'static dyn Grant, OAuthError> {
    let name = request.form.require("grant_type")?;
    let unsupported = |reason| {
        let known = discovery::token_grants(&request.cx.workspace);
        OAuthError::unsupported_grant_type(reason).expected(known.join(", ")).got(name)
    };
    let grant = grants::find(name).ok_or_else(|| unsupported("grant_type_unknown"))?;
    if !request.cx.workspace.server.grant_types.iter().any(|word| word == name) {
        return Err(unsupported("grant_type_not_allowed_by_workspace"));
    }
    if !request.client.allows_grant(grant.grant_type()) {
        return Err(OAuthError::unauthorized_client("grant_type_not_registered")
            .description("The client may not use this grant.")
            .expected(request.client.entity.grant_types.join(", "))
            .got(name));
    }
    Ok(grant)
}
