//! Forms and the Authorization header.

use symbolon_protocol::{Authorization, Form};

/// A form: what is read can be written again and reads the same; no name but the repeatable ones comes twice.
pub fn form(data: &[u8]) {
    let Ok(form) = Form::parse(data) else { return };
    let mut written = String::new();
    for (name, value) in form.iter() {
        assert!(!name.contains('\0') && !value.contains('\0'), "no NUL gets in");
        let repeated = form.iter().filter(|(other, _)| *other == name).count() > 1;
        assert!(!repeated || ["resource", "audience"].contains(&name), "{name} comes twice");
        if !written.is_empty() {
            written.push('&');
        }
        escape(name, &mut written);
        written.push('=');
        escape(value, &mut written);
    }
    // Escapes are longer than what they stand for; the limit may then refuse what it took before.
    if let Ok(again) = Form::parse(written.as_bytes()) {
        assert!(form.iter().eq(again.iter()), "a form reads otherwise when written again");
    } else {
        assert!(
            written.len() > symbolon_protocol::form::MAX_BYTES
                || form.iter().any(|(name, _)| name.is_empty())
        );
    }
}

fn escape(text: &str, into: &mut String) {
    for byte in text.bytes() {
        into.push_str(&format!("%{byte:02X}"));
    }
}

/// An Authorization header: whoever it names has a name, and a token is one word.
pub fn authorization(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Authorization::parse(text) {
        Ok(Authorization::Basic(credentials)) => {
            let mut readings = credentials.readings().peekable();
            assert!(readings.peek().is_some(), "credentials without a reading");
            for (client_id, secret) in readings {
                assert!(!client_id.is_empty(), "a client without a name");
                assert!(!client_id.contains('\0') && !secret.contains('\0'), "no NUL gets in");
            }
        }
        Ok(Authorization::Bearer(token) | Authorization::Dpop(token)) => {
            assert!(!token.is_empty() && !token.contains(char::is_whitespace), "a token is one word");
        }
        Err(_) => {}
    }
}
