"""A web server and a mail server of a few lines, which note what they are given and answer as they are told."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Hook(ThreadingHTTPServer):
    """Notes the JSON of each post; answers ``status``."""

    def __init__(self):
        self.got, self.status = [], 200
        super().__init__(("127.0.0.1", 0), _Post)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/services/T1/secret"


class _Post(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.server.status)
        if 300 <= self.server.status < 400:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def do_GET(self):
        self.send_response(200)  # whoever follows a redirect would think that all went well
        self.end_headers()

    def log_message(self, *_args):
        pass


class Mailbox(socketserver.ThreadingTCPServer):
    """Takes letters for all but those in ``refused``; notes (from, to, text)."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self):
        self.got, self.refused = [], set()
        super().__init__(("127.0.0.1", 0), _Talk)

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        def say(line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        sender, to = "", []
        say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].upper()
            if word.startswith("MAIL FROM"):
                sender = line
                say("250 good")
            elif word.startswith("RCPT TO"):
                name = line.partition("<")[2].partition(">")[0]
                if name in self.server.refused:
                    say("550 no such person here")
                else:
                    to.append(name)
                    say("250 good")
            elif word == "DATA":
                say("354 go on")
                text = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    text += part
                self.server.got.append((sender, to, text))
                say("250 taken")
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("250 good")


@contextmanager
def serving(server) -> Iterator:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
