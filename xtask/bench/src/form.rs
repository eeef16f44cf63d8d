//! The little HTML and form encoding that a browser needs to log in.

/// `application/x-www-form-urlencoded` of name and value pairs.
pub(crate) fn encode(pairs: &[(&str, &str)]) -> String {
    let mut encoded = String::new();
    for (name, value) in pairs {
        if !encoded.is_empty() {
            encoded.push('&');
        }
        escape(name, &mut encoded);
        encoded.push('=');
        escape(value, &mut encoded);
    }
    encoded
}

fn escape(text: &str, into: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push('%');
            into.push(char::from(HEX[usize::from(byte >> 4)]));
            into.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// The value of the input with this name on a page.
pub(crate) fn input(html: &str, name: &str) -> Option<String> {
    let wanted = format!("name=\"{name}\"");
    html.split('<').filter(|tag| tag.starts_with("input") && tag.contains(&wanted)).find_map(|tag| {
        let (_, rest) = tag.split_once("value=\"")?;
        let (value, _) = rest.split_once('"')?;
        Some(
            value.replace("&#x2f;", "/").replace("&#x27;", "'").replace("&quot;", "\"").replace("&amp;", "&"),
        )
    })
}

/// The value of a parameter of an address, as it stands there.
pub(crate) fn parameter<'a>(address: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = address.split_once('?')?;
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gives_its_hidden_field_and_a_redirect_its_code() {
        let html = r#"<form><input type="text" name="username"><input type="hidden" name="csrf" value="a&#x2f;b"></form>"#;
        assert_eq!(input(html, "csrf").as_deref(), Some("a/b"));
        assert_eq!(input(html, "username"), None);
        assert_eq!(parameter("https://client.example/cb?code=abc&iss=x", "code"), Some("abc"));
        assert_eq!(
            encode(&[("a", "b c"), ("redirect_uri", "https://x/")]),
            "a=b%20c&redirect_uri=https%3A%2F%2Fx%2F"
        );
    }
}
