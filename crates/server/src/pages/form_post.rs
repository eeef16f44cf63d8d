//! The page that carries an answer to the client (OAuth 2.0 Form Post Response Mode §2).

use serde::Serialize;

use super::page::Page;

/// A form that sends itself; the button does it where scripts are off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FormPostPage {
    /// The client's name.
    pub client: String,
    /// Its redirect URI.
    pub action: String,
    /// The parameters.
    pub fields: Vec<Field>,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Page for FormPostPage {
    const TEMPLATE: &'static str = "form_post.html";
    // Once: who comes back to the page with the browser's button would be stuck otherwise.
    const SCRIPT: Option<&'static str> = Some("document.forms[0].submit()");

    fn samples() -> Vec<(&'static str, Self)> {
        let field = |name: &str, value: &str| Field { name: name.to_owned(), value: value.to_owned() };
        vec![(
            "plain",
            Self {
                client: "Northwind Calendar".to_owned(),
                action: "https://calendar.example/callback?a=1&b=2".to_owned(),
                fields: vec![
                    field("code", "SplxlOBeZQQYbYS6WxSbIA"),
                    field("state", "\"><script>alert(1)</script>"),
                ],
            },
        )]
    }
}
