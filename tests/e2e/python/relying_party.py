"""Authlib as a client: code flow, signed requests, refresh, client credentials, userinfo, introspection, revocation,
device flow, token exchange, JWT bearer and password; by every way to authenticate.
"""

import secrets
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import KeySet

from browser import Browser
from checks import check, equal, flow
from demo import Demo, claims
from ways import WAYS, Way

CALLBACK = "https://client.example/callback"
SCOPES = ["openid", "email", "offline_access"]
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GRANTS = [DEVICE, EXCHANGE, JWT_BEARER, "password"]
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


def main():
    demo = Demo()
    demo.allow(grants=GRANTS, ways=WAYS)
    metadata = demo.session.get(f"{demo.issuer}/.well-known/openid-configuration", timeout=30).json()
    equal("discovery names the issuer that was asked", metadata["issuer"], demo.issuer)
    for name in WAYS:
        way = Way(demo, name)
        client = demo.create_client(
            client_id=f"authlib-{name}",
            client_name=f"Authlib with {name}",
            grant_types=["authorization_code", "refresh_token", "client_credentials", *GRANTS],
            redirect_uris=[CALLBACK],
            response_types=["code"],
            scopes=[*SCOPES, "introspect_tokens", "revoke_tokens"],
            request_object_signing_alg="RS256",
            **way.fields,
        )
        endpoints = metadata
        if way.certificate:
            aliases = metadata["mtls_endpoint_aliases"]
            check("discovery has the mTLS alias of the token endpoint", "token_endpoint" in aliases, aliases)
            # RFC 8705 §5: a client with a certificate takes the aliases where there are any.
            endpoints = {**metadata, **aliases}
        session = session_of(demo, way, client, endpoints)
        whole_life(demo, endpoints, session, name, way.thumbprint)
        signed_request(demo, endpoints, session, way)
        exchange(endpoints, session, way)
        jwt_bearer(endpoints, session, way)
        password(endpoints, session, way)
        device(demo, endpoints, session, way)
        if way.certificate:
            form = {"grant_type": "client_credentials", "client_id": client["client_id"]}
            refused = demo.session.post(endpoints["token_endpoint"], data=form, timeout=30)
            equal(f"{name}: without it the client is refused", refused.status_code, 401)
            equal(f"{name}: and told so", refused.json()["error"], "invalid_client")


def session_of(demo, way, client, metadata):
    """Authlib's client for a way to authenticate."""
    # "none" is Authlib's name for "client_id in the form and nothing else", which is what RFC 8705 §2 asks for.
    method = "none" if way.certificate else way.name
    session = OAuth2Session(
        client["client_id"],
        way.key if way.name == "private_key_jwt" else client.get("client_secret"),
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        redirect_uri=CALLBACK,
        scope=" ".join(SCOPES),
        code_challenge_method="S256",
    )
    endpoint = metadata["token_endpoint"]
    session.register_client_auth_method(ClientSecretJWT(endpoint))
    session.register_client_auth_method(PrivateKeyJWT(endpoint, headers={"kid": way.kid}))
    session.cert = way.certificate
    return demo.trusting(session)


def signed_request(demo, metadata, session, way):
    """The authorization request as a JWT signed by the client (RFC 9101)."""
    verifier, state, now = secrets.token_urlsafe(48), secrets.token_urlsafe(16), int(time.time())
    plain, _ = session.create_authorization_url(
        metadata["authorization_endpoint"], state=state, code_verifier=verifier, nonce=secrets.token_urlsafe(16)
    )
    asked = dict(parse_qsl(urlsplit(plain).query))
    times = {"iat": now, "nbf": now, "exp": now + 60}
    header = {"alg": "RS256", "typ": "oauth-authz-req+jwt", "kid": way.kid}
    body = {**asked, **times, "iss": session.client_id, "aud": metadata["issuer"]}
    request = jwt.encode(header, body, way.key)
    url = f"{metadata['authorization_endpoint']}?{urlencode({'client_id': session.client_id, 'request': request})}"
    end = Browser(demo, CALLBACK).log_in_and_accept(url, "user", "user")
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=end, state=state, code_verifier=verifier
    )
    check(f"{way.name}: a signed request gives tokens", "id_token" in token, sorted(token))
    flow("signed request", way.name)


def exchange(metadata, session, way):
    """A token of its own for another (RFC 8693)."""
    own = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials", scope="email")
    exchanged = session.fetch_token(
        metadata["token_endpoint"],
        grant_type=EXCHANGE,
        subject_token=own["access_token"],
        subject_token_type=ACCESS_TOKEN,
        scope="email",
    )
    equal(f"{way.name}: an exchanged token is of the kind asked for", exchanged["issued_token_type"], ACCESS_TOKEN)
    check_binding(exchanged["access_token"], way.thumbprint, f"{way.name}: exchange")
    flow("token exchange", way.name)


def jwt_bearer(metadata, session, way):
    """What the client has signed with its own key about a subject of its own (RFC 7523 §2.1)."""
    now = int(time.time())
    body = {"iss": session.client_id, "sub": "job-17", "aud": metadata["issuer"], "jti": secrets.token_urlsafe(16)}
    assertion = jwt.encode({"alg": "RS256", "kid": way.kid}, {**body, "iat": now, "exp": now + 300}, way.key)
    token = session.fetch_token(
        metadata["token_endpoint"], grant_type=JWT_BEARER, assertion=assertion, scope="email"
    )
    equal(f"{way.name}: a JWT gives access for its subject", token["scope"], "email")
    check_binding(token["access_token"], way.thumbprint, f"{way.name}: JWT bearer")
    flow("JWT bearer", way.name)


def password(metadata, session, way):
    """The person has told the client itself (RFC 6749 §4.3)."""
    token = session.fetch_token(
        metadata["token_endpoint"], username="user", password="user", scope="openid email"
    )
    equal(f"{way.name}: a password gives tokens for the person", token["scope"], "openid email")
    check_binding(token["access_token"], way.thumbprint, f"{way.name}: password")
    flow("password", way.name)


def device(demo, metadata, session, way):
    """The person allows the device before it asks for its tokens (RFC 8628)."""
    form = {"client_id": session.client_id, "scope": "openid email"}
    begun = demo.session.post(metadata["device_authorization_endpoint"], data=form, timeout=30).json()
    browser = Browser(demo, CALLBACK)
    browser.open(begun["verification_uri_complete"])
    for button, filled in (("continue", {}), ("login", {"username": "user", "password": "user"}), ("accept", {})):
        if f'value="{button}"' in browser.page.text:
            browser.press(button, **filled)
    token = session.fetch_token(
        metadata["token_endpoint"], grant_type=DEVICE, device_code=begun["device_code"], scope="openid email"
    )
    equal(f"{way.name}: the device gets tokens for the person", token["scope"], "openid email")
    check_binding(token["access_token"], way.thumbprint, f"{way.name}: device")
    flow("device", way.name)


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
    for done in ("code with PKCE", "userinfo", "refresh", "introspection", "revocation", "client credentials"):
        flow(done, name)


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
