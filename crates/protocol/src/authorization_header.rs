//! The `Authorization` request header: Basic (RFC 7617, RFC 6749 §2.3.1), Bearer (RFC 6750 §2.1) and DPoP
//! (RFC 9449 §7.1).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::OAuthError;
use crate::form;

/// What an `Authorization` header says. `Debug` shows no credential.
#[derive(Clone, PartialEq, Eq)]
pub enum Authorization<'a> {
    /// A client id and its secret.
    Basic(BasicCredentials),
    /// An access token.
    Bearer(&'a str),
    /// An access token that a DPoP proof must accompany.
    Dpop(&'a str),
}

/// A client id and secret from a Basic header.
///
/// RFC 6749 §2.3.1 wants both form-urlencoded before they are joined; many clients leave that out. Where the two
/// readings differ, [`BasicCredentials::readings`] gives both, the RFC's first.
#[derive(Clone, PartialEq, Eq)]
pub struct BasicCredentials {
    decoded: Option<Pair>,
    literal: Option<Pair>,
}

#[derive(Clone, PartialEq, Eq)]
struct Pair {
    client_id: String,
    client_secret: String,
}

/// Why an `Authorization` header is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationError {
    /// There is no credential after the scheme.
    #[error("the Authorization header has no credentials after its scheme")]
    Empty,
    /// The scheme is none of Basic, Bearer and DPoP.
    #[error("the scheme of the Authorization header is none of Basic, Bearer, DPoP")]
    UnknownScheme,
    /// The credentials are not base64 (RFC 4648 §4, with padding, without stray bits).
    #[error("the Basic credentials are not base64")]
    NotBase64,
    /// The credentials are not UTF-8, or hold control characters (RFC 7617 §2).
    #[error("the Basic credentials are not UTF-8 text without control characters")]
    NotText,
    /// There is no colon between id and secret.
    #[error("the Basic credentials have no colon")]
    NoColon,
    /// The client id is empty.
    #[error("the Basic credentials have no client id")]
    NoClientId,
    /// The token is not a b64token (RFC 6750 §2.1).
    #[error("the token holds characters that RFC 6750 forbids")]
    MalformedToken,
}

impl<'a> Authorization<'a> {
    /// Reads a header value. The scheme is matched without regard to case (RFC 9110 §11.1).
    ///
    /// # Errors
    /// When the scheme is unknown or the credentials are malformed.
    pub fn parse(value: &'a str) -> Result<Self, AuthorizationError> {
        let (scheme, credentials) = value.split_once(' ').ok_or(AuthorizationError::Empty)?;
        let credentials = credentials.trim_matches(' ');
        if credentials.is_empty() {
            return Err(AuthorizationError::Empty);
        }
        if scheme.eq_ignore_ascii_case("Basic") {
            BasicCredentials::parse(credentials).map(Self::Basic)
        } else if scheme.eq_ignore_ascii_case("Bearer") {
            token(credentials).map(Self::Bearer)
        } else if scheme.eq_ignore_ascii_case("DPoP") {
            token(credentials).map(Self::Dpop)
        } else {
            Err(AuthorizationError::UnknownScheme)
        }
    }
}

impl BasicCredentials {
    /// The readings of these credentials as `(client_id, client_secret)`, the RFC's first; never none.
    pub fn readings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.decoded
            .iter()
            .chain(&self.literal)
            .map(|pair| (pair.client_id.as_str(), pair.client_secret.as_str()))
    }

    fn parse(credentials: &str) -> Result<Self, AuthorizationError> {
        let bytes = STANDARD.decode(credentials).map_err(|_| AuthorizationError::NotBase64)?;
        let text = String::from_utf8(bytes).map_err(|_| AuthorizationError::NotText)?;
        if text.chars().any(char::is_control) {
            return Err(AuthorizationError::NotText);
        }
        let (client_id, client_secret) = text.split_once(':').ok_or(AuthorizationError::NoColon)?;
        if client_id.is_empty() {
            return Err(AuthorizationError::NoClientId);
        }
        let literal = Pair { client_id: client_id.to_owned(), client_secret: client_secret.to_owned() };
        let decoded = Pair::decode(client_id, client_secret);
        let differs = decoded.as_ref() != Some(&literal);
        Ok(Self { decoded, literal: differs.then_some(literal) })
    }
}

impl Pair {
    /// `None` when the text cannot have been form-urlencoded.
    fn decode(client_id: &str, client_secret: &str) -> Option<Self> {
        let client_id = form::decode_one(client_id)?;
        let client_secret = form::decode_one(client_secret)?;
        let control = |text: &str| text.chars().any(char::is_control);
        (!client_id.is_empty() && !control(&client_id) && !control(&client_secret))
            .then_some(Self { client_id, client_secret })
    }
}

impl fmt::Debug for Authorization<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic(credentials) => f.debug_tuple("Basic").field(credentials).finish(),
            Self::Bearer(_) => f.write_str("Bearer(…)"),
            Self::Dpop(_) => f.write_str("Dpop(…)"),
        }
    }
}

impl fmt::Debug for BasicCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.readings().map(|(client_id, _)| client_id).collect();
        f.debug_struct("BasicCredentials").field("client_id", &ids).finish_non_exhaustive()
    }
}

impl From<AuthorizationError> for OAuthError {
    /// As `invalid_client`: the header was meant to authenticate a client. A protected resource answers
    /// `invalid_token` or `invalid_request` by itself.
    fn from(error: AuthorizationError) -> Self {
        Self::invalid_client("authorization_header_malformed")
            .description("The Authorization header is malformed.")
            .detail(error)
    }
}

/// RFC 6750 §2.1: b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
fn token(text: &str) -> Result<&str, AuthorizationError> {
    let body = text.trim_end_matches('=');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    if body.is_empty() || !body.bytes().all(allowed) {
        return Err(AuthorizationError::MalformedToken);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn readings(header: &str) -> Vec<(String, String)> {
        match Authorization::parse(header) {
            Ok(Authorization::Basic(credentials)) => {
                credentials.readings().map(|(id, secret)| (id.to_owned(), secret.to_owned())).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    fn basic(user_pass: &str) -> String {
        format!("Basic {}", STANDARD.encode(user_pass))
    }

    fn pair(id: &str, secret: &str) -> (String, String) {
        (id.to_owned(), secret.to_owned())
    }

    #[test]
    fn example_of_rfc_6749_is_read() {
        // RFC 6749 §2.3.1
        assert_eq!(
            readings("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"),
            [pair("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw")]
        );
    }

    #[test]
    fn encoded_credentials_are_decoded_first_and_kept_literally_second() {
        assert_eq!(
            readings(&basic("my%3Aclient:se%2Bcret+x")),
            [pair("my:client", "se+cret x"), pair("my%3Aclient", "se%2Bcret+x")]
        );
    }

    #[test]
    fn credentials_that_cannot_be_encoded_are_taken_literally() {
        assert_eq!(readings(&basic("client:100%")), [pair("client", "100%")]);
        assert_eq!(readings(&basic("client:a%00b")), [pair("client", "a%00b")]);
    }

    #[test]
    fn secret_may_hold_colons_and_be_empty() {
        assert_eq!(readings(&basic("client:a:b")), [pair("client", "a:b")]);
        assert_eq!(readings(&basic("client:")), [pair("client", "")]);
    }

    #[test]
    fn scheme_has_no_case() {
        assert_eq!(Authorization::parse("bEARER abc"), Ok(Authorization::Bearer("abc")));
        assert_eq!(Authorization::parse("dpop abc"), Ok(Authorization::Dpop("abc")));
        assert_eq!(readings(&basic("a:b").replace("Basic", "BASIC")), [pair("a", "b")]);
    }

    #[test]
    fn sloppy_base64_is_refused() {
        // Without padding, with stray bits in the last character, in the other alphabet, with white space.
        for credentials in ["YTpiYw", "YTpiYx==", "YTo_Pz8_", "YTpi\tYw==", "YTpiYw== x"] {
            assert_eq!(
                Authorization::parse(&format!("Basic {credentials}")),
                Err(AuthorizationError::NotBase64),
                "{credentials}"
            );
        }
    }

    #[test]
    fn malformed_credentials_are_refused() {
        assert_eq!(Authorization::parse(&basic("no colon")), Err(AuthorizationError::NoColon));
        assert_eq!(Authorization::parse(&basic(":secret")), Err(AuthorizationError::NoClientId));
        assert_eq!(Authorization::parse(&basic("a:b\nc")), Err(AuthorizationError::NotText));
        let not_utf8 = format!("Basic {}", STANDARD.encode(b"a:\xff"));
        assert_eq!(Authorization::parse(&not_utf8), Err(AuthorizationError::NotText));
        for header in ["", "Basic", "Basic ", "Bearer", "Bearer  "] {
            assert_eq!(Authorization::parse(header), Err(AuthorizationError::Empty), "{header:?}");
        }
        assert_eq!(Authorization::parse("Digest x"), Err(AuthorizationError::UnknownScheme));
    }

    #[test]
    fn bearer_token_is_a_b64token() {
        let token = "eyJhbGciOiJFUzI1NiJ9.e30.a-b_c~d+e/f==";
        assert_eq!(Authorization::parse(&format!("Bearer {token}")), Ok(Authorization::Bearer(token)));
        for token in ["a b", "a,b", "a=b", "=", "é", "a\"", "a%20"] {
            assert_eq!(
                Authorization::parse(&format!("Bearer {token}")),
                Err(AuthorizationError::MalformedToken),
                "{token}"
            );
        }
    }

    #[test]
    fn debug_shows_no_credential() {
        for header in [basic("client:hunter2"), "Bearer hunter2".to_owned(), "DPoP hunter2".to_owned()] {
            assert!(!format!("{:?}", Authorization::parse(&header)).contains("hunter2"));
        }
    }

    proptest! {
        #[test]
        fn credentials_of_a_client_that_follows_the_rfc_are_read_first(id in "[ -~é]{1,20}", secret in "[ -~€]{0,40}") {
            let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let header = basic(&format!("{}:{}", encode(&id), encode(&secret)));
            prop_assert_eq!(readings(&header).swap_remove(0), (id, secret));
        }

        #[test]
        fn credentials_of_a_client_that_does_not_encode_are_among_the_readings(id in "[ -9;-~]{1,20}", secret in "[ -~]{0,40}") {
            let header = basic(&format!("{id}:{secret}"));
            prop_assert!(readings(&header).contains(&(id, secret)));
        }

        #[test]
        fn any_header_is_read_or_refused(header in "(Basic|Bearer|DPoP|x)? ?.{0,60}") {
            let _ = Authorization::parse(&header);
        }
    }
}
