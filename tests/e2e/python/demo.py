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

    def create_client(self, **fields):
        """Registers a client of workspace `default` and returns it as the server answered."""
        answer = self.session.post(
            f"{self.url}/api/admin/default/clients",
            json={"authorization_server_id": "default", **fields},
            headers={"Authorization": f"Bearer {self.management_token()}"},
            timeout=30,
        )
        if answer.status_code != 201:
            raise AssertionError(f"client not created: {answer.status_code} {answer.text}")
        return answer.json()

    def thumbprint(self):
        """The SHA-256 of the demo client certificate, as `cnf.x5t#S256` holds it (RFC 8705 §3.1)."""
        first = Path(self.certificate).read_text().split("-----END CERTIFICATE-----")[0]
        der = ssl.PEM_cert_to_DER_cert(first[first.index("-----BEGIN") :] + "-----END CERTIFICATE-----\n")
        return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


def claims(token):
    """The claims of a JWT, unverified."""
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
