//! `binding_message` (CIBA §7.1): a few characters that both devices show, so that the person can compare them.

use symbolon_protocol::{ErrorCode, OAuthError};

use super::parameters::Parameters;
use super::rules;
use crate::legible::deceives;
use crate::snapshot::Workspace;

/// As many characters fit on the devices that show it.
const LONGEST: usize = 100;

/// The message of a request.
///
/// # Errors
/// `invalid_binding_message` (CIBA §13) when it cannot be shown, or is missing where it must not be.
pub(super) fn of(workspace: &Workspace, parameters: &Parameters) -> Result<Option<String>, OAuthError> {
    match parameters.get("binding_message") {
        Some(message) => check(message).map(Some),
        None if rules::requires_binding_message(workspace) => {
            Err(OAuthError::new(ErrorCode::InvalidBindingMessage, "binding_message_missing")
                .description("The parameter binding_message is missing.")
                .expected("binding_message"))
        }
        None => Ok(None),
    }
}

fn check(message: &str) -> Result<String, OAuthError> {
    let refused = |reason, got: String| {
        Err(OAuthError::new(ErrorCode::InvalidBindingMessage, reason)
            .description(
                "The binding_message cannot be shown: use at most 100 letters, digits and punctuation marks.",
            )
            .got(got))
    };
    let count = message.chars().count();
    if message.trim().is_empty() || count > LONGEST {
        return refused("binding_message_length", format!("{count} characters"));
    }
    // Invisible characters and those that change the direction of writing make a message look like another.
    match message.chars().find(|c| !is_shown(*c)) {
        Some(c) => refused("binding_message_characters", format!("U+{:04X}", u32::from(c))),
        None => Ok(message.to_owned()),
    }
}

/// Devices show emoji in different ways: what chooses between them (variation selectors) is left out too.
fn is_shown(c: char) -> bool {
    !deceives(c) && !matches!(c, '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_plain_messages_are_shown() {
        for message in ["W4SCT", "Pay 12,50 € to Łódź?", "1234567890 abcdefghijklmnopqrstuvwxyz"] {
            assert_eq!(check(message).unwrap(), message);
        }
        assert!(check(&"é".repeat(100)).is_ok(), "characters are counted, not bytes");
    }

    #[test]
    fn what_cannot_be_shown_or_looks_like_another_is_refused() {
        for message in [
            "",
            "  ",
            "a\nb",
            "a\u{202e}b",
            "a\u{200b}b",
            "a\u{3164}b",
            "a\u{fe0f}b",
            "\u{0}",
            &"x".repeat(101),
        ] {
            assert_eq!(check(message).unwrap_err().code, ErrorCode::InvalidBindingMessage, "{message:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_what_was_sent(message in any::<String>()) {
            if let Ok(shown) = check(&message) {
                prop_assert_eq!(&shown, &message);
                prop_assert!(shown.chars().count() <= LONGEST && !shown.chars().any(deceives));
            }
        }
    }
}
