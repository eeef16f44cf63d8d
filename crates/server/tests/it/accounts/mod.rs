//! Accounts that people make themselves (Initiating User Registration via OpenID Connect 1.0).

mod attacks;
mod elsewhere;
mod fields;
mod flow;
mod gone;
mod management;

use symbolon_store::{Account, ListQuery};

use crate::harness::{Answer, Browser, TestApp, request_with};

const PASSWORD: &str = "mauve otter kneels twice";
const ADA: &[(&str, &str)] = &[("username", "ada"), ("password", PASSWORD)];

/// A server at which people may make accounts, where `user` and `other` can log in too.
async fn app() -> TestApp {
    app_with(&[]).await
}

async fn app_with(settings: &[(&str, &str)]) -> TestApp {
    let app = TestApp::with_people_and_settings(settings).await;
    app.let_people_register(true).await;
    app
}

/// An authorization request with `prompt=create`.
fn create(scope: &str) -> String {
    request_with(scope, &[("prompt", "create")])
}

/// All accounts there are.
async fn accounts(app: &TestApp) -> Vec<Account> {
    app.store().list_accounts("default-people", &ListQuery::all()).await.unwrap()
}

/// Makes an account and consents. Returns what sends the browser to the client.
async fn make(browser: &Browser<'_>, scope: &str, fields: &[(&str, &str)]) -> Answer {
    let (path, page) = browser.open(&create(scope)).await;
    let made = browser.register(&path, &page, fields).await;
    let (path, consent) = browser.follow(&path, made).await;
    browser.press(&path, &consent, "accept").await
}

/// Why the registration page was shown again: the words beside the fields, and the reason in the record.
fn problems(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.page().heading(), "Create an account", "{answer:?}");
    let pieces = answer.text().split("<p class=\"problem\" id=\"").skip(1);
    pieces.map(|piece| piece.split_once("-problem\">").unwrap().0.to_owned()).collect()
}

/// Where a link of the page that was shown at `path` leads.
fn link(path: &str, page: &Answer, words: &str) -> String {
    let (before, _) =
        page.text().split_once(&format!("\">{words}</a>")).unwrap_or_else(|| panic!("no link: {page:?}"));
    let (_, address) = before.rsplit_once("href=\"").unwrap();
    let (own, _) = path.split_once('?').unwrap();
    format!("{own}{}", address.replace("&amp;", "&"))
}
