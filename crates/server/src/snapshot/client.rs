//! A client as requests need it: the entity, and what was parsed from it once.

use symbolon_jose::{
    Algorithm, DecryptionKey, EncryptionKey, JwtSigner, KeyManagement, SigningKey, VerificationKey,
};
use symbolon_pki::{RegisteredAttribute, SubjectAttribute};
use symbolon_protocol::{ClientAuthMethod, GrantType, ResponseType, ScopeSet};
use symbolon_store::entity::Secret;
use symbolon_store::entity::client::ClientStatus;
use symbolon_store::{Store, StoreError, entity};

use super::{PublicKeys, Workspace};
use crate::clock::Timestamp;
use crate::secrets::sha256;

/// A client of a workspace. Immutable: a change makes a new one.
#[derive(Debug)]
pub struct Client {
    /// The entity as it was configured. Its secrets are not in it: see [`Client::secrets`].
    pub entity: entity::Client,
    /// How it authenticates at the token endpoint.
    pub auth_method: ClientAuthMethod,
    /// The grants it may use.
    pub grant_types: Vec<GrantType>,
    /// The response types it may ask for.
    pub response_types: Vec<ResponseType>,
    /// The scopes it may ask for.
    pub scopes: ScopeSet,
    /// The secrets it may authenticate with, the current one first.
    pub secrets: Vec<SecretDigest>,
    /// Signs what is told to it with its current secret, where it has registered that (OIDC Core §10.1).
    secret_signer: Option<JwtSigner>,
    /// Encrypts what is told to it with a key that follows from its secret, where it has registered that (§10.2).
    secret_encryption: Option<EncryptionKey>,
    /// The certificate attribute it is known by (RFC 8705 §2.1.2); an error text when what is registered cannot be
    /// read.
    pub certificate: Option<Result<RegisteredAttribute, String>>,
    /// The keys in its `jwks`. Those behind its `jwks_uri` too: [`crate::oauth2::client_keys`].
    pub keys: PublicKeys,
    /// The host of the document that describes it; `None` for a client that somebody registered.
    pub host: Option<Box<str>>,
}

/// What a client does with its secret besides sending it.
#[derive(Clone, Copy, Debug)]
struct Uses {
    /// It makes HMACs.
    macs: bool,
    /// It encrypts request objects.
    encryption: bool,
}

impl Uses {
    fn of(entity: &entity::Client, method: ClientAuthMethod) -> Self {
        let signs_requests =
            entity.request_object_signing_alg.parse::<Algorithm>().is_ok_and(Algorithm::is_symmetric);
        let authenticates =
            matches!(method, ClientAuthMethod::ClientSecretJwt | ClientAuthMethod::Unspecified);
        let encrypts = entity.request_object_encryption_alg.as_deref();
        let encrypts = encrypts.and_then(|word| word.parse::<KeyManagement>().ok());
        Self {
            macs: signs_requests || authenticates,
            encryption: encrypts.is_some_and(KeyManagement::is_symmetric),
        }
    }
}

/// What verifies a client secret, and until when it counts. The secret itself is not kept, unless the client encrypts
/// with it.
#[derive(Clone, Debug)]
pub struct SecretDigest {
    /// SHA-256 of the secret.
    pub digest: [u8; 32],
    /// Verifies an HMAC by the secret (`client_secret_jwt`, a request object), for clients that may send one. `None` too
    /// when the secret is shorter than a hash (RFC 7518 §3.2).
    pub mac: Option<VerificationKey>,
    /// Decrypts request objects with a key that follows from the secret, for clients that have registered that (OIDC
    /// Core §10.2).
    pub decryption: Option<DecryptionKey>,
    /// Unix seconds; `None`: for ever.
    pub expires_at: Option<i64>,
}

impl SecretDigest {
    fn new(secret: &Secret, uses: Uses, expires_at: Option<i64>) -> Self {
        let bytes = secret.reveal().as_bytes();
        let mac = if uses.macs { VerificationKey::from_secret(bytes).ok() } else { None };
        let decryption = uses.encryption.then(|| DecryptionKey::from_client_secret(secret.reveal()));
        Self { digest: sha256(bytes), mac, decryption, expires_at }
    }

    /// Whether the secret still counts.
    pub fn is_live(&self, now: Timestamp) -> bool {
        !super::is_expired(self.expires_at, now)
    }
}

impl Client {
    pub(super) async fn load(
        store: &Store,
        workspace: &Workspace,
        client_id: &str,
    ) -> Result<Option<Self>, StoreError> {
        let found =
            store.workspace(&workspace.tenant_id, &workspace.id).find::<entity::Client>(client_id).await?;
        Ok(found.map(|stored| Self::new(stored.value)))
    }

    /// Parses what requests need. What cannot be parsed grants nothing.
    pub fn new(mut entity: entity::Client) -> Self {
        let auth_method =
            entity.token_endpoint_auth_method.parse().unwrap_or(ClientAuthMethod::ClientSecretBasic);
        let secret_signer = secret_signer(&entity);
        let secret_encryption = secret_encryption(&entity);
        let secrets = take_secrets(&mut entity, auth_method);
        let scopes = ScopeSet::from_words(&entity.scopes).unwrap_or_default();
        Self {
            auth_method,
            grant_types: entity.grant_types.iter().filter_map(|word| word.parse().ok()).collect(),
            response_types: entity.response_types.iter().filter_map(|word| word.parse().ok()).collect(),
            certificate: certificate(&entity),
            keys: PublicKeys::of_client(entity.jwks.as_ref()),
            scopes,
            secrets,
            secret_signer,
            secret_encryption,
            entity,
            host: None,
        }
    }

    /// A client that a document at this host describes.
    pub fn described_at(entity: entity::Client, host: String) -> Self {
        Self { host: Some(host.into()), ..Self::new(entity) }
    }

    /// The client's identifier.
    pub fn id(&self) -> &str {
        &self.entity.client_id
    }

    /// The client's name for people; its identifier when it has none.
    pub fn name(&self) -> &str {
        let other = self.host.as_deref().unwrap_or_else(|| self.id());
        if self.entity.client_name.is_empty() { other } else { &self.entity.client_name }
    }

    /// Whether it may do anything at all.
    pub fn is_active(&self) -> bool {
        self.entity.client_status == ClientStatus::Active
    }

    /// What signs for this client alone, with its secret.
    pub fn secret_signer(&self, algorithm: Algorithm) -> Option<JwtSigner> {
        self.secret_signer.clone().filter(|signer| signer.algorithm() == algorithm)
    }

    /// What encrypts to this client alone, with its secret.
    pub fn secret_encryption(&self) -> Option<EncryptionKey> {
        self.secret_encryption.clone()
    }

    /// Whether it may use the grant.
    pub fn allows_grant(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }
}

/// A signer with the client's secret, where it has registered an algorithm that needs one.
fn secret_signer(entity: &entity::Client) -> Option<JwtSigner> {
    let wanted = entity.id_token_signed_response_alg.as_deref();
    let algorithm = wanted?.parse::<Algorithm>().ok().filter(|algorithm| algorithm.is_symmetric())?;
    let secret = entity.client_secret.as_ref()?;
    let key = SigningKey::from_secret(algorithm, secret.reveal().as_bytes()).ok()?;
    JwtSigner::new(key, "", "JWT").ok()
}

/// A key from the client's secret, where it has registered an algorithm that needs one.
fn secret_encryption(entity: &entity::Client) -> Option<EncryptionKey> {
    let wanted = [
        &entity.id_token_encrypted_response_alg,
        &entity.userinfo_encrypted_response_alg,
        &entity.authorization_encrypted_response_alg,
        &entity.introspection_encrypted_response_alg,
    ];
    let mut wanted = wanted.into_iter().filter_map(|word| word.as_deref()?.parse::<KeyManagement>().ok());
    wanted.find(|algorithm| algorithm.is_symmetric())?;
    entity.client_secret.as_ref().map(|secret| EncryptionKey::from_client_secret(secret.reveal()))
}

/// Replaces the secrets in the entity by their digests here.
fn take_secrets(entity: &mut entity::Client, method: ClientAuthMethod) -> Vec<SecretDigest> {
    let uses = Uses::of(entity, method);
    let expires_at = (entity.client_secret_expires_at > 0).then_some(entity.client_secret_expires_at);
    let current = entity.client_secret.take().map(|secret| SecretDigest::new(&secret, uses, expires_at));
    let ends = std::mem::take(&mut entity.rotated_secrets_expire_at);
    // No earlier secret outlives the one that replaced it.
    let last = expires_at.unwrap_or(i64::MAX);
    let ends = ends.into_iter().map(|at| if at > 0 { at.min(last) } else { last });
    let ends = ends.chain(std::iter::repeat(last)).map(|at| (at < i64::MAX).then_some(at));
    let rotated = std::mem::take(&mut entity.rotated_secrets);
    let rotated = rotated.iter().zip(ends);
    let rotated = rotated.map(|(secret, expires_at)| SecretDigest::new(secret, uses, expires_at));
    current.into_iter().chain(rotated).collect()
}

/// RFC 8705 §2.1.2: exactly one attribute says which certificate is the client's.
fn certificate(entity: &entity::Client) -> Option<Result<RegisteredAttribute, String>> {
    let registered = SubjectAttribute::ALL.into_iter().filter_map(|attribute| {
        let text = match attribute {
            SubjectAttribute::SubjectDn => &entity.tls_client_auth_subject_dn,
            SubjectAttribute::SanDns => &entity.tls_client_auth_san_dns,
            SubjectAttribute::SanUri => &entity.tls_client_auth_san_uri,
            SubjectAttribute::SanIp => &entity.tls_client_auth_san_ip,
            SubjectAttribute::SanEmail => &entity.tls_client_auth_san_email,
        };
        let text = text.as_deref().filter(|text| !text.trim().is_empty())?;
        Some(RegisteredAttribute::new(attribute, text).map_err(|error| error.to_string()))
    });
    let registered: Vec<_> = registered.collect();
    if registered.len() > 1 {
        return Some(Err("more than one tls_client_auth_* attribute is registered".to_owned()));
    }
    registered.into_iter().next()
}
