//! RFC 4514 §3: text to relative names, in the order of the certificate.

use super::{Attribute, AttributeValue, DnError, DnFault, MAX_TEXT, attribute};

/// What follows a value.
enum Separator {
    Plus,
    Comma,
    End,
}

pub(super) fn parse(text: &str) -> Result<Vec<Vec<Attribute>>, DnError> {
    let mut parser = Parser { text, at: 0 };
    if text.len() > MAX_TEXT {
        return parser.fail(DnFault::TooLong);
    }
    parser.skip_spaces();
    if parser.rest().is_empty() {
        return Ok(Vec::new());
    }
    if parser.rest().starts_with('/') {
        return parser.fail(DnFault::SlashForm);
    }
    let mut rdns = vec![Vec::new()];
    loop {
        let (attribute, separator) = parser.attribute()?;
        if let Some(rdn) = rdns.last_mut() {
            rdn.push(attribute);
        }
        match separator {
            Separator::Plus => {}
            Separator::Comma => rdns.push(Vec::new()),
            Separator::End => break,
        }
    }
    rdns.reverse();
    Ok(rdns)
}

struct Parser<'a> {
    text: &'a str,
    /// Byte offset, always at a character boundary.
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    fn skip_spaces(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches(is_space).len();
    }

    fn fail<T>(&self, fault: DnFault) -> Result<T, DnError> {
        fail_at(self.text, self.at, fault)
    }

    fn attribute(&mut self) -> Result<(Attribute, Separator), DnError> {
        self.skip_spaces();
        let start = self.at;
        if matches!(self.peek(), None | Some(',' | ';' | '+' | '=')) {
            return self.fail(DnFault::MissingAttribute);
        }
        let rest = self.rest();
        let end = rest.find([',', ';', '+', '=']).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default().trim_end_matches(is_space);
        if !rest[end..].starts_with('=') {
            return self.fail(DnFault::MissingEquals(name.to_owned()));
        }
        let Some(oid) = attribute::type_named(name) else {
            return fail_at(self.text, start, DnFault::UnknownType(name.to_owned()));
        };
        self.at += end + 1;
        self.skip_spaces();
        let attribute = match self.peek() {
            Some('#') => Attribute::from_value(oid, self.hex_value()?),
            Some('"') => Attribute::from_text(oid, self.quoted_value()?),
            _ => Attribute::from_text(oid, self.string_value()?),
        };
        let separator = match self.bump() {
            None => Separator::End,
            Some('+') => Separator::Plus,
            Some(_) => Separator::Comma,
        };
        Ok((attribute, separator))
    }

    /// `#` and the DER in hexadecimal digits; leaves the position at the separator.
    fn hex_value(&mut self) -> Result<AttributeValue, DnError> {
        let start = self.at;
        self.bump();
        let rest = self.rest();
        let end = rest.find([',', ';', '+']).unwrap_or(rest.len());
        let digits = rest[..end].trim_end_matches(is_space).as_bytes();
        let bytes: Option<Vec<u8>> = digits.chunks(2).map(hex_pair).collect();
        self.at += end;
        match bytes.as_deref().and_then(AttributeValue::from_der) {
            Some(value) => Ok(value),
            None => fail_at(self.text, start, DnFault::BadHex),
        }
    }

    /// RFC 2253 §4: `"Acme, Inc."`; leaves the position at the separator.
    fn quoted_value(&mut self) -> Result<String, DnError> {
        let start = self.at;
        self.bump();
        let mut bytes = Vec::new();
        loop {
            match self.peek() {
                None => return fail_at(self.text, start, DnFault::OpenQuote),
                Some('"') => break,
                Some('\\') => self.escape(&mut bytes)?,
                Some(character) => push(&mut bytes, self.take(character)),
            }
        }
        self.bump();
        self.skip_spaces();
        if !matches!(self.peek(), None | Some(',' | ';' | '+')) {
            return self.fail(DnFault::AfterQuote);
        }
        self.utf8(start, bytes)
    }

    /// §2.4's string form; unescaped spaces at the end do not count. Leaves the position at the separator.
    fn string_value(&mut self) -> Result<String, DnError> {
        let start = self.at;
        let mut bytes = Vec::new();
        let mut significant = 0;
        loop {
            match self.peek() {
                None | Some(',' | ';' | '+') => break,
                Some('"') => return self.fail(DnFault::StrayQuote),
                Some('\\') => {
                    self.escape(&mut bytes)?;
                    significant = bytes.len();
                }
                Some(character) => {
                    push(&mut bytes, self.take(character));
                    if !is_space(character) {
                        significant = bytes.len();
                    }
                }
            }
        }
        bytes.truncate(significant);
        self.utf8(start, bytes)
    }

    fn take(&mut self, character: char) -> char {
        self.at += character.len_utf8();
        character
    }

    /// A backslash and what it stands for.
    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), DnError> {
        let after = self.rest().as_bytes().get(1..).unwrap_or_default();
        let (byte, length) = match after {
            [special, ..] if b",+\"\\<>;#= ".contains(special) => (Some(*special), 1),
            [high, low, ..] => (hex_pair(&[*high, *low]), 2),
            _ => (None, 0),
        };
        let Some(byte) = byte else { return self.fail(DnFault::BadEscape) };
        bytes.push(byte);
        self.at += 1 + length;
        Ok(())
    }

    fn utf8(&self, start: usize, bytes: Vec<u8>) -> Result<String, DnError> {
        match String::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(_) => fail_at(self.text, start, DnFault::NotUtf8),
        }
    }
}

fn fail_at<T>(text: &str, byte: usize, fault: DnFault) -> Result<T, DnError> {
    let at = text.get(..byte).unwrap_or(text).chars().count() + 1;
    Err(DnError { at, fault })
}

fn push(bytes: &mut Vec<u8>, character: char) {
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// RFC 4514 knows the space only; pasted text brings the others.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn hex_pair(pair: &[u8]) -> Option<u8> {
    match pair {
        [high, low] => {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dn::DistinguishedName;
    use proptest::prelude::*;

    fn fault(text: &str) -> (usize, DnFault) {
        let error = DistinguishedName::parse(text).unwrap_err();
        (error.at, error.fault)
    }

    #[test]
    fn a_fault_is_named_with_its_place() {
        let s = str::to_owned;
        assert_eq!(fault("/C=US/CN=x"), (1, DnFault::SlashForm));
        assert_eq!(fault("CN=a,"), (6, DnFault::MissingAttribute));
        assert_eq!(fault("CN=a,,C=US"), (6, DnFault::MissingAttribute));
        assert_eq!(fault("=a"), (1, DnFault::MissingAttribute));
        assert_eq!(fault("CN=R+D"), (6, DnFault::MissingEquals(s("D"))));
        assert_eq!(fault("O=Acme, Inc.,C=US"), (9, DnFault::MissingEquals(s("Inc."))));
        assert_eq!(fault("CN=ż,XX=a"), (6, DnFault::UnknownType(s("XX"))));
        assert_eq!(fault("subject=CN = a"), (1, DnFault::UnknownType(s("subject"))));
        assert_eq!(fault("1.2.3.=a"), (1, DnFault::UnknownType(s("1.2.3."))));
        assert_eq!(fault(r"CN=a\zb"), (5, DnFault::BadEscape));
        assert_eq!(fault(r"CN=a\"), (5, DnFault::BadEscape));
        assert_eq!(fault(r"CN=a\4"), (5, DnFault::BadEscape));
        assert_eq!(fault(r"CN=a\ż"), (5, DnFault::BadEscape));
        assert_eq!(fault(r#"CN=a"b"#), (5, DnFault::StrayQuote));
        assert_eq!(fault(r#"CN="ab"#), (4, DnFault::OpenQuote));
        assert_eq!(fault(r#"CN="ab"c"#), (8, DnFault::AfterQuote));
        assert_eq!(fault(r"CN=\ff"), (4, DnFault::NotUtf8));
        for bad in ["CN=#", "CN=#0", "CN=#0c", "CN=#0c0161ff", "CN=#zz", "CN=#0c02 61"] {
            assert_eq!(fault(bad), (4, DnFault::BadHex), "{bad}");
        }
        assert_eq!(fault(&format!("CN={}", "a".repeat(MAX_TEXT))).1, DnFault::TooLong);
    }

    #[test]
    fn a_registered_value_without_equals_sign_is_a_common_name() {
        let registered = |text| DistinguishedName::parse_registered(text).map(|name| name.to_string());
        assert_eq!(registered("example.com").unwrap(), "CN=example.com");
        assert_eq!(registered("  example.com\n").unwrap(), "CN=example.com");
        assert_eq!(registered("Acme, Inc.").unwrap(), r"CN=Acme\, Inc.");
        assert_eq!(registered(" CN=a , C=US ").unwrap(), "CN=a,C=US");
        assert_eq!(registered(" ").unwrap_err().fault, DnFault::Empty);
        assert!(registered("XX=a").is_err());
        assert_eq!(registered(&"a".repeat(MAX_TEXT + 1)).unwrap_err().fault, DnFault::TooLong);
    }

    #[test]
    fn the_empty_text_is_the_empty_name() {
        let empty = DistinguishedName::parse("  ").unwrap();
        assert!(empty.is_empty());
        assert_eq!(empty.to_string(), "");
        assert_eq!(empty.to_der(), [0x30, 0]);
    }

    #[test]
    fn der_is_written_and_read_back() {
        let name = DistinguishedName::parse(r"CN=ż\,+OU=x,serialNumber=1,DC=a,C=US").unwrap();
        let again = DistinguishedName::from_der(&name.to_der()).unwrap();
        assert!(name.matches(&again));
        assert_eq!(again.to_der(), name.to_der());
        let country = &again.rdns()[0][0];
        assert_eq!((country.short_name(), country.value().der()), (Some("C"), &[0x13, 2, b'U', b'S'][..]));
    }

    proptest! {
        #[test]
        fn any_value_survives_writing_and_reading(
            values in prop::collection::vec(("(CN|O|OU|DC|UID|title|emailAddress|2\\.5\\.4\\.97)", any::<String>()), 0..6),
            multi in any::<bool>(),
        ) {
            let rdn: Vec<Attribute> = values
                .iter()
                .map(|(name, value)| Attribute::from_text(attribute::type_named(name).unwrap(), value.clone()))
                .collect();
            let rdns = match (multi, rdn.is_empty()) {
                (_, true) => vec![],
                (true, _) => vec![rdn],
                (false, _) => rdn.into_iter().map(|attribute| vec![attribute]).collect(),
            };
            let name = DistinguishedName::from_rdns(rdns);
            prop_assume!(name.to_string().len() <= MAX_TEXT);
            let again = DistinguishedName::parse(&name.to_string()).unwrap();
            prop_assert_eq!(again.to_string(), name.to_string());
            prop_assert!(again.matches(&name));
            let texts = |name: &DistinguishedName| -> Vec<Vec<Option<String>>> {
                name.rdns().iter().map(|rdn| rdn.iter().map(|a| a.value().text().map(str::to_owned)).collect()).collect()
            };
            prop_assert_eq!(texts(&again), texts(&name));
            prop_assert!(DistinguishedName::from_der(&name.to_der()).unwrap().matches(&name));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in any::<String>()) {
            let _ = DistinguishedName::parse(&text);
            let _ = DistinguishedName::parse_registered(&text);
        }

        #[test]
        fn no_text_of_its_own_alphabet_makes_the_parser_panic(text in "[CNOU=,+;\\\\\"# 0-9a-fż.\n]{0,40}") {
            if let Ok(name) = DistinguishedName::parse(&text) {
                prop_assert!(DistinguishedName::parse(&name.to_string()).unwrap().matches(&name));
            }
        }

        #[test]
        fn no_bytes_make_the_der_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = DistinguishedName::from_der(&bytes);
        }
    }
}
