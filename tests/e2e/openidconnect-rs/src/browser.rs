//! A person with a browser that runs no scripts: follows redirects, fills in forms, presses buttons.

use std::{cell::RefCell, collections::BTreeMap};

use reqwest::{
    blocking::{Client, RequestBuilder},
    header::{LOCATION, SET_COOKIE},
};
use url::{Url, form_urlencoded};

use crate::demo::Outcome;

/// Keeps cookies, and stops at an address that starts with `stop_at`.
pub struct Browser {
    http: Client,
    stop_at: &'static str,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// Where the browser is.
enum Place {
    Page(Url, String),
    Client(Url),
}

impl Browser {
    pub fn new(http: Client, stop_at: &'static str) -> Self {
        Self { http, stop_at, cookies: RefCell::default() }
    }

    /// Logs in and consents where asked; returns the address of the client that it ends at.
    pub fn log_in_and_accept(&self, address: &Url) -> Outcome<Url> {
        match self.press_what_is_there(address)? {
            Place::Client(address) => Ok(address),
            Place::Page(address, html) => {
                Err(format!("no redirect to the client from {address}:\n{html}").into())
            }
        }
    }

    /// Opens an address that ends at a page, such as a device's, and allows what it asks for.
    pub fn allow(&self, address: &Url) -> Outcome {
        self.press_what_is_there(address).map(drop)
    }

    fn press_what_is_there(&self, address: &Url) -> Outcome<Place> {
        let mut place = self.open(self.http.get(address.clone()), address.clone())?;
        for button in ["continue", "login", "accept"] {
            if let Place::Page(address, html) = &place
                && let Some(form) = form_with(html, button)
            {
                let target = address.join(&form.action)?;
                let origin = target.origin().ascii_serialization();
                let body = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(&form.fields)
                    .append_pair("action", button)
                    .finish();
                let request = self
                    .http
                    .post(target.clone())
                    .header("origin", origin)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(body);
                place = self.open(request, target)?;
            }
        }
        Ok(place)
    }

    fn open(&self, mut request: RequestBuilder, mut address: Url) -> Outcome<Place> {
        for _ in 0..20 {
            let cookies: Vec<_> =
                self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
            let answer = request.header("cookie", cookies.join("; ")).send()?;
            for line in answer.headers().get_all(SET_COOKIE) {
                let pair = line.to_str()?.split(';').next().unwrap_or_default();
                let (name, value) = pair.split_once('=').unwrap_or_default();
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
            let Some(location) = answer.headers().get(LOCATION) else {
                return Ok(Place::Page(address, answer.text()?));
            };
            address = address.join(location.to_str()?)?;
            if address.as_str().starts_with(self.stop_at) {
                return Ok(Place::Client(address));
            }
            request = self.http.get(address.clone());
        }
        Err(format!("redirects without end at {address}").into())
    }
}

struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

/// The form that has a button of this value, filled in as `user` would.
fn form_with(html: &str, button: &str) -> Option<Form> {
    let button = format!("value=\"{button}\"");
    let form = html
        .split("<form")
        .skip(1)
        .filter_map(|rest| rest.split("</form>").next())
        .find(|form| form.contains(&button))?;
    let tag = form.split('>').next().unwrap_or_default();
    let inputs = form.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let fields = inputs
        .filter(|tag| attribute(tag, "type").as_deref() != Some("checkbox") || tag.contains(" checked"))
        .filter_map(|tag| {
            let name = attribute(tag, "name")?;
            let value = match name.as_str() {
                "username" | "password" => "user".to_owned(),
                _ => attribute(tag, "value").unwrap_or_default(),
            };
            Some((name, value))
        })
        .collect();
    Some(Form { action: attribute(tag, "action").unwrap_or_default(), fields })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split_once(&format!(" {name}=\""))?.1.split('"').next()?;
    Some(value.replace("&#x2f;", "/").replace("&#47;", "/").replace("&quot;", "\"").replace("&amp;", "&"))
}
