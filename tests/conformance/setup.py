#!/usr/bin/env python3
"""Sets a quickstart server up for the FAPI plans of the OpenID Foundation's conformance suite, and writes the suite's
configurations. docs/conformance.md says how. Needs Python 3.9 and openssl, nothing else.

Workspaces `fapi1`, `fapi2` and `fapi2ms` of tenant `default` are made anew, each with a person `user` (password `user`)
and two clients for each way to authenticate and to bind tokens.
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
PROFILES = {"fapi1": "fapi_advanced", "fapi2": "fapi_20_security", "fapi2ms": "fapi_20_message_signing"}
# Client authentication and sender constraint, in the suite's words.
WAYS = {
    "fapi1": [("mtls", "mtls"), ("private_key_jwt", "mtls")],
    "fapi2": [(method, bound) for method in ("mtls", "private_key_jwt") for bound in ("mtls", "dpop")],
    "fapi2ms": [(method, bound) for method in ("mtls", "private_key_jwt") for bound in ("mtls", "dpop")],
}
SCOPES = ["openid", "email", "offline_access"]


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


def client(workspace, name, way, key, redirects):
    """The body that registers a client."""
    method, bound = way
    body = {
        "authorization_server_id": workspace,
        "client_id": name,
        "client_name": name,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "redirect_uris": redirects,
        "scopes": SCOPES,
        "jwks": {"keys": [{member: value for member, value in key.items() if member != "d"}]},
        "tls_client_certificate_bound_access_tokens": bound == "mtls",
        "dpop_bound_access_tokens": bound == "dpop",
    }
    if workspace == "fapi1":
        # The hybrid flow needs both grants (OpenID Connect Registration §2).
        body["grant_types"].append("implicit")
        body["response_types"].append("code id_token")
    if method == "mtls":
        body |= {"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": f"CN={name}"}
    else:
        body |= {"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256"}
    return body


def browser(server, press):
    """What the suite's browser does: log in, press a button; an error page is kept as a picture."""
    login = [["text", "name", "username", "user", "optional"], ["text", "name", "password", "user", "optional"],
             ["click", "xpath", "//button[@value='login']", "optional"]]
    tasks = [
        ("Error page", f"{server}/*/oauth2/authorize*",
         [["wait", "xpath", "//*", 10, ".*", "update-image-placeholder-optional"]]),
        ("Login", f"{server}/*/interaction/*", login),
        ("Consent", f"{server}/*/interaction/*", [["click", "xpath", f"//button[@value='{press}']", "optional"]]),
        ("Verify", "*/test/*/callback*", [["wait", "id", "submission_complete", 10]]),
    ]
    tasks = [{"task": task, "optional": True, "match": match, "commands": commands} for task, match, commands in tasks]
    return [{"match": f"{server}/*/oauth2/authorize*", "tasks": tasks}]


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
        management.call("POST", "/servers", {"id": workspace, "name": workspace, "profile": profile, "root_cas": ca})
        person = {"username": "user", "password": "user", "email": "user@example.com", "email_verified": True}
        people = {"name": "People", "credentials": {"users": [person]}}
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
        "browser": browser(options.server, "accept"),
        "override": {},
    }
    for number in ("", "2"):
        name = f"{plan}-{number or '1'}"
        key = jwk(ec_key(), name)
        cert, private = certificate(options.out, name)
        # The second client is answered at an address with a query of its own.
        redirects = [callback, f"{callback}?dummy1=lorem&dummy2=ipsum"]
        management.call("POST", "/clients", client(workspace, name, way, key, redirects))
        config[f"client{number}"] = {"client_id": name, "scope": " ".join(SCOPES), "jwks": {"keys": [key]}}
        config[f"mtls{number}"] = {"cert": cert, "key": private, "ca": ca}
    family = "fapi1-advanced-final" if workspace == "fapi1" else "fapi2-security-profile-final"
    denied = {"browser": browser(options.server, "deny")}
    config["override"][f"{family}-user-rejects-authentication"] = denied
    path = options.out / f"{plan}.json"
    path.write_text(json.dumps(config, indent=1) + "\n")
    print(path)


if __name__ == "__main__":
    main()
