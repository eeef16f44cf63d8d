//! The stylesheet: its weight, and the contrast of its colours, light and dark.

use std::collections::HashMap;

use crate::pages::Colour;

const STYLESHEET: &str = include_str!("../../../assets/style.css");
const LARGEST: usize = 20 * 1024;

/// The custom properties of the `:root` block after `start`.
fn properties(start: &str) -> HashMap<&'static str, Colour> {
    let block = &STYLESHEET[STYLESHEET.find(start).unwrap()..];
    let block = &block[block.find(":root {").unwrap()..];
    block[..block.find('}').unwrap()]
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": "))
        .filter_map(|(name, value)| Some((name, Colour::parse(value)?)))
        .collect()
}

#[test]
fn stylesheet_is_light() {
    assert!(STYLESHEET.len() < LARGEST, "{}", STYLESHEET.len());
}

#[test]
fn stylesheet_asks_nobody_for_anything() {
    for word in ["url(", "@import", "http:", "https:", "</"] {
        assert!(!STYLESHEET.contains(word), "{word}");
    }
}

#[test]
fn text_is_legible_on_every_ground_it_stands_on() {
    let light = properties(":root {");
    let dark: HashMap<_, _> =
        light.clone().into_iter().chain(properties("@media (prefers-color-scheme: dark)")).collect();
    for (scheme, colours) in [("light", light), ("dark", dark)] {
        for (text, ground) in [
            ("text", "canvas"),
            ("text", "surface"),
            ("text", "sunken"),
            ("muted", "canvas"),
            ("muted", "surface"),
            ("muted", "sunken"),
            ("link", "surface"),
            ("link", "canvas"),
            ("on-accent", "accent"),
            ("danger", "danger-soft"),
            ("success", "success-soft"),
            ("notice", "notice-soft"),
        ] {
            let contrast = colours[text].contrast(colours[ground]);
            assert!(contrast >= 4.5, "{scheme}: {text} on {ground} has {contrast:.2}");
        }
        // WCAG 2.2 §1.4.11: the edge of a field, and a button's face.
        for (edge, ground) in
            [("edge", "surface"), ("accent", "surface"), ("link", "surface"), ("danger", "surface")]
        {
            let contrast = colours[edge].contrast(colours[ground]);
            assert!(contrast >= 3.0, "{scheme}: {edge} on {ground} has {contrast:.2}");
        }
    }
}

#[test]
fn surface_in_the_dark_is_the_one_that_brands_are_measured_against() {
    let dark = properties("@media (prefers-color-scheme: dark)");
    assert_eq!(dark["surface"], Colour::DARK_SURFACE);
}

#[test]
fn preferences_of_the_person_are_honoured() {
    for query in
        ["prefers-color-scheme: dark", "prefers-reduced-motion", "forced-colors: active", "prefers-contrast"]
    {
        assert!(STYLESHEET.contains(query), "{query}");
    }
    assert!(STYLESHEET.contains(":focus-visible { outline: 3px"));
}
