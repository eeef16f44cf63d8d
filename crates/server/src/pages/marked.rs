//! Two texts beside each other, with what differs marked.

use serde::Serialize;

/// A text in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Marked(Vec<Part>);

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The text.
    pub text: String,
    /// Whether the other text lacks it.
    pub differs: bool,
}

impl Marked {
    /// A text without marks.
    pub fn plain(text: &str) -> Self {
        Self(vec![Part { text: text.to_owned(), differs: false }])
    }

    /// The parts in order.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// Whether anything is marked.
    pub fn differs(&self) -> bool {
        self.0.iter().any(|part| part.differs)
    }
}

/// Marks in each of two texts what the other lacks. A distinguished name is compared attribute by attribute, an
/// address label by label.
pub(super) fn compare(one: &str, other: &str) -> (Marked, Marked) {
    let (one, other) = (tokens(one), tokens(other));
    // Texts come from a certificate and from a registration: short. Longer ones are shown without marks.
    if one.len().saturating_mul(other.len()) > 40_000 {
        return (
            joined(one.iter().map(|token| (*token, false))),
            joined(other.iter().map(|token| (*token, false))),
        );
    }
    let common = longest_common(&one, &other);
    let mark = |tokens: &[&str], kept: &dyn Fn(usize) -> bool| {
        joined(tokens.iter().enumerate().map(|(index, token)| (*token, !kept(index))))
    };
    let left = mark(&one, &|index| common.iter().any(|(left, _)| *left == index));
    let right = mark(&other, &|index| common.iter().any(|(_, right)| *right == index));
    (left, right)
}

/// Cuts before each separator, so that a separator belongs to what follows it.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (index, c) in text.char_indices() {
        if index > start && !escaped && matches!(c, ',' | '+' | '=' | '.' | ':' | '/' | '@' | ' ') {
            tokens.push(&text[start..index]);
            start = index;
        }
        escaped = c == '\\' && !escaped;
    }
    if start < text.len() {
        tokens.push(&text[start..]);
    }
    tokens
}

/// Index pairs of a longest common subsequence.
fn longest_common(one: &[&str], other: &[&str]) -> Vec<(usize, usize)> {
    let width = other.len() + 1;
    let mut lengths = vec![0_usize; (one.len() + 1) * width];
    for left in (0..one.len()).rev() {
        for right in (0..other.len()).rev() {
            lengths[left * width + right] = if one[left] == other[right] {
                lengths[(left + 1) * width + right + 1] + 1
            } else {
                lengths[(left + 1) * width + right].max(lengths[left * width + right + 1])
            };
        }
    }
    let (mut left, mut right, mut pairs) = (0, 0, Vec::new());
    while left < one.len() && right < other.len() {
        if one[left] == other[right] {
            pairs.push((left, right));
            (left, right) = (left + 1, right + 1);
        } else if lengths[(left + 1) * width + right] >= lengths[left * width + right + 1] {
            left += 1;
        } else {
            right += 1;
        }
    }
    pairs
}

/// Puts neighbours of the same kind together.
fn joined<'a>(tokens: impl Iterator<Item = (&'a str, bool)>) -> Marked {
    let mut parts: Vec<Part> = Vec::new();
    for (text, differs) in tokens {
        match parts.last_mut() {
            Some(last) if last.differs == differs => last.text.push_str(text),
            _ => parts.push(Part { text: text.to_owned(), differs }),
        }
    }
    Marked(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(marked: &Marked) -> String {
        let part = |part: &Part| if part.differs { format!("[{}]", part.text) } else { part.text.clone() };
        marked.parts().iter().map(part).collect()
    }

    #[test]
    fn the_attribute_that_differs_is_marked() {
        let (wanted, seen) = compare("CN=client,OU=Payments,O=Acme", "CN=client,OU=Payroll,O=Acme,C=DE");
        assert_eq!(shown(&wanted), "CN=client,OU[=Payments],O=Acme");
        assert_eq!(shown(&seen), "CN=client,OU[=Payroll],O=Acme[,C=DE]");
    }

    #[test]
    fn the_port_that_differs_is_marked() {
        let (wanted, seen) = compare("https://localhost:8443", "https://localhost:9443");
        assert_eq!(
            (shown(&wanted).as_str(), shown(&seen).as_str()),
            ("https://localhost[:8443]", "https://localhost[:9443]")
        );
    }

    #[test]
    fn an_escaped_separator_does_not_cut() {
        assert_eq!(tokens(r"CN=a\,b,O=c"), ["CN", r"=a\,b", ",O", "=c"]);
    }

    proptest! {
        #[test]
        fn no_text_is_lost_and_equal_texts_have_no_marks(one in ".{0,40}", other in "[a-c.,=]{0,30}") {
            let (left, right) = compare(&one, &other);
            let text = |marked: &Marked| marked.parts().iter().map(|part| part.text.as_str()).collect::<String>();
            prop_assert_eq!(text(&left), one.clone());
            prop_assert_eq!(text(&right), other);
            prop_assert!(!compare(&one, &one).0.differs());
        }
    }
}
