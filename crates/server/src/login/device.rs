//! The page where a person connects a device (RFC 8628 §3.3): `/{tid}/{aid}/device`.
//!
//! Nothing is stored on the way: the address carries the code, and every step looks it up again. A code that is right
//! leads to the login page, then to the consent page, which shows the code and where the request came from, and asks
//! the person to compare (§5.4): somebody may have sent them a link. It is shown every time, whatever was allowed
//! before.

use std::sync::Arc;

use axum::body::Bytes;
use axum::response::Response;
use http::{HeaderMap, StatusCode, Uri};
use symbolon_protocol::{Form, GrantType, OAuthError};
use symbolon_store::{Decision, DecoupledRequest, NewGrant};

use super::browser::{Browser, foreign_form};
use super::consent::{Consents, scopes_to_remember};
use super::details;
use super::idps::LoginFailure;
use super::limits::Attempt;
use super::views;
use super::{Session, attempt};
use crate::cx::Cx;
use crate::oauth2::clients;
use crate::oauth2::decoupled;
use crate::oauth2::device_authorization::user_code::UserCodes;
use crate::oauth2::device_authorization::{DeviceRequest, KIND};
use crate::oauth2::error::store_failure;
use crate::oauth2::form_body;
use crate::oauth2::issue::Lifetimes;
use crate::oauth2::records::{Authentication, GrantRecord};
use crate::oauth2::response_modes::{see_other, with_query};
use crate::pages::{AskingDevice, ConsentPage, DeviceDonePage, DeviceFault, DevicePage, LoginPage, Until};
use crate::refusals::Refused;
use crate::snapshot::Client;

/// What the forms of the first page are made for.
const CODE_PURPOSE: &str = "device";

/// Asks for the code, or shows what comes next for the one in the address.
pub async fn get(cx: Cx, uri: Uri, headers: HeaderMap) -> Response {
    let shown = async {
        let form = Form::from_query(uri.query().unwrap_or_default())?;
        let Some(typed) = form.get("user_code").filter(|typed| !typed.trim().is_empty()) else {
            return Ok(ask_for_code(&cx, &headers, "", None));
        };
        let session = Session::find(&cx, &headers).await?;
        match Waiting::find(&cx, session.as_ref(), typed).await? {
            Ok(waiting) => waiting.show(&cx, &headers, session.as_ref(), None).await,
            Err(refusal) => Ok(refusal.page(&cx, &headers, typed)),
        }
    };
    shown.await.unwrap_or_else(|error| views::error_page(&cx, &headers, error))
}

/// Takes what the person has filled in, and shows what comes next.
pub async fn post(cx: Cx, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let taken = async {
        let form = form_body::read(&headers, &body)?;
        let address = Form::from_query(uri.query().unwrap_or_default())?;
        match form.get("action").unwrap_or("continue") {
            "continue" => {
                Browser::of_form(&cx, &headers)?.check(&cx, &form, CODE_PURPOSE)?;
                Ok(see_other(&address_of(&cx, form.get("user_code"))))
            }
            // Who gives up before logging in has not answered: the device goes on waiting.
            "cancel" => Ok(see_other(&address_of(&cx, None))),
            action @ ("login" | "accept" | "deny") => {
                let typed = address.require("user_code")?;
                let session = Session::find(&cx, &headers).await?;
                match Waiting::find(&cx, session.as_ref(), typed).await? {
                    Ok(waiting) => waiting.take(&cx, &headers, &form, session, action).await,
                    Err(refusal) => Ok(refusal.page(&cx, &headers, typed)),
                }
            }
            action => Err(OAuthError::invalid_request("action_unknown")
                .description("The form has no such button.")
                .got_hidden(action)),
        }
    };
    taken.await.unwrap_or_else(|error| views::error_page(&cx, &headers, error))
}

/// A device that waits for this person.
struct Waiting {
    found: DecoupledRequest<DeviceRequest, GrantRecord>,
    client: Arc<Client>,
    /// Normalised.
    user_code: String,
}

/// Why a code leads nowhere.
struct Refusal {
    fault: DeviceFault,
    reason: &'static str,
}

impl Waiting {
    /// The device that shows this code. Wrong codes are counted: by address and in all while nobody is logged in, and
    /// for each account else.
    async fn find(
        cx: &Cx,
        session: Option<&Session>,
        typed: &str,
    ) -> Result<Result<Self, Refusal>, OAuthError> {
        // No user name has such a character: this account is no person's.
        let who = format!("\0user code {}", session.map_or("", |session| &session.person.subject));
        let attempt = Attempt {
            tenant_id: &cx.workspace.tenant_id,
            workspace_id: &cx.workspace.id,
            username: &who,
            address: cx.peer.remote.ip(),
        };
        let limits = &cx.app.login_limits;
        if let Err(seconds) = limits.begin(&attempt, cx.now) {
            let fault = DeviceFault::too_many_tries(seconds.unsigned_abs());
            return Ok(Err(Refusal { fault, reason: "too_many_user_codes" }));
        }
        let user_code = UserCodes::of(&cx.workspace).normalise(typed);
        let found = cx.store().find_decoupled_request_by_user_code(&user_code, cx.now.millis()).await;
        let found = found.inspect_err(|_| limits.not_looked_at(&attempt));
        let found: Option<DecoupledRequest<DeviceRequest, GrantRecord>> =
            found.map_err(|error| store_failure(&error))?;
        let Some(found) = found.filter(|found| found.kind == KIND) else {
            return Ok(Err(Refusal { fault: DeviceFault::WrongCode, reason: "user_code_unknown" }));
        };
        // A right code counts for nothing: neither as a wrong one, nor against the wrong ones before it.
        limits.not_looked_at(&attempt);
        let client = clients::find_known(&cx.app, &cx.workspace, cx.now, &found.client_id).await?;
        let client = client.filter(|client| {
            client.is_active() && decoupled::check_grant(cx, client, GrantType::DeviceCode).is_ok()
        });
        Ok(match client {
            Some(client) => Ok(Self { found, client, user_code }),
            None => Err(Refusal { fault: DeviceFault::WrongCode, reason: "client_inactive" }),
        })
    }

    /// What comes next: the login, or the question.
    async fn show(
        &self,
        cx: &Cx,
        headers: &HeaderMap,
        session: Option<&Session>,
        failed: Option<(LoginFailure, &str)>,
    ) -> Result<Response, OAuthError> {
        let browser = Browser::of(cx, headers);
        let Some(session) = session else {
            let (failure, username) = failed.unzip();
            let page = LoginPage {
                client: views::card(&self.client, &views::languages(headers, None)),
                csrf: browser.csrf_token(cx, &self.login_purpose()),
                reason: None,
                account: None,
                fault: failure.as_ref().map(views::fault),
                username: username.unwrap_or_default().to_owned(),
                password_form: views::has_passwords(cx),
                device_qr: Some(self.qr(cx)),
                register_at: None,
                idps: Vec::new(),
            };
            let mut response = views::own_page(cx, headers, &page);
            if let Some(failure) = failure {
                response.extensions_mut().insert(failure.refused().of_client(self.client.id()));
            }
            browser.remember(cx, response.headers_mut());
            return Ok(response);
        };
        let scope = &self.found.doc.scope;
        let consents = Consents::of_scope(cx, &self.client, &session.person.subject, scope).await;
        let consents = consents.map_err(|error| store_failure(&error))?;
        let page = ConsentPage {
            client: views::card(&self.client, &views::languages(headers, None)),
            csrf: browser.csrf_token(cx, &self.consent_purpose(session)),
            username: session.person.username.clone(),
            groups: views::groups(cx, scope, &consents),
            details: details::cards(cx, &self.found.doc.authorization_details, &[]),
            until: Until::TakenBack,
            revoke_at: None,
            device: Some(AskingDevice {
                user_code: UserCodes::of(&cx.workspace).shown(&self.user_code),
                address: self.found.doc.address.clone(),
                qr: self.qr(cx),
            }),
        };
        let mut response = views::own_page(cx, headers, &page);
        browser.remember(cx, response.headers_mut());
        Ok(response)
    }

    async fn take(
        self,
        cx: &Cx,
        headers: &HeaderMap,
        form: &Form,
        session: Option<Session>,
        action: &str,
    ) -> Result<Response, OAuthError> {
        if action == "login" {
            Browser::of_form(cx, headers)?.check(cx, form, &self.login_purpose())?;
            return self.login(cx, headers, form).await;
        }
        // The page was made for one person: who has logged in meanwhile has not seen it.
        let session = session.ok_or_else(foreign_form)?;
        Browser::of_form(cx, headers)?.check(cx, form, &self.consent_purpose(&session))?;
        let accepted = action == "accept";
        let answered = if accepted { self.approve(cx, &session).await? } else { self.deny(cx).await? };
        if !answered {
            return Err(OAuthError::invalid_request("interaction_finished")
                .description("This request has been answered already."));
        }
        Ok(views::own_page(
            cx,
            headers,
            &DeviceDonePage { client: views::card(&self.client, &views::languages(headers, None)), accepted },
        ))
    }

    async fn login(&self, cx: &Cx, headers: &HeaderMap, form: &Form) -> Result<Response, OAuthError> {
        let username = form.get("username").unwrap_or_default();
        let password = form.get("password").unwrap_or_default();
        let person = match attempt::by_password(cx, username, password).await {
            Ok(person) => person,
            Err(failure) => return self.show(cx, headers, None, Some((failure, username))).await,
        };
        let mut response = see_other(&address_of(cx, Some(&self.user_code)));
        let begun = Session::begin(cx, person, headers, response.headers_mut()).await;
        begun.map_err(|error| store_failure(&error))?;
        Ok(response)
    }

    async fn approve(&self, cx: &Cx, session: &Session) -> Result<bool, OAuthError> {
        let DeviceRequest { scope, authorization_details, resources, .. } = &self.found.doc;
        let record = GrantRecord {
            authorization_details: authorization_details.clone(),
            resources: resources.clone(),
            ..decoupled::grant(cx, scope.clone(), Authentication::of(session), &[])
        };
        // Tokens may be fetched until the request ends.
        let seconds = Lifetimes::of(&cx.workspace, &self.client).grant_after(0);
        let grant = NewGrant {
            id: &cx.app.rng.uuid().to_string(),
            client_id: self.client.id(),
            subject: Some(&session.person.subject),
            doc: &record,
            created_at: cx.now.millis(),
            expires_at: self.found.expires_at.saturating_add(seconds.saturating_mul(1000)),
        };
        let allowed = scopes_to_remember(cx, &self.client, scope);
        let consents: Vec<_> = allowed.iter().map(String::as_str).collect();
        let approved = cx.store().approve_decoupled_request(self.decision(cx), &grant, &consents).await;
        approved.map_err(|error| store_failure(&error))
    }

    async fn deny(&self, cx: &Cx) -> Result<bool, OAuthError> {
        cx.store().deny_decoupled_request(self.decision(cx)).await.map_err(|error| store_failure(&error))
    }

    fn decision(&self, cx: &Cx) -> Decision<'_> {
        Decision { handle: &self.found.handle, now: cx.now.millis(), notifies: false }
    }

    /// The address of the picture of this page's address: who sees the page on a big screen goes on with a phone.
    fn qr(&self, cx: &Cx) -> String {
        with_query(&format!("{}/qr", address_of(cx, None)), &[("user_code", &self.user_code)])
    }

    fn login_purpose(&self) -> String {
        format!("device login {}", self.found.handle)
    }

    fn consent_purpose(&self, session: &Session) -> String {
        format!("device consent {} {}", self.found.handle, session.public_id())
    }
}

impl Refusal {
    fn page(self, cx: &Cx, headers: &HeaderMap, typed: &str) -> Response {
        let status = match self.fault {
            DeviceFault::WrongCode => StatusCode::BAD_REQUEST,
            DeviceFault::TooManyTries { .. } => StatusCode::TOO_MANY_REQUESTS,
        };
        // What was typed stays out of the record: it may be the code of somebody else, mistyped by little.
        let refused = Refused::oauth(OAuthError::invalid_request(self.reason));
        let mut response = ask_for_code(cx, headers, typed, Some(self.fault));
        *response.status_mut() = status;
        response.extensions_mut().insert(refused);
        response
    }
}

fn ask_for_code(cx: &Cx, headers: &HeaderMap, typed: &str, fault: Option<DeviceFault>) -> Response {
    let browser = Browser::of(cx, headers);
    let page = DevicePage {
        csrf: browser.csrf_token(cx, CODE_PURPOSE),
        user_code: typed.chars().take(64).collect(),
        fault,
    };
    let mut response = views::own_page(cx, headers, &page);
    browser.remember(cx, response.headers_mut());
    response
}

fn address_of(cx: &Cx, user_code: Option<&str>) -> String {
    let page = format!("/{}/{}/device", cx.workspace.tenant_id, cx.workspace.id);
    match user_code.map(str::trim).filter(|code| !code.is_empty()) {
        None => page,
        Some(code) => with_query(&page, &[("user_code", &code.chars().take(64).collect::<String>())]),
    }
}
