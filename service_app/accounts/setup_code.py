"""The one-time code that proves the first administrator can read the server's log or files."""

import hmac
import logging
import os
import secrets
from pathlib import Path

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 12
_FILE = "setup_code"
log = logging.getLogger(__name__)


def read_or_make(data_dir: Path) -> str:
    """The code of this installation, made at the first call; only the server's user reads it."""
    file = data_dir / _FILE
    if not file.exists():
        fresh = file.with_name(f"{_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass  # another worker was first: its code is the code
        finally:
            fresh.unlink()
    return file.read_text().strip()


def fits(data_dir: Path, typed: str) -> bool:
    """Whether the typed code is the right one; blanks, hyphens and case do not matter."""
    plain = "".join(c for c in typed.upper() if c.isalnum())
    return hmac.compare_digest(plain.encode(), read_or_make(data_dir).encode())


def forget(data_dir: Path) -> None:
    """The code has done its work."""
    (data_dir / _FILE).unlink(missing_ok=True)


def is_made(data_dir: Path) -> bool:
    """Whether somebody was already told a code."""
    return (data_dir / _FILE).exists()


def announce(data_dir: Path, public_url: str) -> None:
    """Write the code into the log, where whoever started the program sees it."""
    code = read_or_make(data_dir)
    shown = "-".join(code[n : n + 4] for n in range(0, LENGTH, 4))
    log.warning("Nobody can sign in yet. Open %s/setup and enter the code %s", public_url, shown)
