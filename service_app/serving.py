"""Run the web server and the background worker side by side. Standard library only.

The listening socket is opened here and handed to gunicorn, so two clones started at once cannot
take each other's port, and a web server that was killed comes back on the same socket.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from service_app.setup_machine import PYTHON, ROOT, say

PORTS_TRIED = 100
START_SECONDS = 60
STOP_SECONDS = 15
LONGEST_PAUSE_SECONDS = 30
CALM_SECONDS = 60
PR_SET_PDEATHSIG = 1


def listen(host: str, port: int, *, tries: int) -> socket.socket:
    """A listening socket on the first free port of `tries`, counting up from `port`.

    Raises SystemExit with a sentence when there is none, or the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, min(port + tries, 65536)):
        try:
            return socket.create_server((host, candidate), family=family, backlog=512)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                why = str(error.strerror).partition(" (while")[0]
                raise SystemExit(f"Cannot listen on {host}:{candidate}: {why}.") from None
    raise SystemExit(f"Port {port} on {host} is busy. Give a free one with --port.")


def address(listener: socket.socket) -> str:
    """The address a browser on this machine opens."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Child:
    """A process that is started again, with growing pauses, whenever it ends by itself."""

    def __init__(
        self, name: str, command: Sequence[str], env: Mapping[str, str], *, keep: Sequence[int] = ()
    ) -> None:
        self.name = name
        self._command, self._env, self._keep = command, env, keep
        self._pause = 1.0
        self._start()

    def _start(self) -> None:
        self._started = time.monotonic()
        self._again_at: float | None = None
        self.process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=dict(self._env),
            pass_fds=self._keep,
            start_new_session=True,  # Ctrl-C reaches only us; we stop the children in order
            preexec_fn=_end_with_parent(os.getpid()),  # noqa: PLW1509 (no threads here)
        )

    def tend(self) -> None:
        """Start it again when it has ended and its pause is over."""
        now = time.monotonic()
        if self._again_at is not None:
            if now >= self._again_at:
                self._start()
        elif self.process.poll() is not None:
            self._signal(signal.SIGTERM)  # what it may have left behind
            calm = now - self._started > CALM_SECONDS
            self._pause = 1.0 if calm else min(self._pause * 2, LONGEST_PAUSE_SECONDS)
            self._again_at = now + self._pause
            say(f"The {self.name} ended ({self.process.returncode}); starting it again.")

    def ask_to_stop(self) -> None:
        self._signal(signal.SIGTERM)

    def stop(self, *, before: float) -> None:
        """Wait for its end until the given monotonic moment, then end it and all it started."""
        try:
            self.process.wait(max(0.0, before - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"The {self.name} did not stop in time; ending it.")
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def _end_with_parent(parent: int) -> Callable[[], None]:
    """What a child runs before it becomes the program: Linux tells it when its parent dies."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def arrange() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def stop_on_signals() -> None:
    """Make every polite way of ending this process raise KeyboardInterrupt."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def serve(listener: socket.socket, env: Mapping[str, str], *, ready: str) -> int:
    """Run web and worker until stopped; print `ready` when pages can be opened.

    Answers the exit code: 0 after a stop, 1 when the web server could not start.
    """
    web = [
        *(str(PYTHON), "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{listener.fileno()}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"),
        *("--no-control-socket", "--graceful-timeout", "10", "--log-level", "warning"),
    ]
    worker = [str(PYTHON), "-m", "flask", "--app", "wsgi", "worker"]
    children: list[Child] = []
    stop_on_signals()
    try:
        children.append(Child("web server", web, env, keep=[listener.fileno()]))
        if not _answers(children[0].process, address(listener) + "/health"):
            return 1
        children.append(Child("background worker", worker, env))
        say(ready)
        while True:
            time.sleep(0.5)
            for child in children:
                child.tend()
    except KeyboardInterrupt:
        say("Stopping.")
        return 0
    finally:
        _stop(children)


def _answers(web: subprocess.Popen[bytes], url: str) -> bool:
    """Whether the page answers before the process ends or the time is over; says why not."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until, seen = time.monotonic() + START_SECONDS, "no answer"
    while time.monotonic() < until:
        if web.poll() is not None:
            say(f"The web server ended at its start ({web.returncode}); its lines are above.")
            return False
        try:
            with opener.open(url, timeout=2):
                return True
        except urllib.error.HTTPError as error:
            seen = f"{error.code} {error.reason}"
        except OSError:
            pass
        time.sleep(0.1)
    say(f"{url} did not answer well within {START_SECONDS} s ({seen}).")
    return False


def _stop(children: Sequence[Child]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anything behind
    for child in children:
        child.ask_to_stop()
    before = time.monotonic() + STOP_SECONDS
    for child in children:
        child.stop(before=before)
