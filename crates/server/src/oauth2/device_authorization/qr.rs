//! `verification_uri_complete` as a QR code: `GET /{tid}/{aid}/device/qr?user_code=…` (RFC 8628 §3.3.1).
//!
//! For devices that can show a picture but not draw one. Nothing is looked up: the picture says no more than its own
//! address does, whether or not there is such a code.

use axum::response::Response;
use http::{HeaderValue, Uri};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use symbolon_protocol::{Form, OAuthError};

use super::user_code::UserCodes;
use super::verification_uri;
use crate::cx::Cx;
use crate::oauth2::answer::no_store;
use crate::oauth2::error::{ErrorBody, ErrorResponse};

/// Edge of the smallest picture, in pixels.
const EDGE: u32 = 240;

/// The verification address with the code filled in, as a QR code.
#[utoipa::path(
    get, path = "/{tid}/{aid}/device/qr", operation_id = "deviceQrCode", tag = "oauth2",
    params(
        ("user_code" = String, Query, description = "The code that the device shows"),
    ),
    responses(
        (status = 200, description = "A picture", content_type = "image/svg+xml"),
        (status = 400, description = "The code is missing", body = ErrorBody),
    )
)]
pub async fn qr(cx: Cx, uri: Uri) -> Result<Response, ErrorResponse> {
    let form = Form::from_query(uri.query().unwrap_or_default()).map_err(OAuthError::from)?;
    let codes = UserCodes::of(&cx.workspace);
    let code = codes.shown(&codes.normalise(form.require("user_code")?));
    let picture = QrCode::with_error_correction_level(verification_uri(&cx, Some(&code)), EcLevel::M)
        .map_err(|error| OAuthError::server_error("qr_code_not_made").detail(error))?
        .render::<svg::Color<'_>>()
        .min_dimensions(EDGE, EDGE)
        .build();
    Ok(no_store(HeaderValue::from_static("image/svg+xml"), picture.into()))
}
