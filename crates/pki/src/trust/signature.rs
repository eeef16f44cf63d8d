//! Is a signed structure (certificate or CRL) signed by a given key? For what webpki does not look at.

use crate::{
    der::{self, Tlv, tag},
    oid::ObjectIdentifier,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signature {
    Good,
    Bad,
    Unsupported,
}

/// RFC 5280 §4.1.1: `SEQUENCE { tbs, signatureAlgorithm, signatureValue }` against a `SubjectPublicKeyInfo`.
pub(super) fn check(signed: &[u8], spki: &[u8]) -> Signature {
    let (Some(signed), Some((key_algorithm, key))) = (Signed::read(signed), read_spki(spki)) else {
        return Signature::Bad;
    };
    let mut known = false;
    for algorithm in webpki::ALL_VERIFICATION_ALGS {
        let applies = algorithm.signature_alg_id().as_ref() == signed.algorithm
            && algorithm.public_key_alg_id().as_ref() == key_algorithm;
        if applies && algorithm.verify_signature(key, signed.message, signed.signature).is_ok() {
            return Signature::Good;
        }
        known |= applies;
    }
    if known { Signature::Bad } else { Signature::Unsupported }
}

/// Whether certificates signed with this algorithm can be checked, given a fitting key.
pub(super) fn is_supported(algorithm: &ObjectIdentifier) -> bool {
    let oid = der::write(tag::OID, algorithm.der_contents());
    // An AlgorithmIdentifier's contents begin with the OBJECT IDENTIFIER.
    webpki::ALL_VERIFICATION_ALGS.iter().any(|known| known.signature_alg_id().as_ref().starts_with(&oid))
}

/// Whether signatures by a key of this kind can be checked.
pub(super) fn is_supported_key(spki: &[u8]) -> bool {
    let algorithm = read_spki(spki).map(|(algorithm, _)| algorithm);
    webpki::ALL_VERIFICATION_ALGS.iter().any(|known| Some(known.public_key_alg_id().as_ref()) == algorithm)
}

struct Signed<'a> {
    message: &'a [u8],
    /// Contents of the `AlgorithmIdentifier`.
    algorithm: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Signed<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let outer = Tlv::only(der).filter(|outer| outer.tag == tag::SEQUENCE)?;
        let [tbs, algorithm, signature] = outer.children()?.try_into().ok()?;
        // §4.1.1.2: the algorithm inside the signed part must be the same.
        let inside = tbs.children()?.into_iter().find(|child| child.tag == tag::SEQUENCE)?;
        (inside.raw == algorithm.raw).then_some(())?;
        Some(Self { message: tbs.raw, algorithm: algorithm.value, signature: whole_bytes(&signature)? })
    }
}

fn read_spki(spki: &[u8]) -> Option<(&[u8], &[u8])> {
    let outer = Tlv::only(spki).filter(|outer| outer.tag == tag::SEQUENCE)?;
    let [algorithm, key] = outer.children()?.try_into().ok()?;
    Some((algorithm.value, whole_bytes(&key)?))
}

/// The bytes of a BIT STRING without unused bits.
fn whole_bytes<'a>(bits: &Tlv<'a>) -> Option<&'a [u8]> {
    match (bits.tag, bits.value) {
        (tag::BIT_STRING, [0, bytes @ ..]) => Some(bytes),
        _ => None,
    }
}
