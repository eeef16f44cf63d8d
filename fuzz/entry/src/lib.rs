//! One function a fuzz target: it takes any bytes and panics when a promise of the parser is broken.
//!
//! The targets of `fuzz/fuzz_targets/` call these under libFuzzer (`cargo xtask fuzz`); `tests/corpus.rs` calls
//! them with the checked-in corpus and small mutations of it in every test run.

mod http;
mod tokens;
mod x509;

/// A target: it takes any bytes and panics when a promise is broken.
pub type Target = fn(&[u8]);

pub use http::{authorization, form};
pub use tokens::{jwe, jwk_set, jwt};
pub use x509::{certificate, chain, name};

/// Every target by its name, which is also the name of its corpus folder.
pub const TARGETS: &[(&str, Target)] = &[
    ("authorization", authorization),
    ("certificate", certificate),
    ("chain", chain),
    ("form", form),
    ("jwe", jwe),
    ("jwk_set", jwk_set),
    ("jwt", jwt),
    ("name", name),
];
