"""Runs what the guides in docs/guides say: their commands, their addresses, and compares what they show.

A guide is a page of Markdown. Of its code fences these count, in their order:

- `sh`: commands, given to one bash of the guide's own. `$HOST`, `$ISSUER` and `$DIR` are set, curl trusts the server.
- `url`: an authorization request, variables expanded. A browser opens it, the person logs in and accepts, and every
  parameter of the answer becomes a variable in capitals, such as `$CODE`.
- `json`: what the commands before it printed. Every member shown must be there; "…" stands for any value.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from browser import Browser, Form
from checks import check
from demo import Demo

GUIDES = Path(__file__).parents[3] / "docs" / "guides"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Shell:
    """One bash: variables live from one block to the next, and the first command that fails ends it."""

    def __init__(self, demo, folder):
        self.output = folder / "output"
        self.errors = folder / "errors"
        (folder / ".curlrc").write_text(f'cacert = "{demo.ca}"\nsilent\nshow-error\nnoproxy = "*"\nmax-time = 60\n')
        environment = {
            **os.environ,
            "CURL_HOME": str(folder),
            "HOST": demo.url,
            "ISSUER": demo.issuer,
            "DIR": str(demo.folder),
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


def answer_of(demo, url):
    """Opens an authorization request as `user` and returns the parameters of the answer to the client."""
    redirect_uri = dict(parse_qsl(urlsplit(url).query)).get("redirect_uri", "https://example.com/")
    browser = Browser(demo, redirect_uri)
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
    raise AssertionError(f"no answer to the client at {browser.page.url}:\n{browser.page.text}")


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


def run_guide(demo, guide):
    """Runs one page from its first block to its last."""
    text = guide.read_text()
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(demo, Path(folder))
        printed = ""
        for match in FENCE.finditer(text):
            kind, block = match.groups()
            line = text.count("\n", 0, match.start()) + 1
            what = f"{guide.name}:{line} {kind}"
            if kind == "sh":
                printed = shell.run(block)
                check(what, printed is not None, {"commands": block, "errors": shell.errors.read_text()})
            elif kind == "url":
                url = "".join(shell.expand(block.strip()).split())
                parameters = answer_of(demo, url)
                for name, value in parameters.items():
                    shell.set(re.sub(r"\W", "_", name).upper(), value)
                check(what, parameters and "error" not in parameters, parameters)
            elif kind == "json":
                try:
                    faults = differences(json.loads(block), json.loads(printed))
                except json.JSONDecodeError as error:
                    faults = [f"not JSON: {error}: {printed!r}"]
                check(what, not faults, faults)
        shell.end()


def main():
    demo = Demo()
    wanted = sys.argv[1:]
    guides = [guide for guide in sorted(GUIDES.glob("*.md")) if not wanted or guide.stem in wanted]
    check(f"{len(guides)} guides", guides)
    for guide in guides:
        run_guide(demo, guide)


main()
