//! HTTP security headers of a tenant.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// HTTP security headers of a tenant's pages. The names are Go's, as the API has them.
#[serde_with::skip_serializing_none]
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct SecureOptions {
    /// Host names that are served.
    #[serde(rename = "AllowedHosts")]
    pub allowed_hosts: Vec<String>,
    /// The host names are regular expressions.
    #[serde(rename = "AllowedHostsAreRegex")]
    pub allowed_hosts_are_regex: bool,
    /// X-XSS-Protection is sent.
    #[serde(rename = "BrowserXssFilter")]
    pub browser_xss_filter: bool,
    /// Content-Security-Policy.
    #[serde(rename = "ContentSecurityPolicy")]
    pub content_security_policy: Option<String>,
    /// Content-Security-Policy-Report-Only.
    #[serde(rename = "ContentSecurityPolicyReportOnly")]
    pub content_security_policy_report_only: Option<String>,
    /// X-Content-Type-Options: nosniff is sent.
    #[serde(rename = "ContentTypeNosniff")]
    pub content_type_nosniff: bool,
    /// Cross-Origin-Opener-Policy.
    #[serde(rename = "CrossOriginOpenerPolicy")]
    pub cross_origin_opener_policy: Option<String>,
    /// Value of X-XSS-Protection.
    #[serde(rename = "CustomBrowserXssValue")]
    pub custom_browser_xss_value: Option<String>,
    /// Value of X-Frame-Options.
    #[serde(rename = "CustomFrameOptionsValue")]
    pub custom_frame_options_value: Option<String>,
    /// Expect-CT.
    #[serde(rename = "ExpectCTHeader")]
    pub expect_ct_header: Option<String>,
    /// Feature-Policy.
    #[serde(rename = "FeaturePolicy")]
    pub feature_policy: Option<String>,
    /// Strict-Transport-Security is sent over plain HTTP too.
    #[serde(rename = "ForceSTSHeader")]
    pub force_sts_header: bool,
    /// X-Frame-Options: DENY is sent.
    #[serde(rename = "FrameDeny")]
    pub frame_deny: bool,
    /// Headers that may carry the host name.
    #[serde(rename = "HostsProxyHeaders")]
    pub hosts_proxy_headers: Vec<String>,
    /// The checks on host and TLS are off.
    #[serde(rename = "IsDevelopment")]
    pub is_development: bool,
    /// Permissions-Policy.
    #[serde(rename = "PermissionsPolicy")]
    pub permissions_policy: Option<String>,
    /// Public-Key-Pins.
    #[serde(rename = "PublicKey")]
    pub public_key: Option<String>,
    /// Referrer-Policy.
    #[serde(rename = "ReferrerPolicy")]
    pub referrer_policy: Option<String>,
    /// Redirect to `SSLHost` even when the request came over TLS.
    #[serde(rename = "SSLForceHost")]
    pub ssl_force_host: bool,
    /// Host that plain requests are redirected to.
    #[serde(rename = "SSLHost")]
    pub ssl_host: Option<String>,
    /// Headers that say a proxy ended TLS.
    #[serde(rename = "SSLProxyHeaders")]
    pub ssl_proxy_headers: BTreeMap<String, String>,
    /// Plain requests are redirected.
    #[serde(rename = "SSLRedirect")]
    pub ssl_redirect: bool,
    /// With a temporary redirect.
    #[serde(rename = "SSLTemporaryRedirect")]
    pub ssl_temporary_redirect: bool,
    /// `includeSubDomains` of Strict-Transport-Security.
    #[serde(rename = "STSIncludeSubdomains")]
    pub sts_include_subdomains: bool,
    /// `preload` of Strict-Transport-Security.
    #[serde(rename = "STSPreload")]
    pub sts_preload: bool,
    /// `max-age` of Strict-Transport-Security, in seconds.
    #[serde(rename = "STSSeconds")]
    pub sts_seconds: i64,
    /// Name under which the result is kept.
    #[serde(rename = "SecureContextKey")]
    pub secure_context_key: Option<String>,
}
