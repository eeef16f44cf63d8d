//! PEM text (RFC 7468), read tolerantly and written strictly.
//!
//! People paste what their tools print: text before and between the blocks, CRLF, indentation, a block on one
//! line. All of that is taken; anything that is not what was asked for is refused by name.

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::certificate::{Certificate, CertificateError};

/// Longest PEM text taken, in bytes.
pub const MAX_TEXT: usize = 4 * 1024 * 1024;
/// Most blocks taken from one text.
pub const MAX_BLOCKS: usize = 1024;

/// Why a text holds no usable PEM.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// No `-----BEGIN …-----` anywhere.
    #[error("no PEM block found: expected -----BEGIN {expected}----- … -----END {expected}-----")]
    NoBlock {
        /// The label looked for.
        expected: &'static str,
    },
    /// A block that is not of the kind asked for.
    #[error("block {index} is a {label}, not a {expected}{}", advice(label))]
    WrongLabel {
        /// Place of the block, from 1.
        index: usize,
        /// What it says it is.
        label: String,
        /// The label looked for.
        expected: &'static str,
    },
    /// BEGIN without its END.
    #[error("block {index} ({label}) has no -----END {label}----- line: was the text cut off?")]
    NoEnd {
        /// Place of the block, from 1.
        index: usize,
        /// What it says it is.
        label: String,
    },
    /// The body is not base64.
    #[error("block {index} ({label}) is not valid base64")]
    BadBase64 {
        /// Place of the block, from 1.
        index: usize,
        /// What it says it is.
        label: String,
    },
    /// The body is no certificate.
    #[error("block {index}: {error}")]
    Certificate {
        /// Place of the block, from 1.
        index: usize,
        /// What is wrong with it.
        error: CertificateError,
    },
    /// Over [`MAX_TEXT`] bytes or [`MAX_BLOCKS`] blocks.
    #[error("the PEM text is too large: at most {MAX_BLOCKS} blocks and {MAX_TEXT} bytes are taken")]
    TooLarge,
}

/// Reads every certificate of a bundle, in order. An empty text is an error, as is any block of another kind.
pub fn parse_pem_bundle(text: &str) -> Result<Vec<Certificate>, PemError> {
    let blocks = read(text, &["CERTIFICATE", "X509 CERTIFICATE"])?;
    let numbered = blocks.into_iter().enumerate();
    numbered
        .map(|(index, der)| {
            Certificate::from_der(der).map_err(|error| PemError::Certificate { index: index + 1, error })
        })
        .collect()
}

/// Writes one block with lines of 64 characters.
pub(crate) fn write(label: &str, der: &[u8]) -> String {
    let body = BASE64_STANDARD.encode(der);
    let mut out = String::with_capacity(body.len() + body.len() / 64 + 2 * label.len() + 40);
    out.push_str("-----BEGIN ");
    out.push_str(label);
    out.push_str("-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = after;
    }
    out.push_str("-----END ");
    out.push_str(label);
    out.push_str("-----\n");
    out
}

/// The contents of all blocks; all must bear one of the labels (the first of which is named in errors).
pub(crate) fn read(text: &str, labels: &[&'static str]) -> Result<Vec<Vec<u8>>, PemError> {
    const BEGIN: &str = "-----BEGIN ";
    let expected = labels.first().copied().unwrap_or_default();
    if text.len() > MAX_TEXT {
        return Err(PemError::TooLarge);
    }
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let index = blocks.len() + 1;
        if index > MAX_BLOCKS {
            return Err(PemError::TooLarge);
        }
        // A label is short; what is longer is not one.
        let (label, body) = match after.split_once("-----") {
            Some((label, body)) if label.len() <= 64 && !label.contains('\n') => (label, body),
            _ => return Err(PemError::NoBlock { expected }),
        };
        if !labels.contains(&label) {
            return Err(PemError::WrongLabel { index, label: label.to_owned(), expected });
        }
        let Some((body, after)) = body.split_once(&format!("-----END {label}-----")) else {
            return Err(PemError::NoEnd { index, label: label.to_owned() });
        };
        let compact: String = body.split_whitespace().collect();
        match BASE64_STANDARD.decode(compact) {
            Ok(der) if !der.is_empty() => blocks.push(der),
            _ => return Err(PemError::BadBase64 { index, label: label.to_owned() }),
        }
        rest = after;
    }
    if blocks.is_empty() { Err(PemError::NoBlock { expected }) } else { Ok(blocks) }
}

fn advice(label: &str) -> &'static str {
    if label.ends_with("PRIVATE KEY") {
        "; a private key has no place here: remove it, and replace the key if the text was shared"
    } else if label == "TRUSTED CERTIFICATE" {
        "; OpenSSL's own form, convert it with: openssl x509 -in FILE -out cert.pem"
    } else if label.ends_with("CERTIFICATE REQUEST") {
        "; a request must first be signed by a CA"
    } else if label == "PKCS7" || label == "CMS" {
        "; take the certificates out with: openssl pkcs7 -print_certs -in FILE"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LABELS: &[&str] = &["CERTIFICATE"];

    #[test]
    fn text_around_crlf_indentation_and_one_line_forms_are_taken() {
        let strict = write("CERTIFICATE", &[1; 100]);
        let twice = format!("subject=CN = a\n{strict}\n\nissuer: b\n{strict}trailing");
        for text in [
            twice.clone(),
            twice.replace('\n', "\r\n"),
            twice.replace('\n', "\n   \t"),
            twice.replace('\n', " "),
            twice.replace('\n', ""),
        ] {
            assert_eq!(read(&text, LABELS).unwrap(), [[1; 100], [1; 100]], "{text:?}");
        }
    }

    #[test]
    fn written_lines_have_64_characters() {
        let text = write("X", &[7; 100]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            (lines[0], lines[1].len(), lines.last().copied()),
            ("-----BEGIN X-----", 64, Some("-----END X-----"))
        );
        assert_eq!(text.lines().count(), 5);
    }

    #[test]
    fn what_is_not_asked_for_is_refused_by_name() {
        let block = |label| write(label, &[1; 10]);
        let error = |text: &str| read(text, LABELS).unwrap_err().to_string();
        assert!(error("").starts_with("no PEM block found: expected -----BEGIN CERTIFICATE-----"));
        assert!(error("MIIB").starts_with("no PEM block found"));
        assert!(
            error(&(block("CERTIFICATE") + &block("EC PRIVATE KEY"))).starts_with(
                "block 2 is a EC PRIVATE KEY, not a CERTIFICATE; a private key has no place here"
            )
        );
        assert!(error(&block("TRUSTED CERTIFICATE")).contains("openssl x509 -in"));
        assert!(error(&block("CERTIFICATE REQUEST")).contains("signed by a CA"));
        assert!(error(&block("PKCS7")).contains("-print_certs"));
        let cut = block("CERTIFICATE").replace("-----END", "");
        assert!(error(&cut).contains("cut off"));
        assert!(error(&block("CERTIFICATE").replace("AQ", "A!")).contains("base64"));
        assert!(error("-----BEGIN CERTIFICATE----------END CERTIFICATE-----").contains("base64"));
        assert!(error("-----BEGIN ").starts_with("no PEM block"));
        assert_eq!(read(&"x".repeat(MAX_TEXT + 1), LABELS), Err(PemError::TooLarge));
        assert_eq!(read(&block("CERTIFICATE").repeat(MAX_BLOCKS + 1), LABELS), Err(PemError::TooLarge));
    }

    #[test]
    fn a_block_that_is_no_certificate_is_counted() {
        let error = parse_pem_bundle(&write("CERTIFICATE", b"hello")).unwrap_err();
        assert!(matches!(error, PemError::Certificate { index: 1, .. }), "{error}");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(-----BEGIN |-----END |CERTIFICATE|-----|[A-Za-z+/=\r\n -]{0,9}){0,12}") {
            let _ = parse_pem_bundle(&text);
        }
    }
}
