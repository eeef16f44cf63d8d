//! What people may call themselves.
//!
//! A username is a word of ASCII: no two of them look alike for their script, none holds what is not seen, reorders, or
//! means something elsewhere (`:` parts the name from the password in Basic authentication; `@` and a leading digit
//! would let a name pass for somebody's e-mail address or telephone number where people are looked up by these). Names
//! that differ in case alone are one name. What people are called by others is their `name`, in any script.

use symbolon_store::entity::Idp;
use unicode_normalization::UnicodeNormalization;

use crate::legible::deceives;

/// Shortest username, in characters.
pub const USERNAME_MIN: usize = 3;
/// Longest username, in characters.
pub const USERNAME_MAX: usize = 64;
/// Longest name, in characters.
const NAME_MAX: usize = 100;
/// Longest e-mail address, in bytes (RFC 5321 §4.5.3.1.3).
const EMAIL_MAX: usize = 254;
/// Longest part before the `@`, in bytes (RFC 5321 §4.5.3.1.1).
const LOCAL_PART_MAX: usize = 64;

/// Whether somebody may be called so.
pub fn is_username(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (USERNAME_MIN..=USERNAME_MAX).contains(&text.len())
        && text.bytes().all(inner)
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// Whether this can be shown as what somebody is called.
pub fn is_name(text: &str) -> bool {
    text.chars().count() <= NAME_MAX && !text.chars().any(deceives)
}

/// Whether this has the form of an e-mail address. Whether anything arrives there, nobody knows.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !deceives(c) && !"<>()[]\\,;:\"@".contains(c);
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || !c.is_ascii())
    };
    text.len() <= EMAIL_MAX
        && (1..=LOCAL_PART_MAX).contains(&local.len())
        && text.chars().filter(|c| *c == '@').count() == 1
        && local.chars().all(plain)
        && domain.chars().all(plain)
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// Whether the operator has listed somebody who is called so, or so nearly that people could take one for the other.
pub fn is_of_a_listed_user(idps: &[Idp], username: &str) -> bool {
    let wanted = skeleton(username);
    let users = idps.iter().flat_map(|idp| &idp.credentials).flat_map(|credentials| &credentials.users);
    users.into_iter().any(|user| skeleton(&user.username) == wanted)
}

/// A name without case, forms of width and style, and what is not seen.
fn skeleton(name: &str) -> String {
    let seen = name.nfkc().filter(|c| !deceives(*c) && !c.is_whitespace());
    seen.collect::<String>().to_lowercase().nfkc().collect()
}

#[cfg(test)]
mod tests {
    use symbolon_store::entity::idp::{StaticCredentials, StaticUser};

    use super::*;

    #[test]
    fn a_username_is_a_word_of_ascii() {
        for good in ["ada", "Ada.Lovelace", "a-b_c.9", "x11", &"a".repeat(64)] {
            assert!(is_username(good), "{good}");
        }
        for bad in [
            "",
            "ab",
            &"a".repeat(65),
            "9ada",
            ".ada",
            "ada.",
            "ada-",
            "ada lovelace",
            " ada",
            "ada\n",
            "ada:x",
            "ada@example.com",
            "+48123456789",
            "48123456789",
            "ad\u{430}",
            "ada\u{301}",
            "a\u{202e}da",
            "a\u{200b}da",
            "\u{ff41}da",
            "ada\u{0}",
            "ada/../x",
            "<ada>",
        ] {
            assert!(!is_username(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_name_is_written_in_any_script_and_seen() {
        for good in ["Ada", "Zażółć Gęślą", "محمد", "李小龙", "O’Neil, Jr."] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["a\u{202e}b", "a\u{200b}b", "a\nb", &"x".repeat(101)] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }

    #[test]
    fn an_address_has_two_parts() {
        for good in ["a@b.c", "ada+x@mail.example.com", "ada@bücher.example", "o'neil@example.com"] {
            assert!(is_email(good), "{good}");
        }
        let long = format!("{}@example.com", "x".repeat(65));
        let longer = format!("ada@{}example.com", "x.".repeat(130));
        for bad in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@example",
            "ada@@example.com",
            "a@b@example.com",
            "ada @example.com",
            "ada@exa mple.com",
            "ada@.example.com",
            "ada@example..com",
            "ada@-example.com",
            "ada@example.com, bob@example.com",
            "Ada <ada@example.com>",
            "ada@example.com\u{202e}",
            "ada\n@example.com",
            &long,
            &longer,
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
    }

    #[test]
    fn nobody_is_called_like_a_listed_user_in_any_form() {
        let user = |name: &str| StaticUser { username: name.to_owned(), ..StaticUser::default() };
        let users = ["Admin", "\u{ff42}\u{ff4f}\u{ff42}", " carol\u{200b}", "\u{1d41d}ave", "user"];
        let credentials = StaticCredentials { users: users.map(user).to_vec() };
        let idps = [Idp { disabled: true, credentials: Some(credentials), ..Idp::default() }];
        for taken in ["admin", "ADMIN", "bob", "carol", "Dave", "user", "USER"] {
            assert!(is_of_a_listed_user(&idps, taken), "{taken}");
        }
        assert!(!is_of_a_listed_user(&idps, "users"));
    }
}
