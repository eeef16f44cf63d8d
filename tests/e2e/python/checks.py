"""Counting checks: each prints a line `ok <what>`; the first that fails ends the script."""

import sys


def check(what, condition, seen=None):
    """Ends the script with what was seen unless the condition holds."""
    if not condition:
        print(f"FAILED {what}" + (f"\n  seen: {seen!r}" if seen is not None else ""))
        sys.exit(1)
    print(f"ok {what}")


def flow(name, way):
    """Tells that a flow was gone through by a way to authenticate: what docs/clients.md is checked against."""
    print(f"flow {name} | {way}")


def equal(what, seen, expected):
    """Ends the script unless both values are equal."""
    check(what, seen == expected, {"seen": seen, "expected": expected})
