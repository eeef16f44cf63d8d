"""The ways a client authenticates, with what a client of each is registered with and holds."""

import base64
import os
import subprocess
from pathlib import Path

from joserfc.jwk import import_key

from demo import der_of

FOLDER = Path(os.environ["SYMBOLON_FOLDER"])
WAYS = [
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
]


class Way:
    """A way to authenticate: `fields` of the registration, the client's `key`, its `certificate` if it has one."""

    def __init__(self, demo, name):
        self.name = name
        self.kid = f"key-{name}"
        self.fields = {"token_endpoint_auth_method": name}
        self.key_file = private_key(name)
        self.key = import_key(self.key_file.read_text(), "RSA", {"kid": self.kid})
        public = {**self.key.as_dict(private=False), "kid": self.kid, "use": "sig", "alg": "RS256"}
        self.fields["jwks"] = {"keys": [public]}
        self.certificate = None
        if name == "client_secret_jwt":
            self.fields["token_endpoint_auth_signing_alg"] = "HS256"
        elif name == "private_key_jwt":
            self.fields["token_endpoint_auth_signing_alg"] = "RS256"
        elif name == "tls_client_auth":
            self.certificate = (demo.certificate, demo.key)
            self.fields["tls_client_auth_subject_dn"] = "CN=example.com"
        elif name == "self_signed_tls_client_auth":
            self.certificate = (self_signed(self.key_file), str(self.key_file))
            public["x5c"] = [base64.b64encode(der_of(self.certificate[0])).decode()]
        self.thumbprint = demo.thumbprint(self.certificate[0]) if self.certificate else None
        if self.certificate:
            self.fields["tls_client_certificate_bound_access_tokens"] = True


def private_key(name):
    """A new RSA key in a file."""
    file = FOLDER / f"{name}.key.pem"
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(file))
    return file


def self_signed(key):
    """The file of a certificate that nobody but the key's owner vouches for."""
    file = FOLDER / "own.pem"
    openssl("req", "-x509", "-key", str(key), "-subj", "/CN=own", "-days", "2", "-out", str(file))
    return str(file)


def openssl(*arguments):
    """Runs openssl."""
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
