//! Answers as a browser takes them: pages, and addresses to go on to.

use std::collections::BTreeMap;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use symbolon_server::refusals::Refusal;
use url::Url;

use super::Answer;

/// A page as a person sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page<'a>(&'a str);

impl Answer {
    /// The answer as a page.
    #[track_caller]
    pub(crate) fn page(&self) -> Page<'_> {
        assert_eq!(self.header(CONTENT_TYPE), "text/html; charset=utf-8", "{self:?}");
        assert_eq!(self.header(CACHE_CONTROL), "no-store");
        Page(self.text())
    }

    /// Where the answer sends the browser.
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{self:?}");
        assert_eq!(self.header(CACHE_CONTROL), "no-store");
        self.header(LOCATION)
    }

    /// A parameter that the answer sends to the client, in the query.
    #[track_caller]
    pub(crate) fn sends(&self, name: &str) -> Option<String> {
        let url = Url::parse(self.location()).unwrap_or_else(|_| panic!("to no client: {self:?}"));
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The parameters that the answer sends to the client in the fragment, which the browser keeps to itself.
    #[track_caller]
    pub(crate) fn fragment(&self) -> BTreeMap<String, String> {
        let url = Url::parse(self.location()).unwrap_or_else(|_| panic!("to no client: {self:?}"));
        assert_eq!(url.query(), None, "nothing is in the query");
        let fragment = url.fragment().unwrap_or_else(|| panic!("no fragment: {self:?}"));
        url::form_urlencoded::parse(fragment.as_bytes()).into_owned().collect()
    }

    /// The code that the answer sends to the client.
    #[track_caller]
    pub(crate) fn code(&self) -> String {
        self.sends("code").unwrap_or_else(|| panic!("no code: {self:?}"))
    }

    /// The refusal record of the answer, which must be there.
    #[track_caller]
    pub(crate) fn record(&self) -> &Refusal {
        self.refusal.as_ref().unwrap_or_else(|| panic!("no refusal record: {self:?}"))
    }

    /// How a page refuses: status, heading and the reason in the record, on one line.
    #[track_caller]
    pub(crate) fn refused_on_a_page(&self) -> String {
        let heading = self.page().heading();
        let record = self.record();
        assert_eq!(record.status, self.status);
        assert!(self.text().contains(&record.request_id), "the page shows the request id");
        format!("{} {heading} [{}]", self.status, record.reason)
    }

    /// How the answer tells the client that it is refused: where, error and the reason in the record, on one line.
    #[track_caller]
    pub(crate) fn refused_to_client(&self) -> String {
        let error = self.sends("error").unwrap_or_else(|| panic!("no error: {self:?}"));
        assert_eq!(self.sends("code"), None);
        let record = self.record();
        assert_eq!(record.error, error);
        assert_eq!(self.sends("iss").as_deref(), Some("https://localhost:8443/default/default"));
        let to = self.location().split('?').next().unwrap_or_default();
        format!("{to} {error} [{}]", record.reason)
    }
}

impl Page<'_> {
    /// The heading.
    #[track_caller]
    pub(crate) fn heading(&self) -> String {
        between(self.0, "<h1>", "</h1>").map(text).unwrap_or_else(|| panic!("no heading: {}", self.0))
    }

    /// The hidden field that binds the page's forms to this browser.
    #[track_caller]
    pub(crate) fn csrf(&self) -> String {
        let value = between(self.0, "name=\"csrf\" value=\"", "\"");
        value.unwrap_or_else(|| panic!("no form: {}", self.0)).to_owned()
    }

    /// What the page warns of.
    pub(crate) fn alert(&self) -> Option<String> {
        let alert = self.0.split_once("role=\"alert\"")?.1;
        between(alert, ">", "</p>").map(text)
    }

    /// What is said about why somebody has to log in.
    pub(crate) fn note(&self) -> Option<String> {
        between(self.0, "<p class=\"note\">", "</p>").map(text)
    }

    /// The scopes on a consent page, each with what is said about it.
    pub(crate) fn scopes(&self) -> Vec<String> {
        let items = self.0.split("<li class=\"scope").skip(1);
        items.filter_map(|item| between(item, "<p class=\"title\">", "</p>")).map(text).collect()
    }

    /// Everything that can be read on the page.
    pub(crate) fn text(&self) -> String {
        between(self.0, "<main>", "</main>").map(text).unwrap_or_default()
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(inside, _)| inside)
}

/// The text of some markup, in one line.
fn text(markup: &str) -> String {
    let mut plain = String::new();
    for (index, piece) in markup.split('<').enumerate() {
        let (tag, visible) = if index == 0 { ("", piece) } else { piece.split_once('>').unwrap_or_default() };
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        // Such elements are part of a line; all others begin a new one.
        if !["bdi", "strong", "b", "em", "code", "a"].contains(&name) {
            plain.push(' ');
        }
        plain.push_str(visible);
    }
    let plain = plain.replace("&#39;", "'").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    plain.replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}
