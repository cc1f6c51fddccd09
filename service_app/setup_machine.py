"""Make a fresh Debian machine able to run this clone. Standard library only: nothing is there yet.

Everything Python lands in `.venv` beside the code; only Debian's own libraries go into the system,
and only when this runs as root. Otherwise the one command that is missing is printed.
"""

from __future__ import annotations

import ctypes.util
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.sha256"
RUN_TIME = ROOT / "requirements.txt"
TESTS = ROOT / "tests" / "requirements.txt"

# The shared library WeasyPrint opens -> the Debian package that has it.
PDF_LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}


def say(text: str) -> None:
    """Print at once: the reader watches a terminal or a log."""
    print(text, flush=True)


def _note(text: str) -> None:
    """Say beside the output: what a command prints may be going into a file."""
    print(text, file=sys.stderr, flush=True)


def prepare(*, with_tests: bool) -> None:
    """Bring virtual environment, requirements and Debian's libraries to what this clone asks for.

    Raises SystemExit with a sentence where the program could not run. Two commands started at once
    in one clone wait for each other.
    """
    with _alone():
        _make_venv()
        _install([RUN_TIME, TESTS] if with_tests else [RUN_TIME])
    _install_pdf_libraries()


@contextmanager
def _alone() -> Iterator[None]:
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _make_venv() -> None:
    if _is_sound():
        return
    if not importlib.util.find_spec("ensurepip"):
        wanted = ["python3-venv", *missing_pdf_packages()]
        if not install_debian(wanted):
            raise SystemExit(
                "Python came without its venv part. Install it, then run this again:\n"
                f"    {debian_command(wanted)}"
            )
    _note("Making the virtual environment .venv")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if made.returncode:
        raise SystemExit(f"The virtual environment {VENV} could not be made; see the lines above.")


def _is_sound() -> bool:
    """Whether .venv runs and has pip: not so when it was half made, or after Python was raised."""
    if not PYTHON.exists():
        return False
    tried = subprocess.run([str(PYTHON), "-c", "import pip"], capture_output=True, check=False)
    return tried.returncode == 0


def digest(files: Sequence[Path]) -> str:
    """SHA-256 over the contents of requirement files, in their order."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def is_installed(files: Sequence[Path], stamp: Path) -> bool:
    """Whether the stamp says that exactly these files were installed, or these and more."""
    return stamp.exists() and digest(files) in stamp.read_text(encoding="ascii").split()


def write_stamp(files: Sequence[Path], stamp: Path) -> None:
    """Remember that these files were installed, and so each beginning of their list."""
    sums = [digest(files[: count + 1]) for count in range(len(files))]
    stamp.write_text("\n".join(sums) + "\n", encoding="ascii")


def _install(files: Sequence[Path]) -> None:
    if is_installed(files, STAMP):
        return
    _note("Installing " + " and ".join(str(file.relative_to(ROOT)) for file in files))
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    wanted = [part for file in files for part in ("--requirement", str(file))]
    if subprocess.run([*pip, "--require-hashes", *wanted], check=False).returncode:
        raise SystemExit("The Python packages could not be installed; see pip's lines above.")
    write_stamp(files, STAMP)


def missing_pdf_packages() -> list[str]:
    """Debian packages that PDF needs and this machine has not."""
    return [
        package
        for library, package in PDF_LIBRARIES.items()
        if not ctypes.util.find_library(library)
    ]


def _install_pdf_libraries() -> None:
    missing = missing_pdf_packages()
    if missing and not install_debian(missing):
        _note(
            "PDF documents need libraries that are not here; everything else works without them:\n"
            f"    {debian_command(missing)}"
        )


def debian_command(packages: Sequence[str]) -> str:
    """The one command a person types to install Debian packages."""
    return f"sudo apt-get update && sudo apt-get install -y {' '.join(packages)}"


def install_debian(packages: Sequence[str]) -> bool:
    """Install Debian packages when this runs as root; answer whether they are there now."""
    if os.geteuid() or not shutil.which("apt-get"):
        return False
    _note("Installing Debian's " + ", ".join(packages))
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    )
    for step in steps:
        done = subprocess.run(step, env=quiet, capture_output=True, text=True, check=False)
        if done.returncode:
            _note(f"{' '.join(step)} did not work:\n{done.stderr.strip()}")
    return done.returncode == 0
