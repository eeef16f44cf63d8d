"""Servers that a test starts, and ends by PID."""

import os
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path


def free_port():
    """A port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def unprivileged():
    """What to put before a command so that it does not run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


def give_away(folder):
    """Lets the user of `unprivileged` own a folder and what is in it."""
    if os.geteuid() == 0:
        for path in [folder, *Path(folder).rglob("*")]:
            shutil.chown(path, "nobody", "nogroup")


def find(program):
    """The path of a program, also of those for administrators."""
    found = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        raise AssertionError(f"{program} is not installed")
    return found


class Running:
    """A process in the background: `with Running([...], port=..., log=...)`.

    It is ready when it takes connections at `port`, with `tls` when it also answers a handshake: Symbolon holds its
    port before it has made its certificates.
    """

    def __init__(self, command, port, log, tls=False, env=None, cwd=None):
        self.log = Path(log)
        self.tls = tls
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, cwd=cwd
            )
        self._wait_for(port)

    def _wait_for(self, port):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                    if self.tls:
                        ssl._create_unverified_context().wrap_socket(connection).close()
                return
            except OSError:
                time.sleep(0.02)
        self.end()
        end = "\n".join(self.log.read_text().splitlines()[-20:])
        raise AssertionError(f"{self.process.args[0]} is not ready:\n{end}")

    def kill(self):
        """Ends it as a power cut would: SIGKILL, no chance to write anything more."""
        self.process.kill()
        self.process.wait()

    def end(self):
        """Asks it to end, and sees to it."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
