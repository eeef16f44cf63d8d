//! `aud` of an access token: the resources asked for, else the client, then each service that has a granted scope.

use serde::ser::{Serialize, SerializeSeq, Serializer};
use symbolon_protocol::ScopeSet;
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
    /// The audience of a token with these scopes; where resources were asked for, these alone (RFC 8707 §2).
    pub(super) fn new(cx: &'a Cx, client: &'a Client, scope: &ScopeSet, resources: &'a [String]) -> Self {
        let mut services: Vec<&Service> = Vec::new();
        for service in scope.iter().filter_map(|name| cx.workspace.scopes.find(name)?.service.as_ref()) {
            if !services.iter().any(|known| known.id == service.id) {
                services.push(service);
            }
        }
        Self { cx, client, services, resources }
    }
}

impl Serialize for Audience<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.resources.is_empty() {
            return self.resources.serialize(serializer);
        }
        let own = &self.client.entity.audience;
        let mut list = serializer.serialize_seq(Some(own.len().max(1) + self.services.len()))?;
        if own.is_empty() {
            list.serialize_element(self.client.id())?;
        }
        for word in own {
            list.serialize_element(if word == OWN_ID { self.client.id() } else { word })?;
        }
        for service in &self.services {
            list.serialize_element(&self.cx.workspace.audience(&self.cx.base_url, service))?;
        }
        list.end()
    }
}
