//! What would come of a certificate: for the workspace, and for its clients.

use serde::Serialize;
use symbolon_pki::Certificate;
use symbolon_pki::trust::TrustRule;
use symbolon_protocol::{ClientAuthMethod, ErrorCode, OAuthError, Reason};
use symbolon_store::{ListQuery, entity};
use utoipa::ToSchema;

use super::Asker;
use super::seen::moment;
use crate::cx::Cx;
use crate::oauth2::client_auth::{self, trust};
use crate::oauth2::clients;
use crate::oauth2::error::store_failure;
use crate::snapshot::Client;
use crate::tls::PeerCertificate;

/// How many clients an operator's question looks at.
const LOOKED_AT: u32 = 5_000;
/// How many it shows.
const SHOWN: usize = 100;

/// Whether a workspace trusts a certificate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionCertificateTrust)]
pub(super) struct Trust {
    /// The verdict.
    pub(super) trusted: bool,
    /// Where the trust comes from, or why there is none.
    pub(super) detail: String,
    /// Until when the verdict holds, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<String>,
    /// The stable word for what failed, for an operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

/// What would come of a certificate for one client.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionCertificateClient)]
pub(super) struct ClientVerdict {
    /// The client.
    pub(super) client_id: String,
    /// Whether it would be authenticated on this connection, with nothing but its id in the request.
    pub(super) authenticates: bool,
    /// What the client would be told if not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    /// Why not, for an operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(super) reason: Option<Reason>,
    /// What the client registers, for an operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) registered: Option<Registered>,
}

/// What a client registers of its certificate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionCertificateRegistered)]
pub(super) struct Registered {
    /// The attribute, such as `tls_client_auth_subject_dn`, or `jwks`.
    pub(super) attribute: String,
    /// Its value.
    pub(super) value: String,
    /// What the certificate has of the kind.
    pub(super) seen: Vec<String>,
    /// Whether they are the same, trusted or not.
    pub(super) matches: bool,
}

impl Trust {
    pub(super) fn judge(cx: &Cx, certificate: &PeerCertificate, asker: Asker) -> Self {
        match trust::trusted(cx, certificate) {
            Ok(path) => {
                let anchor = &path.anchor_subject;
                let detail = match path.rule {
                    TrustRule::Listed => "The certificate itself is one of the trusted ones.".to_owned(),
                    TrustRule::Path => format!("The chain ends at the trusted {anchor}."),
                    TrustRule::OldVersion => format!("X.509 version 1, signed by the trusted {anchor}."),
                };
                Self { trusted: true, detail, until: Some(moment(path.valid_until)), reason: None }
            }
            Err(error) => match asker {
                Asker::Operator => Self {
                    trusted: false,
                    detail: error.reason.detail.clone(),
                    until: None,
                    reason: Some(error.reason.code.to_string()),
                },
                Asker::Stranger => {
                    Self { trusted: false, detail: error.description.to_string(), until: None, reason: None }
                }
            },
        }
    }
}

/// What would come of it for one client.
///
/// # Errors
/// When it cannot be told now, because the store or the client's `jwks_uri` does not answer.
pub(super) async fn of_client(cx: &Cx, client_id: &str, asker: Asker) -> Result<ClientVerdict, OAuthError> {
    let rehearsed = client_auth::rehearse(cx, client_id).await;
    let client = clients::find_known(&cx.app, &cx.workspace, cx.now, client_id).await?;
    let error = match rehearsed {
        Ok(_) => None,
        Err(error) if error.code == ErrorCode::InvalidClient => Some(error),
        Err(error) => return Err(error),
    };
    let verdict = verdict(client_id, error, asker);
    let registered = client.filter(|_| asker == Asker::Operator).and_then(|client| registered(cx, &client));
    Ok(ClientVerdict { registered, ..verdict })
}

/// What would come of it for all clients that register a certificate, those that it authenticates first; and whether
/// there are more.
///
/// # Errors
/// When the store does not answer.
pub(super) async fn of_all(cx: &Cx) -> Result<(Vec<ClientVerdict>, bool), OAuthError> {
    let query = ListQuery { limit: LOOKED_AT, ..ListQuery::default() };
    let clients = cx.store().list::<entity::Client>(&query).await.map_err(|error| store_failure(&error))?;
    let mut more = clients.len() >= LOOKED_AT as usize;
    let mut verdicts = Vec::new();
    for client in clients.into_iter().map(|stored| Client::new(stored.value)) {
        if !client.auth_method.is_mutual_tls() {
            continue;
        }
        let registered = registered(cx, &client);
        let verdict = match needs_fetch(&client) {
            true => ClientVerdict {
                description: Some("Its keys are behind its jwks_uri: ask for this client alone.".to_owned()),
                ..verdict(client.id(), None, Asker::Operator)
            },
            false => {
                let error = client_auth::rehearse_as(cx, &client).await.err();
                verdict(client.id(), error, Asker::Operator)
            }
        };
        verdicts.push(ClientVerdict {
            authenticates: verdict.authenticates && verdict.description.is_none(),
            registered,
            ..verdict
        });
    }
    verdicts.sort_by_key(|verdict| !verdict.authenticates);
    more |= verdicts.len() > SHOWN;
    verdicts.truncate(SHOWN);
    Ok((verdicts, more))
}

fn verdict(client_id: &str, error: Option<OAuthError>, asker: Asker) -> ClientVerdict {
    let (description, reason) = match error {
        None => (None, None),
        Some(error) => (Some(error.description.into_owned()), Some(*error.reason)),
    };
    ClientVerdict {
        client_id: client_id.to_owned(),
        authenticates: reason.is_none(),
        description,
        reason: reason.filter(|_| asker == Asker::Operator),
        registered: None,
    }
}

/// A question about all clients does not make the server call them all.
fn needs_fetch(client: &Client) -> bool {
    client.auth_method == ClientAuthMethod::SelfSignedTlsClientAuth && client.entity.jwks.is_none()
}

fn registered(cx: &Cx, client: &Client) -> Option<Registered> {
    let leaf = cx.peer.certificate.as_ref().map(|certificate| &certificate.leaf);
    if client.auth_method == ClientAuthMethod::SelfSignedTlsClientAuth {
        let keys = client.entity.jwks.as_ref().map_or(0, |jwks| jwks.keys.len());
        let value = match client.entity.jwks_uri.as_deref() {
            Some(url) if !url.is_empty() => url.to_owned(),
            _ => format!("{keys} keys"),
        };
        let matches = leaf.is_some_and(|leaf| client.keys.holds(leaf));
        let seen = leaf.map(Certificate::x5t_s256).into_iter().collect();
        return Some(Registered { attribute: "jwks".to_owned(), value, seen, matches });
    }
    let registered = client.certificate.as_ref()?.as_ref().ok()?;
    let attribute = registered.attribute();
    Some(Registered {
        attribute: attribute.wire_name().to_owned(),
        value: registered.text().to_owned(),
        seen: leaf.map(|leaf| attribute.values_in(leaf)).unwrap_or_default(),
        matches: leaf.is_some_and(|leaf| registered.check(leaf).is_ok()),
    })
}
