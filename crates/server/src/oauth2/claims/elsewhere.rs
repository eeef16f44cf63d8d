//! Claims that another issuer asserts (OIDC Core §5.6.2): aggregated ones as its JWT, distributed ones as the place
//! where that JWT is to be had. Whoever reads them judges the JWT; here it is only passed on.

use serde_json::{Map, Value, json};
use symbolon_jose::UnverifiedJwt;
use symbolon_store::entity::{Claim, ClaimDelivery};
use url::Url;

/// Where the claims of one answer come from.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    names: Map<String, Value>,
    sources: Vec<Value>,
}

impl Elsewhere {
    /// Adds a claim with what the authentication context has for it. What is no such source is left out, as any other
    /// claim without a value is.
    pub(super) fn add(&mut self, claim: &Claim, said: &Value) {
        let source = match claim.delivery {
            ClaimDelivery::Normal => None,
            ClaimDelivery::Aggregated => aggregated(&claim.name, said),
            ClaimDelivery::Distributed => distributed(said),
        };
        let Some(source) = source else { return };
        // Several claims of one JWT have one source.
        let known = self.sources.iter().position(|known| *known == source);
        let index = known.unwrap_or_else(|| {
            self.sources.push(source);
            self.sources.len() - 1
        });
        self.names.insert(claim.name.clone(), name(index).into());
    }

    /// Writes `_claim_names` and `_claim_sources`; nothing where there are none.
    pub(super) fn write(self, claims: &mut Map<String, Value>) {
        if self.names.is_empty() {
            return;
        }
        let sources = self.sources.into_iter().enumerate();
        let sources: Map<String, Value> = sources.map(|(index, source)| (name(index), source)).collect();
        claims.insert("_claim_names".to_owned(), self.names.into());
        claims.insert("_claim_sources".to_owned(), sources.into());
    }
}

fn name(index: usize) -> String {
    format!("src{}", index + 1)
}

/// A signed JWT that says whose it is and has the claim.
fn aggregated(name: &str, said: &Value) -> Option<Value> {
    let jwt = said.as_str()?;
    let claims = UnverifiedJwt::parse(jwt).ok()?.claims_unverified().ok()?;
    let is_said = claims.get("iss").is_some_and(Value::is_string) && claims.contains_key(name);
    is_said.then(|| json!({ "JWT": jwt }))
}

/// `endpoint`, over TLS, and maybe the `access_token` for it.
fn distributed(said: &Value) -> Option<Value> {
    let said = said.as_object()?;
    let endpoint = said.get("endpoint")?.as_str()?;
    if Url::parse(endpoint).ok()?.scheme() != "https" {
        return None;
    }
    match said.get("access_token") {
        None => Some(json!({ "endpoint": endpoint })),
        Some(Value::String(token)) => Some(json!({ "endpoint": endpoint, "access_token": token })),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(claims: &[(&str, ClaimDelivery, Value)]) -> Value {
        let mut elsewhere = Elsewhere::default();
        for (name, delivery, said) in claims {
            let claim = Claim { name: (*name).to_owned(), delivery: *delivery, ..Claim::default() };
            elsewhere.add(&claim, said);
        }
        let mut members = Map::new();
        elsewhere.write(&mut members);
        Value::Object(members)
    }

    // {"alg":"ES256"} . {"iss":"https://a.example","address":{},"phone_number":"1"}
    const JWT: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2EuZXhhbXBsZSIsImFkZHJlc3MiOnt9LCJwaG9uZV9udW1iZXIiOiIxIn0.AAAA";

    /// OIDC Core §5.6.2.1, §5.6.2.2, the shape of their examples.
    #[test]
    fn names_point_to_sources() {
        use ClaimDelivery::{Aggregated, Distributed};
        let shop = json!({"endpoint": "https://bank.example.com/claim_source"});
        let agency = json!({
            "endpoint": "https://creditagency.example.com/claims_here", "access_token": "ksj3n283dke", "more": 1,
        });
        assert_eq!(
            written(&[
                ("address", Aggregated, json!(JWT)),
                ("phone_number", Aggregated, json!(JWT)),
                ("payment_info", Distributed, shop.clone()),
                ("credit_score", Distributed, agency),
            ]),
            json!({
                "_claim_names":
                    {"address": "src1", "phone_number": "src1", "payment_info": "src2", "credit_score": "src3"},
                "_claim_sources": {
                    "src1": {"JWT": JWT},
                    "src2": shop,
                    "src3": {
                        "endpoint": "https://creditagency.example.com/claims_here", "access_token": "ksj3n283dke",
                    },
                },
            })
        );
    }

    #[test]
    fn what_is_no_source_is_left_out() {
        use ClaimDelivery::{Aggregated, Distributed};
        for (delivery, said) in [
            (Aggregated, json!("a.b.c")),
            (Aggregated, json!("text")),
            (Aggregated, json!({"JWT": JWT})),
            (Distributed, json!(JWT)),
            (Distributed, json!({"endpoint": "http://a.example"})),
            (Distributed, json!({"endpoint": "javascript:alert(1)"})),
            (Distributed, json!({"access_token": "x"})),
            (Distributed, json!({"endpoint": "https://a.example", "access_token": 1})),
            // None of it has this claim; `none` is no signature.
            (Aggregated, json!("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2EuZXhhbXBsZSJ9.AAAA")),
            (Aggregated, json!("eyJhbGciOiJub25lIn0.eyJpc3MiOiJhIiwiYWRkcmVzcyI6e319.")),
        ] {
            assert_eq!(written(&[("address", delivery, said.clone())]), json!({}), "{said}");
        }
    }
}
