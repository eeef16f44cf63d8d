//! The one page with a script and with a form that leads elsewhere.

use super::markup::tags;
use crate::pages::{Brand, FormPostPage, FormTargets, Html, Language, Page, Pages};

fn each(check: impl Fn(&Html)) {
    let pages = Pages::new().unwrap();
    for language in Language::ALL {
        for (_, page) in FormPostPage::samples() {
            let targets = FormTargets::client(&page.action);
            check(&pages.render(&page, *language, &Brand::new("Northwind"), &targets));
        }
    }
}

#[test]
fn the_form_goes_to_the_client_with_every_parameter_and_a_button() {
    each(|html| {
        let tags = tags(&html.body);
        let forms: Vec<_> = tags.iter().filter(|tag| tag.name == "form").collect();
        assert_eq!(forms.len(), 1);
        assert_eq!(forms[0].attribute("method"), Some("post"));
        assert!(html.body.contains("action=\"https://calendar.example/callback?a=1&amp;b=2\""));
        let fields = tags.iter().filter(|tag| tag.name == "input");
        assert_eq!(fields.filter(|tag| tag.attribute("type") == Some("hidden")).count(), 2);
        let buttons: Vec<_> = tags.iter().filter(|tag| tag.name == "button").collect();
        assert_eq!(buttons.len(), 1);
        assert_eq!(buttons[0].attribute("name"), None, "it adds no parameter");
    });
}

#[test]
fn no_script_runs_but_the_one_that_sends_the_form() {
    each(|html| {
        assert!(!html.body.contains("<script>alert"));
        assert_eq!(html.body.matches("<script>").count(), 1);
        assert!(html.body.contains("<script>document.forms[0].submit()</script>"));
        assert!(
            html.policy.contains("; script-src 'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE=';"),
            "{}",
            html.policy
        );
        assert!(!html.policy.contains("unsafe"), "{}", html.policy);
        assert!(html.policy.contains("form-action 'self' https:;"), "{}", html.policy);
        assert!(html.policy.contains("frame-ancestors 'none'"));
    });
}
