//! The body of a protocol request: `application/x-www-form-urlencoded` (RFC 6749 Appendix B).

use axum::extract::{FromRequest, Request};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use symbolon_protocol::{Form, OAuthError};

use super::error::ErrorResponse;
use crate::app::App;

const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// A request with a form as its body. The parameters of the query are not looked at: credentials do not belong there
/// (RFC 6749 §2.3.1).
#[derive(Debug)]
pub struct FormBody {
    /// The headers, moved and not copied.
    pub headers: HeaderMap,
    /// The parameters.
    pub form: Form,
}

impl FromRequest<App> for FormBody {
    type Rejection = ErrorResponse;

    async fn from_request(request: Request, app: &App) -> Result<Self, ErrorResponse> {
        let (parts, body) = request.into_parts();
        require_form_type(&parts.headers)?;
        let limit = app.config.limits.body_size;
        let bytes = Limited::new(body, limit).collect().await.map_err(|error| unreadable(&*error, limit))?;
        let form = Form::parse(&bytes.to_bytes()).map_err(OAuthError::from)?;
        Ok(Self { headers: parts.headers, form })
    }
}

/// The parameters of a body that was read already, for endpoints that answer with pages.
///
/// # Errors
/// `invalid_request` when it is not a form.
pub fn read(headers: &HeaderMap, body: &[u8]) -> Result<Form, OAuthError> {
    require_form_type(headers)?;
    Ok(Form::parse(body)?)
}

/// The same, where what is repeated is told in another way.
///
/// # Errors
/// As [`read`].
pub fn read_repeated(headers: &HeaderMap, body: &[u8]) -> Result<Form, OAuthError> {
    require_form_type(headers)?;
    Ok(Form::parse_repeated(body)?)
}

fn require_form_type(headers: &HeaderMap) -> Result<(), OAuthError> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let value = values.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    if values.next().is_none() && is_form_type(value) {
        return Ok(());
    }
    Err(OAuthError::invalid_request("content_type_wrong")
        .description(format!("The Content-Type must be {FORM_TYPE}."))
        .expected(FORM_TYPE)
        .got(if value.is_empty() { "none" } else { value }))
}

/// A charset may be named where it is the one that the standard fixes.
fn is_form_type(value: &str) -> bool {
    let (essence, parameters) = value.split_once(';').unwrap_or((value, ""));
    let charset = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.trim().eq_ignore_ascii_case("charset")
            || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    };
    essence.trim().eq_ignore_ascii_case(FORM_TYPE) && parameters.split(';').all(charset)
}

fn unreadable(error: &(dyn std::error::Error + Send + Sync + 'static), limit: usize) -> ErrorResponse {
    if error.is::<LengthLimitError>() {
        let refused = OAuthError::invalid_request("body_too_large")
            .description("The request body is too large.")
            .expected(format!("at most {limit} bytes"));
        return ErrorResponse::with_status(refused, StatusCode::PAYLOAD_TOO_LARGE);
    }
    OAuthError::invalid_request("body_unreadable")
        .description("The request body could not be read.")
        .detail(error)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_forms_are_forms() {
        for good in [
            "application/x-www-form-urlencoded",
            "Application/X-WWW-Form-Urlencoded",
            "application/x-www-form-urlencoded; charset=UTF-8",
            "application/x-www-form-urlencoded;charset=\"utf-8\"",
        ] {
            assert!(is_form_type(good), "{good}");
        }
        for bad in [
            "",
            "application/json",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded; charset=iso-8859-1",
            "application/x-www-form-urlencodedx",
        ] {
            assert!(!is_form_type(bad), "{bad}");
        }
    }
}
