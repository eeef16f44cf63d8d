//! Unsecured JWTs (RFC 7519 §6): claims that nobody has signed. Good where the claims could as well come without any
//! token, as in an authorization request; nowhere else.

use crate::{Claims, DEFAULT_MAX_BYTES, Error, Part, base64url, header, json};

/// Reads the claims of a JWT with `alg` `none` and an empty signature.
///
/// # Errors
/// [`Error::TooLong`], [`Error::PartCount`], [`Error::Base64`], [`Error::NotJsonObject`], [`Error::DuplicateMember`],
/// [`Error::MalformedHeader`] when `alg` is another, [`Error::UnknownCritical`], and [`Error::BadSignature`] when there
/// is a signature.
pub fn parse_unsecured(token: &str) -> Result<Claims, Error> {
    if token.len() > DEFAULT_MAX_BYTES {
        return Err(Error::TooLong { len: token.len(), max: DEFAULT_MAX_BYTES });
    }
    let mut parts = token.split('.');
    let (Some(head), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Error::PartCount);
    };
    let head = json::parse_object(&base64url::decode(head)?, Part::Header)?;
    if header::text(&head, "alg")?.as_deref() != Some("none") {
        return Err(Error::MalformedHeader("alg"));
    }
    header::critical(&head, &[])?;
    if !signature.is_empty() {
        return Err(Error::BadSignature);
    }
    json::parse_object(&base64url::decode(claims)?, Part::Claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str, signature: &str) -> String {
        format!("{}.{}.{signature}", base64url::encode(header), base64url::encode(claims))
    }

    /// RFC 7519 §6.1
    #[test]
    fn the_example_of_the_rfc_is_read() {
        let claims = parse_unsecured(
            "eyJhbGciOiJub25lIn0.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
        )
        .unwrap();
        assert_eq!(claims["iss"], "joe");
        assert_eq!(claims["exp"], 1_300_819_380);
    }

    #[test]
    fn what_claims_to_be_signed_is_not_read() {
        let none = r#"{"alg":"none"}"#;
        assert!(parse_unsecured(&token(none, "{}", "")).is_ok());
        for (header, claims, signature, error) in [
            (r#"{"alg":"ES256"}"#, "{}", "", Error::MalformedHeader("alg")),
            (r#"{"alg":"None"}"#, "{}", "", Error::MalformedHeader("alg")),
            ("{}", "{}", "", Error::MalformedHeader("alg")),
            (none, "{}", "AAAA", Error::BadSignature),
            (none, "[]", "", Error::NotJsonObject(Part::Claims)),
            (none, r#"{"a":1,"a":2}"#, "", Error::DuplicateMember(Part::Claims)),
            (r#"{"alg":"none","alg":"ES256"}"#, "{}", "", Error::DuplicateMember(Part::Header)),
            (r#"{"alg":"none","crit":["x"],"x":1}"#, "{}", "", Error::UnknownCritical),
        ] {
            assert_eq!(parse_unsecured(&token(header, claims, signature)), Err(error), "{header} {claims}");
        }
        assert_eq!(parse_unsecured("a.b"), Err(Error::PartCount));
        assert_eq!(parse_unsecured(&format!("{}.", token(none, "{}", ""))), Err(Error::PartCount));
    }
}
