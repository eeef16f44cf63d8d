//! How much the token layer adds to the bare signature:
//! `cargo run --release -p symbolon-jose --example signing_rate`.
//!
//! Raw and whole take turns in short slices and the tenth percentile counts: a busy machine only adds.

use std::{hint::black_box, process::ExitCode, time::Instant};

use serde_json::json;
use symbolon_jose::{Algorithm, Error, JwtSigner, KeySet, SigningKey, VerificationKey, verify};

/// Slices of each measurement.
const SLICES: usize = 400;
/// Operations in a slice.
const OPERATIONS: usize = 20;

fn main() -> ExitCode {
    match Algorithm::ALL.into_iter().try_for_each(measure) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

#[expect(clippy::print_stdout, reason = "this is what the example is for")]
fn measure(algorithm: Algorithm) -> Result<(), Error> {
    let key = SigningKey::generate(algorithm)?;
    let public: VerificationKey = key.verification_key()?;
    let mut keys = KeySet::new();
    keys.insert(Some("k1"), public.clone());
    let signer = JwtSigner::new(key.clone(), "k1", "at+jwt")?;
    let claims = json!({
        "iss": "https://localhost:8443/default/default", "sub": "user", "aud": ["a", "b"], "tid": "default",
        "exp": 1_900_000_000, "iat": 1_890_000_000, "jti": "0190f3a0-0000-7000-8000-000000000000",
        "scp": ["openid", "profile"], "cnf": {"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"},
    });
    let token = signer.sign_json(&claims)?;
    let (message, _) = token.rsplit_once('.').unwrap_or_default();
    let signature = key.sign(message.as_bytes())?;

    let [raw, whole] = microseconds([&mut || key.sign(message.as_bytes()).map(drop), &mut || {
        signer.sign_json(&claims).map(drop)
    }])?;
    let [raw_verify, whole_verify] =
        microseconds([&mut || public.verify(algorithm, message.as_bytes(), &signature), &mut || {
            verify(&token, &keys, &[algorithm]).map(drop)
        }])?;
    println!(
        "{algorithm}: sign {raw:.1} µs, token {whole:.1} µs ({:+.1} %); verify {raw_verify:.1} µs, token \
         {whole_verify:.1} µs ({:+.1} %)",
        (whole / raw - 1.0) * 100.0,
        (whole_verify / raw_verify - 1.0) * 100.0
    );
    Ok(())
}

/// Time of one operation.
fn microseconds<const N: usize>(
    mut operations: [&mut dyn FnMut() -> Result<(), Error>; N],
) -> Result<[f64; N], Error> {
    let mut slices: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(SLICES));
    for _ in 0..SLICES {
        for (operation, slices) in operations.iter_mut().zip(&mut slices) {
            let start = Instant::now();
            for _ in 0..OPERATIONS {
                black_box(operation())?;
            }
            slices.push(start.elapsed().as_secs_f64() * 1e6 / OPERATIONS as f64);
        }
    }
    Ok(slices.map(|mut slices| {
        slices.sort_by(f64::total_cmp);
        slices[SLICES / 10]
    }))
}
