//! Private keys of certificates: made, read, written; never printed.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
        Ed25519KeyPair, RsaKeyPair,
    },
};
use rustls::{
    SignatureScheme,
    crypto::aws_lc_rs::sign::any_supported_type,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject},
    sign::SigningKey,
};
use zeroize::{Zeroize, Zeroizing};

use super::{MakeError, oid};
use crate::{
    der::{self, tag},
    pem,
};

/// The kinds of key that can be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyType {
    /// ECDSA on P-256.
    #[default]
    P256,
    /// ECDSA on P-384.
    P384,
    /// RSA, 2048 bits.
    Rsa2048,
    /// RSA, 3072 bits.
    Rsa3072,
    /// Ed25519: not every browser and library takes it in certificates.
    Ed25519,
}

/// A private key. Its bytes are wiped when it is dropped; the signer's own copy is kept by the library.
#[derive(Clone)]
pub struct PrivateKey {
    der: Zeroizing<Vec<u8>>,
    label: &'static str,
    signer: Arc<dyn SigningKey>,
    spki: Vec<u8>,
}

/// In order of preference; a key supports one of them, RSA the PKCS#1 one.
const SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ECDSA_NISTP521_SHA512,
    SignatureScheme::ED25519,
    SignatureScheme::RSA_PKCS1_SHA256,
];

impl PrivateKey {
    /// Makes a key. Its randomness is the cryptographic library's: it cannot be given.
    pub fn generate(key_type: KeyType) -> Result<Self, MakeError> {
        let failed = |_| MakeError::Key("it could not be made");
        let random = SystemRandom::new();
        let pkcs8 = match key_type {
            KeyType::P256 => ecdsa(&ECDSA_P256_SHA256_ASN1_SIGNING, &random)?,
            KeyType::P384 => ecdsa(&ECDSA_P384_SHA384_ASN1_SIGNING, &random)?,
            KeyType::Rsa2048 => rsa(KeySize::Rsa2048)?,
            KeyType::Rsa3072 => rsa(KeySize::Rsa3072)?,
            // PKCS#8 version 1: OpenSSL 3.0 does not read version 2.
            KeyType::Ed25519 => Ed25519KeyPair::generate_pkcs8v1(&random).map_err(failed)?.as_ref().to_vec(),
        };
        Self::from_der(PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pkcs8)))
    }

    /// Reads a key from PEM: PKCS#8 (`PRIVATE KEY`), PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE KEY`),
    /// not encrypted.
    pub fn from_pem(text: &str) -> Result<Self, MakeError> {
        if text.contains("ENCRYPTED") {
            return Err(MakeError::Key("it is encrypted; decrypt it with: openssl pkey -in FILE -out FILE"));
        }
        let key = PrivateKeyDer::from_pem_slice(text.as_bytes());
        Self::from_der(key.map_err(|_| MakeError::Key("no PEM block with a private key found"))?)
    }

    /// The key as PEM, in the form it was read in; a key made here as PKCS#8. Wiped when dropped.
    pub fn to_pem(&self) -> Zeroizing<String> {
        Zeroizing::new(pem::write(self.label, &self.der))
    }

    /// The public key as `SubjectPublicKeyInfo`.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// The key as rustls wants it.
    pub fn to_rustls(&self) -> Arc<dyn SigningKey> {
        Arc::clone(&self.signer)
    }

    fn from_der(mut key: PrivateKeyDer<'static>) -> Result<Self, MakeError> {
        let label = match &key {
            PrivateKeyDer::Pkcs8(_) => "PRIVATE KEY",
            PrivateKeyDer::Pkcs1(_) => "RSA PRIVATE KEY",
            PrivateKeyDer::Sec1(_) => "EC PRIVATE KEY",
            _ => return Err(MakeError::Key("its form is not known")),
        };
        let der = Zeroizing::new(key.secret_der().to_vec());
        let signer = any_supported_type(&key);
        key.zeroize();
        let unsupported = "it is not RSA (2048 bits or more), P-256, P-384, P-521 or Ed25519";
        let signer = signer.map_err(|_| MakeError::Key(unsupported))?;
        let spki = signer.public_key().ok_or(MakeError::Key("its public key is not known"))?.to_vec();
        Ok(Self { der, label, signer, spki })
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, MakeError> {
        let signer =
            self.signer.choose_scheme(SCHEMES).ok_or(MakeError::Key("it cannot sign certificates"))?;
        signer.sign(message).map_err(|_| MakeError::Key("signing failed"))
    }

    /// The `AlgorithmIdentifier` of its signatures (RFC 5758, RFC 4055, RFC 8410).
    pub(super) fn signature_algorithm(&self) -> Result<Vec<u8>, MakeError> {
        let scheme = self.signer.choose_scheme(SCHEMES).map(|signer| signer.scheme());
        let (dotted, null) = match scheme {
            Some(SignatureScheme::ECDSA_NISTP256_SHA256) => ("1.2.840.10045.4.3.2", false),
            Some(SignatureScheme::ECDSA_NISTP384_SHA384) => ("1.2.840.10045.4.3.3", false),
            Some(SignatureScheme::ECDSA_NISTP521_SHA512) => ("1.2.840.10045.4.3.4", false),
            Some(SignatureScheme::RSA_PKCS1_SHA256) => ("1.2.840.113549.1.1.11", true),
            Some(SignatureScheme::ED25519) => ("1.3.101.112", false),
            _ => return Err(MakeError::Key("it cannot sign certificates")),
        };
        // RFC 4055 §5: RSA's parameters are NULL, not absent.
        let parameters = if null { der::write(tag::NULL, &[]) } else { Vec::new() };
        Ok(der::sequence(&[&oid(dotted)?, &parameters]))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey").field("algorithm", &self.signer.algorithm()).finish_non_exhaustive()
    }
}

fn ecdsa(algorithm: &'static EcdsaSigningAlgorithm, random: &SystemRandom) -> Result<Vec<u8>, MakeError> {
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, random);
    document.map(|document| document.as_ref().to_vec()).map_err(|_| MakeError::Key("it could not be made"))
}

fn rsa(size: KeySize) -> Result<Vec<u8>, MakeError> {
    let failed = |_| MakeError::Key("it could not be made");
    let pair = RsaKeyPair::generate(size).map_err(failed)?;
    Ok(pair.as_der().map_err(failed)?.as_ref().to_vec())
}
