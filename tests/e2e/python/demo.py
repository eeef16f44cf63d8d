"""The server under test with its demo data: addresses, certificates, the management API."""

import base64
import hashlib
import json
import os
import ssl
from pathlib import Path

import requests

ADMIN = ("admin-swagger", "n8HF35qzZkmsukHJzzz9LnN8m9Mf97uq")


class Demo:
    """A server that `quickstart` started."""

    def __init__(self, url=None, folder=None, ca=None):
        """`ca` is what the server's certificate is verified with: the demo CA, unless a proxy is in front."""
        self.url = url or os.environ["SYMBOLON_URL"]
        self.folder = Path(folder or os.environ["SYMBOLON_DATA"])
        self.issuer = f"{self.url}/default/default"
        self.certificate = str(self.folder / "cert.pem")
        self.key = str(self.folder / "key.pem")
        self.ca = str(ca or self.folder / "ca.pem")
        self.session = self.trusting(requests.Session())

    def trusting(self, session):
        """Makes a session trust this server, whatever the environment says."""
        session.trust_env = False
        session.verify = self.ca
        return session

    def management_token(self):
        """A token of the demo client of the management API."""
        answer = self.session.post(
            f"{self.url}/default/admin/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=ADMIN,
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json()["access_token"]

    def manage(self, method, path, body=None):
        """A request to the management API below `/api/admin/default`; returns what it answers."""
        answer = self.session.request(
            method,
            f"{self.url}/api/admin/default{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.management_token()}"},
            timeout=30,
        )
        if not answer.ok:
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def create_client(self, **fields):
        """Registers a client of workspace `default` and returns it as the server answered."""
        return self.manage("POST", "/clients", {"authorization_server_id": "default", **fields})

    def allow(self, *, grants=(), ways=()):
        """Allows more grants and ways to authenticate in workspace `default`."""
        server = self.manage("GET", "/servers/default")
        for setting, more in (("grant_types", grants), ("token_endpoint_auth_methods", ways)):
            server[setting] = sorted({*server[setting], *more})
        self.manage("PUT", "/servers/default", server)

    def thumbprint(self, certificate=None):
        """The SHA-256 of a certificate, the demo client's if none is named, as `cnf.x5t#S256` holds it (RFC 8705 §3.1)."""
        digest = hashlib.sha256(der_of(certificate or self.certificate)).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def der_of(certificate):
    """The first certificate of a PEM file."""
    first = Path(certificate).read_text().split("-----END CERTIFICATE-----")[0]
    return ssl.PEM_cert_to_DER_cert(first[first.index("-----BEGIN") :] + "-----END CERTIFICATE-----\n")


def claims(token):
    """The claims of a JWT, unverified."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
