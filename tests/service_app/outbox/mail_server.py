"""An SMTP server small enough to be told what to answer."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any


class MailServer:
    """Keeps what it was given; ``answers`` maps an address to what RCPT is answered with."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.answers: dict[str, str] = {}
        self.hangs_up_after: int | None = None
        self.url = ""


@contextmanager
def mail_server() -> Iterator[MailServer]:
    kept = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline():
                word = line.decode().upper()[:4]
                if word == "RCPT":
                    address = line.decode().split("<")[1].split(">")[0]
                    self.say(kept.answers.get(address, "250 ok"))
                elif word == "DATA":
                    self.take()
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")
                if kept.hangs_up_after == len(kept.letters):
                    return

        def take(self) -> None:
            self.say("354 go on")
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line)
            kept.letters.append(message_from_bytes(b"".join(lines)))
            self.say("250 taken")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that left is no news."""

    with Server(("127.0.0.1", 0), Handler) as server:
        kept.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield kept
        server.shutdown()
        thread.join()
