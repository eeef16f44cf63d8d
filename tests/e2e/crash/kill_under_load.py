"""kill -9 in mid-load, a new start on the same data folder: what was acknowledged is there, what was used stays used."""

import os
import random
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from browser import Browser
from checks import check, equal
from demo import ADMIN, Demo
from processes import Running, free_port

FOLDER = Path(os.environ["SYMBOLON_FOLDER"])
CALLBACK = "https://client.example/callback"
ROUNDS = 3
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
    secret = None
    acknowledged = Acknowledged()
    for number in range(1, ROUNDS + 1):
        with start() as server:
            demo = server.demo
            if secret is None:
                secret = demo.create_client(**CLIENT)["client_secret"]
            load_until_killed(server, secret, acknowledged)
        check(f"round {number}: the server was killed under load", len(acknowledged.clients) > 0)
    with start() as server:
        verify(server.demo, secret, acknowledged)


def start():
    port = free_port()
    command = [os.environ["SYMBOLON_BINARY"], "quickstart", "--port", str(port), "--data-dir", str(FOLDER)]
    environment = {**os.environ, "METRICS_ENABLED": "false"}
    server = Running(command, port, FOLDER / "server.log", env=environment, cwd=FOLDER)
    server.demo = Demo(f"https://localhost:{port}", FOLDER)
    return server


def load_until_killed(server, secret, acknowledged):
    management = server.demo.management_token()
    workers = [threading.Thread(target=create_clients, args=(server.demo, management, acknowledged))]
    workers += [threading.Thread(target=run_flows, args=(server.demo, secret, acknowledged)) for _ in range(4)]
    for worker in workers:
        worker.start()
    time.sleep(random.uniform(2.0, 3.0))
    server.kill()
    for worker in workers:
        worker.join()


def create_clients(demo, management, acknowledged):
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {management}"
    try:
        while True:
            body = {"authorization_server_id": "default", "client_name": "One of many", "grant_types": ["client_credentials"]}
            url = f"{demo.url}/api/admin/default/clients"
            answer = session.post(url, json=body, verify=False, timeout=10)
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
    browser = Browser(CALLBACK, verify=False)
    try:
        end = browser.log_in_and_accept(url, "user", "user")
        for number in range(10_000):
            code = parse_qs(urlsplit(end).query)["code"][0]
            if number % 3 == 0:
                acknowledged.codes_open.append((time.monotonic(), demo.issuer, code))
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
    return requests.post(f"{demo.issuer}/oauth2/token", data=form, verify=False, timeout=10)


def verify(demo, secret, acknowledged):
    token = requests.post(
        f"{demo.url}/default/admin/oauth2/token", data={"grant_type": "client_credentials"}, auth=ADMIN, verify=False, timeout=10
    ).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    lost = [
        client
        for client in acknowledged.clients
        if requests.get(f"{demo.url}/api/admin/default/clients/{client}", headers=headers, verify=False, timeout=10).status_code
        != 200
    ]
    equal(f"all {len(acknowledged.clients)} acknowledged clients are there", lost, [])

    # Refresh tokens first: a used code that comes again ends the tokens made from it.
    check("refresh tokens were given out", len(acknowledged.refresh_tokens) > 0)
    lost = [answer.text for token in acknowledged.refresh_tokens if (answer := renew(demo, secret, token)).status_code != 200]
    equal(f"all {len(acknowledged.refresh_tokens)} acknowledged refresh tokens work", lost, [])

    # A code lives for a minute or so: those of the last rounds are young enough.
    young = [code for at, _, code in acknowledged.codes_open if time.monotonic() - at < 20]
    check("codes were given out shortly before the last crash", len(young) > 0)
    lost = [answer.text for code in young if (answer := redeem(demo, secret, code)).status_code != 200]
    equal(f"all {len(young)} young codes that nobody used can be used", lost, [])

    answers = [redeem(demo, secret, code) for code in acknowledged.codes_used]
    reused = [answer.text for answer in answers if answer.status_code != 400 or answer.json()["error"] != "invalid_grant"]
    equal(f"all {len(answers)} used codes stay used", reused, [])


main()
