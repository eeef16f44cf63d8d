"""Apache with mod_auth_openidc as a relying party: with a secret, and with a certificate."""

import os
import secrets
import shutil
import tempfile
from pathlib import Path

from browser import Browser
from checks import check, equal
from demo import Demo, claims
from processes import Running, find, free_port, give_away, unprivileged


def main():
    demo = Demo()
    visit(demo, "Secret", token_endpoint_auth_method="client_secret_basic")
    visit(
        demo,
        "Certificate",
        token_endpoint_auth_method="tls_client_auth",
        tls_client_auth_subject_dn="CN=example.com",
        tls_client_certificate_bound_access_tokens=True,
    )


def visit(demo, kind, **authentication):
    port = free_port()
    client = demo.create_client(
        client_id=f"apache-{kind.lower()}",
        client_name="Apache with mod_auth_openidc",
        grant_types=["authorization_code"],
        redirect_uris=[f"http://localhost:{port}/protected/callback"],
        response_types=["code"],
        scopes=["openid", "email"],
        **authentication,
    )
    with tempfile.TemporaryDirectory(prefix="symbolon-apache-") as folder:
        prepare(Path(folder), demo)
        environment = {
            **os.environ,
            "RP_FOLDER": folder,
            "RP_PORT": str(port),
            "RP_ISSUER": demo.issuer,
            "RP_CLIENT": client["client_id"],
            "RP_SECRET": client.get("client_secret") or "none",
            "RP_PASSPHRASE": secrets.token_urlsafe(24),
        }
        command = [*unprivileged(), find("apache2"), "-f", f"{folder}/httpd.conf", "-D", kind, "-DFOREGROUND"]
        log = Path(os.environ["SYMBOLON_FOLDER"]) / f"apache-{kind.lower()}.log"
        with Running(command, port, log, env=environment, cwd=folder):
            try:
                log_in(demo, port, kind)
            finally:
                shutil.copy(f"{folder}/error.log", log.with_suffix(".error.log"))


def prepare(folder, demo):
    shutil.copy(Path(__file__).with_name("httpd.conf"), folder)
    for name in ("ca.pem", "cert.pem", "key.pem"):
        shutil.copy(demo.folder / name, folder)
    (folder / "cache").mkdir()
    (folder / "pages" / "protected").mkdir(parents=True)
    (folder / "pages" / "protected" / "index.html").write_text("<p>The protected page</p>")
    give_away(folder)


def log_in(demo, port, kind):
    start = f"http://localhost:{port}/protected/index.html"
    browser = Browser(demo, stop_at=None)
    browser.open(start)
    browser.press("login", username="user", password="user")
    browser.press("accept")
    page = browser.page
    equal(f"{kind}: the browser ends at the page it asked for", page.url, start)
    equal(f"{kind}: and may see it", (page.status_code, page.text), (200, "<p>The protected page</p>"))
    equal(f"{kind}: the module took the issuer's word", page.headers["X-Issuer"], demo.issuer)
    check(f"{kind}: for a user", len(page.headers["X-Subject"]) > 0, dict(page.headers))
    token = claims(page.headers["X-Access-Token"])
    bound = demo.thumbprint() if kind == "Certificate" else None
    equal(f"{kind}: the access token is bound as registered", token.get("cnf", {}).get("x5t#S256"), bound)

    stranger = Browser(demo, stop_at=demo.url)
    check(f"{kind}: another browser is sent to log in", stranger.open(start) is not None)


main()
