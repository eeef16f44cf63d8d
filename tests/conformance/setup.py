#!/usr/bin/env python3
"""Sets a quickstart server up for the OpenID Foundation's conformance suite, and writes the suite's configurations.
docs/conformance.md says how. Needs Python 3.9 and openssl, nothing else.

Workspaces `oidc`, `fapi1`, `fapi2`, `fapi2ms` and `fapiciba` of tenant `default` are made anew, each with a person
`user` (password `user`); those of FAPI with two clients for each way to authenticate and to bind tokens, `oidc` with
those of the plans whose clients are made by hand.
"""

import argparse
import base64
import json
import os
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import browser

ADMIN = ("admin-swagger", "n8HF35qzZkmsukHJzzz9LnN8m9Mf97uq")
CIBA = "urn:openid:params:grant-type:ciba"
PROFILES = {
    "fapi1": "fapi_advanced",
    "fapi2": "fapi_20_security",
    "fapi2ms": "fapi_20_message_signing",
    "fapiciba": "fapi_advanced",
}
# Client authentication and sender constraint, in the suite's words; with CIBA how tokens are delivered.
WAYS = {
    "fapi1": [("mtls", "mtls"), ("private_key_jwt", "mtls")],
    "fapi2": [(method, bound) for method in ("mtls", "private_key_jwt") for bound in ("mtls", "dpop")],
    "fapi2ms": [(method, bound) for method in ("mtls", "private_key_jwt") for bound in ("mtls", "dpop")],
    "fapiciba": [(method, mode) for method in ("mtls", "private_key_jwt") for mode in ("poll", "ping")],
}
SCOPES = ["openid", "email", "offline_access"]
OIDC_SCOPES = ["openid", "profile", "email", "address", "phone", "offline_access"]
RESPONSE_TYPES = ["code", "id_token", "token", "id_token token", "code id_token", "code token", "code id_token token"]
# A value for every standard claim (OpenID Connect Core §5.1): the suite asks for all of them.
PERSON = {
    "username": "user",
    "password": "user",
    "email": "user@example.com",
    "email_verified": True,
    "phone_number": "+1-555-0100",
    "phone_number_verified": True,
    "authentication_context": {
        "name": "Robin Ada Sandbox",
        "given_name": "Robin",
        "middle_name": "Ada",
        "family_name": "Sandbox",
        "nickname": "Rob",
        "preferred_username": "user",
        "profile": "https://example.com/people/robin",
        "picture": "https://example.com/people/robin.png",
        "website": "https://robin.example.com",
        "gender": "unspecified",
        "birthdate": "1990-02-28",
        "zoneinfo": "Europe/Warsaw",
        "locale": "en-GB",
        "updated_at": 1700000000,
        "address": {"formatted": "1 Example Street\nExampletown", "locality": "Exampletown", "country": "Poland"},
    },
}


class Management:
    """The admin API of tenant `default`."""

    def __init__(self, server, cacert):
        self.server = server
        self.tls = ssl.create_default_context(cafile=cacert)
        basic = base64.b64encode(":".join(ADMIN).encode()).decode()
        form = urllib.parse.urlencode({"grant_type": "client_credentials"}).encode()
        headers = {"Authorization": f"Basic {basic}"}
        self.token = None
        self.token = self.send("POST", "/default/admin/oauth2/token", form, headers)["access_token"]

    def send(self, method, path, body=None, headers=None):
        request = urllib.request.Request(self.server + path, data=body, method=method, headers=headers or {})
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, context=self.tls) as answer:
            return json.loads(answer.read() or b"null")

    def call(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        try:
            return self.send(method, "/api/admin/default" + path, data, {"Content-Type": "application/json"})
        except urllib.error.HTTPError as error:
            if method == "DELETE" and error.code == 404:
                return None
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}") from error


def openssl(*arguments, given=None):
    done = subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True)
    return done.stdout


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def ec_key():
    """A P-256 key in PEM."""
    return openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")


def jwk(pem, kid):
    """The key as a private JWK: the point ends the public key's DER, the scalar is the first OCTET STRING of SEC 1."""
    point = openssl("pkey", "-pubout", "-outform", "DER", given=pem)[-64:]
    scalar = openssl("ec", "-outform", "DER", given=pem)[7:39]
    words = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid}
    return {**words, "x": b64url(point[:32]), "y": b64url(point[32:]), "d": b64url(scalar)}


def authority(folder):
    """A CA for client certificates; returns its PEM."""
    (folder / "ca.key").write_bytes(ec_key())
    openssl("req", "-x509", "-new", "-key", str(folder / "ca.key"), "-subj", "/CN=Conformance CA", "-days", "30",
            "-out", str(folder / "ca.pem"))
    return (folder / "ca.pem").read_text()


def certificate(folder, name):
    """A client certificate of that CA: certificate and key in PEM."""
    key, csr = folder / f"{name}.key", folder / f"{name}.csr"
    key.write_bytes(ec_key())
    openssl("req", "-new", "-key", str(key), "-subj", f"/CN={name}", "-out", str(csr))
    extensions = folder / "client.ext"
    extensions.write_text("basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n")
    cert = openssl("x509", "-req", "-in", str(csr), "-CA", str(folder / "ca.pem"), "-CAkey", str(folder / "ca.key"),
                   "-CAcreateserial", "-days", "30", "-extfile", str(extensions))
    return cert.decode(), key.read_text()


def client(workspace, name, way, key, callback):
    """The body that registers a client."""
    method, bound = way
    # The second client is answered at an address with a query of its own.
    redirects = [callback, f"{callback}?dummy1=lorem&dummy2=ipsum"]
    body = {
        "authorization_server_id": workspace,
        "client_id": name,
        "client_name": name,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": redirects,
        "scopes": SCOPES,
        "jwks": {"keys": [{member: value for member, value in key.items() if member != "d"}]},
        "tls_client_certificate_bound_access_tokens": bound != "dpop",
        "dpop_bound_access_tokens": bound == "dpop",
    }
    if workspace == "fapi1":
        # The hybrid flow needs both grants (OpenID Connect Registration §2).
        body["grant_types"].append("implicit")
        body["response_types"].append("code id_token")
    if workspace == "fapiciba":
        body["grant_types"] = [CIBA, "refresh_token"]
        body["backchannel_token_delivery_mode"] = bound
        body["backchannel_authentication_request_signing_alg"] = "ES256"
        if bound == "ping":
            address = callback.replace("/callback", "/ciba-notification-endpoint")
            body["backchannel_client_notification_endpoint"] = address
    if method == "mtls":
        body |= {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": f"CN={name}"}
    else:
        body |= {"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256"}
    return body


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--server", default="https://localhost:8443", help="where the server is")
    parser.add_argument("--cacert", default="data/ca.pem", help="the CA of the server's certificate")
    parser.add_argument("--suite", default="https://localhost.emobix.co.uk:8443", help="where the suite is")
    parser.add_argument("--out", default="conformance", type=Path, help="folder for the configurations")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    management = Management(options.server, options.cacert)
    ca = authority(options.out)
    oidc(options, management, ca)
    for workspace, profile in PROFILES.items():
        server = {"id": workspace, "name": workspace, "profile": profile, "root_cas": ca}
        if workspace == "fapiciba":
            server["grant_types"] = ["authorization_code", "refresh_token", CIBA]
        make(management, server)
        for way in WAYS[workspace]:
            write(options, management, workspace, way, ca)


def make(management, server):
    """Makes a workspace anew, with its person."""
    management.call("DELETE", f"/servers/{server['id']}")
    management.call("POST", "/servers", server)
    people = {"name": "People", "credentials": {"users": [PERSON]}}
    management.call("POST", f"/servers/{server['id']}/idps/static", people)


def oidc(options, management, ca):
    """The workspace of the OpenID Connect plans and the clients made by hand; `oidc.json` knows those with a secret,
    `oidc-mtls.json` those with a certificate."""
    make(management, {
        "id": "oidc",
        "name": "oidc",
        "root_cas": ca,
        "grant_types": ["authorization_code", "implicit", "refresh_token", "client_credentials"],
        "dynamic_client_registration": {"enabled": True},
        # The suite sends no code_challenge for public clients.
        "enforce_pkce_for_public_clients": False,
        "advanced": {"session_management": True, "allow_unsigned_request_objects": True},
    })
    pages = options.server, options.suite
    config = {
        "alias": "oidc",
        "description": "oidc",
        "server": {
            "discoveryUrl": f"{options.server}/default/oidc/.well-known/openid-configuration",
            "login_hint": "user",
        },
        "browser": [browser.authorize(*pages), browser.logout(options.server), browser.session()],
        "override": {},
    }
    for module in ("prompt-login", "max-age-1"):
        config["override"][f"oidcc-{module}"] = {"browser": browser.asked_again(*pages)}
    for module in ("logo", "policy", "tos"):
        config["override"][f"oidcc-registration-{module}-uri"] = {"browser": browser.only_asked(options.server)}
    with_secret, with_certificate = {}, {}
    for name, method in [("client", "basic"), ("client2", "basic"), ("client_secret_post", "post")]:
        secret = b64url(os.urandom(32))
        body = {"client_secret": secret, "token_endpoint_auth_method": f"client_secret_{method}"}
        client_id = oidc_client(options, management, f"oidc-{name.replace('_', '-')}", body)
        with_secret[name] = {"client_id": client_id, "client_secret": secret}
    for number in ("", "2"):
        name = f"oidc-mtls{number}"
        cert, private = certificate(options.out, name)
        body = {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": f"CN={name}"}
        with_certificate[f"client{number}"] = {"client_id": oidc_client(options, management, name, body)}
        with_certificate[f"mtls{number}"] = {"cert": cert, "key": private}
    save(options, "oidc", config | with_secret)
    save(options, "oidc-mtls", config | with_certificate)


def oidc_client(options, management, client_id, body):
    """Registers a client of the OpenID Connect plans; returns its id."""
    callback = f"{options.suite}/test/a/oidc/callback"
    management.call("POST", "/clients", {
        "authorization_server_id": "oidc",
        "client_id": client_id,
        "client_name": client_id,
        "redirect_uris": [callback, f"{callback}?dummy1=lorem&dummy2=ipsum"],
        "grant_types": ["authorization_code", "implicit", "refresh_token"],
        "response_types": RESPONSE_TYPES,
        "scopes": OIDC_SCOPES,
        **body,
    })
    return client_id


def save(options, plan, config):
    path = options.out / f"{plan}.json"
    path.write_text(json.dumps(config, indent=1) + "\n")
    print(path)


def write(options, management, workspace, way, ca):
    """Registers the two clients of a plan and writes its configuration."""
    plan = "-".join((workspace, *way)).replace("_", "-")
    callback = f"{options.suite}/test/a/{plan}/callback"
    issuer = f"{options.server}/default/{workspace}"
    config = {
        "alias": plan,
        "description": plan,
        "server": {"discoveryUrl": f"{issuer}/.well-known/openid-configuration"},
        "resource": {"resourceUrl": f"{issuer}/userinfo"},
        "browser": [browser.authorize(options.server, options.suite)],
        "override": {},
    }
    for number in ("", "2"):
        name = f"{plan}-{number or '1'}"
        key = jwk(ec_key(), name)
        cert, private = certificate(options.out, name)
        management.call("POST", "/clients", client(workspace, name, way, key, callback))
        config[f"client{number}"] = {"client_id": name, "scope": " ".join(SCOPES), "jwks": {"keys": [key]}}
        if workspace == "fapiciba":
            config[f"client{number}"] |= {"hint_type": "login_hint", "hint_value": "user", "acr_value": "1"}
        config[f"mtls{number}"] = {"cert": cert, "key": private, "ca": ca}
    if workspace == "fapiciba":
        answer = f"{issuer}/backchannel/demo?auth_req_id={{auth_req_id}}&action={{action}}"
        config["automated_ciba_approval_url"] = answer
    family = "fapi1-advanced-final" if workspace == "fapi1" else "fapi2-security-profile-final"
    pages = options.server, options.suite
    config["override"][f"{family}-user-rejects-authentication"] = {"browser": browser.denied(*pages)}
    reused = f"{family}-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds"
    config["override"][reused] = {"browser": browser.twice(*pages)}
    save(options, plan, config)


if __name__ == "__main__":
    main()
