//! JOSE over aws-lc-rs: JWK (RFC 7517), JWA (RFC 7518), JWS (RFC 7515), JWE (RFC 7516), JWT (RFC 7519),
//! thumbprints (RFC 7638).
//!
//! Nothing here reads a clock, a file or the network: keys, time and limits are parameters. A key says
//! which algorithms it serves, so a token's `alg` can choose among them but never beyond them
//! (RFC 8725 §3.1), and keys named or carried by a token's own header are never used.

mod algorithm;
pub mod base64url;
mod der;
mod error;
mod hash;
mod header;
mod json;
mod jwe;
mod jwk;
mod jwk_set;
mod jws;
mod jwt;
mod key_set;
mod rsa;
mod signer;
mod signing_key;
mod spki;
mod unsecured;
mod validation;
mod verification_key;

pub use algorithm::Algorithm;
pub use error::{Error, Part};
pub use hash::{constant_time_eq, half_hash, sha256, sha256_b64url};
pub use header::Header;
pub use jwe::{ContentEncryption, DecryptionKey, EncryptionKey, Jwe, JweEncrypter, JweHeader, KeyManagement};
pub use jwk::{Jwk, KeyType, SecretMember};
pub use jwk_set::JwkSet;
pub use jws::{DEFAULT_MAX_BYTES, ParseOptions, UnverifiedJws, VerifiedJws};
pub use jwt::{Claims, UnverifiedJwt, VerifiedJwt, verify};
pub use key_set::KeySet;
pub use signer::JwtSigner;
pub use signing_key::SigningKey;
pub use unsecured::parse_unsecured;
pub use validation::Validation;
pub use verification_key::VerificationKey;
