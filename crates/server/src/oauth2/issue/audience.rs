//! `aud` of an access token: the resources asked for, else the client, then each service that has a granted scope.

use std::borrow::Cow;

use serde::ser::{Serialize, Serializer};
use symbolon_protocol::{AuthorizationDetails, ScopeSet};
use symbolon_store::entity::Service;

use crate::cx::Cx;
use crate::snapshot::Client;

/// A client's `audience` may hold this word for its own id, as ACP's default does.
const OWN_ID: &str = "client_id";

/// For whom an access token is. Written straight into the token.
#[derive(Debug)]
pub(super) struct Audience<'a> {
    cx: &'a Cx,
    client: &'a Client,
    services: Vec<&'a Service>,
    resources: &'a [String],
}

impl<'a> Audience<'a> {
    /// The audience of a token with these scopes and authorization details; where resources were asked for, these alone (RFC 8707 §2).
    pub(super) fn new(
        cx: &'a Cx,
        client: &'a Client,
        (scope, details): (&ScopeSet, &AuthorizationDetails),
        resources: &'a [String],
    ) -> Self {
        let mut services: Vec<&Service> = Vec::new();
        let of_scopes = scope.iter().filter_map(|name| cx.workspace.scopes.find(name)?.service.as_ref());
        let types = &cx.workspace.detail_types;
        let of_details = details.iter().filter_map(|detail| types.find(detail.kind())?.service.as_ref());
        for service in of_scopes.chain(of_details) {
            if !services.iter().any(|known| known.id == service.id) {
                services.push(service);
            }
        }
        Self { cx, client, services, resources }
    }
}

impl Audience<'_> {
    /// The names, in order, where no resources were asked for.
    pub(super) fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let services = self.services.iter();
        let services = services.map(|service| self.cx.workspace.audience(&self.cx.base_url, service).into());
        own(self.client).map(Cow::Borrowed).chain(services)
    }
}

impl Serialize for Audience<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.resources {
            [] => serializer.collect_seq(self.names()),
            resources => resources.serialize(serializer),
        }
    }
}

/// The audiences that a token with these scopes and authorization details has where no resources are asked for.
pub fn of(cx: &Cx, client: &Client, scope: &ScopeSet, details: &AuthorizationDetails) -> Vec<String> {
    Audience::new(cx, client, (scope, details), &[]).names().map(Cow::into_owned).collect()
}

/// Those that the client's own `audience` names.
pub fn own(client: &Client) -> impl Iterator<Item = &str> {
    let own = &client.entity.audience;
    let id = own.is_empty().then(|| client.id());
    let own = own.iter().map(|word| if word == OWN_ID { client.id() } else { word.as_str() });
    id.into_iter().chain(own)
}
