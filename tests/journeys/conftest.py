"""A whole server of its own for a story in a real browser: web, worker, empty database."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Server:
    """The address, the data folder, and the processes, so that a story may kill them."""

    url: str
    data_dir: Path
    environ: dict[str, str]
    port: int
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None

    def start_web(self) -> None:
        """Serve as production does: gunicorn, two workers of four threads."""
        with (self.data_dir / "web.log").open("ab") as log:
            self.web = subprocess.Popen(
                [
                    sys.executable, "-m", "gunicorn", "-w", "2", "--threads", "4", "-k", "gthread",
                    "-b", f"127.0.0.1:{self.port}", "--no-control-socket", "wsgi:app",
                ],
                cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=1).read()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError((self.data_dir / "web.log").read_text()[-2000:])

    def start_worker(self) -> None:
        """The background worker."""
        with (self.data_dir / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
                cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill(self, process: subprocess.Popen[bytes] | None) -> None:
        """``kill -9`` of a process and its children."""
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        self.kill(self.web)
        self.kill(self.worker)

    def setup_code(self) -> str:
        """The one-time code of the first start, as the terminal shows it."""
        return (self.data_dir / "setup_code").read_text().strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    port = free_port()
    environ = dict(os.environ) | {
        "SERVICE_MODE": "development",
        "DATA_DIR": str(tmp_path),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LOG_LEVEL": "WARNING",
    }
    environ.pop("DATABASE_URL", None)
    made = Server(f"http://127.0.0.1:{port}", tmp_path, environ, port)
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "migrate"],
        cwd=ROOT, env=environ, check=True, capture_output=True,
    )  # fmt: skip
    made.start_web()
    made.start_worker()
    yield made
    made.stop()


def number_of(text: str) -> str:
    """The order number in a text."""
    found = re.search(r"(?<![\w-])\d\d-\d{4}(?!\d)", text)
    assert found is not None, text
    return found.group()
