"""A person with a browser that runs no scripts: follows redirects, fills in forms, presses buttons."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


class Form(HTMLParser):
    """The forms of a page: where each goes, its fields with their values, its named buttons."""

    def __init__(self, html):
        super().__init__()
        self.forms = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.forms.append({"action": attributes.get("action") or "", "fields": {}, "buttons": []})
        elif self.forms and tag == "input" and "name" in attributes:
            if attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes:
                self.forms[-1]["fields"][attributes["name"]] = attributes.get("value") or ""
        elif self.forms and tag == "button" and "name" in attributes:
            self.forms[-1]["buttons"].append((attributes["name"], attributes.get("value") or ""))


class Browser:
    """Keeps cookies, and stops at an address that starts with `stop_at`."""

    def __init__(self, demo, stop_at):
        self.stop_at = stop_at
        self.session = demo.trusting(requests.Session())
        self.page = None

    def open(self, url):
        """Opens an address and follows redirects; returns the address of the client it was sent to, or None."""
        return self._follow(self.session.get(url, allow_redirects=False, timeout=30))

    def press(self, value, **filled):
        """Fills in the form that has a button `action=<value>` and presses it."""
        for form in Form(self.page.text).forms:
            if ("action", value) in form["buttons"]:
                fields = {**form["fields"], **filled, "action": value}
                target = urljoin(self.page.url, form["action"])
                headers = {"Origin": origin(self.page.url)}
                answer = self.session.post(
                    target, data=fields, headers=headers, allow_redirects=False, timeout=30
                )
                return self._follow(answer)
        raise AssertionError(f"no button {value!r} at {self.page.url} ({self.page.status_code}):\n{self.page.text}")

    def submit(self, target):
        """Sends the form that goes to `target`, as the page itself does where scripts run."""
        for form in Form(self.page.text).forms:
            if form["action"].startswith(target):
                headers = {"Origin": origin(self.page.url)}
                answer = self.session.post(
                    form["action"], data=form["fields"], headers=headers, allow_redirects=False, timeout=30
                )
                return self._follow(answer)
        raise AssertionError(f"no form to {target} at {self.page.url}:\n{self.page.text}")

    def log_in_and_accept(self, url, username, password):
        """Goes from the authorization request to the redirect back, through the pages there are."""
        end = self.open(url)
        if end is None and 'name="password"' in self.page.text:
            end = self.press("login", username=username, password=password)
        if end is None:
            end = self.press("accept")
        if end is None:
            raise AssertionError(f"no redirect to the client from {self.page.url}:\n{self.page.text}")
        return end

    def _follow(self, answer):
        for _ in range(20):
            if not answer.is_redirect:
                self.page = answer
                return None
            target = urljoin(answer.url, answer.headers["Location"])
            if self.stop_at and target.startswith(self.stop_at):
                return target
            answer = self.session.get(target, allow_redirects=False, timeout=30)
        raise AssertionError(f"redirects without end at {answer.url}")


def origin(url):
    """Scheme and authority of an address, as browsers send them with a form."""
    return "/".join(url.split("/")[:3])
