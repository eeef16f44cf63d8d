//! `query`: parameters in the query component, after those the redirect URI has already (RFC 6749 §4.1.2).

use axum::response::Response;

pub(super) fn respond(redirect_uri: &str, parameters: &[(&str, &str)]) -> Response {
    super::see_other(&with_query(redirect_uri, parameters))
}

/// The address with parameters in its query component.
pub fn with_query(redirect_uri: &str, parameters: &[(&str, &str)]) -> String {
    let separator = match redirect_uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{redirect_uri}{separator}{}", super::encode(parameters))
}

#[cfg(test)]
mod tests {
    use super::with_query;

    #[test]
    fn parameters_follow_those_of_the_redirect_uri() {
        let parameters = [("code", "a b"), ("state", "é&")];
        for (uri, expected) in [
            ("https://c.example/cb", "https://c.example/cb?code=a+b&state=%C3%A9%26"),
            ("https://c.example/cb?x=1", "https://c.example/cb?x=1&code=a+b&state=%C3%A9%26"),
            ("https://c.example/cb?", "https://c.example/cb?code=a+b&state=%C3%A9%26"),
        ] {
            assert_eq!(with_query(uri, &parameters), expected);
        }
    }
}
