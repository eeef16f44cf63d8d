"""nginx in front: TLS ends there, the certificate comes in X-SSL-CERT, and only from there."""

import os
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

import requests

from checks import check, equal
from demo import Demo, claims
from processes import Running, find, free_port, give_away, unprivileged

FOLDER = Path(os.environ["SYMBOLON_FOLDER"])


def main():
    upstream, port = free_port(), free_port()
    environment = {
        **os.environ,
        "SERVER_URL": f"https://localhost:{port}",
        "SERVER_CLIENT_CERTIFICATE_HEADER": "X-SSL-CERT",
        # A second address of loopback, so that the test can also come from one that is not listed.
        "SERVER_TRUSTED_PROXIES": "127.0.0.1",
        "METRICS_ENABLED": "false",
    }
    server = [os.environ["SYMBOLON_BINARY"], "quickstart", "--port", str(upstream), "--data-dir", str(FOLDER)]
    with Running(server, upstream, FOLDER / "server.log", tls=True, env=environment, cwd=FOLDER):
        with tempfile.TemporaryDirectory(prefix="symbolon-nginx-") as folder:
            command = nginx(Path(folder), port, upstream)
            with Running(command, port, FOLDER / "nginx.log", cwd=folder):
                judge(Demo(f"https://localhost:{port}", FOLDER, f"{folder}/server.pem"), upstream)


def nginx(folder, port, upstream):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2", "-keyout", "server-key.pem", "-out", "server.pem"],
        cwd=folder, check=True, capture_output=True,
    )
    text = Path(__file__).with_name("nginx.conf").read_text()
    for word, value in (("folder", folder), ("port", port), ("upstream", upstream)):
        text = text.replace(f"@{word}@", str(value))
    (folder / "nginx.conf").write_text(text)
    give_away(folder)
    return [*unprivileged(), find("nginx"), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]


def judge(demo, upstream):
    demo.create_client(
        client_id="behind-nginx",
        client_name="A client with a certificate",
        grant_types=["client_credentials"],
        token_endpoint_auth_method="tls_client_auth",
        tls_client_auth_subject_dn="CN=example.com",
        tls_client_certificate_bound_access_tokens=True,
        scopes=["email"],
    )
    pair = (demo.certificate, demo.key)
    answer = token(demo.session, f"{demo.issuer}/oauth2/token", cert=pair)
    equal("through nginx the certificate logs the client in", answer.status_code, 200)
    seen = claims(answer.json()["access_token"])
    equal("and the token is bound to it", seen["cnf"], {"x5t#S256": demo.thumbprint()})
    equal("the issuer is the address of nginx", seen["iss"], demo.issuer)
    discovered = demo.session.get(f"{demo.issuer}/.well-known/openid-configuration", timeout=30).json()
    equal("and so is the token endpoint", discovered["token_endpoint"], f"{demo.issuer}/oauth2/token")

    answer = token(demo.session, f"{demo.issuer}/oauth2/token")
    equal("without a certificate it is refused", refused(answer), True)
    forged = {"X-SSL-CERT": quote(Path(demo.certificate).read_text())}
    answer = token(demo.session, f"{demo.issuer}/oauth2/token", headers=forged)
    equal("a header forged by the client does not get through nginx", refused(answer), True)

    stranger = requests.Session()
    stranger.trust_env = False
    stranger.verify = str(FOLDER / "ca.pem")
    stranger.mount("https://", FromAddress("127.0.0.2"))
    named = {**forged, "Host": demo.url.removeprefix("https://")}
    answer = token(stranger, f"https://localhost:{upstream}/default/default/oauth2/token", headers=named)
    equal("a header from an address that is not listed does not count", refused(answer), True)
    check("and nothing is said about why", "X-SSL-CERT" not in answer.text, answer.text)


def token(session, url, **options):
    form = {"grant_type": "client_credentials", "client_id": "behind-nginx"}
    return session.post(url, data=form, timeout=30, **options)


def refused(answer):
    return answer.status_code == 401 and answer.json()["error"] == "invalid_client"


class FromAddress(requests.adapters.HTTPAdapter):
    """Connects from another address of this machine."""

    def __init__(self, address):
        self.address = address
        super().__init__()

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, source_address=(self.address, 0), **options)


main()
