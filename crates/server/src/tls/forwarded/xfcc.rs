//! Envoy's `X-Forwarded-Client-Cert`: elements with commas between, each `Key=value;Key="quoted value"`. Every
//! proxy on the way may have added one; the last is the nearest proxy's, about the client it talked to.

use data_encoding::HEXLOWER;

use super::decode::{Chain, url_encoded_pem};
use super::error::HeaderFault;

/// The certificate of the last element: `Chain` when it is there, else `Cert`.
pub(super) fn decode(text: &str) -> Result<Chain, HeaderFault> {
    let element = split(text, ',')?.pop().ok_or(HeaderFault::BadElement)?;
    let (mut certificate, mut chain, mut hash) = (None, None, None);
    for pair in split(element, ';')? {
        let (key, value) = pair.split_once('=').ok_or(HeaderFault::BadElement)?;
        let slot = match key.trim().to_ascii_lowercase().as_str() {
            "cert" => &mut certificate,
            "chain" => &mut chain,
            "hash" => &mut hash,
            _ => continue,
        };
        if slot.replace(unquote(value.trim())?).is_some() {
            return Err(HeaderFault::BadElement);
        }
    }
    let decoded = match (certificate, chain) {
        (None, None) => return Err(HeaderFault::NoCertificate),
        (Some(only), None) | (None, Some(only)) => url_encoded_pem(&only)?,
        (Some(certificate), Some(chain)) => {
            let (first, all) = (url_encoded_pem(&certificate)?, url_encoded_pem(&chain)?);
            // Envoy's Chain begins with the client's own certificate.
            if first.leaf == all.leaf { all } else { return Err(HeaderFault::BadElement) }
        }
    };
    if let Some(stated) = hash {
        let computed = HEXLOWER.encode(decoded.leaf.sha256_thumbprint());
        if !stated.eq_ignore_ascii_case(&computed) {
            return Err(HeaderFault::Hash { stated, computed });
        }
    }
    Ok(decoded)
}

/// Splits at a separator outside quotes.
fn split(text: &str, separator: char) -> Result<Vec<&str>, HeaderFault> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == separator && !quoted => {
                parts.push(&text[start..at]);
                start = at + character.len_utf8();
            }
            _ => {}
        }
    }
    if quoted {
        return Err(HeaderFault::BadElement);
    }
    parts.push(&text[start..]);
    Ok(parts)
}

/// A value as it is meant: quotes taken off, escapes resolved.
fn unquote(value: &str) -> Result<String, HeaderFault> {
    let Some(inner) = value.strip_prefix('"') else { return Ok(value.to_owned()) };
    let inner = inner.strip_suffix('"').ok_or(HeaderFault::BadElement)?;
    let mut out = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.extend(characters.next()),
            '"' => return Err(HeaderFault::BadElement),
            _ => out.push(character),
        }
    }
    Ok(out)
}
