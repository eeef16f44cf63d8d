//! What must hold for every page in every state and language.

mod form_post;
mod logging_out;
mod markup;
mod stylesheet;

use axum::response::IntoResponse;
use http::StatusCode;

use self::markup::{Tag, tags};
use super::*;

const LARGEST_PAGE: usize = 30 * 1024;

/// Every page in every state, language and brand.
fn rendered() -> Vec<(String, Html)> {
    let pages = Pages::new().unwrap();
    let branded = Brand {
        logo: Link::parse("https://cdn.example/acme.svg"),
        accent: Colour::parse("#ffe000"),
        radius: Some(4),
        ..Brand::new("Acme <Corp> & \"Sons\"")
    };
    let mut all = Vec::new();
    for brand in [&Brand::new("Northwind accounts"), &branded] {
        for language in Language::ALL {
            for (name, html) in samples(&pages, *language, brand) {
                all.push((format!("{name}-{}", language.tag()), html));
            }
        }
    }
    all
}

fn each(check: impl Fn(&str, &Html, &[Tag])) {
    for (name, html) in rendered() {
        check(&name, &html, &tags(&html.body));
    }
}

fn named<'a>(tags: &'a [Tag], name: &'a str) -> impl Iterator<Item = &'a Tag> {
    tags.iter().filter(move |tag| tag.name == name)
}

#[test]
fn every_page_renders_in_every_state_and_language() {
    let all = rendered();
    assert!(all.len() > 200, "{}", all.len());
    for (name, html) in all {
        assert_eq!(html.status, StatusCode::OK, "{name}");
        assert!(html.body.starts_with("<!doctype html>\n<html lang=\""), "{name}");
    }
}

#[test]
fn every_page_is_light() {
    each(|name, html, _| assert!(html.body.len() < LARGEST_PAGE, "{name}: {}", html.body.len()));
}

#[test]
fn every_page_has_its_language_direction_title_and_one_heading() {
    each(|name, html, tags| {
        let root = named(tags, "html").next().unwrap();
        assert_eq!(root.attribute("lang"), Some(html.language.tag()), "{name}");
        let direction = if html.language == Language::Arabic { "rtl" } else { "ltr" };
        assert_eq!(root.attribute("dir"), Some(direction), "{name}");
        assert_eq!(named(tags, "h1").count(), 1, "{name}");
        assert_eq!(named(tags, "main").count(), 1, "{name}");
        assert!(!html.body.contains("<title> ·") && !html.body.contains("<title></title>"), "{name}");
    });
}

#[test]
fn no_page_has_script_or_style_within_its_markup() {
    each(|name, _, tags| {
        assert_eq!(named(tags, "script").count(), 0, "{name}");
        for tag in tags {
            for (attribute, value) in &tag.attributes {
                assert!(attribute != "style" && !attribute.starts_with("on"), "{name}: {tag:?}");
                let value = value.trim_start().to_ascii_lowercase();
                assert!(!value.starts_with("javascript:"), "{name}: {tag:?}");
            }
        }
    });
}

#[test]
fn every_field_has_a_label_and_every_reference_a_target() {
    each(|name, _, tags| {
        let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.attribute("id")).collect();
        let unique: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{name}: an id is used twice");
        for input in named(tags, "input").filter(|tag| tag.attribute("type") != Some("hidden")) {
            let id = input.attribute("id");
            assert!(
                named(tags, "label").any(|label| label.attribute("for") == id && id.is_some()),
                "{name}: {input:?}"
            );
        }
        for attribute in ["aria-describedby", "aria-labelledby", "for"] {
            let lists = tags.iter().filter_map(|tag| tag.attribute(attribute));
            for target in lists.flat_map(str::split_whitespace) {
                assert!(ids.contains(&target), "{name}: {attribute}={target}");
            }
        }
        for image in named(tags, "img") {
            let is_code = image.attribute("src").is_some_and(|address| address.contains("/device/qr?"));
            let is_ornament = image.attribute("alt") == Some("");
            assert!(image.attribute("alt").is_some(), "{name}");
            assert_eq!(
                is_ornament, !is_code,
                "{name}: pictures are ornaments, but for one that says something"
            );
        }
    });
}

#[test]
fn every_link_stays_here_or_says_that_it_leaves() {
    each(|name, _, tags| {
        for link in named(tags, "a") {
            let address = link.attribute("href").unwrap();
            let here = address.starts_with('?') || address.starts_with('/') && !address.starts_with("//");
            let external = link.attribute("rel") == Some("external noopener noreferrer");
            let button_to_own_address = link.attribute("class") == Some("button primary");
            assert!(here || external || button_to_own_address, "{name}: {address}");
            assert!(link.attribute("target").is_none(), "{name}: {address}");
        }
    });
}

#[test]
fn every_form_posts_here_and_carries_its_token() {
    each(|name, html, tags| {
        for form in named(tags, "form") {
            assert_eq!(form.attribute("method"), Some("post"), "{name}");
            assert_eq!(form.attribute("action"), None, "{name}: to its own address");
        }
        let tokens: Vec<_> =
            named(tags, "input").filter(|tag| tag.attribute("name") == Some("csrf")).collect();
        assert_eq!(tokens.len(), named(tags, "form").count(), "{name}");
        assert!(tokens.into_iter().all(|token| token.attribute("value") == Some("csrf-sample")), "{name}");
        if named(tags, "form").count() > 0 {
            assert!(html.policy.contains("form-action 'self' https:;"), "{name}: {}", html.policy);
        }
    });
}

#[test]
fn what_strangers_write_stays_text() {
    let hostile: Vec<_> = rendered().into_iter().filter(|(name, _)| name.contains("hostile")).collect();
    assert!(hostile.len() >= 8);
    for (name, html) in hostile {
        for markup in ["<script", "<img src=x", "<i>", "<u>", "<b>x", "<c>", "</style><", "\" onload"] {
            assert!(!html.body.contains(markup), "{name}: {markup}");
        }
    }
}

#[test]
fn every_stylesheet_in_a_page_is_in_its_policy() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    each(|name, html, _| {
        let sheets: Vec<_> =
            html.body.split("<style>").skip(1).filter_map(|rest| rest.split("</style>").next()).collect();
        assert!(!sheets.is_empty(), "{name}");
        for sheet in sheets {
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, sheet.as_bytes());
            let hash = format!("'sha256-{}'", STANDARD.encode(digest));
            assert!(html.policy.contains(&hash), "{name}: {}", html.policy);
        }
    });
}

#[test]
fn an_answer_carries_the_security_headers() {
    let pages = Pages::new().unwrap();
    let (_, page) = LoginPage::samples().swap_remove(0);
    let html = pages.render(&page, Language::German, &Brand::new("Acme"), &FormTargets::own());
    let response = html.with_status(StatusCode::UNAUTHORIZED).into_response();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let header =
        |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("content-language"), "de");
    assert_eq!(header("cross-origin-opener-policy"), "same-origin");
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.ends_with("form-action 'self'; base-uri 'none'; frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
}

#[test]
fn a_page_on_the_way_to_a_client_keeps_the_bond_with_its_opener() {
    let pages = Pages::new().unwrap();
    let (_, page) = LoginPage::samples().swap_remove(0);
    let targets = FormTargets::client("https://example.com/cb");
    let response = pages.render(&page, Language::English, &Brand::new("Acme"), &targets).into_response();
    assert_eq!(response.headers().get("cross-origin-opener-policy"), None);
}

#[test]
fn a_page_that_is_not_translated_comes_in_english() {
    let pages = Pages::new().unwrap();
    let html = pages.render(&HomePage::default(), Language::Arabic, &Brand::default(), &FormTargets::own());
    assert_eq!(html.language, Language::English);
    assert!(html.body.contains("<html lang=\"en\" dir=\"ltr\">"));
}

#[test]
fn a_wrong_password_does_not_tell_whether_the_user_exists() {
    let pages = Pages::new().unwrap();
    let (_, page) = LoginPage::samples().into_iter().find(|(state, _)| *state == "wrong").unwrap();
    let html = pages.render(&page, Language::English, &Brand::new("Acme"), &FormTargets::own());
    assert!(html.body.contains("The username or the password is wrong."));
    let tags = tags(&html.body);
    let invalid: Vec<_> = tags.iter().filter(|tag| tag.attribute("aria-invalid") == Some("true")).collect();
    let names: Vec<_> = invalid.iter().filter_map(|tag| tag.attribute("name")).collect();
    assert_eq!(names, ["username", "password"], "both are said to be wrong");
    assert!(invalid.iter().all(|tag| tag.attribute("aria-describedby") == Some("fault")));
    let focused: Vec<_> = tags.iter().filter(|tag| tag.attribute("autofocus").is_some()).collect();
    assert_eq!(focused.len(), 1);
}

#[test]
fn every_error_has_its_own_words() {
    let pages = Pages::new().unwrap();
    let titles: std::collections::HashSet<_> = ErrorPage::samples()
        .iter()
        .map(|(_, page)| pages.render(page, Language::Polish, &Brand::new("Acme"), &FormTargets::own()).body)
        .filter_map(|body| {
            body.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).map(str::to_owned)
        })
        .collect();
    assert_eq!(titles.len(), ErrorKind::ALL.len());
}
