//! What is wrong with the text of a name, and where.

/// Why a text is no distinguished name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at character {at}: {fault}")]
pub struct DnError {
    /// Position in the text, in characters, from 1.
    pub at: usize,
    /// What is wrong there.
    pub fault: DnFault,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DnFault {
    /// Nothing was given.
    #[error("the distinguished name is empty")]
    Empty,
    /// Over [`MAX_TEXT`](super::MAX_TEXT) bytes.
    #[error("the distinguished name is longer than {} bytes", super::MAX_TEXT)]
    TooLong,
    /// `/C=US/O=Acme`.
    #[error(
        "this is OpenSSL's slash form; write it as RFC 4514 says, last element first: CN=client,O=Acme,C=US"
    )]
    SlashForm,
    /// A separator with nothing after it, or two together.
    #[error("an attribute such as CN=value is missing here")]
    MissingAttribute,
    /// Text where `type=` should be.
    #[error("expected `=` after {0:?} (a comma or plus sign inside a value is written \\, or \\+)")]
    MissingEquals(String),
    /// A type that is neither a known name nor an object identifier.
    #[error(
        "{0:?} is no attribute type known here; use a short name (CN, O, OU, L, ST, C, …) or its object identifier (2.5.4.3)"
    )]
    UnknownType(String),
    /// A backslash before something that needs none.
    #[error("a backslash must be followed by two hexadecimal digits or one of , + \" \\ < > ; # = and space")]
    BadEscape,
    /// A quote inside an unquoted value.
    #[error("a quote inside a value is written \\\"")]
    StrayQuote,
    /// No closing quote.
    #[error("the quoted value does not end")]
    OpenQuote,
    /// Text after the closing quote.
    #[error("expected a comma or the end after the quoted value")]
    AfterQuote,
    /// Escaped octets that are not UTF-8.
    #[error("the escaped octets of this value are not UTF-8")]
    NotUtf8,
    /// `#` without a whole DER element in hexadecimal.
    #[error("after `#` the value must be one DER element in hexadecimal digits")]
    BadHex,
}
