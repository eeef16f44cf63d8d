//! Authorization details on the consent page (RFC 9396): what is asked for, in words that a person can read.

use serde::Serialize;

/// One detail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DetailCard {
    /// What its type is called.
    pub title: String,
    /// What the type means.
    pub description: Option<String>,
    /// The service that it belongs to.
    pub service: Option<String>,
    /// Whether an equal one was granted before.
    pub granted: bool,
    /// All that it says.
    pub facts: Vec<DetailFact>,
}

/// One thing that a detail says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DetailFact {
    /// What it is about.
    pub label: DetailLabel,
    /// What is said.
    pub values: Vec<DetailValue>,
}

/// What something is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub enum DetailLabel {
    /// A member that all types share: the catalogue has words for it.
    Common(&'static str),
    /// Anything else, as its schema or the client calls it.
    Own(String),
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "text", rename_all = "snake_case")]
pub enum DetailValue {
    /// As the client wrote it.
    Text(String),
    /// True.
    Yes,
    /// False.
    No,
    /// Nothing.
    Nothing,
}

impl DetailCard {
    /// For the samples of the page.
    pub(super) fn sample() -> Self {
        let text = |text: &str| DetailValue::Text(text.to_owned());
        let own = |label: &str, values: Vec<DetailValue>| DetailFact {
            label: DetailLabel::Own(label.to_owned()),
            values,
        };
        Self {
            title: "Payment".to_owned(),
            description: Some("One transfer from your account.".to_owned()),
            service: Some("Payments".to_owned()),
            granted: false,
            facts: vec![
                DetailFact {
                    label: DetailLabel::Common("actions"),
                    values: vec![text("initiate"), text("status"), text("cancel")],
                },
                DetailFact {
                    label: DetailLabel::Common("locations"),
                    values: vec![text("https://example.com/payments")],
                },
                own("Amount", vec![text("123.50 EUR")]),
                own("Creditor account › IBAN", vec![text("DE02100100109307118603")]),
                own("Recurring", vec![DetailValue::No]),
                own("Note", vec![DetailValue::Nothing]),
            ],
        }
    }
}
