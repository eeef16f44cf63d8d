//! Where in the server a request went: its route, and the tenant and workspace in its path.

use std::sync::Arc;

use axum::extract::MatchedPath;
use http::Request;

use crate::seed::SYSTEM_TENANT;

/// The place of one request.
#[derive(Debug)]
pub(super) struct Place {
    /// Route pattern; one fixed word where no route matched, because a stranger chooses paths.
    pub(super) endpoint: Arc<str>,
    is_routed: bool,
}

impl Place {
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let matched = request.extensions().get::<MatchedPath>();
        Self {
            endpoint: matched.map_or("unrouted", MatchedPath::as_str).into(),
            is_routed: matched.is_some(),
        }
    }

    /// Route pattern, or the path itself where no route matched.
    pub(super) fn endpoint_or<'a>(&'a self, path: &'a str) -> &'a str {
        if self.is_routed { &self.endpoint } else { path }
    }

    /// The tenant whose operators are told of the request. What manages the tenants is the system tenant's business,
    /// whichever tenant its path names.
    pub(super) fn tenant<'a>(&self, path: &'a str) -> Option<&'a str> {
        const OF_ALL_TENANTS: [&str; 2] = ["/api/system/tenants", "/api/admin/tenants"];
        match OF_ALL_TENANTS.iter().any(|prefix| self.endpoint.starts_with(prefix)) {
            true => Some(SYSTEM_TENANT),
            false => self.parameter(path, &["tid"]),
        }
    }

    /// The part of `path` where the route has one of the parameters `names`.
    pub(super) fn parameter<'a>(&self, path: &'a str, names: &[&str]) -> Option<&'a str> {
        let patterns = self.endpoint.split('/');
        let place = patterns
            .zip(path.split('/'))
            .find(|(pattern, _)| parameter_name(pattern).is_some_and(|name| names.contains(&name)));
        place.map(|(_, part)| part).filter(|part| !part.is_empty())
    }
}

fn parameter_name(pattern: &str) -> Option<&str> {
    pattern.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_tenant_and_workspace() {
        let at = |endpoint: &str| Place { endpoint: endpoint.into(), is_routed: true };
        let token = at("/{tid}/{aid}/oauth2/token");
        assert_eq!(token.parameter("/default/admin/oauth2/token", &["tid"]), Some("default"));
        assert_eq!(token.parameter("/default/admin/oauth2/token", &["aid", "wid"]), Some("admin"));
        assert_eq!(token.parameter("/default/admin/oauth2/token", &["cid"]), None);
        assert_eq!(token.tenant("/default/admin/oauth2/token"), Some("default"));
        let tenant = at("/api/system/tenants/{tid}");
        assert_eq!(tenant.tenant("/api/system/tenants/acme"), Some("system"));
        let keys = at("/api/admin/{tid}/servers/{wid}/keys");
        assert_eq!(keys.parameter("/api/admin/default/servers/w/keys", &["tid"]), Some("default"));
        assert_eq!(keys.parameter("/api/admin/default/servers/w/keys", &["aid", "wid"]), Some("w"));
    }
}
