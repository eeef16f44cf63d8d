"""What the browser of the OpenID Foundation's conformance suite does at our pages."""


def button(value):
    """Presses a button of ours, where there is one."""
    return ["click", "xpath", f"//button[@value='{value}']", "optional"]


def look(picture=False):
    """Waits for the login form; keeps a picture of it."""
    keep = [".*", "update-image-placeholder-optional"] if picture else []
    return ["wait", "xpath", "//*[@name='password']", 10, *keep]


LOGIN = [["text", "name", "username", "user", "optional"], ["text", "name", "password", "user", "optional"]]
PICTURE = ["wait", "xpath", "//*", 10, ".*", "update-image-placeholder-optional"]


def script(match, tasks, **more):
    """A visit of pages at `match`: tasks by name, each where it applies and what it does."""
    made = [{"task": task, "optional": True, "match": at, "commands": commands} for task, at, commands in tasks]
    return {"match": match, **more, "tasks": made}


def authorize(server, suite, *, login=(*LOGIN, button("login")), consent="accept", **more):
    """A visit of the authorization endpoint; an error page is kept as a picture."""
    endpoint, pages = f"{server}/*/oauth2/authorize*", f"{server}/*/interaction/*"
    tasks = [
        ("Error page", endpoint, [PICTURE]),
        ("Login", pages, list(login)),
        ("Consent", pages, [button(consent)]),
        ("Verify", f"{suite}/test/*", [["wait", "id", "submission_complete", 10]]),
    ]
    return script(endpoint, tasks, **more)


def denied(server, suite):
    """The person refuses."""
    return [authorize(server, suite, login=[button("cancel")], consent="deny")]


def twice(server, suite):
    """The first visit looks at the login page; the second one logs in."""
    endpoint = f"{server}/*/oauth2/authorize*"
    first = script(endpoint, [("Look", f"{server}/*/interaction/*", [look()])], **{"match-limit": 1})
    return [first, authorize(server, suite)]


def asked(server, suite, **more):
    """A visit in which the person must be asked for the password; a picture of that is kept."""
    return authorize(server, suite, login=[look(True), *LOGIN, button("login")], **more)


def asked_again(server, suite):
    """Two visits; at the second the person must be asked for the password again."""
    return [authorize(server, suite, **{"match-limit": 1}), asked(server, suite)]


def only_asked(server):
    """A visit that ends at the login page, of which a picture is kept."""
    return [script(f"{server}/*/oauth2/authorize*", [("Login", f"{server}/*/interaction/*", [look(True)])])]


def logout(server):
    """A visit of the logout page, which is confirmed; a picture of it is kept."""
    page = f"{server}/*/oidc/logout*"
    return script(page, [("Logout", page, [PICTURE, button("logout")])])


def session():
    """The suite's page that asks our session iframe: the answer takes the browser on."""
    wait = [["wait", "contains", "session_result", 10]]
    return script("*/test/*/*session_verify", [("Session", "*", wait)])
