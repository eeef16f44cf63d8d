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

/// Words and separators, each a token of its own.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (index, c) in text.char_indices() {
        if !escaped && is_separator(c) {
            tokens.extend(Some(&text[start..index]).filter(|word| !word.is_empty()));
            start = index + c.len_utf8();
            tokens.push(&text[index..start]);
        }
        escaped = c == '\\' && !escaped;
    }
    tokens.extend(Some(&text[start..]).filter(|word| !word.is_empty()));
    tokens
}

const fn is_separator(c: char) -> bool {
    matches!(c, ',' | '+' | '=' | '.' | ':' | '/' | '@' | ' ')
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

/// Puts neighbours of the same kind together. What two marked words have between them is marked with them where it
/// is but separators: the dots of two names that have nothing else in common mean nothing.
fn joined<'a>(tokens: impl Iterator<Item = (&'a str, bool)>) -> Marked {
    let mut parts: Vec<Part> = Vec::new();
    for (text, differs) in tokens {
        if let [.., before, between] = parts.as_mut_slice()
            && differs
            && before.differs
            && !between.differs
            && between.text.chars().all(is_separator)
        {
            let between = std::mem::take(&mut between.text);
            before.text.push_str(&between);
            parts.pop();
        }
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

    fn both(one: &str, other: &str) -> (String, String) {
        let (one, other) = compare(one, other);
        (shown(&one), shown(&other))
    }

    #[test]
    fn the_attribute_that_differs_is_marked() {
        let (wanted, seen) = both("CN=client,OU=Payments,O=Acme", "CN=client,OU=Payroll,O=Acme,C=DE");
        assert_eq!(wanted, "CN=client,OU=[Payments],O=Acme");
        assert_eq!(seen, "CN=client,OU=[Payroll],O=Acme[,C=DE]");
    }

    #[test]
    fn the_label_or_port_that_differs_is_marked() {
        let (wanted, seen) = both("https://localhost:8443", "https://localhost:9443");
        assert_eq!(
            (wanted.as_str(), seen.as_str()),
            ("https://localhost:[8443]", "https://localhost:[9443]")
        );
        assert_eq!(both("a.example.com", "b.example.com").0, "[a].example.com");
    }

    #[test]
    fn names_with_nothing_in_common_are_marked_whole() {
        let (wanted, seen) = both("https://login.example.com", "https://192.0.2.7:8443");
        assert_eq!(
            (wanted.as_str(), seen.as_str()),
            ("https://[login.example.com]", "https://[192.0.2.7:8443]")
        );
    }

    #[test]
    fn an_escaped_separator_does_not_cut() {
        assert_eq!(tokens(r"CN=a\,b,O=c"), ["CN", "=", r"a\,b", ",", "O", "=", "c"]);
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
