//! Before anything fails: what certificate the server sees on this connection, whether the workspace trusts it, and
//! which client it would authenticate. `GET /{tid}/{aid}/oauth2/certificate`, as JSON or as a page.
//!
//! The verdicts are those of client authentication itself, so that what is told here is what happens there. Anybody
//! may see their own certificate, and ask about one client by its id; they are told what the token endpoint would
//! tell them. An operator of the tenant (scope `view_tenant`) is told why, and of all clients. Under `quickstart`
//! everybody is an operator.

mod page;
mod seen;
mod verdict;

use axum::Extension;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderMap, Uri};
use serde::Serialize;
use symbolon_protocol::{Form, OAuthError};
use utoipa::ToSchema;

use super::answer::no_store_json;
use super::error::{ErrorBody, ErrorResponse};
use crate::api::bearer;
use crate::api::scheme::VIEW_TENANT;
use crate::cx::Cx;
use crate::tls::TlsSession;

use seen::Seen;
use verdict::{ClientVerdict, Trust};

/// What the server sees of a connection.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionCertificate)]
pub struct Connection {
    /// The client certificate; absent when none was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<Seen>,
    /// Whether this workspace trusts it for `tls_client_auth`.
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<Trust>,
    /// What would come of it for clients: the one asked for, or for an operator all that register a certificate.
    clients: Vec<ClientVerdict>,
    /// Whether there are more clients than were looked at or are shown.
    more_clients: bool,
    /// The address the connection came from.
    remote_address: String,
    /// Names this request in the log.
    request_id: String,
}

/// Who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Operator,
    Stranger,
}

/// Shows the certificate of this connection.
#[utoipa::path(
    get, path = "/{tid}/{aid}/oauth2/certificate", operation_id = "connectionCertificate", tag = "oauth2",
    params(
        ("client_id" = Option<String>, Query, description = "The client to compare the certificate with"),
    ),
    responses(
        (status = 200, description = "What the server sees; a page where Accept wants one", body = Connection),
        (status = 400, description = "The query is malformed", body = ErrorBody),
        (status = 401, description = "There is an access token, and it is not live", body = ErrorBody),
        (status = 403, description = "The access token lacks the scope view_tenant", body = ErrorBody),
        (status = 404, description = "No such workspace", body = ErrorBody),
    )
)]
pub async fn certificate(
    cx: Cx,
    session: Option<Extension<TlsSession>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    match look(&cx, &uri, &headers).await {
        Ok(connection) if wants_page(&headers) => {
            page::render(&cx, &headers, session.map(|Extension(session)| session), &connection)
        }
        Ok(connection) => no_store_json(&connection),
        Err(response) => response,
    }
}

async fn look(cx: &Cx, uri: &Uri, headers: &HeaderMap) -> Result<Connection, Response> {
    let refuse = |error: OAuthError| ErrorResponse::from(error).into_response();
    let form = Form::from_query(uri.query().unwrap_or_default()).map_err(|error| refuse(error.into()))?;
    let asker = asker(cx, headers).await?;
    let certificate = cx.peer.certificate.as_deref();
    let trust = certificate.map(|certificate| Trust::judge(cx, certificate, asker));
    let (clients, more_clients) = match (form.get("client_id"), asker) {
        (Some(client_id), _) => {
            (vec![verdict::of_client(cx, client_id, asker).await.map_err(refuse)?], false)
        }
        (None, Asker::Operator) => verdict::of_all(cx).await.map_err(refuse)?,
        (None, Asker::Stranger) => (Vec::new(), false),
    };
    Ok(Connection {
        certificate: certificate.map(|certificate| Seen::new(cx, certificate)),
        trust,
        clients,
        more_clients,
        remote_address: cx.peer.remote.to_string(),
        request_id: cx.request_id.to_string(),
    })
}

/// A token that is not good is an error: its bearer believes to be an operator.
async fn asker(cx: &Cx, headers: &HeaderMap) -> Result<Asker, Response> {
    if cx.app.config.demo {
        return Ok(Asker::Operator);
    }
    if !headers.contains_key(AUTHORIZATION) {
        return Ok(Asker::Stranger);
    }
    let caller =
        bearer::Caller { app: &cx.app, now: cx.now, peer: &cx.peer, dpop: &cx.dpop, base_url: &cx.base_url };
    let tenant_id = &*cx.workspace.tenant_id;
    match bearer::authenticate(&caller, headers, &VIEW_TENANT, Some(tenant_id)).await {
        Ok(_) => Ok(Asker::Operator),
        Err(error) => Err(error.into_response()),
    }
}

fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}
