//! One file in a body: the part `file` of a form (RFC 7578), or the body itself.

use axum::extract::Request;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use url::form_urlencoded;
use utoipa::ToSchema;

use crate::api::error::{ApiError, Kind};
use crate::api::json::{media_type, read as read_body};
use crate::app::App;

/// A form with a file.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Upload {
    /// The file.
    #[expect(dead_code, reason = "it describes the form; the body is read by hand")]
    file: String,
}

/// Reads the text of the file.
///
/// # Errors
/// 400 when there is none or it is no text, 413, and 415 for bodies of other types.
pub async fn read(request: Request, app: &App) -> Result<String, ApiError> {
    let media_type = media_type(request.headers());
    let header = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = read_body(request, app).await?;
    let text = String::from_utf8(body.into()).map_err(|_| bad("The file is not text."))?;
    match media_type.as_deref() {
        Some("multipart/form-data") => {
            let boundary =
                header.as_deref().and_then(boundary).ok_or_else(|| bad("The form has no boundary."))?;
            part(&text, &boundary, "file").ok_or_else(|| bad("The form has no part called file."))
        }
        Some("application/x-www-form-urlencoded") => {
            let file = form_urlencoded::parse(text.as_bytes()).find(|(name, _)| name == "file");
            file.map(|(_, value)| value.into_owned()).ok_or_else(|| bad("The form has no field called file."))
        }
        None | Some("text/plain" | "application/x-pem-file" | "application/pem-certificate-chain") => {
            Ok(text)
        }
        Some(_) => {
            Err(ApiError::new(Kind::UnsupportedMediaType, "The body must be a form with a file, or text."))
        }
    }
}

fn bad(message: &str) -> ApiError {
    ApiError::new(Kind::BadRequest, message)
}

/// The `boundary` parameter of a content type (RFC 2046 §5.1.1).
fn boundary(content_type: &str) -> Option<String> {
    let parameters = content_type.split(';').skip(1);
    let value = parameters.filter_map(|parameter| parameter.split_once('=')).find_map(|(name, value)| {
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"').to_owned())
    });
    value.filter(|value| !value.is_empty() && value.len() <= 70)
}

/// The content of the named part (RFC 7578 §4.2).
fn part(body: &str, boundary: &str, wanted: &str) -> Option<String> {
    let delimiter = format!("\r\n--{boundary}");
    // The first delimiter has no line before it.
    let body = format!("\r\n{body}");
    let parts = body.split(&delimiter).skip(1);
    parts.take_while(|part| !part.starts_with("--")).find_map(|part| {
        let (head, content) = part.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
        let disposition = head.split("\r\n").find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
        })?;
        let named = disposition.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
        let name = named
            .filter(|(key, _)| key.trim() == "name")
            .map(|(_, value)| value.trim().trim_matches('"'))
            .next()?;
        (name == wanted).then(|| content.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nno\r\n--x\r\n\
        content-disposition: form-data; filename=\"a.pem\"; name=\"file\"\r\nContent-Type: application/x-pem\r\n\r\n\
        line 1\nline 2\r\n--x--\r\n";

    #[test]
    fn the_named_part_is_found() {
        assert_eq!(part(FORM, "x", "file").as_deref(), Some("line 1\nline 2"));
        assert_eq!(part(FORM, "x", "absent"), None);
        assert_eq!(part("nothing of the kind", "x", "file"), None);
        assert_eq!(
            part("--x--\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nafter the end", "x", "file"),
            None
        );
    }

    #[test]
    fn boundaries_come_quoted_and_plain() {
        assert_eq!(boundary("multipart/form-data; boundary=abc").as_deref(), Some("abc"));
        assert_eq!(boundary("multipart/form-data; charset=utf-8; Boundary=\"a b\"").as_deref(), Some("a b"));
        assert_eq!(boundary("multipart/form-data"), None);
    }
}
