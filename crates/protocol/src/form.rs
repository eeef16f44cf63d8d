//! Parameters of requests: `application/x-www-form-urlencoded`, read strictly (RFC 6749 §3.1, §3.2 and
//! Appendix B).

use std::fmt;
use std::ops::Range;

use crate::error::OAuthError;

/// Largest form, in bytes before decoding. A request object with a certificate chain fits.
pub const MAX_BYTES: usize = 64 * 1024;
/// Most parameters of a form.
pub const MAX_PARAMETERS: usize = 128;
/// Parameters that may come more than once (RFC 8707 §2, RFC 8693 §2.1).
const REPEATABLE: &[&str] = &["resource", "audience"];

/// Decoded parameters of a body or a query.
///
/// A parameter without a value counts as absent (RFC 6749 §3.1). `Debug` shows the names alone: values may be
/// secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// All names and values, decoded, one after the other: one allocation for the whole form.
    text: String,
    parameters: Vec<Parameter>,
}

#[derive(Clone, PartialEq, Eq)]
struct Parameter {
    name: Range<usize>,
    value: Range<usize>,
}

/// Why a form is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// More than [`MAX_BYTES`].
    #[error("the form is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// More than [`MAX_PARAMETERS`].
    #[error("the form has more than {MAX_PARAMETERS} parameters")]
    TooMany,
    /// A `%` without two hexadecimal digits.
    #[error("byte {0} of the form is a % without two hexadecimal digits after it")]
    Escape(usize),
    /// A name or value is not UTF-8.
    #[error("a name or value is not UTF-8")]
    NotUtf8,
    /// A name or value holds U+0000, which no parameter may and no database text can.
    #[error("a name or value holds a NUL character")]
    Nul,
    /// RFC 6749 §3.1 and §3.2: parameters must not be included more than once.
    #[error("the parameter {0} is repeated")]
    Repeated(String),
}

impl Form {
    /// Reads a body.
    ///
    /// # Errors
    /// Says what is wrong with the first faulty place.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormError> {
        Self::parse_allowing(bytes, REPEATABLE)
    }

    /// Reads the query of a URI, without the `?`.
    ///
    /// # Errors
    /// As [`Form::parse`].
    pub fn from_query(query: &str) -> Result<Self, FormError> {
        Self::parse(query.as_bytes())
    }

    /// Reads a body in which `repeatable` parameters may come more than once, for forms of our own pages.
    ///
    /// # Errors
    /// As [`Form::parse`].
    pub fn parse_allowing(bytes: &[u8], repeatable: &[&str]) -> Result<Self, FormError> {
        let form = Self::parse_repeated(bytes)?;
        match form.repeated(repeatable) {
            Some(name) => Err(FormError::Repeated(name.to_owned())),
            None => Ok(form),
        }
    }

    /// Reads a body or a query whose sender is to be told elsewhere what it repeats: see [`Form::check_repeated`].
    ///
    /// # Errors
    /// As [`Form::parse`], but for [`FormError::Repeated`].
    pub fn parse_repeated(bytes: &[u8]) -> Result<Self, FormError> {
        if bytes.len() > MAX_BYTES {
            return Err(FormError::TooLarge);
        }
        let mut decoded = Vec::with_capacity(bytes.len());
        let mut parameters = Vec::with_capacity(8);
        let mut start = 0;
        for piece in bytes.split(|byte| *byte == b'&') {
            if !piece.is_empty() {
                if parameters.len() == MAX_PARAMETERS {
                    return Err(FormError::TooMany);
                }
                let equals = piece.iter().position(|byte| *byte == b'=');
                let (name, value) = piece.split_at(equals.unwrap_or(piece.len()));
                let name = decode_onto(&mut decoded, name, start)?;
                let value = decode_onto(&mut decoded, value.get(1..).unwrap_or(b""), start + name.len() + 1)?;
                parameters.push(Parameter { name, value });
            }
            start += piece.len() + 1;
        }
        let text = String::from_utf8(decoded).map_err(|_| FormError::NotUtf8)?;
        let form = Self { text, parameters };
        form.check()?;
        Ok(form)
    }

    /// A form of these parameters, such as the members of a request object.
    ///
    /// # Errors
    /// As [`Form::parse`].
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, FormError> {
        let mut form = Self::default();
        for (name, value) in pairs {
            if form.parameters.len() == MAX_PARAMETERS {
                return Err(FormError::TooMany);
            }
            let start = form.text.len();
            form.text.push_str(name);
            let middle = form.text.len();
            form.text.push_str(value);
            let end = form.text.len();
            form.parameters.push(Parameter { name: start..middle, value: middle..end });
            if end > MAX_BYTES {
                return Err(FormError::TooLarge);
            }
        }
        form.check()?;
        form.check_repeated()?;
        Ok(form)
    }

    /// The value of a parameter; `None` when it is absent or empty. Of a repeatable parameter, the first.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The value of a parameter that must be there.
    ///
    /// # Errors
    /// `invalid_request` that names the parameter.
    pub fn require(&self, name: &'static str) -> Result<&str, OAuthError> {
        self.get(name).ok_or_else(|| {
            OAuthError::invalid_request("missing_parameter")
                .description(format!("The parameter {name} is missing."))
                .expected(name)
        })
    }

    /// All values of a parameter, empty ones left out.
    pub fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.iter().filter(move |(given, value)| *given == name && !value.is_empty()).map(|(_, value)| value)
    }

    /// Every parameter as it came, empty values included.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters
            .iter()
            .map(|parameter| (&self.text[parameter.name.clone()], &self.text[parameter.value.clone()]))
    }

    /// Whether no parameter came.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }

    /// Refuses a parameter that comes twice and must not (RFC 6749 §3.1).
    ///
    /// # Errors
    /// [`FormError::Repeated`] with the first one.
    pub fn check_repeated(&self) -> Result<(), FormError> {
        self.repeated(REPEATABLE).map_or(Ok(()), |name| Err(FormError::Repeated(name.to_owned())))
    }

    fn repeated(&self, repeatable: &[&str]) -> Option<&str> {
        let names = self.iter().map(|(name, _)| name).enumerate();
        let mut again = names.filter(|(index, name)| {
            !repeatable.contains(name) && self.iter().take(*index).any(|(earlier, _)| earlier == *name)
        });
        again.next().map(|(_, name)| name)
    }

    fn check(&self) -> Result<(), FormError> {
        // `%C3=%A9` is UTF-8 when put together, but neither the name nor the value is.
        let whole = |range: &Range<usize>| {
            self.text.is_char_boundary(range.start) && self.text.is_char_boundary(range.end)
        };
        if !self.parameters.iter().all(|parameter| whole(&parameter.name) && whole(&parameter.value)) {
            return Err(FormError::NotUtf8);
        }
        if self.text.contains('\0') {
            return Err(FormError::Nul);
        }
        Ok(())
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

impl From<FormError> for OAuthError {
    fn from(error: FormError) -> Self {
        let (reason, description) = match &error {
            FormError::TooLarge => ("form_too_large", "The request is too large.".to_owned()),
            FormError::TooMany => {
                ("form_too_many_parameters", "The request has too many parameters.".to_owned())
            }
            FormError::Escape(_) => {
                ("form_bad_escape", "The request has a malformed percent escape.".to_owned())
            }
            FormError::NotUtf8 => ("form_not_utf8", "The request is not UTF-8.".to_owned()),
            FormError::Nul => ("form_nul", "The request holds a NUL character.".to_owned()),
            FormError::Repeated(name) => {
                let name: String = name.chars().take(64).collect();
                ("form_repeated_parameter", format!("The parameter {name} is repeated."))
            }
        };
        Self::invalid_request(reason).description(description).detail(error)
    }
}

/// Decodes one name or value that begins at byte `at` of the form, and tells where it went.
fn decode_onto(decoded: &mut Vec<u8>, encoded: &[u8], at: usize) -> Result<Range<usize>, FormError> {
    let start = decoded.len();
    let mut position = 0;
    while let Some(byte) = encoded.get(position) {
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => {
                let digits = encoded.get(position + 1..position + 3).and_then(hexadecimal);
                decoded.push(digits.ok_or(FormError::Escape(at + position))?);
                position += 2;
            }
            byte => decoded.push(*byte),
        }
        position += 1;
    }
    Ok(start..decoded.len())
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some(digit(digits[0])? << 4 | digit(digits[1])?)
}

/// Decodes one value that stands alone, such as a client id in a Basic header. `None` when it is malformed.
pub(crate) fn decode_one(encoded: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(encoded.len());
    decode_onto(&mut decoded, encoded.as_bytes(), 0).ok()?;
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests;
