//! `resource`: where a token is to be used (RFC 8707).
//!
//! A service is named by its audience: its `custom_audience`, else `spiffe://{host}/{tid}/{aid}/{service id}`. A token
//! that was asked for with resources is for these and no others, and has no scope of another service. This server's own
//! resources go by the addresses in their metadata (RFC 9728). However a client spells an address, `aud` says it as it is
//! registered.

use std::borrow::Cow;

use symbolon_protocol::{ErrorCode, Form, OAuthError, ScopeSet};
use symbolon_store::entity::Service;
use symbolon_store::entity::service::ServiceKind;
use url::Url;

use super::protected_resource;
use crate::cx::Cx;
use crate::snapshot::Client;

/// The parameter that names a resource; it may come more than once.
pub const PARAMETER: &str = "resource";
/// More are a fault of the client, and would be kept in the store and in tokens.
const MOST: usize = 16;

/// The resources that a request names, each once; none for most requests.
///
/// # Errors
/// `invalid_target` for what is no absolute URI without fragment (RFC 8707 §2), no service of the workspace and none of
/// the client's own audiences.
pub fn asked(cx: &Cx, client: &Client, form: &Form) -> Result<Vec<String>, OAuthError> {
    known(cx, client, form.all(PARAMETER))
}

/// The resources of a request that a grant may come of (RFC 8707 §2.1): tokens made from it are for these and no others.
///
/// # Errors
/// As [`asked`]; as [`check_named`].
pub fn of_grant<'a>(
    cx: &Cx,
    client: &Client,
    named: impl Iterator<Item = &'a str>,
) -> Result<Vec<String>, OAuthError> {
    let resources = known(cx, client, named)?;
    check_named(cx, &resources)?;
    Ok(resources)
}

/// The resources of a token that is made from a grant (RFC 8707 §2.2): those asked for, if they were granted; all that
/// were granted when none are named.
///
/// # Errors
/// `invalid_target`.
pub fn narrowed(
    cx: &Cx,
    client: &Client,
    form: &Form,
    granted: &[String],
) -> Result<Vec<String>, OAuthError> {
    let asked = asked(cx, client, form)?;
    if asked.is_empty() {
        check_named(cx, granted)?;
        return Ok(granted.to_vec());
    }
    let is_granted = |resource: &str| granted.iter().any(|known| is_same(known, resource));
    match asked.iter().find(|resource| !granted.is_empty() && !is_granted(resource)) {
        None => Ok(asked),
        Some(resource) => Err(invalid("resource_not_granted")
            .description("A resource was not granted before.")
            .expected(granted.join(" "))
            .got(resource)),
    }
}

/// `advanced.require_resource_indicators`: no token without a resource that it is for.
///
/// # Errors
/// `invalid_target` where the workspace asks for one and none is named.
pub fn check_named(cx: &Cx, resources: &[String]) -> Result<(), OAuthError> {
    let advanced = cx.workspace.server.advanced.as_ref();
    let is_required = advanced.is_some_and(|advanced| advanced.require_resource_indicators);
    if !is_required || !resources.is_empty() {
        return Ok(());
    }
    Err(invalid("resource_missing")
        .description("The parameter resource is missing: it says which resource the token is for.")
        .detail("advanced.require_resource_indicators of the workspace is set")
        .expected("resource"))
}

/// What is left of the scopes in a token for these resources: those of their services, and those of OpenID Connect. All
/// of them where no resource is named.
pub fn narrow<'a>(cx: &Cx, scope: Cow<'a, ScopeSet>, resources: &[String]) -> Cow<'a, ScopeSet> {
    if resources.is_empty() {
        return scope;
    }
    Cow::Owned(scope.filter(|name| {
        let service = cx.workspace.scopes.find(name).and_then(|entry| entry.service.as_ref());
        service.is_none_or(|service| is_among(cx, service, resources))
    }))
}

/// Whether a token for these resources may be for the service: it is one of them, or OpenID Connect, whose scopes say
/// what is told of a person. What a token may do at this server is not for others to hold: of a token for another
/// resource that would be theirs to use.
pub fn is_among(cx: &Cx, service: &Service, resources: &[String]) -> bool {
    let is_this_server = matches!(service.kind, ServiceKind::Oauth2 | ServiceKind::System);
    service.kind == ServiceKind::Oidc
        || resources.contains(&audience(cx, service))
        || (is_this_server && resources.iter().any(|resource| protected_resource::is_own(cx, resource)))
}

/// Whether two URIs name one resource: equal, or equivalent as the scheme has it (RFC 3986 §6.2.2.1, §6.2.3) when they are
/// of http or https. Their paths and queries are compared letter by letter.
pub fn is_same(one: &str, other: &str) -> bool {
    one == other || normalized(one) == normalized(other)
}

/// A URI of http or https with scheme and host in lower case, without the port that its scheme has anyway, and with the
/// path `/` where it has none (RFC 3986 §6.2.2.1, §6.2.3). Every other one as it is.
fn normalized(uri: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = uri.split_once("://") else { return Cow::Borrowed(uri) };
    let default_port = match scheme.to_ascii_lowercase().as_str() {
        "https" => "443",
        "http" => "80",
        _ => return Cow::Borrowed(uri),
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // What is before the host is in letters of its own, and nobody's address.
    if authority.is_empty() || authority.contains('@') {
        return Cow::Borrowed(uri);
    }
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.is_empty() || port == default_port => host,
        _ => authority,
    };
    let slash = if path.starts_with('/') { "" } else { "/" };
    let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    Cow::Owned(format!("{scheme}://{host}{slash}{path}"))
}

fn known<'a>(
    cx: &Cx,
    client: &Client,
    named: impl Iterator<Item = &'a str>,
) -> Result<Vec<String>, OAuthError> {
    let mut resources: Vec<String> = Vec::new();
    for resource in named {
        let resource = registered(cx, client, resource)?;
        if !resources.contains(&resource) {
            resources.push(resource);
        }
    }
    match resources.len() > MOST {
        true => Err(invalid("resources_too_many").description("The request names too many resources.")),
        false => Ok(resources),
    }
}

/// The resource as it is spelled where it is registered: what `aud` says.
fn registered(cx: &Cx, client: &Client, resource: &str) -> Result<String, OAuthError> {
    let is_absolute = Url::parse(resource).is_ok() && !resource.contains('#');
    if !is_absolute {
        return Err(invalid("resource_malformed")
            .description("A resource is not an absolute URI without a fragment.")
            .got(resource));
    }
    let services = cx.workspace.services.iter().map(|service| audience(cx, service));
    let known: Vec<_> = services.chain(client.entity.audience.iter().cloned()).collect();
    if known.iter().any(|known| known == resource) || protected_resource::is_own(cx, resource) {
        return Ok(resource.to_owned());
    }
    if let Some(known) = known.into_iter().find(|known| is_same(known, resource)) {
        return Ok(known);
    }
    let plain = normalized(resource);
    if protected_resource::is_own(cx, &plain) {
        return Ok(plain.into_owned());
    }
    Err(invalid("resource_unknown")
        .description("A resource is not known to this authorization server.")
        .expected("the audience of a service of the workspace, or of the client")
        .got(resource))
}

fn audience(cx: &Cx, service: &Service) -> String {
    cx.workspace.audience(&cx.base_url, service)
}

fn invalid(reason: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidTarget, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_scheme_has_equivalent_is_one_resource() {
        for same in [
            "https://mcp.example",
            "https://mcp.example/",
            "HTTPS://MCP.example",
            "https://mcp.example:443",
            "https://mcp.example:443/",
            "https://mcp.example:/",
        ] {
            assert!(is_same("https://mcp.example", same) && is_same(same, "https://mcp.example/"), "{same}");
        }
        assert!(is_same("http://mcp.example:80?a", "http://mcp.example/?a"));
        assert!(is_same("https://[2001:DB8::1]:443/x", "https://[2001:db8::1]/x"));
    }

    #[test]
    fn nothing_else_is() {
        for (one, other) in [
            ("https://mcp.example", "http://mcp.example"),
            ("https://mcp.example", "https://mcp.example:8443"),
            ("https://mcp.example", "https://mcp.example:80"),
            ("http://mcp.example", "http://mcp.example:443"),
            ("https://mcp.example", "https://mcp.example."),
            ("https://mcp.example", "https://mcp.example//"),
            ("https://mcp.example", "https://mcp.example/?"),
            ("https://mcp.example", "https://user@mcp.example"),
            ("https://mcp.example", "https://mcp.example:443@evil.example"),
            ("https://mcp.example", "https://mcp.example\\/"),
            ("https://mcp.example/mcp", "https://mcp.example/mcp/"),
            ("https://mcp.example/mcp", "https://mcp.example/MCP"),
            ("https://mcp.example/mcp", "https://mcp.example/%6Dcp"),
            ("https://mcp.example/mcp", "https://mcp.example/./mcp"),
            ("https://mcp.example/?a", "https://mcp.example/?A"),
            ("urn:example:Mcp", "urn:example:mcp"),
            ("spiffe://Host/a", "spiffe://host/a"),
        ] {
            assert!(!is_same(one, other), "{one} {other}");
        }
    }
}
