"""An application's own web server: what the server under test fetches from an application, and where it tells it things.

`GET /name` answers with the file of that name in the folder; what comes by `POST /name` is written to the file
`name.received`, as `{"authorization": …, "body": …}`.
"""

import json
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from processes import free_port


class Application:
    """Listens on loopback at `address`; `certificate` is its own, vouched for by nobody else."""

    def __init__(self, folder):
        self.folder = folder
        self.certificate = folder / "application.pem"
        key = folder / "application-key.pem"
        made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        made += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        made += ["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", self.certificate]
        subprocess.run(made, check=True, capture_output=True)
        port = free_port()
        self.address = f"https://localhost:{port}"
        self.server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, key)
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, folder):
        """From now on the files are those of another folder."""
        self.folder = folder

    def _handler(self):
        application = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                file = application.folder / self.path.split("?")[0].rsplit("/", 1)[-1]
                found = file.is_file()
                self.answer(200 if found else 404, file.read_bytes() if found else b"")

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                told = {"authorization": self.headers.get("Authorization"), "body": body}
                name = self.path.rsplit("/", 1)[-1]
                partly = application.folder / f"{name}.partly"
                partly.write_text(json.dumps(told))
                partly.rename(application.folder / f"{name}.received")
                self.answer(200, b"")

            def answer(self, status, body):
                self.send_response(status)
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler
