//! What can be changed about a refusal, by its reason code. Codes whose sentence says it already are not here.

/// The cure for a reason, if there is one to tell.
pub(super) fn find(reason: &str) -> Option<&'static str> {
    CURES.iter().find(|(code, _)| *code == reason).map(|(_, cure)| *cure)
}

#[rustfmt::skip]
const CURES: &[(&str, &str)] = &[
    // Who asks
    ("client_unknown", "Check client_id, and that the client belongs to the workspace in the path: GET /api/admin/{tid}/clients/{cid} shows its authorization_server_id."),
    ("client_inactive", "Set the client's client_status to active."),
    ("client_unnamed", "Send client_id in the body, or the client's id and secret by HTTP Basic."),
    ("client_auth_method_mismatch", "Let the client authenticate as it is registered, or change its token_endpoint_auth_method."),
    ("client_auth_method_not_allowed", "Add the method to the workspace's token_endpoint_auth_methods, or register the client with another one."),
    ("client_authenticated_twice", "Send one kind of credentials only: HTTP Basic, or the body, or a certificate alone."),
    ("client_id_contradiction", "Send the same client_id in the Authorization header and in the body, or in one of them only."),
    ("secret_mismatch", "Give the client its current secret; POST /api/admin/{tid}/clients/{cid}/rotateSecret makes a new one and keeps the old one valid for a while. In HTTP Basic both parts are form-encoded first (RFC 6749 §2.3.1)."),
    ("client_assertion_algorithm", "Set the client's token_endpoint_auth_signing_alg to the algorithm it signs with, or to the empty text for any that the workspace takes (token_endpoint_auth_signing_alg_values)."),
    ("client_assertion_audience", "Let the client put the issuer of this workspace into aud: it is in the discovery document."),
    ("client_assertion_signature", "Register the public key that the client signs with (jwks, or published at its jwks_uri), under the kid that the assertion names."),
    ("client_assertion_replayed", "Let the client make a new assertion with a random jti for each request, retries included."),
    // Request objects
    ("request_object_signature", "Register the public key that the client signs with (jwks, or published at its jwks_uri), under the kid that the request object names."),
    ("request_object_algorithm", "Set the client's request_object_signing_alg to the algorithm it signs with, or to any."),
    ("request_object_unsigned", "Let the client sign its request objects; or set advanced.allow_unsigned_request_objects of the workspace, and request_object_signing_alg of the client to any or none."),
    ("request_object_audience", "Let the client put the issuer of this workspace into aud: it is in the discovery document."),
    ("request_object_incomplete", "Let the client put all parameters into the request object; what is beside it does not count."),
    ("request_uri_not_registered", "Add the address to the client's request_uris: no other is fetched."),
    ("request_uri_unreadable", "Let the client's server answer GET with 200 and the request object (application/oauth-authz-req+jwt). Private addresses are asked only with client.allow_private_addresses."),
    ("signed_request_required", "Let the client send a signed request object; or set require_signed_request_object of client and workspace (advanced) to false."),
    // Certificates
    ("certificate_missing", "Call with the client's key and certificate (curl --key --cert). Behind a proxy: let it ask for a certificate and pass it on, and set server.client_certificate_header and server.trusted_proxies."),
    ("certificate_attribute_mismatch", "Register what the certificate has (compare the lines above), or issue the client a certificate with what is registered. POST /api/admin/{tid}/clients/parse-certificate shows what to register."),
    ("certificate_attribute_unusable", "Correct the client's tls_client_auth_… attribute: POST /api/admin/{tid}/clients/parse-certificate shows how it is written."),
    ("certificate_not_registered", "Put the certificate into the client's jwks (x5c), or publish it at its jwks_uri."),
    ("certificate_missing_for_binding", "The client's tokens are bound to a certificate: call with one, or set tls_client_certificate_bound_access_tokens to false."),
    ("root_cas_unusable", "Correct the workspace's root_cas or crls: PEM blocks, nothing else."),
    ("certificate_header", "Let the proxy send the certificate in a form this server reads: URL-encoded PEM, RFC 9440 or Envoy's XFCC."),
    // Authorization requests
    ("redirect_uri_not_registered", "Add the redirect_uri, letter by letter, to the client's redirect_uris."),
    ("redirect_uri_missing", "Send redirect_uri: the client has several, or it was part of the authorization request."),
    ("redirect_uri_mismatch", "Send to the token endpoint the redirect_uri of the authorization request, letter by letter."),
    ("grant_not_registered", "Add the grant to the client's grant_types."),
    ("grant_type_not_registered", "Add the grant to the grant_types of the client and of its workspace."),
    ("response_type_not_registered", "Add the response type to the client's response_types."),
    ("scope_unknown", "Add the scope to the workspace, or ask for one it has."),
    ("scope_not_registered", "Add the scope to the client's scopes, or ask for one it has."),
    ("code_challenge_required", "Let the client use PKCE; or set enforce_pkce or enforce_pkce_for_public_clients of the workspace to false."),
    ("code_challenge_plain", "Let the client send code_challenge_method=S256."),
    ("browser_unknown", "The browser sent no cookie: it blocks them, or the page was opened in another browser, host or port than the one before."),
    // Tokens
    ("code_expired", "Redeem the code sooner, or raise authorization_code_ttl of the workspace."),
    ("code_used_twice", "Redeem each code once. If the client did, somebody else has seen its code."),
    ("code_verifier_wrong", "Let the client keep the code_verifier of each authorization request apart."),
    ("refresh_token_reused", "Let the client keep the newest refresh token, in one place. If it does, somebody else has a copy."),
    ("refresh_token_certificate_mismatch", "Call with the certificate that the token was issued to."),
    ("refresh_token_key_mismatch", "Prove the key that the token was issued to: the client keeps one key for as long as it keeps the token."),
    ("code_key_mismatch", "Redeem the code with the key whose thumbprint was dpop_jkt, or whose proof came with the pushed request."),
    ("access_token_without_proof", "Send Authorization: DPoP with the token, and a DPoP header with a proof made for this request."),
    ("dpop_proof_missing", "Send a DPoP header with a proof (RFC 9449), or set dpop_bound_access_tokens of the client to false."),
    ("dpop_proof_other_address", "Make the proof for the address that the client calls. Behind a proxy: set server.url to the name that clients use."),
    ("dpop_proof_wrong_time", "Set the clock of the client. Where that cannot be, set advanced.require_dpop_nonce of the workspace: the nonce then says the time."),
    ("dpop_nonce_missing", "Let the client send the request again with the nonce of the DPoP-Nonce header; or set advanced.require_dpop_nonce of the workspace to false."),
    // The server itself
    ("no_such_workspace", "The path names a tenant or workspace that does not exist: check both in the URL."),
    ("bad_host", "The Host header is missing or malformed: check the proxy in front."),
    ("body_too_large", "Send less, or raise limits.body_size (limits.management_body_size for the management APIs)."),
    ("content_type_wrong", "Send application/x-www-form-urlencoded."),
    ("request_timeout", "The answer took longer than limits.request_timeout: look at the database and at upstream services."),
    ("store_unavailable", "The database does not answer: look at it, and at the log around this time."),
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn sources(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, text);
            } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("refusals/cures.rs")
            {
                text.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn every_cure_is_for_a_reason_that_is_given() {
        let mut text = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
        for (code, _) in CURES {
            assert!(text.contains(&format!("\"{code}\"")), "{code}");
        }
    }

    #[test]
    fn a_cure_is_one_line() {
        assert!(CURES.iter().all(|(_, cure)| cure.ends_with('.') && !cure.contains('\n')));
        assert_eq!(find("nobody_knows"), None);
    }
}
