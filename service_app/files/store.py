"""Where files lie: a local folder, written and synced before any row names them."""

import os
from pathlib import Path

_root: Path | None = None


def configure(root: Path) -> None:
    """Tell the process its folder; the factory, the worker and tests do it once."""
    global _root
    _root = root


def root() -> Path:
    """The folder of files; RuntimeError when nobody configured it."""
    if _root is None:
        raise RuntimeError("the file store has no folder yet")
    return _root


def path_of(key: str) -> Path:
    """Where a key lies. Keys are ours: two hex folders, digest, suffix."""
    return root() / key


def write(key: str, content: bytes) -> None:
    """Put the bytes on the disk for good; the same key twice is the same content."""
    target = path_of(key)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
    with fresh.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(key: str) -> bytes:
    """The bytes behind a key."""
    return path_of(key).read_bytes()
