//! How a protocol error becomes an answer: RFC 6749 §5.2, with the members ACP's models add.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use symbolon_protocol::www_authenticate::Challenge;
use symbolon_protocol::{ErrorCode, OAuthError};
use symbolon_store::StoreError;
use utoipa::ToSchema;

use super::access_token::Scheme;
use super::dpop;
use super::profile::Profile;
use crate::refusals::Refused;
use crate::snapshot::Workspace;

/// The error of every protocol endpoint that answers in JSON.
///
/// The client reads the code and the description; the reason travels to the refusal record in the response's
/// extensions and never reaches the wire.
#[derive(Debug)]
pub struct ErrorResponse {
    error: Box<OAuthError>,
    status: StatusCode,
    client_id: Option<Box<str>>,
    tried_header: bool,
    retry_after: Option<i64>,
    /// How the token was sent, at a protected resource of a workspace with this profile.
    resource: Option<(Scheme, Profile)>,
    /// Where the metadata of the protected resource is (RFC 9728 §5.1).
    resource_metadata: Option<Box<str>>,
    /// Whether the body has the members of the standard alone.
    standard: bool,
}

/// A superset of ACP's `genericError` and `RFC6749Error`.
#[derive(Serialize, ToSchema)]
#[schema(as = genericError)]
pub struct ErrorBody<'a> {
    /// The code (RFC 6749 §5.2, RFC 6750 §3.1).
    error: &'a str,
    /// For the developer of the client.
    error_description: &'a str,
    /// The same, under ACP's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error_hint: Option<&'a str>,
    /// The HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error_code: Option<u16>,
    /// The HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status_code: Option<u16>,
}

impl ErrorResponse {
    /// No tenant or workspace of that name: 404.
    pub fn no_such_workspace(tenant_id: &str, workspace_id: &str) -> Self {
        let error = OAuthError::invalid_request("no_such_workspace")
            .description("There is no authorization server at this address.")
            .got(format!("{tenant_id}/{workspace_id}"));
        Self::with_status(error, StatusCode::NOT_FOUND)
    }

    /// An error with another status than the one that its code stands for.
    pub fn with_status(error: OAuthError, status: StatusCode) -> Self {
        Self {
            error: Box::new(error),
            status,
            client_id: None,
            tried_header: false,
            retry_after: None,
            resource: None,
            resource_metadata: None,
            standard: false,
        }
    }

    /// An error at a protected resource of a workspace, whose access token came in this way (RFC 6750 §3, RFC 9449
    /// §7.1).
    pub fn at_resource(workspace: &Workspace, error: OAuthError, scheme: Scheme) -> Self {
        let status = StatusCode::from_u16(error.code.status_at_resource());
        let resource = Some((scheme, Profile::of(workspace)));
        Self { resource, ..Self::with_status(error, status.unwrap_or(StatusCode::BAD_REQUEST)) }
    }

    /// 429: the same may be tried again after so many seconds.
    pub fn too_many(error: OAuthError, seconds: i64) -> Self {
        Self { retry_after: Some(seconds), ..Self::with_status(error, StatusCode::TOO_MANY_REQUESTS) }
    }

    /// Names the client, for the refusal record.
    #[must_use]
    pub fn of_client(mut self, client_id: Option<&str>) -> Self {
        self.client_id = client_id.map(Into::into);
        self
    }

    /// Says whether the client tried to authenticate with the Authorization header: only then is it told of that
    /// header (RFC 6749 §5.2), as clients read any challenge as the answer to theirs.
    #[must_use]
    pub const fn to_header(mut self, tried: bool) -> Self {
        self.tried_header = tried;
        self
    }

    /// Says in every challenge where the metadata of the resource is.
    #[must_use]
    pub fn described_at(mut self, url: &str) -> Self {
        self.resource_metadata = Some(url.into());
        self
    }

    /// Offers no other scheme than Bearer: no key is bound to the tokens that the resource takes.
    #[must_use]
    pub const fn by_bearer(mut self) -> Self {
        self.resource = None;
        self
    }

    /// Leaves out what ACP adds to the body, where a standard names all the members there may be (CIBA §13).
    #[must_use]
    pub const fn standard(mut self) -> Self {
        self.standard = true;
        self
    }

    /// The error that is answered.
    pub fn error(&self) -> &OAuthError {
        &self.error
    }

    /// The error itself, for endpoints that answer in another form than JSON.
    pub fn into_error(self) -> OAuthError {
        *self.error
    }
}

impl From<OAuthError> for ErrorResponse {
    fn from(error: OAuthError) -> Self {
        let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self::with_status(error, status)
    }
}

/// The store's own words never reach the wire: 503 when it is away, 500 otherwise.
impl From<StoreError> for ErrorResponse {
    fn from(error: StoreError) -> Self {
        store_failure(&error).into()
    }
}

/// What a store error is to a client.
pub fn store_failure(error: &StoreError) -> OAuthError {
    match error {
        StoreError::Unavailable(_) => OAuthError::temporarily_unavailable("store_unavailable")
            .description("The service cannot answer at the moment. Try again.")
            .detail(error.to_string()),
        _ => OAuthError::server_error("store_error")
            .description("The server failed to answer the request.")
            .detail(error.to_string()),
    }
}

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> Response {
        let Self {
            error,
            status,
            client_id,
            tried_header,
            retry_after,
            resource,
            resource_metadata,
            standard,
        } = self;
        let number = (!standard).then(|| status.as_u16());
        let code = error.code;
        let body = ErrorBody {
            error: code.as_str(),
            error_description: &error.description,
            error_hint: (!standard).then_some(&*error.description),
            error_code: number,
            status_code: number,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        for challenge in challenges(&error, tried_header, resource) {
            let challenge = match &resource_metadata {
                Some(url) => challenge.resource_metadata(url),
                None => challenge,
            };
            headers
                .extend(HeaderValue::from_str(&challenge.to_string()).map(|value| (WWW_AUTHENTICATE, value)));
        }
        let nonce = error.dpop_nonce.as_deref().and_then(|nonce| HeaderValue::from_str(nonce).ok());
        headers.extend(nonce.map(|nonce| (dpop::DPOP_NONCE, nonce)));
        let refused = Refused::oauth(*error);
        let refused = match client_id {
            Some(client_id) => refused.of_client(&client_id),
            None => refused,
        };
        response.extensions_mut().insert(refused);
        response
    }
}

/// The realm of all challenges.
const REALM: &str = "oauth2";
/// The reason code of a request without an access token.
pub const TOKEN_MISSING: &str = "access_token_missing";

/// RFC 6749 §5.2: a 401 names the scheme that the client has tried. RFC 6750 §3 and RFC 9449 §7.1: so does one to who
/// sends a token.
fn challenges(error: &OAuthError, tried_header: bool, resource: Option<(Scheme, Profile)>) -> Vec<Challenge> {
    match error.code {
        ErrorCode::InvalidClient if tried_header => vec![Challenge::basic(REALM)],
        // RFC 6750 §3.1: no error code where no authentication was tried.
        ErrorCode::InvalidToken if error.reason.code == TOKEN_MISSING => {
            let by_key = resource.map(|(_, profile)| dpop::challenge(profile));
            std::iter::once(Challenge::bearer(REALM)).chain(by_key).collect()
        }
        ErrorCode::InvalidToken
        | ErrorCode::InsufficientScope
        | ErrorCode::InsufficientUserAuthentication
        | ErrorCode::InvalidDpopProof
        | ErrorCode::UseDpopNonce => match (resource, error.code) {
            (Some((Scheme::Dpop, profile)), _) => vec![dpop::challenge(profile).error(error)],
            (None, ErrorCode::InvalidDpopProof | ErrorCode::UseDpopNonce) => Vec::new(),
            (Some((Scheme::Bearer, _)) | None, _) => vec![Challenge::bearer(REALM).error(error)],
        },
        _ => Vec::new(),
    }
}
