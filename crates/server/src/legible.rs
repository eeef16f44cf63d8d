//! Text of others by which people judge: what client is it, what does it ask for. Characters that are not seen, or that
//! change how others are read, make one text look like another (Unicode Technical Report 36).

/// Whether a character deceives: it controls, is not seen, or reorders what stands around it.
pub fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Soft hyphen, joiners, marks of direction, spaces of no width, and their like.
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
            // Letters of Hangul, Khmer and Braille that leave an empty place.
            | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
            // Controls of shorthand and of musical notes; tags, which repeat ASCII unseen.
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// The text with a mark for each character that deceives.
pub fn marked(text: &str) -> String {
    text.chars().map(|c| if deceives(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_the_languages_of_people_is_shown() {
        for text in [
            "Zażółć gęślą jaźń",
            "Ελληνικά",
            "עברית",
            "हिन्दी",
            "日本語",
            "한국어",
            "Pay 5 € – now!",
            "☕️ Café",
        ] {
            assert_eq!(marked(text), text);
        }
    }

    #[test]
    fn what_is_not_seen_or_reorders_is_marked() {
        for c in [
            '\0',
            '\n',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200e}',
            '\u{202e}',
            '\u{2066}',
            '\u{feff}',
            '\u{115f}',
            '\u{3164}',
            '\u{ffa0}',
            '\u{2800}',
            '\u{e0041}',
            '\u{e01ef}',
        ] {
            assert_eq!(marked(&format!("a{c}b")), "a\u{fffd}b", "U+{:04X}", u32::from(c));
        }
    }
}
