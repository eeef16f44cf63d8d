"""Runs what the guides in docs/guides say: their commands, their addresses, and compares what they show.

A guide is a page of Markdown. Of its code fences these count, in their order:

- `sh`: commands, given to one bash of the guide's own. `$HOST`, `$ISSUER` and `$DIR` are set, curl trusts the server.
- `url`: an authorization request, or another page of the server, variables expanded. A new browser opens it, the person
  logs in and accepts, and every parameter of the answer becomes a variable in capitals, such as `$CODE`. The browser's
  cookies are in the file `cookies` then.
- `again`: the same, but the browser of the last `url` opens it.
- `json`: what the commands before it printed. Every member shown must be there; "…" stands for any value.

In a guide that says `$APP` it is the address of an application's web server, which the server trusts and reaches: it
serves the files of the folder that the commands run in, and keeps what it is sent (see application.py).
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from application import Application
from browser import Browser, Form
from checks import check
from demo import Demo
from processes import Running, free_port

GUIDES = Path(__file__).parents[3] / "docs" / "guides"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Shell:
    """One bash: variables live from one block to the next, and the first command that fails ends it."""

    def __init__(self, demo, folder, application):
        self.output = folder / "output"
        self.errors = folder / "errors"
        (folder / ".curlrc").write_text(f'cacert = "{demo.ca}"\nsilent\nshow-error\nnoproxy = "*"\nmax-time = 60\n')
        environment = {
            **os.environ,
            "CURL_HOME": str(folder),
            "HOST": demo.url,
            "ISSUER": demo.issuer,
            "DIR": str(demo.folder),
            "APP": application,
        }
        self.bash = subprocess.Popen(
            ["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder
        )
        self.bash.stdin.write("set -euo pipefail\n")

    def run(self, commands):
        """Runs commands and returns what they printed; None when one of them failed."""
        self.bash.stdin.write(f"{{\n{commands}\n}} >'{self.output}' 2>'{self.errors}'\necho done\n")
        self.bash.stdin.flush()
        if self.bash.stdout.readline() != "done\n":
            return None
        return self.output.read_text()

    def expand(self, text):
        """The text with its variables replaced."""
        return self.run(f"printf %s {json.dumps(text)}")

    def set(self, name, value):
        """Sets a variable."""
        quoted = value.replace("'", "'\\''")
        return self.run(f"{name}='{quoted}'")

    def end(self):
        self.bash.stdin.close()
        self.bash.wait(timeout=10)


def answer_of(browser, url):
    """Opens a page as `user` and returns the parameters of the answer to the client."""
    parts = urlsplit(url)
    redirect_uri = dict(parse_qsl(parts.query)).get("redirect_uri", "https://example.com/")
    browser.stop_at = redirect_uri
    end = browser.open(url)
    for button, filled in (("login", {"username": "user", "password": "user"}), ("accept", {})):
        if end is None and f'value="{button}"' in browser.page.text:
            end = browser.press(button, **filled)
    if end is not None:
        parts = urlsplit(end)
        return dict(parse_qsl(parts.query) + parse_qsl(parts.fragment))
    for form in Form(browser.page.text).forms:
        # response_mode=form_post: the page sends itself to the client.
        if form["action"].startswith(redirect_uri):
            return form["fields"]
    if not parts.path.endswith("/authorize") and browser.page.ok:
        return {}
    raise AssertionError(f"no answer to the client at {browser.page.url}:\n{browser.page.text}")


def keep_cookies(browser, file):
    """Writes the cookies of a browser as curl reads them."""
    lines = ["# Netscape HTTP Cookie File"]
    for cookie in browser.session.cookies:
        # Python calls a host without dots otherwise (RFC 2965).
        host = cookie.domain.removesuffix(".local")
        lines.append("\t".join([host, "FALSE", cookie.path, "TRUE", "0", cookie.name, cookie.value]))
    file.write_text("\n".join(lines) + "\n")


def differences(shown, seen, path=""):
    """Where `seen` lacks what is `shown`."""
    if shown == "…":
        return []
    if isinstance(shown, dict) and isinstance(seen, dict):
        missing = [f"{path}/{name} is missing" for name in shown if name not in seen]
        both = [name for name in shown if name in seen]
        return missing + [fault for name in both for fault in differences(shown[name], seen[name], f"{path}/{name}")]
    if isinstance(shown, list) and isinstance(seen, list) and len(shown) == len(seen):
        pairs = enumerate(zip(shown, seen, strict=True))
        return [fault for index, (a, b) in pairs for fault in differences(a, b, f"{path}/{index}")]
    return [] if shown == seen else [f"{path}: the guide shows {shown!r}, the server answered {seen!r}"]


def run_guide(demo, guide, application=None):
    """Runs one page from its first block to its last."""
    text = guide.read_text()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        if application:
            application.serve(folder)
        shell = Shell(demo, folder, application.address if application else "")
        printed = ""
        browser = None
        for match in FENCE.finditer(text):
            kind, block = match.groups()
            line = text.count("\n", 0, match.start()) + 1
            what = f"{guide.name}:{line} {kind}"
            if kind == "sh":
                printed = shell.run(block)
                check(what, printed is not None, {"commands": block, "errors": shell.errors.read_text()})
            elif kind in ("url", "again"):
                url = "".join(shell.expand(block.strip()).split())
                if kind == "url":
                    browser = Browser(demo, None)
                parameters = answer_of(browser, url)
                keep_cookies(browser, folder / "cookies")
                for name, value in parameters.items():
                    shell.set(re.sub(r"\W", "_", name).upper(), value)
                check(what, "error" not in parameters, parameters)
            elif kind == "json":
                try:
                    faults = differences(json.loads(block), json.loads(printed))
                except json.JSONDecodeError as error:
                    faults = [f"not JSON: {error}: {printed!r}"]
                check(what, not faults, faults)
        shell.end()


def run_with_application(guides):
    """Runs guides against a server of their own that reaches an application on this machine."""
    folder = Path(os.environ["SYMBOLON_FOLDER"]) / "with-application"
    folder.mkdir(parents=True, exist_ok=True)
    application = Application(folder)
    port = free_port()
    command = [os.environ["SYMBOLON_BINARY"], "quickstart", "--ephemeral"]
    command += ["--port", str(port), "--data-dir", str(folder)]
    environment = {
        **os.environ,
        "METRICS_ENABLED": "false",
        "CLIENT_ROOT_CA": str(application.certificate),
        # The application is on loopback.
        "CLIENT_ALLOW_PRIVATE_ADDRESSES": "true",
    }
    with Running(command, port, folder / "server.log", tls=True, env=environment, cwd=folder):
        demo = Demo(f"https://localhost:{port}", folder)
        for guide in guides:
            run_guide(demo, guide, application)


def main():
    wanted = sys.argv[1:]
    guides = [guide for guide in sorted(GUIDES.glob("*.md")) if not wanted or guide.stem in wanted]
    check(f"{len(guides)} guides", guides)
    demo = Demo()
    with_application = [guide for guide in guides if "$APP" in guide.read_text()]
    for guide in guides:
        if guide not in with_application:
            run_guide(demo, guide)
    if with_application:
        run_with_application(with_application)


main()
