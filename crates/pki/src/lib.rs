//! Client certificates: names, contents, trust and how they are made.
//!
//! - [`dn`]: distinguished names, RFC 4514 text, comparison.
//! - [`certificate`]: one certificate and what it says; [`pem`]: PEM text.
//! - [`trust`]: is a chain good for client authentication, judged against a given set of roots (RFC 5280).
//! - [`client_match`]: does a certificate carry what a client registered (RFC 8705 §2.1.2).
//! - [`make`]: a development CA, server and client certificates.
//!
//! Nothing here does I/O, reads a clock or waits: time and serial numbers are parameters.

pub mod certificate;
pub mod client_match;
mod crl;
mod der;
pub mod dn;
pub mod make;
mod oid;
pub mod pem;
pub mod trust;

pub use certificate::{Certificate, CertificateError, KeyDescription, SubjectAltNames};
pub use client_match::{InvalidAttribute, Mismatch, RegisteredAttribute, SubjectAttribute};
pub use dn::{DistinguishedName, DnError};
pub use oid::ObjectIdentifier;
pub use pem::{PemError, parse_pem_bundle};
pub use trust::{AnchorsError, AnchorsId, PathError, TrustAnchors, TrustedPath};
