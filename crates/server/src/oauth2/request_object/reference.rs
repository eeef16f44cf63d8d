//! Request objects by reference: `request_uri` (RFC 9101 §5.2, OpenID Connect Core §6.2).
//!
//! Only addresses that the client has registered are asked, or anybody could send this server anywhere. An object is
//! remembered only where its address says by its fragment what it is: the SHA-256 of the content.

use std::fmt;

use quick_cache::sync::Cache;
use symbolon_jose::sha256_b64url;
use symbolon_protocol::{ErrorCode, OAuthError};

use super::verify::MAX_BYTES;
use crate::cx::Cx;
use crate::oauth2::strangers;
use crate::snapshot::Client;

/// Longest address, in bytes. RFC 9101 §5.2: it should not be longer than 512.
const MAX_ADDRESS: usize = 2048;
/// How many objects are remembered.
const OBJECTS: usize = 500;
/// What an object may be called (RFC 9101 §5.2.3, RFC 7519 §10.3.1), or a file server calls it.
const MEDIA_TYPES: &[&str] = &[
    "application/oauth-authz-req+jwt",
    "application/jwt",
    "application/jose",
    "application/octet-stream",
    "text/plain",
];

/// Objects whose address names their content.
pub struct Objects(Cache<String, String>);

impl Default for Objects {
    fn default() -> Self {
        Self(Cache::new(OBJECTS))
    }
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Objects({})", self.0.len())
    }
}

/// Fetches the request object at an address that the client has registered.
///
/// # Errors
/// `invalid_request_uri` (RFC 9101 §7); `temporarily_unavailable` when too many are asked for.
pub async fn fetch(cx: &Cx, client: &Client, address: &str) -> Result<String, OAuthError> {
    let refused = |reason| OAuthError::new(ErrorCode::InvalidRequestUri, reason).got(address);
    if !address.starts_with("https://") || address.len() > MAX_ADDRESS {
        return Err(refused("request_uri_not_https")
            .description("The request_uri is not an https URL of sensible length.")
            .expected(format!("https, at most {MAX_ADDRESS} bytes")));
    }
    // The fragment says what is behind the address, it is no part of it.
    let (url, fragment) = address.split_once('#').map_or((address, None), |(url, hash)| (url, Some(hash)));
    let registered = &client.entity.request_uris;
    if !registered.iter().any(|own| own.split('#').next() == Some(url)) {
        return Err(refused("request_uri_not_registered")
            .description("The request_uri is not one that the client has registered.")
            .expected(format!("one of request_uris: {}", registered.join(", "))));
    }
    if fragment.is_some()
        && let Some(object) = cx.app.memory.request_objects.0.get(address)
    {
        return Ok(object);
    }
    // Whoever knows the client can have it asked.
    strangers::count(cx)?;
    let unreadable = |what: &dyn fmt::Display| {
        refused("request_uri_unreadable").description("The request_uri could not be read.").detail(what)
    };
    let document = cx.app.fetcher.get_document(url, MAX_BYTES).await.map_err(|error| unreadable(&error))?;
    let media_type = document.media_type.as_deref().unwrap_or_default();
    if !media_type.is_empty() && !MEDIA_TYPES.contains(&media_type) {
        return Err(unreadable(&format!("it is of the type {media_type}")).expected(MEDIA_TYPES.join(", ")));
    }
    let hash = sha256_b64url(&document.body);
    let object = String::from_utf8(document.body).map_err(|error| unreadable(&error))?.trim().to_owned();
    if fragment == Some(hash.as_str()) {
        cx.app.memory.request_objects.0.insert(address.to_owned(), object.clone());
    }
    Ok(object)
}
