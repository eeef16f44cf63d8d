//! RFC 4514 §2: a name as text.

use std::fmt::{Formatter, Result, Write};

use super::{Attribute, DistinguishedName};

/// §2.1: the last relative name first, separated by commas.
pub(super) fn render(name: &DistinguishedName, f: &mut Formatter<'_>) -> Result {
    for (index, rdn) in name.rdns().iter().rev().enumerate() {
        if index > 0 {
            f.write_char(',')?;
        }
        for (index, attribute) in rdn.iter().enumerate() {
            if index > 0 {
                f.write_char('+')?;
            }
            render_attribute(attribute, f)?;
        }
    }
    Ok(())
}

/// §2.4: a type without a short name, or a value without text, takes the value's DER in hexadecimal.
fn render_attribute(attribute: &Attribute, f: &mut Formatter<'_>) -> Result {
    match (attribute.short_name(), attribute.value().text()) {
        (Some(name), Some(text)) => {
            write!(f, "{name}=")?;
            escape(text, f)
        }
        (name, _) => {
            match name {
                Some(name) => write!(f, "{name}=#")?,
                None => write!(f, "{}=#", attribute.oid())?,
            }
            attribute.value().der().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
        }
    }
}

/// §2.4; control characters too, so that a name stays on its line in a log.
fn escape(text: &str, f: &mut Formatter<'_>) -> Result {
    let last = text.char_indices().next_back().map(|(index, _)| index);
    for (index, character) in text.char_indices() {
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(f, "\\{character}")?,
            '#' | ' ' if index == 0 => write!(f, "\\{character}")?,
            ' ' if Some(index) == last => f.write_str("\\ ")?,
            _ if character.is_control() => {
                let mut buffer = [0; 4];
                character.encode_utf8(&mut buffer).bytes().try_for_each(|byte| write!(f, "\\{byte:02X}"))?;
            }
            _ => f.write_char(character)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::dn::DistinguishedName;

    /// RFC 4514 §4, and what these examples look like when written again.
    #[test]
    fn the_examples_of_rfc_4514() {
        for (text, again) in [
            ("UID=jsmith,DC=example,DC=net", "UID=jsmith,DC=example,DC=net"),
            ("OU=Sales+CN=J.  Smith,DC=example,DC=net", "OU=Sales+CN=J.  Smith,DC=example,DC=net"),
            (
                r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#,
                r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#,
            ),
            (r"CN=Before\0dAfter,DC=example,DC=net", r"CN=Before\0DAfter,DC=example,DC=net"),
            ("1.3.6.1.4.1.1466.0=#04024869", "1.3.6.1.4.1.1466.0=#04024869"),
            (r"CN=Lu\C4\8Di\C4\87", "CN=Lučić"),
        ] {
            assert_eq!(DistinguishedName::parse(text).unwrap().to_string(), again);
        }
    }

    #[test]
    fn values_are_escaped_where_rfc_4514_says() {
        let cases = [
            (r"CN=\ a\ ", r"CN=\ a\ "),
            (r"CN=\ ", r"CN=\ "),
            (r"CN=\#1", r"CN=\#1"),
            ("CN=a#b=c d", "CN=a#b=c d"),
            (r"CN=\00", r"CN=\00"),
            (r"CN=a\;\<\>\\\+", r"CN=a\;\<\>\\\+"),
            ("CN=a\u{85}b", r"CN=a\C2\85b"),
        ];
        for (text, again) in cases {
            assert_eq!(DistinguishedName::parse(text).unwrap().to_string(), again, "{text}");
        }
    }

    #[test]
    fn types_without_a_short_name_carry_their_real_der() {
        let long = "x".repeat(200);
        let name =
            DistinguishedName::parse(&format!("serialNumber=123,emailAddress=a@b.c,title={long}")).unwrap();
        let expected = format!(
            "2.5.4.5=#1303313233,1.2.840.113549.1.9.1=#16056140622e63,2.5.4.12=#0c81c8{}",
            "78".repeat(200)
        );
        assert_eq!(name.to_string(), expected);
        assert!(DistinguishedName::parse(&expected).unwrap().matches(&name));
    }
}
