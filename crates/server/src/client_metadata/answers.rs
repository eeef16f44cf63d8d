//! How what is told to a client is signed and encrypted: the algorithms must have keys (OIDC Registration §2, JARM §3,
//! RFC 9701 §6).

use symbolon_jose::{EncryptionKey, Jwk, KeyManagement};
use symbolon_store::entity::Client;

use crate::faults::Faults;
use crate::snapshot::Workspace;

/// Notes algorithms that nothing could be signed with or encrypted to.
pub(super) fn check(client: &Client, workspace: &Workspace, faults: &mut Faults) {
    signed(client, workspace, faults);
    encrypted(client, faults);
    let needs_encryption = workspace.server.enforce_id_token_encryption
        && client.scopes.iter().any(|scope| scope == "openid")
        && is_empty(client.id_token_encrypted_response_alg.as_deref());
    faults.check(
        !needs_encryption,
        "id_token_encrypted_response_alg",
        "must be given: the workspace encrypts ID tokens (enforce_id_token_encryption)",
    );
}

fn signed(client: &Client, workspace: &Workspace, faults: &mut Faults) {
    let own: Vec<_> = workspace.keys.signing_algorithms().map(symbolon_jose::Algorithm::as_str).collect();
    for (name, word) in [
        ("id_token_signed_response_alg", client.id_token_signed_response_alg.as_deref()),
        ("userinfo_signed_response_alg", Some(client.userinfo_signed_response_alg.as_str())),
        ("authorization_signed_response_alg", client.authorization_signed_response_alg.as_deref()),
        ("introspection_signed_response_alg", client.introspection_signed_response_alg.as_deref()),
    ] {
        let Some(word) = word.filter(|word| !matches!(*word, "" | "none")) else { continue };
        if word == "HS256" {
            let message = "is HS256, which needs a client secret, and the client has none";
            faults.check(client.client_secret.is_some(), name, message);
        } else if !own.contains(&word) {
            let message =
                format!("is {word}, and the workspace has no key for it: it signs with {}", own.join(", "));
            faults.add(name, message);
        }
    }
}

fn encrypted(client: &Client, faults: &mut Faults) {
    let c = client;
    let by_secret = is_symmetric(c.request_object_encryption_alg.as_deref());
    faults.check(
        !by_secret || c.client_secret.is_some(),
        "request_object_encryption_alg",
        "needs a client secret, and the client has none",
    );
    for (names, alg, enc) in [
        (
            ["id_token_encrypted_response_alg", "id_token_encrypted_response_enc"],
            &c.id_token_encrypted_response_alg,
            &c.id_token_encrypted_response_enc,
        ),
        (
            ["userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc"],
            &c.userinfo_encrypted_response_alg,
            &c.userinfo_encrypted_response_enc,
        ),
        (
            ["authorization_encrypted_response_alg", "authorization_encrypted_response_enc"],
            &c.authorization_encrypted_response_alg,
            &c.authorization_encrypted_response_enc,
        ),
        (
            ["introspection_encrypted_response_alg", "introspection_encrypted_response_enc"],
            &c.introspection_encrypted_response_alg,
            &c.introspection_encrypted_response_enc,
        ),
    ] {
        if is_empty(alg.as_deref()) {
            let message = format!("needs {} beside it", names[0]);
            faults.check(is_empty(enc.as_deref()), names[1], &message);
            continue;
        }
        // An unknown word is noted elsewhere.
        let Some(algorithm) = alg.as_deref().and_then(|alg| alg.parse::<KeyManagement>().ok()) else {
            continue;
        };
        if algorithm.is_symmetric() {
            // OIDC Core §10.2
            let message = format!("is {algorithm}, which needs a client secret, and the client has none");
            faults.check(client.client_secret.is_some(), names[0], &message);
            continue;
        }
        if !has_key(client, algorithm) {
            let message =
                format!("is {algorithm}, and neither jwks nor jwks_uri has a key to encrypt to for it");
            faults.add(names[0], message);
        }
    }
}

/// Whether something is signed or encrypted with the client's secret (OIDC Core §10.1, §10.2), whatever it authenticates
/// with.
pub(super) fn uses_secret(client: &Client) -> bool {
    let macs = [client.id_token_signed_response_alg.as_deref(), Some(&client.request_object_signing_alg)];
    let keys = [
        &client.id_token_encrypted_response_alg,
        &client.userinfo_encrypted_response_alg,
        &client.authorization_encrypted_response_alg,
        &client.introspection_encrypted_response_alg,
        &client.request_object_encryption_alg,
    ];
    macs.into_iter().flatten().any(|word| word == "HS256")
        || keys.into_iter().any(|word| is_symmetric(word.as_deref()))
}

fn is_symmetric(word: Option<&str>) -> bool {
    word.and_then(|word| word.parse().ok()).is_some_and(KeyManagement::is_symmetric)
}

/// Whether the client has registered a key for the algorithm. What is behind its `jwks_uri` is seen when it is used.
fn has_key(client: &Client, algorithm: KeyManagement) -> bool {
    if client.jwks_uri.as_deref().is_some_and(|url| !url.is_empty()) {
        return true;
    }
    let keys = client.jwks.iter().flat_map(|jwks| &jwks.keys);
    let keys: Vec<Jwk> =
        keys.filter_map(|key| serde_json::from_value(serde_json::to_value(key).ok()?).ok()).collect();
    EncryptionKey::choose(&keys, algorithm).is_ok()
}

fn is_empty(word: Option<&str>) -> bool {
    word.is_none_or(str::is_empty)
}
