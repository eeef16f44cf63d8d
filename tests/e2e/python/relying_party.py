"""Authlib as a client: code flow, refresh, client credentials, userinfo, introspection, revocation.

Once with a secret, once with a certificate (RFC 8705) whose tokens are bound to it.
"""

import secrets

from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

from browser import Browser
from checks import check, equal
from demo import Demo, claims

CALLBACK = "https://client.example/callback"
SCOPES = ["openid", "email", "offline_access"]


def main():
    demo = Demo()
    metadata = demo.session.get(f"{demo.issuer}/.well-known/openid-configuration", timeout=30).json()
    equal("discovery names the issuer that was asked", metadata["issuer"], demo.issuer)
    with_secret(demo, metadata)
    with_certificate(demo, metadata)


def with_secret(demo, metadata):
    client = demo.create_client(
        client_id="authlib-secret",
        client_name="Authlib with a secret",
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        redirect_uris=[CALLBACK],
        response_types=["code"],
        scopes=[*SCOPES, "introspect_tokens", "revoke_tokens"],
        token_endpoint_auth_method="client_secret_basic",
    )
    session = OAuth2Session(
        client["client_id"],
        client["client_secret"],
        token_endpoint_auth_method="client_secret_basic",
        redirect_uri=CALLBACK,
        scope=" ".join(SCOPES),
        code_challenge_method="S256",
    )
    whole_life(demo, metadata, demo.trusting(session), "secret", thumbprint=None)


def with_certificate(demo, metadata):
    client = demo.create_client(
        client_id="authlib-certificate",
        client_name="Authlib with a certificate",
        grant_types=["authorization_code", "refresh_token", "client_credentials"],
        redirect_uris=[CALLBACK],
        response_types=["code"],
        scopes=[*SCOPES, "introspect_tokens", "revoke_tokens"],
        token_endpoint_auth_method="tls_client_auth",
        tls_client_auth_subject_dn="CN=example.com",
        tls_client_certificate_bound_access_tokens=True,
    )
    aliases = metadata["mtls_endpoint_aliases"]
    check("discovery has the mTLS alias of the token endpoint", "token_endpoint" in aliases, aliases)
    # RFC 8705 §5: a client with a certificate takes the aliases where there are any.
    metadata = {**metadata, **aliases}
    session = OAuth2Session(
        client["client_id"],
        # Authlib's name for "client_id in the form and nothing else", which is what RFC 8705 §2 asks for.
        token_endpoint_auth_method="none",
        redirect_uri=CALLBACK,
        scope=" ".join(SCOPES),
        code_challenge_method="S256",
    )
    session.cert = (demo.certificate, demo.key)
    whole_life(demo, metadata, demo.trusting(session), "certificate", thumbprint=demo.thumbprint())

    form = {"grant_type": "client_credentials", "client_id": client["client_id"]}
    refused = demo.session.post(metadata["token_endpoint"], data=form, timeout=30)
    equal("certificate: without it the client is refused", refused.status_code, 401)
    equal("certificate: and told so", refused.json()["error"], "invalid_client")


def whole_life(demo, metadata, session, name, thumbprint):
    verifier = secrets.token_urlsafe(48)
    nonce = secrets.token_urlsafe(16)
    url, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce
    )
    end = Browser(demo, CALLBACK).log_in_and_accept(url, "user", "user")
    check(f"{name}: the redirect has code, state and issuer", "code=" in end and "iss=" in end, end)
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=end, state=state, code_verifier=verifier
    )
    equal(f"{name}: code gives a bearer token", token["token_type"].lower(), "bearer")
    check(f"{name}: with a refresh token", "refresh_token" in token, sorted(token))
    check_id_token(demo, metadata, session.client_id, token, nonce, name)
    check_binding(token["access_token"], thumbprint, f"{name}: code")

    userinfo = session.get(metadata["userinfo_endpoint"], timeout=30)
    equal(f"{name}: userinfo answers", userinfo.status_code, 200)
    subject = claims(token["access_token"])["sub"]
    equal(f"{name}: userinfo is about the same user", userinfo.json()["sub"], subject)
    if thumbprint:
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        stolen = demo.session.get(metadata["userinfo_endpoint"], headers=bearer, timeout=30)
        equal(f"{name}: userinfo refuses the token without its certificate", stolen.status_code, 401)

    refreshed = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
    check(f"{name}: refresh gives another access token", refreshed["access_token"] != token["access_token"])
    check_binding(refreshed["access_token"], thumbprint, f"{name}: refresh")

    seen = session.introspect_token(
        metadata["introspection_endpoint"], token=refreshed["access_token"], token_type_hint="access_token"
    ).json()
    equal(f"{name}: introspection says active", seen["active"], True)
    equal(f"{name}: introspection shows the binding", seen.get("cnf", {}).get("x5t#S256"), thumbprint)
    revoked = session.revoke_token(
        metadata["revocation_endpoint"], token=refreshed["access_token"], token_type_hint="access_token"
    )
    equal(f"{name}: revocation answers 200", revoked.status_code, 200)
    seen = session.introspect_token(
        metadata["introspection_endpoint"], token=refreshed["access_token"]
    ).json()
    equal(f"{name}: a revoked token is not active, and nothing else is said", seen, {"active": False})

    own = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials", scope="")
    subject = claims(own["access_token"])["sub"]
    equal(f"{name}: client credentials make the client the subject", subject, session.client_id)
    check_binding(own["access_token"], thumbprint, f"{name}: client credentials")


def check_id_token(demo, metadata, client_id, token, nonce, name):
    keys = KeySet.import_key_set(demo.session.get(metadata["jwks_uri"], timeout=30).json())
    verified = jwt.decode(token["id_token"], keys, algorithms=metadata["id_token_signing_alg_values_supported"])
    equal(f"{name}: ID token verifies and is for this login", verified.claims["nonce"], nonce)
    audience = verified.claims["aud"]
    audience = audience if isinstance(audience, list) else [audience]
    check(f"{name}: ID token is for this client", client_id in audience, audience)
    equal(f"{name}: ID token is of the issuer", verified.claims["iss"], metadata["issuer"])


def check_binding(token, thumbprint, name):
    equal(f"{name}: token is bound as registered", claims(token).get("cnf", {}).get("x5t#S256"), thumbprint)


main()
