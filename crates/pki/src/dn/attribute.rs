//! One attribute of a name: its type, its value as DER and as text, and the names of types.

use crate::{
    der::{self, Tlv, tag},
    oid::ObjectIdentifier,
};

/// One `type=value`.
#[derive(Clone, Debug)]
pub struct Attribute {
    oid: ObjectIdentifier,
    value: AttributeValue,
}

/// A value: the DER it has in a certificate, and its text when it is of a string type.
#[derive(Clone, Debug)]
pub struct AttributeValue {
    der: Vec<u8>,
    text: Option<String>,
}

impl Attribute {
    /// The attribute's type.
    pub fn oid(&self) -> &ObjectIdentifier {
        &self.oid
    }

    /// The attribute's value.
    pub fn value(&self) -> &AttributeValue {
        &self.value
    }

    /// The name RFC 4514 §3 gives the type, if it does.
    pub fn short_name(&self) -> Option<&'static str> {
        let dotted = self.oid.to_string();
        SHORT_NAMES.iter().find(|(oid, _)| *oid == dotted).map(|(_, name)| *name)
    }

    pub(super) fn common_name(text: &str) -> Self {
        Self { oid: oid_of(COMMON_NAME), value: AttributeValue::utf8(text) }
    }

    /// A value given as text, in the string type that RFC 5280 Appendix A asks for.
    pub(super) fn from_text(oid: ObjectIdentifier, text: String) -> Self {
        let dotted = oid.to_string();
        let string_type = if PRINTABLE.contains(&dotted.as_str()) && text.bytes().all(is_printable) {
            tag::PRINTABLE_STRING
        } else if IA5.contains(&dotted.as_str()) && text.is_ascii() {
            tag::IA5_STRING
        } else {
            tag::UTF8_STRING
        };
        let der = der::write(string_type, text.as_bytes());
        Self { oid, value: AttributeValue { der, text: Some(text) } }
    }

    pub(super) fn from_value(oid: ObjectIdentifier, value: AttributeValue) -> Self {
        Self { oid, value }
    }

    pub(super) fn from_tlv(attribute: &Tlv<'_>) -> Option<Self> {
        if attribute.tag != tag::SEQUENCE {
            return None;
        }
        let (oid, value) = Tlv::expect(attribute.value, tag::OID)?;
        let value = Tlv::only(value)?;
        let oid = ObjectIdentifier::from_der_contents(oid.value)?;
        Some(Self { oid, value: AttributeValue::from_tlv(&value) })
    }

    pub(super) fn to_der(&self) -> Vec<u8> {
        der::sequence(&[&der::write(tag::OID, self.oid.der_contents()), &self.value.der])
    }
}

impl AttributeValue {
    /// The whole DER element.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The text, when the value is of a string type and well-formed.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// From the bytes of one DER element, and nothing after it.
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        Tlv::only(der).map(|value| Self::from_tlv(&value))
    }

    fn from_tlv(value: &Tlv<'_>) -> Self {
        Self { der: value.raw.to_vec(), text: decode_string(value.tag, value.value) }
    }

    fn utf8(text: &str) -> Self {
        Self { der: der::write(tag::UTF8_STRING, text.as_bytes()), text: Some(text.to_owned()) }
    }
}

/// The type that a name or a dotted object identifier stands for, without regard to case.
pub(super) fn type_named(name: &str) -> Option<ObjectIdentifier> {
    let (prefixed, name) = match name.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("OID.") => (true, name.get(4..)?),
        _ => (false, name),
    };
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        return ObjectIdentifier::from_dotted(name);
    }
    SHORT_NAMES
        .iter()
        .chain(INPUT_NAMES)
        .find(|(_, known)| !prefixed && known.eq_ignore_ascii_case(name))
        .map(|(oid, _)| oid_of(oid))
}

fn decode_string(string_type: u8, bytes: &[u8]) -> Option<String> {
    match string_type {
        tag::UTF8_STRING => std::str::from_utf8(bytes).ok().map(str::to_owned),
        tag::NUMERIC_STRING | tag::PRINTABLE_STRING | tag::IA5_STRING | tag::VISIBLE_STRING => {
            bytes.is_ascii().then(|| bytes.iter().map(|byte| char::from(*byte)).collect())
        }
        // In use it is Latin-1, whatever T.61 says.
        tag::T61_STRING => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        tag::BMP_STRING => {
            let units = bytes.chunks_exact(2);
            let whole = units.remainder().is_empty();
            let units = units.map(|unit| unit.iter().fold(0u16, |value, byte| value << 8 | u16::from(*byte)));
            whole.then(|| char::decode_utf16(units).collect::<Result<_, _>>().ok())?
        }
        tag::UNIVERSAL_STRING => {
            let units = bytes.chunks_exact(4);
            let whole = units.remainder().is_empty();
            let units = units.map(|unit| unit.iter().fold(0u32, |value, byte| value << 8 | u32::from(*byte)));
            whole.then(|| units.map(char::from_u32).collect())?
        }
        _ => None,
    }
}

/// X.680 §41.4.
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte)
}

fn oid_of(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::from_dotted(dotted).expect("the tables below hold valid identifiers: tested")
}

const COMMON_NAME: &str = "2.5.4.3";

/// RFC 4514 §3: the names used when writing.
const SHORT_NAMES: &[(&str, &str)] = &[
    (COMMON_NAME, "CN"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.6", "C"),
    ("2.5.4.9", "STREET"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
];

/// Further names taken when reading: RFC 4519, RFC 5280, OpenSSL, Java, Windows, the CA/Browser Forum.
const INPUT_NAMES: &[(&str, &str)] = &[
    (COMMON_NAME, "commonName"),
    ("2.5.4.7", "localityName"),
    ("2.5.4.8", "stateOrProvinceName"),
    ("2.5.4.8", "S"),
    ("2.5.4.10", "organizationName"),
    ("2.5.4.11", "organizationalUnitName"),
    ("2.5.4.6", "countryName"),
    ("2.5.4.9", "streetAddress"),
    ("0.9.2342.19200300.100.1.25", "domainComponent"),
    ("0.9.2342.19200300.100.1.1", "userId"),
    ("0.9.2342.19200300.100.1.3", "mail"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("1.2.840.113549.1.9.1", "E"),
    ("1.2.840.113549.1.9.2", "unstructuredName"),
    ("1.2.840.113549.1.9.8", "unstructuredAddress"),
    ("2.5.4.4", "SN"),
    ("2.5.4.4", "surname"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.12", "title"),
    ("2.5.4.12", "T"),
    ("2.5.4.13", "description"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.16", "postalAddress"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.18", "postOfficeBox"),
    ("2.5.4.20", "telephoneNumber"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "GN"),
    ("2.5.4.42", "givenName"),
    ("2.5.4.42", "G"),
    ("2.5.4.43", "initials"),
    ("2.5.4.44", "generationQualifier"),
    ("2.5.4.44", "generation"),
    ("2.5.4.45", "x500UniqueIdentifier"),
    ("2.5.4.46", "dnQualifier"),
    ("2.5.4.46", "DNQ"),
    ("2.5.4.65", "pseudonym"),
    ("2.5.4.72", "role"),
    ("2.5.4.97", "organizationIdentifier"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionLocalityName"),
    ("1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionStateOrProvinceName"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionCountryName"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
];

/// Types that RFC 5280 Appendix A and the CA/Browser Forum want as `PrintableString`: country, serialNumber,
/// dnQualifier, jurisdiction country.
const PRINTABLE: &[&str] = &["2.5.4.6", "2.5.4.5", "2.5.4.46", "1.3.6.1.4.1.311.60.2.1.3"];

/// Types that RFC 5280 Appendix A wants as `IA5String`: domainComponent, emailAddress.
const IA5: &[&str] = &["0.9.2342.19200300.100.1.25", "1.2.840.113549.1.9.1"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_tables_stands_for_a_valid_type() {
        for (oid, name) in SHORT_NAMES.iter().chain(INPUT_NAMES) {
            assert_eq!(type_named(&name.to_uppercase()).unwrap().to_string(), *oid);
        }
        for oid in PRINTABLE.iter().chain(IA5) {
            assert_eq!(type_named(oid).unwrap().to_string(), *oid);
        }
    }

    #[test]
    fn no_name_stands_for_two_types() {
        let all: Vec<_> = SHORT_NAMES.iter().chain(INPUT_NAMES).collect();
        for (oid, name) in &all {
            let same = all.iter().filter(|(_, other)| other.eq_ignore_ascii_case(name));
            assert!(same.into_iter().all(|(other, _)| other == oid), "{name}");
        }
    }

    #[test]
    fn types_may_be_written_as_identifiers() {
        assert_eq!(type_named("oid.2.5.4.3"), type_named("CN"));
        assert_eq!(type_named("2.5.4.3"), type_named("cn"));
        assert_eq!(type_named("OID.CN"), None);
        assert_eq!(type_named("subject"), None);
    }

    #[test]
    fn strings_of_every_asn1_type_become_text() {
        let cases: &[(u8, &[u8], Option<&str>)] = &[
            (tag::UTF8_STRING, "Łódź".as_bytes(), Some("Łódź")),
            (tag::UTF8_STRING, &[0xff], None),
            (tag::PRINTABLE_STRING, b"Acme", Some("Acme")),
            (tag::PRINTABLE_STRING, &[0xe9], None),
            (tag::T61_STRING, &[b'Z', 0xfc], Some("Zü")),
            (tag::BMP_STRING, &[0x01, 0x41, 0x00, b'x'], Some("Łx")),
            (tag::BMP_STRING, &[0x01], None),
            (tag::BMP_STRING, &[0xd8, 0x00], None),
            (tag::UNIVERSAL_STRING, &[0, 1, 0xf6, 0x00], Some("😀")),
            (tag::UNIVERSAL_STRING, &[0, 0x11, 0, 0], None),
            (tag::UNIVERSAL_STRING, &[0, 0, 0], None),
            (tag::BIT_STRING, &[0, 1], None),
        ];
        for (string_type, bytes, text) in cases {
            assert_eq!(
                decode_string(*string_type, bytes).as_deref(),
                *text,
                "{string_type:02x} {bytes:02x?}"
            );
        }
    }
}
