//! The page after a logout that shows clients' own logout pages in frames (Front-Channel Logout 1.0 §3).

use serde::Serialize;

use super::link::Link;
use super::page::{ClientCard, Page};

/// The session is over; the frames log the person out of each client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoggingOutPage {
    /// The client that the person came from.
    pub client: Option<ClientCard>,
    /// The clients' logout pages.
    pub frames: Vec<Link>,
    /// Where the browser goes when all frames have loaded. It belongs to `client`.
    pub next: Option<String>,
}

impl Page for LoggingOutPage {
    const TEMPLATE: &'static str = "logging_out.html";
    // All frames belong to the page's `load`. A client that does not answer keeps nobody here; without a script the
    // page goes on after the same time.
    const SCRIPT: Option<&'static str> = Some(
        "(function(){var next=document.getElementById('next'),gone=false;if(!next)return;\
         function go(){if(!gone){gone=true;location.replace(next.href)}}\
         window.addEventListener('load',go);setTimeout(go,5000)})()",
    );

    fn pictures(&self) -> impl Iterator<Item = &Link> {
        self.client.iter().filter_map(|client| client.logo.as_ref())
    }

    fn frames(&self) -> impl Iterator<Item = &Link> {
        self.frames.iter()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let frame = |address: &str| Link::parse(address);
        let frames: Vec<_> = [
            frame("https://calendar.example/logout?a=1&iss=https%3A%2F%2Fid.example&sid=5e55"),
            frame("https://mail.example:8443/bye?iss=https%3A%2F%2Fid.example&sid=5e55"),
            frame("https://mail.example:8443/other"),
        ]
        .into_iter()
        .flatten()
        .collect();
        let next = Some("https://calendar.example/\"><script>alert(1)</script>?state=a&b".to_owned());
        vec![
            ("plain", Self { client: None, frames: frames.clone(), next: None }),
            ("next", Self { client: Some(ClientCard::sample()), frames, next }),
        ]
    }
}
