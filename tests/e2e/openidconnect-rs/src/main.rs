//! openidconnect-rs as a client: discovery, code flow with PKCE, hybrid flow, userinfo, refresh, introspection,
//! revocation, client credentials, device flow, logout and registration of itself; each flow with a secret, with
//! assertions by secret and by key (RFC 7523), and with a certificate (RFC 8705) whose tokens are bound to it.

mod browser;
mod checks;
mod connection;
mod demo;
mod flows;
mod provider;

use std::{env, fs, path::Path, process::Command};

use openidconnect::{
    AuthType, IssuerUrl, JsonWebKeyId, PrivateSigningKey,
    core::{CoreEdDsaPrivateSigningKey, CoreHmacKey},
};
use serde_json::{Value, json};

use crate::{
    connection::{Assertion, Connection, Key},
    demo::{Demo, Outcome},
    flows::Flows,
    provider::Provider,
};

pub const CALLBACK: &str = "https://client.example/callback";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const METHODS: [&str; 5] =
    ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "tls_client_auth"];

fn main() -> Outcome {
    let demo = Demo::new()?;
    demo.change_workspace(|server| {
        add(&mut server["grant_types"], &[DEVICE, "implicit"]);
        add(&mut server["token_endpoint_auth_methods"], &METHODS);
        server["dynamic_client_registration"] = json!({"enabled": true});
    })?;
    let provider = Provider::discover(&IssuerUrl::new(demo.issuer.clone())?, &demo.plain()?)?;
    checks::equal("discovery names the issuer that was asked", provider.issuer().as_str(), &demo.issuer);
    let key = private_key()?;
    for method in METHODS {
        let client_id = format!("openidconnect-rs-{method}");
        let registered = demo.create_client(registration(&client_id, method, &key)?)?;
        let secret = || registered["client_secret"].as_str().unwrap_or_default().to_owned();
        let sent = match method {
            "client_secret_basic" => Some((secret(), AuthType::BasicAuth)),
            "client_secret_post" => Some((secret(), AuthType::RequestBody)),
            _ => None,
        };
        let assertion = match method {
            "client_secret_jwt" => Some(Key::Secret(CoreHmacKey::new(secret()))),
            "private_key_jwt" => Some(Key::Private(signing_key(&key)?)),
            _ => None,
        };
        let certificate = method == "tls_client_auth";
        let flows = Flows {
            name: method,
            person: demo.plain()?,
            provider: &provider,
            client: provider::client(&provider, &client_id, sent, certificate)?,
            connection: Connection {
                http: if certificate { demo.with_certificate()? } else { demo.plain()? },
                assertion: assertion.map(|key| Assertion { client_id, audience: demo.issuer.clone(), key }),
            },
            bound: certificate,
        };
        let id_token = flows.code()?;
        flows.hybrid()?;
        flows.client_credentials()?;
        flows.device()?;
        flows.log_out(&id_token)?;
    }
    flows::registers_itself(&demo, &provider)
}

fn registration(client_id: &str, method: &str, key: &str) -> Outcome<Value> {
    let mut fields = json!({
        "client_id": client_id,
        "client_name": "openidconnect-rs",
        "grant_types": ["authorization_code", "implicit", "refresh_token", "client_credentials", DEVICE],
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": [CALLBACK],
        "response_types": ["code", "code id_token"],
        "scopes": ["openid", "email", "offline_access", "introspect_tokens", "revoke_tokens"],
        "token_endpoint_auth_method": method,
    });
    match method {
        "client_secret_jwt" => fields["token_endpoint_auth_signing_alg"] = json!("HS256"),
        "private_key_jwt" => {
            let public = signing_key(key)?.as_verification_key();
            fields["token_endpoint_auth_signing_alg"] = json!("EdDSA");
            fields["jwks"] = json!({"keys": [public]});
        }
        "tls_client_auth" => {
            fields["tls_client_auth_subject_dn"] = json!("CN=example.com");
            fields["tls_client_certificate_bound_access_tokens"] = json!(true);
        }
        _ => {}
    }
    Ok(fields)
}

fn private_key() -> Outcome<String> {
    let file = Path::new(&env::var("SYMBOLON_FOLDER")?).join("ed25519.pem");
    let made =
        Command::new("openssl").args(["genpkey", "-algorithm", "ed25519", "-out"]).arg(&file).status()?;
    if !made.success() {
        return Err("openssl genpkey failed".into());
    }
    Ok(fs::read_to_string(file)?)
}

fn signing_key(pem: &str) -> Outcome<CoreEdDsaPrivateSigningKey> {
    let id = JsonWebKeyId::new("openidconnect-rs".to_owned());
    Ok(CoreEdDsaPrivateSigningKey::from_ed25519_pem(pem, Some(id))?)
}

fn add(list: &mut Value, words: &[&str]) {
    let mut all = list.as_array().cloned().unwrap_or_default();
    all.extend(
        words
            .iter()
            .map(|&word| json!(word))
            .filter(|word| !list.as_array().is_some_and(|l| l.contains(word))),
    );
    *list = Value::Array(all);
}
