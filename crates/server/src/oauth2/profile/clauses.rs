//! Where the rules of a profile are written, for whoever is told of one.

use super::Profile;

impl Profile {
    /// How clients authenticate.
    pub const fn clause_of_authentication(self) -> &'static str {
        match self {
            Self::Plain | Self::OAuth21 | Self::Mcp => "RFC 9700 §2.5",
            Self::Fapi1Baseline => "FAPI 1.0 Baseline §5.2.2 (4)",
            Self::Fapi1Advanced => "FAPI 1.0 Advanced §5.2.2 (14), (16)",
            _ => "FAPI 2.0 §5.3.2.1 (3), (6)",
        }
    }

    /// The grants.
    pub const fn clause_of_grants(self) -> &'static str {
        match self {
            Self::Plain => "RFC 9700 §2.4",
            Self::OAuth21 | Self::Mcp => "OAuth 2.1 §10",
            Self::Fapi1Baseline | Self::Fapi1Advanced => "FAPI 1.0 Baseline §5.2.2",
            _ => "FAPI 2.0 §5.3.2.1 (2), §5.3.2.2 (1)",
        }
    }

    /// The response types, and how they travel.
    pub const fn clause_of_response_types(self) -> &'static str {
        match self {
            Self::Plain => "RFC 9700 §2.1.2",
            Self::OAuth21 | Self::Mcp => "OAuth 2.1 §10.1",
            Self::Fapi1Baseline => "FAPI 1.0 Baseline §5.2.2",
            Self::Fapi1Advanced => "FAPI 1.0 Advanced §5.2.2 (2)",
            Self::Fapi2MessageSigning => "FAPI 2.0 §5.3.2.2 (1), Message Signing §5.4.1",
            _ => "FAPI 2.0 §5.3.2.2 (1)",
        }
    }

    /// The algorithms of signatures.
    pub const fn clause_of_algorithms(self) -> &'static str {
        match self {
            Self::Plain | Self::OAuth21 | Self::Mcp | Self::Fapi1Baseline => "RFC 7518 §3.1",
            Self::Fapi1Advanced => "FAPI 1.0 Advanced §8.6",
            _ => "FAPI 2.0 §5.4.1",
        }
    }

    /// PKCE.
    pub const fn clause_of_pkce(self) -> &'static str {
        match self {
            Self::Plain => "RFC 9700 §2.1.1",
            Self::OAuth21 | Self::Mcp => "OAuth 2.1 §4.1.1",
            Self::Fapi1Baseline => "FAPI 1.0 Baseline §5.2.2 (7)",
            Self::Fapi1Advanced => "FAPI 1.0 Advanced §5.2.2 (18)",
            _ => "FAPI 2.0 §5.3.2.2 (5)",
        }
    }

    /// Redirect URIs.
    pub const fn clause_of_redirect_uris(self) -> &'static str {
        match self {
            Self::Plain => "RFC 9700 §2.1",
            Self::OAuth21 | Self::Mcp => "OAuth 2.1 §2.3",
            Self::Fapi1Baseline | Self::Fapi1Advanced => "FAPI 1.0 Baseline §5.2.2 (9), (20)",
            _ => "FAPI 2.0 §5.3.2.2 (6), (8)",
        }
    }

    /// Sender constraint.
    pub const fn clause_of_binding(self) -> &'static str {
        match self {
            Self::Plain | Self::OAuth21 | Self::Mcp | Self::Fapi1Baseline => "RFC 9700 §2.2.1",
            Self::Fapi1Advanced => "FAPI 1.0 Advanced §5.2.2 (5), (6)",
            _ => "FAPI 2.0 §5.3.2.1 (4), (5)",
        }
    }
}
