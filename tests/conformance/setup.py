#!/usr/bin/env python3
"""Sets a quickstart server up for the FAPI plans of the OpenID Foundation's conformance suite, and writes the suite's
configurations. docs/conformance.md says how. Needs Python 3.9 and openssl, nothing else.

Workspaces `fapi1`, `fapi2`, `fapi2ms` and `fapiciba` of tenant `default` are made anew, each with a person `user`
(password `user`) and two clients for each way to authenticate and to bind tokens.
"""

import argparse
import base64
import json
import ssl
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

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


def browser(server, allow):
    """What the suite's browser does: log in and accept, or cancel; an error page is kept as a picture."""
    button = lambda value: ["click", "xpath", f"//button[@value='{value}']", "optional"]
    login = [["text", "name", "username", "user", "optional"], ["text", "name", "password", "user", "optional"]]
    login = [*login, button("login")] if allow else [button("cancel")]
    tasks = [
        ("Error page", f"{server}/*/oauth2/authorize*",
         [["wait", "xpath", "//*", 10, ".*", "update-image-placeholder-optional"]]),
        ("Login", f"{server}/*/interaction/*", login),
        ("Consent", f"{server}/*/interaction/*", [button("accept" if allow else "deny")]),
        ("Verify", "*/test/*/callback*", [["wait", "id", "submission_complete", 10]]),
    ]
    tasks = [{"task": task, "optional": True, "match": match, "commands": commands} for task, match, commands in tasks]
    return [{"match": f"{server}/*/oauth2/authorize*", "tasks": tasks}]


def twice(server):
    """The first visit looks at the login page; the second one logs in, and keeps a picture of it."""
    look = ["wait", "xpath", "//*[@name='password']", 10]
    first = {"task": "Look", "optional": True, "match": f"{server}/*/interaction/*", "commands": [look]}
    [second] = browser(server, True)
    login = next(task for task in second["tasks"] if task["task"] == "Login")
    login["commands"].insert(0, [*look, ".*", "update-image-placeholder-optional"])
    return [{"match": second["match"], "match-limit": 1, "tasks": [first]}, second]


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
    for workspace, profile in PROFILES.items():
        management.call("DELETE", f"/servers/{workspace}")
        server = {"id": workspace, "name": workspace, "profile": profile, "root_cas": ca}
        if workspace == "fapiciba":
            server["grant_types"] = ["authorization_code", "refresh_token", CIBA]
        management.call("POST", "/servers", server)
        people = {"name": "People", "credentials": {"users": [PERSON]}}
        management.call("POST", f"/servers/{workspace}/idps/static", people)
        for way in WAYS[workspace]:
            write(options, management, workspace, way, ca)


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
        "browser": browser(options.server, True),
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
    denied = {"browser": browser(options.server, False)}
    config["override"][f"{family}-user-rejects-authentication"] = denied
    reused = f"{family}-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds"
    config["override"][reused] = {"browser": twice(options.server)}
    path = options.out / f"{plan}.json"
    path.write_text(json.dumps(config, indent=1) + "\n")
    print(path)


if __name__ == "__main__":
    main()
