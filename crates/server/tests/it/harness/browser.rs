//! A browser: it keeps cookies, and a person sits at it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Mutex;

use axum::body::Body;
use http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use http::request::Builder;
use http::{Method, Request};
use http_body_util::BodyExt;
use symbolon_server::tls::Peer;
use tower::ServiceExt;
use url::form_urlencoded::Serializer;

use super::{Answer, TestApp};

/// A browser with its own cookies and address. It may do several things at once.
pub(crate) struct Browser<'a> {
    server: &'a TestApp,
    pub(crate) address: IpAddr,
    /// `Accept-Language`; empty: none is sent.
    languages: &'static str,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl<'a> Browser<'a> {
    /// A browser that has never been here.
    pub(crate) fn new(server: &'a TestApp) -> Self {
        let address = Ipv4Addr::new(203, 0, 113, 7).into();
        Self { server, address, languages: "", cookies: Mutex::default() }
    }

    /// A browser of a person who speaks these languages.
    pub(crate) fn speaking(server: &'a TestApp, languages: &'static str) -> Self {
        Self { languages, ..Self::new(server) }
    }

    /// A browser elsewhere.
    pub(crate) fn at(server: &'a TestApp, address: impl Into<IpAddr>) -> Self {
        Self { address: address.into(), ..Self::new(server) }
    }

    /// Opens an address of this server.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::builder().uri(path), Body::empty()).await
    }

    /// Opens an address of this server, and follows it as long as it leads nowhere else. Returns the last address
    /// too.
    pub(crate) async fn open(&self, path: &str) -> (String, Answer) {
        let answer = self.get(path).await;
        self.follow(path, answer).await
    }

    /// Follows an answer as long as it leads nowhere else.
    pub(crate) async fn follow(&self, path: &str, mut answer: Answer) -> (String, Answer) {
        let mut path = path.to_owned();
        for _ in 0..5 {
            match answer.headers.get(LOCATION).map(|value| value.to_str().unwrap()) {
                Some(location) if location.starts_with('/') => path = location.to_owned(),
                _ => return (path, answer),
            }
            answer = self.get(&path).await;
        }
        panic!("{path} leads in circles");
    }

    /// Sends a form.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::builder().method(Method::POST).uri(path);
        self.send(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded"), body.into()).await
    }

    /// Sends a form from a page of another site: cookies stay at home (`SameSite=Lax`), new ones are kept.
    pub(crate) async fn post_from_another_site(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let without_cookies = Self::at(self.server, self.address);
        let answer = without_cookies.post(path, fields).await;
        self.keep(&answer);
        answer
    }

    /// Presses a button of a page of this server that was shown at `path`.
    pub(crate) async fn press(&self, path: &str, page: &Answer, action: &str) -> Answer {
        self.post(path, &[("csrf", &page.page().csrf()), ("action", action)]).await
    }

    /// Fills in the login page that was shown at `path`.
    pub(crate) async fn log_in(&self, path: &str, page: &Answer, username: &str, password: &str) -> Answer {
        let csrf = page.page().csrf();
        let fields =
            [("csrf", csrf.as_str()), ("action", "login"), ("username", username), ("password", password)];
        self.post(path, &fields).await
    }

    /// Sends a request with this browser's cookies, and keeps those of the answer.
    pub(crate) async fn send(&self, mut request: Builder, body: Body) -> Answer {
        if !request.headers_ref().unwrap().contains_key(HOST) {
            request = request.header(HOST, "localhost:8443");
        }
        if !self.languages.is_empty() {
            request = request.header(ACCEPT_LANGUAGE, self.languages);
        }
        if !self.cookies.lock().unwrap().is_empty() {
            request = request.header(COOKIE, self.cookie_header());
        }
        let mut request = request.body(body).unwrap();
        let path = request.uri().path().to_owned();
        let remote = SocketAddr::new(self.address, 40_000);
        request.extensions_mut().insert(Peer { remote, certificate: None, resumed: false });
        let response = self.server.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let answer = Answer::new(&self.server.app.refusals, &path, parts, body).await;
        self.keep(&answer);
        answer
    }

    /// The value of the `Cookie` header.
    pub(crate) fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The cookie of this name.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Puts a cookie into the browser by hand; `None` takes it away.
    pub(crate) fn set_cookie(&self, name: &str, value: Option<&str>) {
        let mut cookies = self.cookies.lock().unwrap();
        match value {
            Some(value) => cookies.insert(name.to_owned(), value.to_owned()),
            None => cookies.remove(name),
        };
    }

    fn keep(&self, answer: &Answer) {
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            // What a browser asks of the prefix (RFC 6265bis §4.1.3.2): it would not keep others.
            assert!(name.starts_with("__Host-"), "{cookie}");
            assert!(attributes.contains("Secure") && attributes.contains("Path=/"), "{cookie}");
            assert!(!attributes.contains("Domain"), "{cookie}");
            // What we ask of every cookie, but for the one that a script reads in frames of other sites.
            let is_open = name.starts_with("__Host-browser_state.");
            let readers = if is_open { "SameSite=None" } else { "HttpOnly; SameSite=Lax" };
            assert!(attributes.contains(readers), "{cookie}");
            assert_eq!(attributes.contains("HttpOnly"), !is_open, "{cookie}");
            self.set_cookie(name, (!attributes.contains("Max-Age=0")).then_some(value));
        }
    }
}
