//! Security profiles: what a workspace's `profile` asks for beyond the settings that it has.
//!
//! Each rule is one question here, with its clause. Whoever serves a request asks; nobody else compares names of
//! profiles. What a profile fixes of a workspace's settings is [`settings::apply`]; what it refuses when a workspace or
//! a client is written is [`settings::check`] and [`clients::check`]. docs/profiles.md lists the rules with their tests.
//!
//! - RFC 9700 holds everywhere: there is no profile without it.
//! - OAuth 2.1 (draft-ietf-oauth-v2-1-13), and what is built on it.
//! - FAPI 1.0 Part 1 (Baseline) and Part 2 (Advanced), both Final.
//! - FAPI 2.0 Security Profile and Message Signing, both Final.
//! - FAPI-CIBA belongs to both FAPI families.

mod clauses;
pub mod clients;
pub mod interaction;
pub mod settings;

use symbolon_jose::Algorithm;
use symbolon_protocol::{ClientAuthMethod, GrantType, ResponseType};
use symbolon_store::entity::Server;
use symbolon_store::entity::server::WorkspaceProfile;

use crate::snapshot::Workspace;

/// The rules that a workspace keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// RFC 9700 alone.
    Plain,
    /// OAuth 2.1.
    OAuth21,
    /// The same for clients of the Model Context Protocol.
    Mcp,
    /// FAPI 1.0 Baseline.
    Fapi1Baseline,
    /// FAPI 1.0 Advanced.
    Fapi1Advanced,
    /// FAPI 2.0 Security Profile.
    Fapi2Security,
    /// The same with signed authorization requests (FAPI 2.0 Message Signing §5.3).
    Fapi2SignedRequests,
    /// The same with signed authorization responses and introspection responses too (§5.4, §5.5).
    Fapi2MessageSigning,
}

/// What access tokens must be bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderConstraint {
    /// To the certificate of the connection (RFC 8705 §3).
    Certificate,
    /// To the certificate, or to a key by `DPoP` (RFC 9449).
    CertificateOrKey,
}

impl Profile {
    /// The profile of a workspace.
    pub const fn of(workspace: &Workspace) -> Self {
        Self::named(workspace.server.profile)
    }

    /// The profile of a workspace's settings.
    pub const fn of_settings(server: &Server) -> Self {
        Self::named(server.profile)
    }

    /// The rules behind the name of a profile. The open banking ecosystems are FAPI with words of their own.
    pub const fn named(name: WorkspaceProfile) -> Self {
        use WorkspaceProfile as P;
        match name {
            P::Default | P::Demo | P::Workforce | P::Consumer | P::Partners | P::ThirdParty => Self::Plain,
            P::Oauth21 => Self::OAuth21,
            P::Mcp => Self::Mcp,
            P::FapiRo => Self::Fapi1Baseline,
            P::FapiAdvanced
            | P::FapiRw
            | P::OpenbankingUkFapiAdvanced
            | P::OpenbankingUk
            | P::OpenbankingBr
            | P::OpenbankingBrUnico
            | P::OpenbankingKsa
            | P::CdrAustralia
            | P::CdrAustraliaFapiRw
            | P::Fdx => Self::Fapi1Advanced,
            P::Fapi20Security => Self::Fapi2Security,
            P::ConnectId => Self::Fapi2SignedRequests,
            P::Fapi20MessageSigning => Self::Fapi2MessageSigning,
        }
    }

    /// Whether a client that registers itself and names no scope may ask for every scope that is anybody's to ask for:
    /// the client of an agent learns at the resource, after it has registered, which ones it needs (RFC 9728 §2).
    pub const fn registers_for_every_scope(self) -> bool {
        matches!(self, Self::Mcp)
    }

    /// Whether this is one of the FAPI profiles.
    pub const fn is_fapi(self) -> bool {
        !matches!(self, Self::Plain | Self::OAuth21 | Self::Mcp)
    }

    /// Whether this is a FAPI 2.0 profile.
    pub const fn is_fapi2(self) -> bool {
        matches!(self, Self::Fapi2Security | Self::Fapi2SignedRequests | Self::Fapi2MessageSigning)
    }

    /// Whether clients must authenticate by a key of theirs: FAPI 1.0 Advanced, and FAPI 2.0.
    const fn is_high_security(self) -> bool {
        self.is_fapi2() || matches!(self, Self::Fapi1Advanced)
    }

    /// Whether authorization requests must come as signed request objects, whose parameters alone count: FAPI 1.0
    /// Advanced §5.2.2 (1), (10); FAPI 2.0 Message Signing §5.3.1.
    pub const fn requires_signed_request_object(self) -> bool {
        matches!(self, Self::Fapi1Advanced | Self::Fapi2SignedRequests | Self::Fapi2MessageSigning)
    }

    /// How far `nbf` of a request object may lie behind now, and `exp` behind `nbf`, in seconds; both must be there.
    /// FAPI 1.0 Advanced §5.2.2 (13), (17); FAPI 2.0 Message Signing §5.3.1. `None`: neither is asked for.
    pub const fn request_object_seconds(self) -> Option<i64> {
        if self.requires_signed_request_object() { Some(60 * 60) } else { None }
    }

    /// Whether authorization requests must be pushed: FAPI 2.0 §5.3.2.2 (3).
    pub const fn requires_par(self) -> bool {
        self.is_fapi2()
    }

    /// Longest life of a pushed request, in seconds: FAPI 2.0 §5.3.2.2 (12) has it below 600.
    pub const fn longest_pushed_request(self) -> Option<i64> {
        if self.is_fapi2() { Some(599) } else { None }
    }

    /// Whether PKCE is asked of every client: OAuth 2.1 §4.1.1, FAPI 1.0 Baseline §5.2.2 (7), FAPI 2.0 §5.3.2.2 (5). In
    /// FAPI 1.0 Advanced only where the request is pushed (§5.2.2 (18)): the request object protects the code otherwise.
    pub const fn requires_pkce(self, is_pushed: bool) -> bool {
        match self {
            Self::Plain => false,
            Self::Fapi1Advanced => is_pushed,
            _ => true,
        }
    }

    /// Whether the redirect URI must be in the request: FAPI 1.0 Baseline §5.2.2 (9), FAPI 2.0 §5.3.2.2 (6).
    pub const fn requires_redirect_uri(self) -> bool {
        self.is_fapi()
    }

    /// Whether requests with the scope `openid` need a `nonce`, and all others a `state`: FAPI 1.0 Baseline §5.2.2.2,
    /// §5.2.2.3.
    pub const fn requires_nonce_or_state(self) -> bool {
        matches!(self, Self::Fapi1Baseline | Self::Fapi1Advanced)
    }

    /// Longest life of an authorization code, in seconds: FAPI 2.0 §5.3.2.1 (11).
    pub const fn longest_code(self) -> Option<i64> {
        if self.is_fapi2() { Some(60) } else { None }
    }

    /// Longest life of an access token that is bound to nothing, in seconds: FAPI 1.0 Baseline §5.2.2 (21) has it below 10
    /// minutes, and Advanced builds on it. FAPI 2.0 has none that is not bound.
    pub const fn longest_unbound_access_token(self) -> Option<i64> {
        match self {
            Self::Fapi1Baseline | Self::Fapi1Advanced => Some(599),
            _ => None,
        }
    }

    /// What access tokens must be bound to: FAPI 1.0 Advanced §5.2.2 (5), (6), FAPI 2.0 §5.3.2.1 (4), (5).
    pub const fn sender_constraint(self) -> Option<SenderConstraint> {
        match self {
            Self::Fapi1Advanced => Some(SenderConstraint::Certificate),
            _ if self.is_fapi2() => Some(SenderConstraint::CertificateOrKey),
            _ => None,
        }
    }

    /// The algorithms of everything that is signed, by clients or by the workspace; `None`: any that is implemented.
    /// FAPI 1.0 Advanced §8.6, FAPI 2.0 §5.4.1.
    pub const fn algorithms(self) -> Option<&'static [Algorithm]> {
        match self {
            Self::Fapi1Advanced => Some(&[Algorithm::PS256, Algorithm::ES256]),
            _ if self.is_fapi2() => Some(&[Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA]),
            _ => None,
        }
    }

    /// Whether an algorithm may be used.
    pub fn allows_algorithm(self, algorithm: Algorithm) -> bool {
        self.algorithms().is_none_or(|allowed| allowed.contains(&algorithm))
    }

    /// Whether a client assertion must name the issuer, as a text, as its audience: FAPI 2.0 §5.3.2.1 (8).
    pub const fn assertion_audience_is_issuer_only(self) -> bool {
        self.is_fapi2()
    }

    /// Whether clients may authenticate so: FAPI 1.0 Baseline §5.2.2 (4), Advanced §5.2.2 (14), (16), FAPI 2.0 §5.3.2.1
    /// (3), (6).
    pub const fn allows_auth_method(self, method: ClientAuthMethod) -> bool {
        use ClientAuthMethod as M;
        match method {
            M::TlsClientAuth | M::SelfSignedTlsClientAuth | M::PrivateKeyJwt => true,
            M::ClientSecretJwt => !self.is_high_security(),
            // FAPI 1.0 Baseline §5.2.2 (2): public clients, with PKCE.
            M::None => !self.is_high_security(),
            _ => !self.is_fapi(),
        }
    }

    /// Whether a grant may be used: no password in OAuth 2.1 §10.2, FAPI 1.0 (which knows the authorization endpoint
    /// alone for people), and FAPI 2.0 §5.3.2.1 (2); no implicit one in OAuth 2.1 §10.1 and FAPI 2.0 §5.3.2.2 (1).
    pub const fn allows_grant(self, grant: GrantType) -> bool {
        match grant {
            GrantType::Password => matches!(self, Self::Plain),
            GrantType::Implicit => matches!(self, Self::Plain | Self::Fapi1Baseline | Self::Fapi1Advanced),
            _ => true,
        }
    }

    /// Whether a response type may be asked for: OAuth 2.1 §3.1.1 and FAPI 2.0 §5.3.2.2 (1) know `code` alone, FAPI 1.0
    /// Advanced §5.2.2 (2) `code id_token` too, and nothing in FAPI 1.0 gives a token by way of the browser.
    pub fn allows_response_type(self, response_type: ResponseType) -> bool {
        match self {
            Self::Plain => true,
            Self::Fapi1Baseline | Self::Fapi1Advanced => {
                response_type.has_code() && !response_type.has_token()
            }
            _ => response_type == ResponseType::CODE,
        }
    }

    /// Whether `code` alone must be answered by a signed response (JARM): FAPI 1.0 Advanced §5.2.2 (2), FAPI 2.0 Message
    /// Signing §5.4.1.
    pub const fn requires_jarm(self) -> bool {
        matches!(self, Self::Fapi1Advanced | Self::Fapi2MessageSigning)
    }

    /// Whether introspection answers by signed JWT alone: FAPI 2.0 Message Signing §5.5.1.
    pub const fn requires_signed_introspection(self) -> bool {
        matches!(self, Self::Fapi2MessageSigning)
    }

    /// Whether refresh tokens stay as they are: FAPI 2.0 §5.3.2.1 (9) forbids to rotate them.
    pub const fn keeps_refresh_tokens(self) -> bool {
        self.is_fapi2()
    }

    /// Whether requests must name the resource that a token is for: the Model Context Protocol has clients say so (RFC
    /// 8707), and a token for no resource would be good at all of them.
    pub const fn requires_resource(self) -> bool {
        matches!(self, Self::Mcp)
    }

    /// Whether CIBA requests must be signed: FAPI-CIBA §5.2.2 (4).
    pub const fn requires_signed_backchannel_request(self) -> bool {
        self.is_high_security()
    }

    /// Whether CIBA must not push tokens: FAPI-CIBA §5.2.2 (3).
    pub const fn refuses_backchannel_push(self) -> bool {
        self.is_high_security()
    }

    /// Whether a CIBA request needs a `binding_message`, unless something else in it tells what is being approved:
    /// FAPI-CIBA §5.2.2 (2).
    pub const fn requires_binding_message(self) -> bool {
        self.is_high_security()
    }

    /// Whether answers to who has a token carry `x-fapi-interaction-id`: FAPI 1.0 Baseline §6.2.1 (11).
    pub const fn echoes_interaction_id(self) -> bool {
        self.is_fapi()
    }
}
