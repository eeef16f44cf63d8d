//! The page with frames of others.

use super::markup::tags;
use crate::pages::{Brand, FormTargets, Html, Language, LoggingOutPage, Page, Pages};

fn rendered(state: &str, language: Language) -> Html {
    let (_, page) = LoggingOutPage::samples().into_iter().find(|(name, _)| *name == state).unwrap();
    Pages::new().unwrap().render(&page, language, &Brand::new("Northwind"), &FormTargets::own())
}

#[test]
fn every_client_has_a_frame_that_leads_nowhere_else() {
    for language in Language::ALL {
        let html = rendered("next", *language);
        let tags = tags(&html.body);
        let frames: Vec<_> = tags.iter().filter(|tag| tag.name == "iframe").collect();
        assert_eq!(frames.len(), 3);
        for frame in frames {
            assert_eq!(frame.attribute("sandbox"), Some("allow-scripts allow-same-origin allow-forms"));
        }
        assert!(html.policy.contains("; frame-src https://calendar.example https://mail.example:8443;"));
        assert!(!html.policy.contains("unsafe"), "{}", html.policy);
        assert!(html.policy.contains("frame-ancestors 'none'"));
    }
}

#[test]
fn the_page_goes_on_with_a_script_and_without() {
    let html = rendered("next", Language::English);
    assert_eq!(html.body.matches("<script>").count(), 1);
    assert!(!html.body.contains("<script>alert"));
    let refresh = html.body.split("<noscript>").nth(1).unwrap().split("</noscript>").next().unwrap();
    assert!(
        refresh
            .starts_with("<meta http-equiv=\"refresh\" content=\"5;url=https://calendar.example/&quot;&gt;")
    );
    let tags = tags(&html.body);
    let link = tags.iter().find(|tag| tag.attribute("id") == Some("next")).unwrap();
    assert_eq!(link.attribute("class"), Some("button primary"));
    let html = rendered("plain", Language::English);
    assert!(!html.body.contains("http-equiv"), "there is nowhere to go");
}
