//! Claims: what ID tokens, userinfo, access tokens and introspection tell of a person and of a client.
//!
//! The workspace says which there are, where each comes from, and which scopes bring it. A new workspace has those of
//! OpenID Connect (Core §5.1), by the scopes that ask for them (§5.4).

mod elsewhere;
pub mod languages;

use serde_json::{Map, Value, json};
use symbolon_protocol::claims_request::Requested;
use symbolon_protocol::{ClaimsRequest, ScopeSet};
use symbolon_store::entity::{Claim, ClaimDelivery, ClaimKind, ClaimSource};

use self::elsewhere::Elsewhere;
use super::records::Authentication;
use crate::login::idps;
use crate::snapshot::{Client, Workspace};

/// Which scope lets a client read which claims in a new workspace (OIDC Core §5.4).
pub static SCOPE_CLAIMS: &[(&str, &[&str])] = &[
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

/// Names that this server speaks for itself, in one kind of token or another: no identity provider and no client may.
const RESERVED: &[&str] = &[
    "_claim_names",
    "_claim_sources",
    "acr",
    "act",
    "active",
    "aid",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "authorization_details",
    "azp",
    "c_hash",
    "client_id",
    "cnf",
    "events",
    "exp",
    "ext",
    "gaid",
    "gid",
    "iat",
    "idp",
    "idp_sub",
    "iss",
    "jti",
    "may_act",
    "nbf",
    "nonce",
    "pjti",
    "s_hash",
    "scope",
    "scp",
    "server_id",
    "sid",
    "st",
    "sub",
    "tenant_id",
    "tid",
    "token_introspection",
    "token_type",
    "username",
    "verified_claims",
];

/// Members of a client that a claim may tell, besides what is in its `metadata`.
const CLIENT_MEMBERS: &[&str] = &[
    "app_url",
    "application_type",
    "client_id",
    "client_name",
    "client_uri",
    "description",
    "developer_id",
    "organisation_id",
    "software_id",
    "software_version",
];

/// How claims are delivered here (OIDC Core §5.6).
pub fn deliveries(workspace: &Workspace) -> Vec<ClaimDelivery> {
    let is_used = |delivery: ClaimDelivery| {
        let mut told = workspace.claims.of(ClaimKind::IdToken).iter();
        delivery == ClaimDelivery::Normal || told.any(|claim| claim.delivery == delivery)
    };
    ClaimDelivery::ALL.into_iter().filter(|delivery| is_used(*delivery)).collect()
}

/// The languages (BCP 47) that the workspace's own identity providers say something in.
pub fn claims_locales(workspace: &Workspace) -> Vec<String> {
    let users: Vec<_> = idps::users(workspace).map(|(_, user)| user).collect();
    let used = languages::used(users.iter().map(|user| &user.authentication_context));
    used.into_iter().map(str::to_owned).collect()
}

/// Whether no claim of a workspace may have this name.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// Whether OpenID Connect says what the claim means (Core §5.1).
pub fn is_standard(name: &str) -> bool {
    rank(name) < usize::MAX
}

/// The scopes but those that ask userinfo for claims (OIDC Core §5.4).
pub fn beyond_userinfo(scope: &ScopeSet) -> ScopeSet {
    scope.filter(|name| SCOPE_CLAIMS.iter().all(|(asks, _)| *asks != name))
}

/// The place of a claim in OpenID Connect's table; behind them all for others.
pub fn rank(name: &str) -> usize {
    let mut names = SCOPE_CLAIMS.iter().flat_map(|(_, names)| names.iter());
    names.position(|known| *known == name).unwrap_or(usize::MAX)
}

/// Whether a claim can come from there.
pub fn is_client_path(path: &str) -> bool {
    CLIENT_MEMBERS.contains(&path) || path == "metadata" || path.starts_with("metadata.")
}

/// What is told to whom.
#[derive(Clone, Copy, Debug)]
pub struct Telling<'a> {
    /// Whose claims they are.
    pub workspace: &'a Workspace,
    /// Who is told, or whose token it is.
    pub client: &'a Client,
    /// What was granted.
    pub scope: &'a ScopeSet,
    /// The person, if there is one.
    pub authentication: Option<&'a Authentication>,
}

impl Telling<'_> {
    /// The claims of an ID token, beside what was `asked` for one by one.
    pub fn in_id_token(&self, asked: &ClaimsRequest) -> Map<String, Value> {
        self.claims(ClaimKind::IdToken, &asked.id_token, &asked.locales, false)
    }

    /// The claims of userinfo: opaque ones too.
    pub fn at_userinfo(&self, asked: &ClaimsRequest) -> Map<String, Value> {
        self.claims(ClaimKind::IdToken, &asked.userinfo, &asked.locales, true)
    }

    /// The claims of an access token.
    pub fn in_access_token(&self) -> Map<String, Value> {
        self.claims(ClaimKind::AccessToken, &Requested::new(), &[], false)
    }

    /// The same at introspection: opaque ones too.
    pub fn at_introspection(&self) -> Map<String, Value> {
        self.claims(ClaimKind::AccessToken, &Requested::new(), &[], true)
    }

    fn claims(
        &self,
        kind: ClaimKind,
        single: &Requested,
        locales: &[String],
        opaque: bool,
    ) -> Map<String, Value> {
        let known = self.workspace.claims.of(kind).iter().filter(|claim| opaque || !claim.opaque);
        let is_told = |claim: &&Claim| {
            claim.scopes.is_empty()
                || claim.scopes.iter().any(|scope| self.scope.contains(scope))
                || single.contains_key(&claim.name)
        };
        let told = known.clone().filter(is_told);
        let mut elsewhere = Elsewhere::default();
        let mut claims = Map::new();
        for claim in told {
            if claim.delivery == ClaimDelivery::Normal {
                claims.extend(self.value(claim, locales).map(|value| (claim.name.clone(), value)));
            } else if let Some(said) = self.said(claim) {
                elsewhere.add(claim, said);
            }
        }
        elsewhere.write(&mut claims);
        // OIDC Core §5.2: in just this language, under the name that it was asked for by.
        let in_languages = single.keys().filter(|name| name.contains('#'));
        claims.extend(in_languages.filter_map(|name| {
            let (base, tag) = languages::parts(name);
            let claim = known.clone().find(|claim| claim.name == base)?;
            Some((name.clone(), self.value_in(claim, tag?)?))
        }));
        claims
    }

    /// What the identity provider says, as it says it.
    fn said(&self, claim: &Claim) -> Option<&Value> {
        at(&self.authentication?.authentication_context, claim.path())
    }

    /// The same, in one language.
    fn value_in(&self, claim: &Claim, tag: &str) -> Option<Value> {
        if claim.source_type != ClaimSource::AuthnCtx || claim.delivery != ClaimDelivery::Normal {
            return None;
        }
        let context = &self.authentication?.authentication_context;
        typed(&claim.name, languages::tagged(context, claim.path(), tag)?).filter(says_something)
    }

    fn value(&self, claim: &Claim, locales: &[String]) -> Option<Value> {
        let preferred =
            || languages::preferred(&self.authentication?.authentication_context, claim.path(), locales);
        let said = match claim.source_type {
            ClaimSource::AuthnCtx => {
                preferred().or_else(|| self.said(claim)).and_then(|value| typed(&claim.name, value))
            }
            ClaimSource::Client => of_client(self.client, claim.path()),
        };
        // OIDC Core §5.1: the name by which the person wishes to be referred to; failing another, the one they log
        // in with.
        said.filter(says_something).or_else(|| match claim.name.as_str() {
            "preferred_username" => Some(self.authentication?.username.as_str().into()),
            _ => None,
        })
    }
}

/// What is at a path such as `address.country`. A member whose own name has dots comes first.
fn at<'a>(members: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = members.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    at(members.get(first)?.as_object()?, rest)
}

/// What a client says of itself there. Nothing secret is among it.
fn of_client(client: &Client, path: &str) -> Option<Value> {
    let entity = &client.entity;
    let text = match path {
        "app_url" => entity.app_url.as_deref(),
        "application_type" => Some(entity.application_type.as_str()),
        "client_id" => Some(client.id()),
        "client_name" => Some(entity.client_name.as_str()),
        "client_uri" => entity.client_uri.as_deref(),
        "description" => entity.description.as_deref(),
        "developer_id" => entity.developer_id.as_deref(),
        "organisation_id" => entity.organisation_id.as_deref(),
        "software_id" => entity.software_id.as_deref(),
        "software_version" => entity.software_version.as_deref(),
        "metadata" => return Some(Value::Object(entity.metadata.0.clone())),
        path => return at(&entity.metadata.0, path.strip_prefix("metadata.")?).cloned(),
    };
    text.map(Value::from)
}

/// The value in the type that OIDC Core §5.1 gives the claim; nothing when it cannot be had. Other claims have any type.
fn typed(name: &str, value: &Value) -> Option<Value> {
    match (name, value) {
        ("email_verified" | "phone_number_verified", Value::Bool(_))
        | ("updated_at", Value::Number(_))
        | ("address", Value::Object(_)) => Some(value.clone()),
        ("email_verified" | "phone_number_verified", Value::String(text)) => {
            text.parse::<bool>().ok().map(Value::Bool)
        }
        ("updated_at", Value::String(text)) => text.parse::<i64>().ok().map(Value::from),
        // §5.1.1: the whole address as one text.
        ("address", Value::String(text)) => Some(json!({ "formatted": text })),
        ("email_verified" | "phone_number_verified" | "updated_at" | "address", _) => None,
        (name, value) if !is_standard(name) => Some(value.clone()),
        (_, Value::String(_)) => Some(value.clone()),
        (_, Value::Number(number)) => Some(Value::String(number.to_string())),
        _ => None,
    }
}

/// OIDC Core §5.3.2: a claim that is not returned is left out, and is not null or an empty text.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_into_objects_and_a_name_with_dots_is_a_name() {
        let Value::Object(context) = json!({
            "address": {"country": "PL", "street": {"name": "Main"}},
            "http://example.info/claims/groups": ["a"],
            "address.city": "Poznan",
        }) else {
            panic!("an object")
        };
        let found = |path: &str| at(&context, path).cloned();
        assert_eq!(found("address.country"), Some(json!("PL")));
        assert_eq!(found("address.street.name"), Some(json!("Main")));
        assert_eq!(found("address.city"), Some(json!("Poznan")));
        assert_eq!(found("http://example.info/claims/groups"), Some(json!(["a"])));
        for nowhere in ["address.zip", "address.country.code", "", ".", "address."] {
            assert_eq!(found(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn every_claim_of_the_standard_has_the_type_that_it_gives() {
        for (name, value, expected) in [
            ("email_verified", json!("true"), json!(true)),
            ("email_verified", json!("perhaps"), Value::Null),
            ("updated_at", json!("1700000000"), json!(1_700_000_000)),
            ("address", json!("1 Street"), json!({"formatted": "1 Street"})),
            ("address", json!(["1"]), Value::Null),
            ("phone_number", json!(4_812_345), json!("4812345")),
            ("name", json!(["no"]), Value::Null),
            ("groups", json!(["a", "b"]), json!(["a", "b"])),
            ("level", json!(3), json!(3)),
        ] {
            assert_eq!(typed(name, &value).unwrap_or_default(), expected, "{name} {value}");
        }
    }

    #[test]
    fn no_claim_of_the_standard_is_reserved() {
        for (_, names) in SCOPE_CLAIMS {
            assert!(names.iter().all(|name| !is_reserved(name) && is_standard(name)));
        }
        assert!(RESERVED.is_sorted());
    }

    #[test]
    fn nothing_secret_of_a_client_is_told() {
        for path in
            ["client_secret", "hashed_secret", "jwks", "registration_token.signature", "developer_metadata.x"]
        {
            assert!(!is_client_path(path), "{path}");
        }
        let client = Client::new(symbolon_store::entity::Client {
            hashed_secret: Some("x".to_owned()),
            client_name: "App".to_owned(),
            ..symbolon_store::entity::Client::default()
        });
        assert_eq!(of_client(&client, "hashed_secret"), None);
        assert_eq!(of_client(&client, "client_name"), Some(json!("App")));
        for path in CLIENT_MEMBERS {
            assert!(is_client_path(path));
        }
    }
}
