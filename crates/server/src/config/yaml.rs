//! A YAML file as a tree of texts that remembers its lines.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_saphyr::Spanned;

/// Any YAML node. Scalars stay text: the table of settings says how to read them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// Nothing: an empty value or `null`.
    Empty,
    Scalar(String),
    /// An unquoted number with a fraction or exponent: its digits may be lost, so it cannot stand for a text.
    Float,
    List(Vec<Spanned<Self>>),
    Section(Vec<(Spanned<String>, Spanned<Self>)>),
}

/// The file is no YAML, or too large or too deep to be a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// Line, from 1; 0 when unknown.
    pub(super) line: u64,
    pub(super) message: String,
}

/// Reads one document. Repeated keys are errors; aliases are bounded by the parser's budget.
pub(super) fn parse(text: &str) -> Result<Node, SyntaxError> {
    let only_comments = text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    if only_comments {
        return Ok(Node::Empty);
    }
    // No configuration comes near this; an alias bomb ends here instead of after a million nodes.
    let options = serde_saphyr::options! { alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 1000 } };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| SyntaxError {
        line: error.location().map_or(0, |location| location.line()),
        message: first_line(&error.to_string()),
    })
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim_start_matches("error:").trim().to_owned()
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value, a list or a section")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_string()))
    }

    fn visit_f64<E>(self, _value: f64) -> Result<Node, E> {
        Ok(Node::Float)
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Empty)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Empty)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Section(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_lines() {
        let Node::Section(top) = parse("a: 1\nb:\n  c: [x, y]\n").unwrap() else { panic!("no section") };
        assert_eq!(top[0].0.value, "a");
        assert_eq!(top[0].1.value, Node::Scalar("1".to_owned()));
        let Node::Section(inner) = &top[1].1.value else { panic!("no section") };
        assert_eq!(inner[0].0.referenced.line(), 3);
        assert!(matches!(&inner[0].1.value, Node::List(items) if items.len() == 2));
    }

    #[test]
    fn says_where_it_is_no_yaml() {
        let error = parse("a: 1\nb: [\n").unwrap_err();
        assert!(error.line >= 2, "{error:?}");
        assert!(!error.message.is_empty());
    }

    #[test]
    fn refuses_repeated_keys_and_alias_bombs() {
        assert!(parse("a: 1\na: 2\n").is_err());
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..12 {
            let previous = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", [previous.as_str(); 9].join(",")));
        }
        assert!(parse(&bomb).is_err());
    }

    #[test]
    fn an_empty_file_is_an_empty_configuration() {
        assert_eq!(parse("").unwrap(), Node::Empty);
        assert_eq!(parse("# nothing yet\n\n").unwrap(), Node::Empty);
    }

    #[test]
    fn numbers_that_would_lose_digits_are_marked() {
        let Node::Section(top) = parse("a: 1e10\nb: \"1e10\"\n").unwrap() else { panic!("no section") };
        assert_eq!(top[0].1.value, Node::Float);
        assert_eq!(top[1].1.value, Node::Scalar("1e10".to_owned()));
    }
}
