//! A proof: a JWT signed with the key it carries (RFC 9449 §4.2), and what must be right about it (§4.3).
//!
//! This is the one place where a key from a header is used: a proof says that whoever made it holds this key, and
//! nothing about who that is.

use http::Method;
use serde::Deserialize;
use serde_json::Value;
use symbolon_jose::{
    Algorithm, Claims, Jwk, KeySet, ParseOptions, UnverifiedJwt, Validation, VerificationKey,
};
use symbolon_protocol::OAuthError;
use url::Url;

use super::invalid;

/// The type of a proof (RFC 9449 §4.2).
const TYPE: &str = "dpop+jwt";
/// A proof with an RSA key of 8192 bits and a signature by it has 4 KiB.
const MAX_BYTES: usize = 8 * 1024;
/// For how long a proof is good, in seconds.
const LIFETIME: i64 = 60;
/// How far the clocks of client and server may differ, in seconds. FAPI 2.0 §5.3.2.1 wants 10 s into the future
/// accepted, and more than 60 s refused.
const LEEWAY: i64 = 30;
/// The same where a nonce says the time: the client's clock then hardly matters, but one that is a day off is broken.
const LEEWAY_WITH_NONCE: i64 = 24 * 60 * 60;

/// A proof that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The thumbprint of its key (RFC 7638): `jkt`.
    pub jkt: String,
    /// Its identifier.
    pub jti: String,
    /// The hash of the access token it goes with.
    pub ath: Option<String>,
    /// When it will be refused for its age, in unix seconds.
    pub expires_at: i64,
    /// The address it was made for, normalised.
    address: String,
}

impl Proof {
    /// What is the same only for the same proof: a key uses a `jti` once at an address (RFC 9449 §11.1).
    pub(super) fn identity(&self) -> String {
        format!("{} {} {}", self.jkt, self.address, self.jti)
    }
}

/// What a proof must be made for.
pub(super) struct Expected<'a> {
    pub(super) method: &'a Method,
    /// The addresses of the request, any of which will do.
    pub(super) addresses: &'a [Url],
    /// Unix seconds.
    pub(super) now: i64,
    pub(super) algorithms: &'a [Algorithm],
}

/// A proof that is right but for its age.
pub(super) struct Read {
    claims: Claims,
    proof: Proof,
    now: i64,
}

/// Reads a proof: well-formed, of its type, signed by the public key it carries, for this request.
pub(super) fn read(text: &str, expected: &Expected<'_>) -> Result<Read, OAuthError> {
    let malformed = |error: symbolon_jose::Error| {
        invalid("dpop_proof_malformed")
            .description("The DPoP proof is not a JWT signed with an algorithm that is accepted.")
            .expected(names(expected.algorithms))
            .detail(error)
    };
    let options = ParseOptions { max_bytes: MAX_BYTES, ..ParseOptions::default() };
    let jwt = UnverifiedJwt::parse_with(text, &options).map_err(malformed)?;
    if !jwt.header().has_typ(TYPE) {
        return Err(invalid("dpop_proof_wrong_typ")
            .description("The DPoP proof must have the typ dpop+jwt.")
            .expected(TYPE)
            .got(jwt.header().typ.as_deref().unwrap_or("none")));
    }
    let algorithm = jwt.header().alg;
    if !expected.algorithms.contains(&algorithm) {
        return Err(malformed(symbolon_jose::Error::AlgorithmNotAllowed(algorithm)));
    }
    let (key, jkt) = key(jwt.header().raw.get("jwk"))?;
    let verified = jwt.verify(&KeySet::single(key), expected.algorithms).map_err(|error| {
        invalid("dpop_proof_signature_wrong")
            .description("The DPoP proof is not signed with the key in its header.")
            .detail(error)
    })?;
    let claims = verified.claims;
    let proof = Proof {
        jkt,
        jti: text_of(&claims, "jti")?.to_owned(),
        ath: claims.contains_key("ath").then(|| text_of(&claims, "ath").map(str::to_owned)).transpose()?,
        expires_at: 0,
        address: check_request(&claims, expected)?,
    };
    if claims.contains_key("nonce") {
        text_of(&claims, "nonce")?;
    }
    Ok(Read { claims, proof, now: expected.now })
}

impl Read {
    /// The nonce in the proof.
    pub(super) fn nonce(&self) -> Option<&str> {
        self.claims.get("nonce")?.as_str()
    }

    /// The proof, if it was made just now by its own account.
    pub(super) fn fresh(self, now: i64) -> Result<Proof, OAuthError> {
        let limits =
            Validation { leeway: LEEWAY, max_age: Some(LIFETIME), require_exp: false, ..Validation::at(now) };
        limits.check(&self.claims).map_err(wrong_time)?;
        let iat = self.claims.get("iat").and_then(Value::as_f64).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "it was found to be near the present time")]
        let iat = iat.floor() as i64;
        Ok(Proof { expires_at: iat.saturating_add(LIFETIME + LEEWAY + 1), ..self.proof })
    }

    /// The proof, made for a nonce that ends then.
    pub(super) fn made_before(self, end: i64) -> Result<Proof, OAuthError> {
        let limits = Validation {
            leeway: LEEWAY_WITH_NONCE,
            require_iat: true,
            require_exp: false,
            ..Validation::at(self.now)
        };
        limits.check(&self.claims).map_err(wrong_time)?;
        Ok(Proof { expires_at: end, ..self.proof })
    }
}

fn wrong_time(error: symbolon_jose::Error) -> OAuthError {
    invalid("dpop_proof_wrong_time")
        .description("The DPoP proof was not made just now, or has no iat: check the clock, and make one for each request.")
        .expected(format!("iat at most {LIFETIME} s ago"))
        .detail(error)
}

/// The public key, and its thumbprint.
fn key(jwk: Option<&Value>) -> Result<(VerificationKey, String), OAuthError> {
    let unusable =
        || invalid("dpop_proof_key_unusable").description("The jwk of the DPoP proof is not a public key.");
    let jwk = jwk.ok_or_else(|| unusable().detail("there is no jwk in the header"))?;
    let jwk = Jwk::deserialize(jwk).map_err(|error| unusable().detail(error))?;
    // RFC 9449 §4.3: the jwk does not contain a private key. A shared secret is one too.
    if jwk.is_private() {
        return Err(invalid("dpop_proof_key_private")
            .description("The jwk of the DPoP proof holds a private key: it is burnt, make another."));
    }
    let key = VerificationKey::from_jwk(&jwk).map_err(|error| unusable().detail(error))?;
    let jkt = jwk.thumbprint().map_err(|error| unusable().detail(error))?;
    Ok((key, jkt))
}

/// `htm` and `htu`: the request that the proof was made for. Returns the address.
fn check_request(claims: &Claims, expected: &Expected<'_>) -> Result<String, OAuthError> {
    let htm = text_of(claims, "htm")?;
    if htm != expected.method.as_str() {
        return Err(invalid("dpop_proof_other_method")
            .description("The htm of the DPoP proof is not the method of the request.")
            .expected(expected.method)
            .got(htm));
    }
    let htu = text_of(claims, "htu")?;
    let address = normalised(htu);
    if !expected.addresses.iter().any(|own| Some(own) == address.as_ref()) {
        let own: Vec<_> = expected.addresses.iter().map(Url::as_str).collect();
        return Err(invalid("dpop_proof_other_address")
            .description("The htu of the DPoP proof is not the address of the request.")
            .expected(own.join(" or "))
            .got(htu));
    }
    Ok(address.map(String::from).unwrap_or_default())
}

/// RFC 9449 §4.3: without query and fragment, after normalisation by syntax and scheme (RFC 3986 §6.2.2, §6.2.3),
/// which parsing does.
fn normalised(htu: &str) -> Option<Url> {
    let mut url = Url::parse(htu).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

fn text_of<'a>(claims: &'a Claims, name: &'static str) -> Result<&'a str, OAuthError> {
    let text = claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| {
        invalid("dpop_proof_claim_missing")
            .description(format!("The DPoP proof has no claim {name}, or one that is not a text."))
            .expected(name)
    })
}

fn names(algorithms: &[Algorithm]) -> String {
    algorithms.iter().map(|algorithm| algorithm.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9449 §4.1, the proof of figure 2.
    const EXAMPLE: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

    fn read_at(method: &Method, address: &str) -> Result<Read, OAuthError> {
        let addresses = [Url::parse(address).unwrap()];
        read(
            EXAMPLE,
            &Expected { method, addresses: &addresses, now: 0, algorithms: super::super::ALGORITHMS },
        )
    }

    fn reason(result: Result<Read, OAuthError>) -> String {
        result.map(drop).unwrap_err().reason.code.to_string()
    }

    #[test]
    fn the_example_of_rfc_9449_proves_its_key() {
        let proof = read_at(&Method::POST, "https://server.example.com/token").unwrap();
        let proof = proof.fresh(1_562_262_616).unwrap();
        // RFC 9449 §6.1 and §10: the thumbprint of the same key.
        assert_eq!(proof.jkt, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
        assert_eq!(proof.jti, "-BwC3ESc6acc2lTc");
        assert_eq!(proof.expires_at, 1_562_262_616 + 91);
    }

    #[test]
    fn a_proof_is_good_for_one_request_and_one_moment() {
        let here = "https://server.example.com/token";
        assert_eq!(reason(read_at(&Method::GET, here)), "dpop_proof_other_method");
        for other in [
            "https://server.example.com/other",
            "http://server.example.com/token",
            "https://server.example.com:8443/token",
        ] {
            assert_eq!(reason(read_at(&Method::POST, other)), "dpop_proof_other_address");
        }
        let at = |now| read_at(&Method::POST, here).unwrap().fresh(now).map(drop);
        for good in [-30, 0, 60, 90] {
            assert_eq!(at(1_562_262_616 + good), Ok(()), "{good}");
        }
        for bad in [-31, -3600, 91, 3600] {
            assert!(at(1_562_262_616 + bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn addresses_are_compared_after_normalisation() {
        let same = Url::parse("https://server.example.com/token").unwrap();
        for htu in [
            "https://server.example.com/token",
            "HTTPS://Server.EXAMPLE.com:443/token",
            "https://server.example.com/a/../token?x=y#z",
        ] {
            assert_eq!(normalised(htu), Some(same.clone()), "{htu}");
        }
        for htu in [
            "https://server.example.com/TOKEN",
            "https://u@server.example.com/token",
            "/token",
            "",
            "https://server.example.com/token/",
        ] {
            assert_ne!(normalised(htu), Some(same.clone()), "{htu}");
        }
    }
}
