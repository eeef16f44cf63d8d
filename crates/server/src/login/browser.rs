//! The browser that a page was shown to, and the token that proves it for a form (CSRF).

use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use symbolon_protocol::{Form, OAuthError};

use super::cookies::CookieName;
use crate::cx::Cx;

/// A browser, by the random value in its cookie.
#[derive(Clone)]
pub struct Browser {
    id: String,
    is_new: bool,
}

impl Browser {
    /// The browser that sent these headers; a new one gets an id.
    pub fn of(cx: &Cx, headers: &HeaderMap) -> Self {
        match Self::known(cx, headers) {
            Some(browser) => browser,
            None => Self { id: cx.app.rng.secret(), is_new: true },
        }
    }

    /// The browser that sent these headers, if it has been here before.
    pub fn known(cx: &Cx, headers: &HeaderMap) -> Option<Self> {
        let id = CookieName::Browser.read(&cx.workspace, headers)?;
        Some(Self { id: id.to_owned(), is_new: false })
    }

    /// The browser that sends a form: it has had a page of ours, and with it the cookie.
    ///
    /// # Errors
    /// `invalid_request` without the cookie.
    pub fn of_form(cx: &Cx, headers: &HeaderMap) -> Result<Self, OAuthError> {
        Self::known(cx, headers).ok_or_else(|| {
            OAuthError::invalid_request("browser_unknown").description(
                "The browser sent no cookie. Allow cookies for this site, go back to where you came from and start \
                 again.",
            )
        })
    }

    /// The random value in its cookie, which binds a request to this browser.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Gives a new browser its cookie.
    pub fn remember(&self, cx: &Cx, headers: &mut HeaderMap) {
        if self.is_new {
            CookieName::Browser.write(&cx.workspace, &self.id, None, headers);
        }
    }

    /// The value of the hidden field `csrf` in forms for `purpose` (such as the id of an interaction): an HMAC that
    /// another site can neither read nor make.
    pub fn csrf_token(&self, cx: &Cx, purpose: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.csrf_tag(cx, purpose))
    }

    /// Checks that a form was made for this browser and purpose.
    ///
    /// # Errors
    /// `invalid_request`: another site may have made it.
    pub fn check(&self, cx: &Cx, form: &Form, purpose: &str) -> Result<(), OAuthError> {
        if self.accepts(cx, purpose, form.get("csrf")) { Ok(()) } else { Err(foreign_form()) }
    }

    fn accepts(&self, cx: &Cx, purpose: &str, token: Option<&str>) -> bool {
        let given = token.and_then(|token| URL_SAFE_NO_PAD.decode(token).ok()).unwrap_or_default();
        constant_time::verify_slices_are_equal(self.csrf_tag(cx, purpose).as_ref(), &given).is_ok()
    }

    fn csrf_tag(&self, cx: &Cx, purpose: &str) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&cx.app.keys.csrf);
        for part in [&*cx.workspace.tenant_id, &*cx.workspace.id, &self.id, purpose] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign()
    }
}

/// A form of a page that was not shown to this browser, or not last.
pub fn foreign_form() -> OAuthError {
    OAuthError::invalid_request("form_not_from_this_page").description(
        "The form does not belong to the page that was shown last. Go back to where you came from and start again.",
    )
}
