"""Apache with mod_auth_openidc as a relying party: code flow and hybrid flow, by every way to authenticate; logout by
the client, by front channel and by back channel.
"""

import os
import secrets
import shutil
import tempfile
import time
from pathlib import Path

from browser import Browser
from checks import check, equal, flow
from demo import Demo, claims
from processes import Running, find, free_port, give_away, unprivileged
from ways import FOLDER, WAYS, Way, self_signed

PAGE = "<p>The protected page</p>"


def main():
    demo = Demo()
    demo.allow(grants=["implicit"], ways=WAYS)
    for name in WAYS:
        way = Way(demo, name)
        with Apache(demo, way) as apache:
            apache.log_in()
            flow("code with PKCE", name)
            if not way.certificate:
                flow("userinfo", name)
            if name == "private_key_jwt":
                flow("signed request", name)
            apache.back_channel()
            flow("back-channel logout", name)
        with Apache(demo, way, hybrid=True) as apache:
            browser = apache.log_in()
            flow("hybrid", name)
            apache.front_channel(browser)
            flow("front-channel logout", name)
            apache.log_out(apache.log_in())
            flow("RP-initiated logout", name)


class Apache:
    """A running Apache whose pages below `/protected` are for those who log in."""

    def __init__(self, demo, way, hybrid=False):
        self.demo, self.way, self.hybrid = demo, way, hybrid
        port = free_port()
        self.address = f"https://localhost:{port}"
        self.callback = f"{self.address}/protected/callback"
        self.page = f"{self.address}/protected/index.html"
        self.goodbye = f"{self.address}/bye.html"
        kind = "hybrid" if hybrid else "code"
        # One way to be told of a logout each, so that it is this one that works.
        told = {"frontchannel_logout_uri": f"{self.callback}?logout=get"}
        if not hybrid:
            told = {"backchannel_logout_uri": f"{self.callback}?logout=backchannel"}
        client = demo.create_client(
            client_id=f"apache-{kind}-{way.name}",
            client_name="Apache with mod_auth_openidc",
            grant_types=["authorization_code", "implicit"],
            redirect_uris=[self.callback],
            post_logout_redirect_uris=[self.goodbye],
            **told,
            response_types=["code id_token"] if hybrid else ["code"],
            scopes=["openid", "email"],
            **way.fields,
        )
        self.temporary = tempfile.TemporaryDirectory(prefix="symbolon-apache-")
        folder = Path(self.temporary.name)
        self._prepare(folder)
        environment = {
            **os.environ,
            "RP_FOLDER": str(folder),
            "RP_PORT": str(port),
            "RP_ISSUER": demo.issuer,
            "RP_CLIENT": client["client_id"],
            "RP_METHOD": "none" if way.certificate else way.name,
            "RP_SECRET": client.get("client_secret") or "none",
            "RP_KID": way.kid,
            "RP_PASSPHRASE": secrets.token_urlsafe(24),
        }
        defined = ["-D", "Certificate" if way.certificate else "Key" if way.name == "private_key_jwt" else "Secret"]
        if hybrid:
            defined += ["-D", "Hybrid"]
        command = [*unprivileged(), find("apache2"), "-f", f"{folder}/httpd.conf", *defined, "-DFOREGROUND"]
        self.log = FOLDER / f"apache-{kind}-{way.name}.log"
        self.running = Running(command, port, self.log, env=environment, cwd=folder)

    def _prepare(self, folder):
        shutil.copy(Path(__file__).with_name("httpd.conf"), folder)
        for source, name in (
            (self.demo.folder / "ca.pem", "ca.pem"),
            (FOLDER / "receiver.pem", "receiver.pem"),
            (FOLDER / "receiver-key.pem", "receiver-key.pem"),
            (self.way.certificate[0] if self.way.certificate else self_signed(self.way.key_file), "client.pem"),
            (self.way.certificate[1] if self.way.certificate else self.way.key_file, "client-key.pem"),
        ):
            shutil.copy(source, folder / name)
        (folder / "cache").mkdir()
        (folder / "pages" / "protected").mkdir(parents=True)
        (folder / "pages" / "protected" / "index.html").write_text(PAGE)
        (folder / "pages" / "bye.html").write_text("<p>Goodbye</p>")
        # What the browser trusts: both servers.
        both = (folder / "ca.pem").read_text() + (folder / "receiver.pem").read_text()
        self.trusted = FOLDER / "trusted.pem"
        self.trusted.write_text(both)
        give_away(folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.running.end()
        shutil.copy(f"{self.temporary.name}/error.log", self.log.with_suffix(".error.log"))
        self.temporary.cleanup()

    def browser(self, stop_at=None):
        """A person's browser that trusts both servers."""
        browser = Browser(self.demo, stop_at=stop_at)
        browser.session.verify = str(self.trusted)
        return browser

    def log_in(self):
        """A person opens the page, logs in, accepts and sees it."""
        what = f"{self.way.name}{', hybrid' if self.hybrid else ''}"
        browser = self.browser()
        browser.open(self.page)
        browser.press("login", username="user", password="user")
        if 'value="accept"' in browser.page.text:
            browser.press("accept")
        if self.hybrid:
            browser.submit(self.callback)
        page = browser.page
        equal(f"{what}: the browser ends at the page it asked for", page.url, self.page)
        equal(f"{what}: and may see it", (page.status_code, page.text), (200, PAGE))
        equal(f"{what}: the module took the issuer's word", page.headers["X-Issuer"], self.demo.issuer)
        check(f"{what}: for a user", len(page.headers["X-Subject"]) > 0, dict(page.headers))
        # The module shows its certificate at the token endpoint alone, so userinfo refuses it a bound token.
        told = "" if self.way.certificate else "user@example.com"
        equal(f"{what}: userinfo told the address to who may ask", page.headers["X-Email"], told)
        bound = claims(page.headers["X-Access-Token"]).get("cnf", {}).get("x5t#S256")
        equal(f"{what}: the access token is bound as registered", bound, self.way.thumbprint)
        return browser

    def back_channel(self):
        """The session ends elsewhere: the server tells Apache, which asks for a login again."""
        browser = self.log_in()
        stranger = self.browser(stop_at=self.demo.url)
        check(f"{self.way.name}: another browser is sent to log in", stranger.open(self.page) is not None)
        self.end_session(browser)
        check(
            f"{self.way.name}: after the logout token Apache asks for a login again",
            eventually(lambda: self._asks_for_login(browser)),
        )

    def front_channel(self, browser):
        """The frame of the server's page ends the session at Apache."""
        self.end_session(browser)
        frames = [line.split('src="')[1].split('"')[0] for line in browser.page.text.splitlines() if "<iframe" in line]
        frames = [frame.replace("&amp;", "&").replace("&#x2f;", "/") for frame in frames]
        check(f"{self.way.name}: the page has the client's frame", any("logout=get" in frame for frame in frames), browser.page.text)
        for frame in frames:
            shown = browser.session.get(frame, timeout=30)
            equal(f"{self.way.name}: the frame is answered by Apache", (shown.status_code, shown.url.startswith(self.address)), (200, True))
        check(f"{self.way.name}: after the frame Apache asks for a login", self._asks_for_login(browser))

    def log_out(self, browser):
        """Apache itself sends the browser to the server, which sends it to the goodbye page."""
        browser.open(f"{self.callback}?logout={self.goodbye}")
        if 'id="next"' in browser.page.text:
            browser.open(browser.page.text.split('id="next" href="')[1].split('"')[0].replace("&amp;", "&").replace("&#x2f;", "/"))
        equal(f"{self.way.name}: the browser ends at the goodbye page", browser.page.url.split("?")[0], self.goodbye)
        check(f"{self.way.name}: and is logged out", self._asks_for_login(browser))

    def end_session(self, browser):
        """The person logs out at the server itself."""
        browser.open(f"{self.demo.issuer}/oidc/logout")
        browser.press("logout")

    def _asks_for_login(self, browser):
        answer = browser.session.get(self.page, allow_redirects=False, timeout=30)
        return answer.is_redirect and answer.headers["Location"].startswith(self.demo.url)


def eventually(condition):
    """Whether a condition holds within ten seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


main()
