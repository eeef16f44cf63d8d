//! From what the login knows to the pages that show it.

use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use symbolon_protocol::ScopeSet;
use url::Url;

use super::Person;
use super::consent::Consents;
use super::details;
use super::error_page::restart;
pub use super::error_page::{error_page, error_page_back, error_page_of};
use super::idps::PASSWORD_IDPS;
pub use super::ways_in::{LoginView, Note, Way, fault};
use crate::client_metadata::localized;
use crate::cx::Cx;
use crate::oauth2::authorize::request::AuthorizationRequest;
use crate::pages::{
    Brand, ClaimWord, ClientCard, Colour, ConsentPage, Field, FormPostPage, FormTargets, Language, Link,
    LoggedOutPage, LoggingOutPage, LogoutPage, Page, ScopeGroup, ScopeLine, Until,
};
use crate::seed::has_first_words;
use crate::snapshot::Client;

/// The colour of a workspace that nobody has chosen one for; our own is shown then.
const DEFAULT_COLOUR: &str = "#007FFF";

/// The pages shown on the way to a client.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The request's context.
    pub cx: &'a Cx,
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// The client that waits.
    pub client: &'a Client,
    /// What it asked for.
    pub request: &'a AuthorizationRequest,
}

impl View<'_> {
    /// The consent page.
    pub fn consent(&self, consents: &Consents, person: &Person, csrf: &str) -> Response {
        let mut client = self.card();
        let target = Url::parse(&self.request.redirect_uri).ok();
        // A private-use scheme has no host: the scheme says whose app it is.
        let target = target.map(|url| match url.authority() {
            "" => url.scheme().to_owned(),
            authority => authority.to_owned(),
        });
        client.returns_to =
            target.filter(|target| client.host.is_some() && client.host.as_ref() != Some(target));
        self.render(&ConsentPage {
            client,
            csrf: csrf.to_owned(),
            username: person.username.clone(),
            groups: groups(self.cx, &self.request.scope, consents),
            details: details::cards(self.cx, &self.request.authorization_details, &consents.details),
            until: Until::TakenBack,
            revoke_at: None,
            device: None,
        })
    }

    /// The page that carries an answer to the client.
    pub fn form_post(&self, parameters: &[(&str, &str)]) -> Response {
        let field =
            |(name, value): &(&str, &str)| Field { name: (*name).to_owned(), value: (*value).to_owned() };
        self.render(&FormPostPage {
            client: localized::name(self.client, &self.languages()).to_owned(),
            action: self.request.redirect_uri.clone(),
            fields: parameters.iter().map(field).collect(),
        })
    }

    pub(super) fn languages(&self) -> Vec<String> {
        languages(self.headers, self.request.ui_locales.as_deref())
    }

    pub(super) fn card(&self) -> ClientCard {
        card(self.client, &self.languages())
    }

    pub(super) fn render(&self, page: &impl Page) -> Response {
        let targets = FormTargets::client(&self.request.redirect_uri);
        let language = language(self.headers, self.request.ui_locales.as_deref());
        self.cx.app.pages.render(page, language, &brand(self.cx), &targets).into_response()
    }
}

/// The scopes asked for by service, in the order of the request.
pub(super) fn groups(cx: &Cx, asked: &ScopeSet, consents: &Consents) -> Vec<ScopeGroup> {
    let mut groups: Vec<ScopeGroup> = Vec::new();
    for name in asked.iter() {
        let entry = cx.workspace.scopes.find(name);
        let scope = entry.map(|entry| &entry.scope);
        // The words that we gave ourselves are in the catalogue, in the language of the person.
        let chosen = scope.filter(|scope| !has_first_words(scope));
        let line = ScopeLine::new(
            name,
            chosen.and_then(|scope| scope.display_name.as_deref()),
            chosen.and_then(|scope| scope.description.as_deref()),
            consents.granted.contains(name),
        );
        // What belongs to the account itself needs no heading: the services every workspace is made with.
        let service = entry.and_then(|entry| entry.service.as_ref()).filter(|service| !service.system);
        let service = service.map(|service| service.name.clone());
        match groups.iter_mut().find(|group| group.service == service) {
            Some(group) => group.scopes.push(line),
            None => groups.push(ScopeGroup { service, scopes: vec![line] }),
        }
    }
    groups.extend(single_claims(cx, consents));
    groups
}

/// Claims asked for one by one, each under what its scope is called.
fn single_claims(cx: &Cx, consents: &Consents) -> Option<ScopeGroup> {
    let mut lines: Vec<ScopeLine> = Vec::new();
    let names = consents.missing_claims.iter().map(|name| (name, false));
    for (name, granted) in names.chain(consents.granted_claims.iter().map(|name| (name, true))) {
        let Some(claim) = cx.workspace.claims.find(name) else { continue };
        let scope = claim.scopes.first().map_or("", String::as_str);
        let word = ClaimWord::new(name, claim.description.as_deref());
        match lines.iter_mut().find(|line| line.scope == scope && line.granted == granted) {
            Some(line) => line.claims.push(word),
            None => {
                let title = cx.workspace.scopes.find(scope).map(|entry| &entry.scope);
                let title = title.filter(|scope| !has_first_words(scope));
                let title = title.and_then(|scope| scope.display_name.as_deref());
                let mut line = ScopeLine::new(scope, title, None, granted);
                line.claims.push(word);
                lines.push(line);
            }
        }
    }
    (!lines.is_empty()).then_some(ScopeGroup { service: None, scopes: lines })
}

/// Whether anybody can log in with a password.
pub(super) fn has_passwords(cx: &Cx) -> bool {
    let kind = |method: &str| PASSWORD_IDPS.iter().any(|kind| kind.method() == method);
    cx.workspace.idps.iter().any(|idp| !idp.disabled && kind(&idp.method))
}

/// Asks whether to log out.
pub fn logout_page(
    cx: &Cx,
    headers: &HeaderMap,
    person: &Person,
    client: Option<&Client>,
    csrf: &str,
) -> Response {
    let client = client.map(|client| card(client, &languages(headers, None)));
    let page = LogoutPage { csrf: csrf.to_owned(), username: person.username.clone(), client };
    cx.app
        .pages
        .render(&page, language(headers, None), &brand(cx), &FormTargets::client("https:"))
        .into_response()
}

/// Says that the session is over, or that the person chose to stay.
pub fn logged_out_page(cx: &Cx, headers: &HeaderMap, client: Option<&Client>, ended: bool) -> Response {
    let restart = client.filter(|_| ended).and_then(|client| restart(cx, headers, client));
    let client = client.map(|client| card(client, &languages(headers, None)));
    own_page(cx, headers, &LoggedOutPage { client, ended, restart })
}

/// Says that the session is over, with the clients' own logout pages in frames; then the browser goes on.
pub fn logging_out_page(
    cx: &Cx,
    headers: &HeaderMap,
    client: Option<&Client>,
    frames: Vec<Link>,
    next: Option<String>,
) -> Response {
    let targets = next.as_deref().map_or_else(FormTargets::own, FormTargets::client);
    let client = client.map(|client| card(client, &languages(headers, None)));
    let page = LoggingOutPage { client, frames, next };
    cx.app.pages.render(&page, language(headers, None), &brand(cx), &targets).into_response()
}

/// A page whose forms stay here, in the language of the browser.
pub(super) fn own_page(cx: &Cx, headers: &HeaderMap, page: &impl Page) -> Response {
    cx.app.pages.render(page, language(headers, None), &brand(cx), &FormTargets::own()).into_response()
}

/// What a workspace has chosen of its pages.
pub fn brand(cx: &Cx) -> Brand {
    let server = &cx.workspace.server;
    let chosen = Some(server.color.as_str()).filter(|colour| !colour.eq_ignore_ascii_case(DEFAULT_COLOUR));
    Brand {
        logo: server.logo_uri.as_deref().and_then(Link::parse),
        accent: chosen.and_then(Colour::parse),
        ..Brand::new(cx.workspace.name())
    }
}

/// The language of a person.
pub fn language(headers: &HeaderMap, ui_locales: Option<&str>) -> Language {
    Language::choose(ui_locales, accepted(headers))
}

/// The language of a person, as the ranges by which is looked up what clients say in several languages.
pub(super) fn languages(headers: &HeaderMap, ui_locales: Option<&str>) -> Vec<String> {
    language(headers, ui_locales).ranges(ui_locales, accepted(headers))
}

fn accepted(headers: &HeaderMap) -> Option<&str> {
    headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())
}

/// What is shown of a client, in the first of the languages that it speaks.
pub(super) fn card(client: &Client, languages: &[String]) -> ClientCard {
    let entity = &client.entity;
    let link = |member: &str, untagged: &Option<String>| {
        let said = localized::said(entity, member, languages).or(untagged.as_deref());
        said.and_then(Link::parse)
    };
    let mut card = ClientCard::new(localized::name(client, languages));
    card.logo = link("logo_uri", &entity.logo_uri);
    card.site =
        link("client_uri", &entity.client_uri).or_else(|| entity.app_url.as_deref().and_then(Link::parse));
    card.policy = link("policy_uri", &entity.policy_uri);
    card.terms = link("tos_uri", &entity.tos_uri);
    card.host = client.host.as_deref().map(str::to_owned);
    card
}
