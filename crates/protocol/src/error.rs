//! The one error of every protocol endpoint: what the client reads, and what the log keeps.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use crate::error_code::ErrorCode;

/// Longest text of a [`Reason`], in bytes: a stranger writes part of it.
const REASON_TEXT_LIMIT: usize = 1024;

/// Shortest text that may be the secret of a client, in characters.
const SECRET_LENGTH: usize = 32;
/// So many characters tell an operator which client's secret went astray, and nobody the secret.
const SHOWN: usize = 4;

/// A refusal by an OAuth or OpenID Connect rule.
///
/// `code` and `description` go to the client; `reason` goes to the log and to the operator, never to the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OAuthError {
    /// The code on the wire; it alone decides the HTTP status.
    pub code: ErrorCode,
    /// `error_description`: for the developer of the client, ASCII without `"` and `\` (RFC 6749 §5.2).
    pub description: Cow<'static, str>,
    /// Why, for the log.
    pub reason: Box<Reason>,
    /// `DPoP-Nonce` of the answer: what the next proof must carry (RFC 9449 §8).
    pub dpop_nonce: Option<Box<str>>,
    /// What the person's authentication must be like (RFC 9470 §3).
    pub authentication: Option<Box<AuthenticationWanted>>,
}

/// How a person must authenticate so that a resource lets their token pass (RFC 9470 §3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthenticationWanted {
    /// One of these classes; any when empty.
    pub acr_values: Vec<String>,
    /// How long ago at most, in seconds.
    pub max_age: Option<i64>,
}

/// Why a request was refused: for the log and the refusal record.
///
/// Texts are cut at 1 KiB and hold no control characters. Secrets do not belong here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What failed, in `snake_case`, stable: what an operator searches for.
    pub code: Cow<'static, str>,
    /// The circumstances, as a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What the server wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What came instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
}

impl OAuthError {
    /// An error with `code`, whose cause is `reason` (`snake_case`).
    #[must_use]
    pub fn new(code: ErrorCode, reason: &'static str) -> Self {
        Self {
            code,
            description: Cow::Borrowed(code.sentence()),
            reason: Box::new(Reason { code: Cow::Borrowed(reason), ..Reason::default() }),
            dpop_nonce: None,
            authentication: None,
        }
    }

    /// Says more to the developer of the client. Characters that RFC 6749 forbids are replaced.
    #[must_use]
    pub fn description(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.description = describable(text.into());
        self
    }

    /// Says more to the operator.
    #[must_use]
    pub fn detail(mut self, text: impl fmt::Display) -> Self {
        self.reason.detail = legible(&text.to_string());
        self
    }

    /// Tells the operator what the server wanted.
    #[must_use]
    pub fn expected(mut self, text: impl fmt::Display) -> Self {
        self.reason.expected = Some(legible(&text.to_string()));
        self
    }

    /// Tells the operator what came instead.
    #[must_use]
    pub fn got(mut self, text: impl fmt::Display) -> Self {
        self.reason.got = Some(legible(&text.to_string()));
        self
    }

    /// Tells the operator what came instead of a name that is known. It may be a secret in the wrong field, as where the
    /// two halves of Basic credentials are swapped: what is as long as a secret is shown by its beginning alone.
    #[must_use]
    pub fn got_name(self, text: &str) -> Self {
        self.got(name_or_beginning(text))
    }

    /// Tells the operator how much came instead of one of a few words, and nothing else of it.
    #[must_use]
    pub fn got_hidden(self, text: &str) -> Self {
        self.got(format_args!("another text of {} characters", text.chars().count()))
    }

    /// Hands the client a nonce with the answer.
    #[must_use]
    pub fn dpop_nonce(mut self, nonce: impl Into<Box<str>>) -> Self {
        self.dpop_nonce = Some(nonce.into());
        self
    }

    /// Tells the client how the person must authenticate.
    #[must_use]
    pub fn authentication(mut self, wanted: AuthenticationWanted) -> Self {
        self.authentication = Some(Box::new(wanted));
        self
    }

    /// The HTTP status of an answer with this error; see [`ErrorCode::status`].
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.code.status()
    }

    /// `invalid_request`: see [`ErrorCode::InvalidRequest`].
    #[must_use]
    pub fn invalid_request(reason: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, reason)
    }

    /// `invalid_client`: see [`ErrorCode::InvalidClient`].
    #[must_use]
    pub fn invalid_client(reason: &'static str) -> Self {
        Self::new(ErrorCode::InvalidClient, reason)
    }

    /// `invalid_grant`: see [`ErrorCode::InvalidGrant`].
    #[must_use]
    pub fn invalid_grant(reason: &'static str) -> Self {
        Self::new(ErrorCode::InvalidGrant, reason)
    }

    /// `unauthorized_client`: see [`ErrorCode::UnauthorizedClient`].
    #[must_use]
    pub fn unauthorized_client(reason: &'static str) -> Self {
        Self::new(ErrorCode::UnauthorizedClient, reason)
    }

    /// `unsupported_grant_type`: see [`ErrorCode::UnsupportedGrantType`].
    #[must_use]
    pub fn unsupported_grant_type(reason: &'static str) -> Self {
        Self::new(ErrorCode::UnsupportedGrantType, reason)
    }

    /// `unsupported_response_type`: see [`ErrorCode::UnsupportedResponseType`].
    #[must_use]
    pub fn unsupported_response_type(reason: &'static str) -> Self {
        Self::new(ErrorCode::UnsupportedResponseType, reason)
    }

    /// `invalid_scope`: see [`ErrorCode::InvalidScope`].
    #[must_use]
    pub fn invalid_scope(reason: &'static str) -> Self {
        Self::new(ErrorCode::InvalidScope, reason)
    }

    /// `access_denied`: see [`ErrorCode::AccessDenied`].
    #[must_use]
    pub fn access_denied(reason: &'static str) -> Self {
        Self::new(ErrorCode::AccessDenied, reason)
    }

    /// `server_error`: see [`ErrorCode::ServerError`].
    #[must_use]
    pub fn server_error(reason: &'static str) -> Self {
        Self::new(ErrorCode::ServerError, reason)
    }

    /// `temporarily_unavailable`: see [`ErrorCode::TemporarilyUnavailable`].
    #[must_use]
    pub fn temporarily_unavailable(reason: &'static str) -> Self {
        Self::new(ErrorCode::TemporarilyUnavailable, reason)
    }

    /// `invalid_token`: see [`ErrorCode::InvalidToken`].
    #[must_use]
    pub fn invalid_token(reason: &'static str) -> Self {
        Self::new(ErrorCode::InvalidToken, reason)
    }

    /// `insufficient_scope`: see [`ErrorCode::InsufficientScope`].
    #[must_use]
    pub fn insufficient_scope(reason: &'static str) -> Self {
        Self::new(ErrorCode::InsufficientScope, reason)
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.code, self.reason)
    }
}

impl std::error::Error for OAuthError {}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        if let Some(expected) = &self.expected {
            write!(f, "; expected {expected}")?;
        }
        if let Some(got) = &self.got {
            write!(f, "; got {got}")?;
        }
        Ok(())
    }
}

/// RFC 6749 §5.2: `error_description` holds %x20-21 / %x23-5B / %x5D-7E only.
fn describable(text: Cow<'static, str>) -> Cow<'static, str> {
    let allowed = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
    if text.chars().all(allowed) {
        return text;
    }
    let replaced = text.chars().map(|c| match c {
        '"' | '“' | '”' | '‘' | '’' => '\'',
        '\\' => '/',
        '–' | '—' => '-',
        c if c.is_whitespace() => ' ',
        c if allowed(c) => c,
        _ => '?',
    });
    Cow::Owned(replaced.collect())
}

/// A name that nobody has, as the log may keep it: whole when it is too short for a secret, or the URL of a client that
/// is described there (without its query), else its beginning and its length.
#[must_use]
pub fn name_or_beginning(text: &str) -> Cow<'_, str> {
    let count = text.chars().count();
    if count < SECRET_LENGTH {
        return Cow::Borrowed(text);
    }
    let shown = match text.starts_with("https://") {
        true => text.split(['?', '#', '@']).next().unwrap_or_default(),
        false => text.char_indices().nth(SHOWN).map_or(text, |(end, _)| &text[..end]),
    };
    match shown.len() == text.len() {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("{shown}… ({count} characters)")),
    }
}

/// A log line must stay one line, and a stranger must not be able to fill the log.
fn legible(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(REASON_TEXT_LIMIT));
    for c in text.chars() {
        if out.len() + c.len_utf8() > REASON_TEXT_LIMIT {
            out.push('…');
            break;
        }
        if is_deceptive(c) {
            // Writing to a String does not fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Control characters, and the ones that reorder or hide what a terminal shows.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn description_loses_what_the_rfc_forbids() {
        let error = OAuthError::invalid_request("x").description("say \"no\" to C:\\temp\nzażółć — now");
        assert_eq!(error.description, "say 'no' to C:/temp za???? - now");
    }

    #[test]
    fn description_is_never_missing() {
        assert_eq!(OAuthError::invalid_client("x").description, "Client authentication failed.");
    }

    #[test]
    fn reason_is_one_legible_line() {
        let error = OAuthError::invalid_grant("code_unknown").got("a\r\nFAKE LOG LINE\u{202e}").expected("b");
        assert_eq!(error.reason.got.as_deref(), Some("a\\u{d}\\u{a}FAKE LOG LINE\\u{202e}"));
        assert_eq!(
            error.to_string(),
            "invalid_grant (code_unknown; expected b; got a\\u{d}\\u{a}FAKE LOG LINE\\u{202e})"
        );
    }

    #[test]
    fn what_may_be_a_secret_is_not_kept() {
        let got = |text: &str| OAuthError::invalid_client("x").got_name(text).reason.got.unwrap();
        assert_eq!(got("calendar"), "calendar");
        assert_eq!(got("n8HF35qzZkmsukHJzzz9LnN8m9Mf97uq"), "n8HF… (32 characters)");
        assert_eq!(got(&"é".repeat(40)), "éééé… (40 characters)");
        let url = "https://agents.example/calendar/client.json";
        assert_eq!(got(url), url);
        assert_eq!(got(&format!("{url}?key=s3cr3t")), format!("{url}… (54 characters)"));
        let hidden = OAuthError::invalid_request("x").got_hidden("hunter2").reason.got.unwrap();
        assert_eq!(hidden, "another text of 7 characters");
    }

    #[test]
    fn reason_is_cut_at_its_limit() {
        let error = OAuthError::invalid_grant("x").detail("é".repeat(5000));
        assert_eq!(error.reason.detail.chars().count(), REASON_TEXT_LIMIT / 2 + 1);
        assert!(error.reason.detail.ends_with('…'));
    }

    #[test]
    fn reason_never_reaches_the_description() {
        let error = OAuthError::invalid_client("tls_client_auth_untrusted_chain")
            .detail("root CN=Corp CA")
            .expected("CN=a")
            .got("CN=b");
        assert_eq!(error.status(), 401);
        assert!(!error.description.contains("CN="));
    }
}
