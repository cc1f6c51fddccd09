"""A browser's half of HTTP: one kept connection, cookies, forms with their token."""

from __future__ import annotations

import http.client
import re
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
BOUNDARY = "bench-boundary-7d93"


class Failed(Exception):
    """An answer that was not the one expected."""


class Client:
    """One person at one connection. Cookies may be those of another client of the same person."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies = dict(cookies or {})
        self.token = ""
        self.used_at = 0.0

    def twin(self) -> Client:
        """The same session on a connection of its own."""
        made = Client(self.connection.port, self.cookies)
        made.token = self.token
        return made

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes]:
        """Send one request and read the whole answer."""
        headers = {"Accept-Encoding": "gzip", "Accept-Language": "ru"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if kind:
            headers["Content-Type"] = kind
        if time.monotonic() - self.used_at > 1:  # the server ends connections that stand idle
            self.connection.close()
        self.connection.request(method, path, body=body or None, headers=headers)
        self.used_at = time.monotonic()
        answer = self.connection.getresponse()
        read = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, read

    def get(self, path: str) -> bytes:
        """A page that must be there. Raises Failed."""
        status, body = self.ask("GET", quote(path, safe="/?=&%"))
        if status != 200:
            raise Failed(f"GET {path}: {status}")
        return body

    def read_token(self, path: str) -> None:
        """Keep the form token of a page's form."""
        found = _TOKEN.search(self.get(path).decode())
        if found is None:
            raise Failed(f"{path} has no form token")
        self.token = found.group(1)

    def post(self, path: str, **fields: str) -> None:
        """Send a form as a browser does; it must lead on to another page. Raises Failed."""
        values = {"csrf_token": self.token, "uid": str(uuid.uuid4()), **fields}
        parts = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in values.items()
        )
        body = f"{parts}--{BOUNDARY}--\r\n".encode()
        status, _ = self.ask("POST", path, body, f"multipart/form-data; boundary={BOUNDARY}")
        if status not in (302, 303):
            raise Failed(f"POST {path}: {status}")

    def sign_in(self, login: str, password: str) -> Client:
        """Through the sign-in page."""
        self.read_token("/login")
        self.post("/login", login=login, password=password)
        return self


def times_of(act: Callable[[], Any], *, seconds: float, most: int = 400) -> list[float]:
    """How long each of the repeated acts took, in seconds."""
    out: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until and len(out) < most:
        begin = time.perf_counter()
        act()
        out.append(time.perf_counter() - begin)
    return out


def rate_of(acts: list[Callable[[], Any]], *, seconds: float) -> tuple[float, list[str]]:
    """Acts a second of several clients at once, and what went wrong."""
    counts, errors = [0] * len(acts), list[str]()
    begin = time.perf_counter()

    def run(number: int) -> None:
        while time.perf_counter() < begin + seconds:
            try:
                acts[number]()
                counts[number] += 1
            except (Failed, OSError, http.client.HTTPException) as error:
                errors.append(str(error))

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - begin), errors


@contextmanager
def meanwhile(act: Callable[[], Any], *, every: float) -> Any:
    """Somebody acts slowly in the background as long as the block lasts."""
    stopping = threading.Event()

    def run() -> None:
        while not stopping.wait(every):
            act()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def percentile(values: list[float], share: float) -> float:
    """The smallest value that so great a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
