//! Colours of a brand, and keeping them legible (WCAG 2.2 §1.4.3 and §1.4.11).

use std::fmt;

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl Colour {
    /// White.
    pub const WHITE: Self = Self([255; 3]);
    /// The surface of pages in the dark, as the stylesheet has it.
    pub const DARK_SURFACE: Self = Self([0x17, 0x1b, 0x22]);
    /// The ink that stands on light colours. No lighter: it and white must leave no colour between them on which
    /// neither has a contrast of 4.5.
    pub const INK: Self = Self([0x04, 0x04, 0x06]);

    /// Reads `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        let wide = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        if !wide.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let number = u32::from_str_radix(&wide, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// Contrast ratio with another colour, from 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// White or ink, whichever reads better on this colour. At least one of them has a contrast of 4.5.
    pub fn text_on(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::INK) { Self::WHITE } else { Self::INK }
    }

    /// This colour, moved towards `end` just as far as a contrast of `ratio` with `ground` needs.
    pub fn legible_on(self, ground: Self, end: Self, ratio: f64) -> Self {
        (0..=20)
            .map(|step| self.mixed_with(end, f64::from(step) / 20.0))
            .find(|colour| colour.contrast(ground) >= ratio)
            .unwrap_or(end)
    }

    fn mixed_with(self, other: Self, share: f64) -> Self {
        let mix = |index: usize| {
            let value = f64::from(self.0[index]) * (1.0 - share) + f64::from(other.0[index]) * share;
            // Between 0 and 255: a mean of two such values.
            value.round() as u8
        };
        Self([mix(0), mix(1), mix(2)])
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0;
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn colours_are_read_in_both_lengths() {
        assert_eq!(Colour::parse("#fA0").map(|colour| colour.to_string()).as_deref(), Some("#ffaa00"));
        assert_eq!(Colour::parse("#0b6e6e").map(|colour| colour.to_string()).as_deref(), Some("#0b6e6e"));
        for text in ["", "#", "red", "#ff", "#12345g", "#+12345", "123456", "#1234567", "#fff;}", "#éé"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[test]
    fn black_and_white_have_the_greatest_contrast() {
        assert!((Colour::WHITE.contrast(Colour([0; 3])) - 21.0).abs() < 0.01);
        assert!((Colour::WHITE.contrast(Colour::WHITE) - 1.0).abs() < 0.01);
    }

    proptest! {
        #[test]
        fn text_on_any_colour_is_legible(channels: [u8; 3]) {
            let colour = Colour(channels);
            prop_assert!(colour.contrast(colour.text_on()) >= 4.5, "{}", colour.contrast(colour.text_on()));
        }

        #[test]
        fn any_colour_becomes_legible_on_any_ground(channels: [u8; 3]) {
            let colour = Colour(channels);
            let light = colour.legible_on(Colour::WHITE, Colour::INK, 4.5);
            prop_assert!(light.contrast(Colour::WHITE) >= 4.5);
        }
    }
}
