//! The look of a workspace: a name, a logo, and two values of the stylesheet.

use super::colour::Colour;
use super::link::Link;

/// The surfaces of the stylesheet, light and dark, that an accent must stand out from.
const LIGHT: Colour = Colour::WHITE;
const DARK: Colour = Colour::DARK_SURFACE;

/// What a workspace or tenant chooses of its pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brand {
    /// Whose pages these are: the workspace's name.
    pub name: String,
    /// Shown instead of our mark.
    pub logo: Option<Link>,
    /// The colour of buttons and links.
    pub accent: Option<Colour>,
    /// Roundness of corners, in CSS pixels.
    pub radius: Option<u8>,
}

impl Brand {
    /// A brand with no more than a name.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The custom properties that differ from the stylesheet's, as one more stylesheet; empty when none does.
    ///
    /// Whatever accent is chosen, text on it and links in it have a contrast of at least 4.5, and its buttons
    /// stand out from the ground by at least 3.
    pub(super) fn stylesheet(&self) -> String {
        let mut light = String::new();
        let mut dark = String::new();
        if let Some(accent) = self.accent {
            light = properties(
                accent.legible_on(LIGHT, Colour::INK, 3.0),
                accent.legible_on(LIGHT, Colour::INK, 5.0),
            );
            dark = properties(
                accent.legible_on(DARK, Colour::WHITE, 3.0),
                accent.legible_on(DARK, Colour::WHITE, 5.5),
            );
        }
        if let Some(radius) = self.radius {
            light.push_str(&format!("--radius:{}px;", radius.min(24)));
        }
        if light.is_empty() {
            return light;
        }
        let dark = if dark.is_empty() {
            dark
        } else {
            format!("@media(prefers-color-scheme:dark){{:root{{{dark}}}}}")
        };
        format!(":root{{{light}}}{dark}")
    }
}

fn properties(accent: Colour, link: Colour) -> String {
    format!("--accent:{accent};--on-accent:{};--link:{link};", accent.text_on())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_choice_adds_no_stylesheet() {
        assert_eq!(Brand::new("Acme").stylesheet(), "");
    }

    #[test]
    fn a_pale_accent_is_darkened_for_links_on_white() {
        let brand = Brand { accent: Colour::parse("#ffe000"), ..Brand::new("Acme") };
        let css = brand.stylesheet();
        let link = css.split("--link:").nth(1).and_then(|rest| Colour::parse(&rest[..7])).unwrap();
        assert!(link.contrast(LIGHT) >= 4.5, "{css}");
        assert!(css.contains("@media(prefers-color-scheme:dark)"), "{css}");
    }

    #[test]
    fn radius_has_a_limit() {
        let brand = Brand { radius: Some(200), ..Brand::new("Acme") };
        assert_eq!(brand.stylesheet(), ":root{--radius:24px;}");
    }
}
