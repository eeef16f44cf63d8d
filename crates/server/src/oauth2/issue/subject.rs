//! `sub`: who a token is about, as the client may know them (OIDC Core §8).

use std::borrow::Cow;

use symbolon_jose::sha256_b64url;
use symbolon_store::entity::client::SubjectType;
use url::Url;

use crate::snapshot::{Client, Workspace};

/// The subject as this client sees it: the workspace's own, or for a pairwise client one that clients of other
/// sectors do not share (OIDC Core §8.1).
pub fn of<'a>(workspace: &Workspace, client: &Client, subject: &'a str) -> Cow<'a, str> {
    if client.entity.subject_type != SubjectType::Pairwise {
        return Cow::Borrowed(subject);
    }
    Cow::Owned(in_sector(workspace, client, subject))
}

/// A session's public name (`sid`) as this client sees it: by one name for all, clients of different sectors would
/// find out that they have the same person before them.
pub fn session<'a>(workspace: &Workspace, client: &Client, sid: &'a str) -> Cow<'a, str> {
    if client.entity.subject_type != SubjectType::Pairwise || sid.is_empty() {
        return Cow::Borrowed(sid);
    }
    Cow::Owned(in_sector(workspace, client, &format!("sid {sid}")))
}

fn in_sector(workspace: &Workspace, client: &Client, name: &str) -> String {
    let salt = workspace.server.subject_identifier_algorithm_salt.as_ref().map_or("", |salt| salt.reveal());
    let sector = sector(client);
    // Lengths before contents: no two triples give the same text.
    let text = format!("{}:{sector}{}:{name}{salt}", sector.len(), name.len());
    sha256_b64url(text.as_bytes())
}

/// `st`: the subject type of the token's `sub`.
pub fn kind(client: &Client) -> &'static str {
    match client.entity.subject_type {
        SubjectType::Public => "public",
        SubjectType::Pairwise => "pairwise",
    }
}

/// The sector identifier: the host of `sector_identifier_uri`, else of the first redirect URI.
fn sector(client: &Client) -> String {
    let entity = &client.entity;
    let uri = entity.sector_identifier_uri.as_ref().or_else(|| entity.redirect_uris.first());
    let host = uri.and_then(|uri| Url::parse(uri).ok()?.host_str().map(str::to_owned));
    host.unwrap_or_else(|| client.id().to_owned())
}
