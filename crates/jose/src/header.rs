//! The JOSE header of a JWS (RFC 7515 §4).

use serde_json::{Map, Value};

use crate::{Algorithm, Error, Part, json};

/// A header that passed every check that needs no key. `jwk`, `jku`, `x5u` and `x5c` stay in `raw`: nothing
/// here ever takes a key from them (RFC 8725 §3.10).
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// `alg`
    pub alg: Algorithm,
    /// `kid`
    pub kid: Option<String>,
    /// `typ`, as written; compare with [`Header::has_typ`]
    pub typ: Option<String>,
    /// `cty`
    pub cty: Option<String>,
    /// `crit`: names the caller said it understands
    pub crit: Vec<String>,
    /// every member, those above too
    pub raw: Map<String, Value>,
}

impl Header {
    /// Parses the decoded header; `understood` are the critical extensions the caller handles.
    pub(crate) fn parse(json: &[u8], understood: &[&str]) -> Result<Self, Error> {
        let raw = json::parse_object(json, Part::Header)?;
        let alg = text(&raw, "alg")?.ok_or(Error::MalformedHeader("alg"))?.parse()?;
        let (kid, typ, cty) = (text(&raw, "kid")?, text(&raw, "typ")?, text(&raw, "cty")?);
        let crit = critical(&raw, understood)?;
        match raw.get("b64") {
            None | Some(Value::Bool(true)) => {}
            Some(Value::Bool(false)) => return Err(Error::UnencodedPayload),
            Some(_) => return Err(Error::MalformedHeader("b64")),
        }
        Ok(Self { alg, kid, typ, cty, crit, raw })
    }

    /// Whether `typ` is this media type: letter case and the `application/` prefix do not count
    /// (RFC 7515 §4.1.9).
    #[must_use]
    pub fn has_typ(&self, expected: &str) -> bool {
        self.typ.as_deref().is_some_and(|typ| short(typ).eq_ignore_ascii_case(short(expected)))
    }
}

/// Parameters a critical extension may not be called: those of RFC 7515 and RFC 7518.
const REGISTERED: [&str; 20] = [
    "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "enc", "zip", "epk",
    "apu", "apv", "iv", "tag", "p2s", "p2c",
];

/// `crit` must be a list of names, each present, unregistered, listed once, and understood
/// (RFC 7515 §4.1.11).
pub(crate) fn critical(raw: &Map<String, Value>, understood: &[&str]) -> Result<Vec<String>, Error> {
    const MALFORMED: Error = Error::MalformedHeader("crit");
    let Some(list) = raw.get("crit") else { return Ok(Vec::new()) };
    let list = list.as_array().filter(|list| !list.is_empty()).ok_or(MALFORMED)?;
    let mut names = Vec::with_capacity(list.len());
    for name in list {
        let name = name.as_str().ok_or(MALFORMED)?;
        if REGISTERED.contains(&name) || !raw.contains_key(name) || names.iter().any(|n| n == name) {
            return Err(MALFORMED);
        }
        if !understood.contains(&name) {
            return Err(Error::UnknownCritical);
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

pub(crate) fn text(raw: &Map<String, Value>, name: &'static str) -> Result<Option<String>, Error> {
    match raw.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::MalformedHeader(name)),
    }
}

fn short(media_type: &str) -> &str {
    const PREFIX: &str = "application/";
    match media_type.split_at_checked(PREFIX.len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(PREFIX) && !rest.contains('/') => rest,
        _ => media_type,
    }
}
