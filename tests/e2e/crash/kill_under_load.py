"""kill -9 in mid-load, a new start on the same data: what was acknowledged is there, what was used stays used."""

import os
import random
import secrets
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from browser import Browser
from checks import check, equal
from demo import Demo
from processes import Running, free_port

FOLDER = Path(os.environ["SYMBOLON_FOLDER"])
CALLBACK = "https://client.example/callback"
ROUNDS = 3
# Seconds for which a code can certainly be used.
CODE_LIFETIME = 20
CLIENT = {
    "client_id": "crash",
    "client_name": "A client that sees a crash",
    "grant_types": ["authorization_code", "refresh_token"],
    "redirect_uris": [CALLBACK],
    "response_types": ["code"],
    "scopes": ["openid", "offline_access"],
    "token_endpoint_auth_method": "client_secret_post",
}


class Acknowledged:
    """What the server has answered for, by all threads."""

    def __init__(self):
        self.clients = []
        self.codes_open = []
        self.codes_used = []
        self.refresh_tokens = []


def main():
    crash("SQLite", {})
    # With a database of their own choice operators bring the master key, too.
    settings = {"SQL_URL": os.environ["SYMBOLON_TEST_POSTGRES"], "SECRET_KEY": secrets.token_urlsafe(32)}
    crash("PostgreSQL", settings)


def crash(store, settings):
    folder = FOLDER / store
    folder.mkdir()
    secret = None
    acknowledged = Acknowledged()
    for number in range(1, ROUNDS + 1):
        with start(folder, settings) as server:
            if secret is None:
                secret = server.demo.create_client(**CLIENT)["client_secret"]
            under_load = load_until_killed(server, secret, acknowledged)
        check(f"{store}: crash {number} came under load", under_load)
    with start(folder, settings) as server:
        verify(store, server.demo, secret, acknowledged)


def start(folder, settings):
    port = free_port()
    command = [os.environ["SYMBOLON_BINARY"], "quickstart", "--port", str(port), "--data-dir", str(folder)]
    environment = {**os.environ, "METRICS_ENABLED": "false", "LIMITS_AUTHORIZE_PER_MINUTE": "0", **settings}
    server = Running(command, port, FOLDER / "server.log", tls=True, env=environment, cwd=folder)
    server.demo = Demo(f"https://localhost:{port}", folder)
    return server


def load_until_killed(server, secret, acknowledged):
    """Kills it at a moment of no choice while all that it can acknowledge is being acknowledged."""
    management = server.demo.management_token()
    kinds = acknowledged.clients, acknowledged.codes_open, acknowledged.codes_used, acknowledged.refresh_tokens
    before = [len(kind) for kind in kinds]
    workers = [threading.Thread(target=create_clients, args=(server.demo, management, acknowledged))]
    workers += [threading.Thread(target=run_flows, args=(server.demo, secret, acknowledged)) for _ in range(4)]
    for worker in workers:
        worker.start()
    deadline = time.monotonic() + 60
    under_load = False
    while not under_load and time.monotonic() < deadline:
        time.sleep(random.uniform(0.2, 0.7))
        under_load = all(len(kind) >= start + 5 for kind, start in zip(kinds, before))
    server.kill()
    for worker in workers:
        worker.join()
    return under_load


def create_clients(demo, management, acknowledged):
    session = demo.trusting(requests.Session())
    session.headers["Authorization"] = f"Bearer {management}"
    try:
        while True:
            body = {
                "authorization_server_id": "default",
                "client_name": "One of many",
                "grant_types": ["client_credentials"],
            }
            url = f"{demo.url}/api/admin/default/clients"
            answer = session.post(url, json=body, timeout=10)
            if answer.status_code == 201:
                acknowledged.clients.append(answer.json()["client_id"])
    except requests.RequestException:
        pass  # The crash.


def run_flows(demo, secret, acknowledged):
    """Logs in once, then takes code after code; redeems some, refreshes some of those."""
    query = {
        "client_id": "crash",
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid offline_access",
    }
    url = f"{demo.issuer}/oauth2/authorize?{urlencode(query)}"
    browser = Browser(demo, CALLBACK)
    try:
        end = browser.log_in_and_accept(url, "user", "user")
        for number in range(10_000):
            code = parse_qs(urlsplit(end).query)["code"][0]
            if number % 3 == 0:
                acknowledged.codes_open.append((time.monotonic(), code))
            else:
                redeem_and_refresh(demo, secret, code, number % 3 == 2, acknowledged)
            end = browser.open(url)
    except requests.RequestException:
        pass  # The crash.


def redeem_and_refresh(demo, secret, code, refresh, acknowledged):
    answer = redeem(demo, secret, code)
    assert answer.status_code == 200, answer.text
    acknowledged.codes_used.append(code)
    token = answer.json()["refresh_token"]
    if refresh:
        # Until the answer is here nobody knows which of the two counts: neither is acknowledged.
        answer = renew(demo, secret, token)
        assert answer.status_code == 200, answer.text
        token = answer.json()["refresh_token"]
    acknowledged.refresh_tokens.append(token)


def redeem(demo, secret, code):
    return token_request(demo, secret, grant_type="authorization_code", redirect_uri=CALLBACK, code=code)


def renew(demo, secret, token):
    return token_request(demo, secret, grant_type="refresh_token", refresh_token=token)


def token_request(demo, secret, **form):
    form |= {"client_id": "crash", "client_secret": secret}
    return demo.session.post(f"{demo.issuer}/oauth2/token", data=form, timeout=10)


def verify(store, demo, secret, acknowledged):
    management = demo.trusting(requests.Session())
    management.headers["Authorization"] = f"Bearer {demo.management_token()}"
    clients = f"{demo.url}/api/admin/default/clients"
    answers = [management.get(f"{clients}/{id}", timeout=10) for id in acknowledged.clients]
    lost = [answer.text for answer in answers if answer.status_code != 200]
    equal(f"{store}: all {len(answers)} acknowledged clients are there", lost, [])

    # Refresh tokens first: a used code that comes again ends the tokens made from it.
    check(f"{store}: refresh tokens were given out", len(acknowledged.refresh_tokens) > 0)
    answers = [renew(demo, secret, token) for token in acknowledged.refresh_tokens]
    lost = [answer.text for answer in answers if answer.status_code != 200]
    equal(f"{store}: all {len(answers)} acknowledged refresh tokens work", lost, [])

    # A code does not live for long: those of the last crash are young enough.
    young = [code for at, code in acknowledged.codes_open if time.monotonic() - at < CODE_LIFETIME]
    check(f"{store}: codes were given out shortly before the last crash", len(young) > 0)
    answers = [redeem(demo, secret, code) for code in young]
    lost = [answer.text for answer in answers if answer.status_code != 200]
    equal(f"{store}: all {len(answers)} codes that nobody used can be used", lost, [])

    answers = [redeem(demo, secret, code) for code in acknowledged.codes_used]
    reused = [answer.text for answer in answers if not is_refused(answer)]
    equal(f"{store}: all {len(answers)} used codes stay used", reused, [])


def is_refused(answer):
    return answer.status_code == 400 and answer.json()["error"] == "invalid_grant"


main()
