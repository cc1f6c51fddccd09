"""`python3 -m service_app COMMAND`: set a fresh machine up, then run. Standard library only."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence

from service_app.serving import PORTS_TRIED, address, listen, serve, stop_on_signals
from service_app.setup_machine import PYTHON, ROOT, debian_command, install_debian, prepare, say

OLDEST_PYTHON = (3, 11)
POSTGRESQL = ("127.0.0.1", 5432)

HELP = """\
python3 -m service_app COMMAND

  demo  [--port 8000] [--host 127.0.0.1] [--reset]
        load the demo company and serve it; a busy port takes the next free one,
        --reset throws the demo's changes away first
  test  [--no-browser-tests] [pytest's options]
        ruff, mypy, import contracts, djlint, then every test
  serve [--port 8000] [--host 127.0.0.1]
        bring the database up to date and serve in production: web server and background worker
  bench [options]
        fill a database of the full size and print how fast the pages are
  anything else
        a command of the program, run in its own environment:
        import machines FILE, worker, migrate, ...; --help after it tells its options

The first run sets this machine up: .venv, the pinned requirements and, when run as root, Debian's
libraries for PDF. Configuration comes from the environment; README.md lists it.
"""

# What is checked before the tests: its name, and the arguments of the environment's Python.
CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", ("-m", "ruff", "check", ".")),
    ("ruff format", ("-m", "ruff", "format", "--check", ".")),
    ("mypy", ("-m", "mypy")),
    ("import contracts", ("-c", "from importlinter.cli import lint_imports_command as f; f()")),
    ("djlint", ("-m", "djlint", "templates", "--lint", "--quiet")),
)


def main(arguments: Sequence[str]) -> int:
    """Run one command; answers the exit code."""
    if sys.version_info < OLDEST_PYTHON:
        say("This needs Python 3.11 or later; Debian 12 and 13 have it as python3.")
        return 1
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        say(HELP)
        return 0 if arguments else 2
    command, rest = arguments[0], list(arguments[1:])
    own = {"demo": demo, "serve": serve_production, "test": test, "bench": bench}
    if command in own:
        return own[command](rest)
    return run_command([command, *rest])


def _address_options(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python3 -m service_app {command}", allow_abbrev=False)
    parser.add_argument("--port", type=_port, default=8000, help="8000 unless told")
    parser.add_argument("--host", default="127.0.0.1", help="127.0.0.1 unless told")
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is no port; give one from 1 to 65535")
    return number


def _flask(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", "flask", "--app", str(ROOT / "wsgi.py"), *arguments]


def _environment(**values: str) -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), **values}


def demo(arguments: Sequence[str]) -> int:
    """Load the demo company and serve it."""
    parser = _address_options("demo")
    parser.add_argument("--reset", action="store_true", help="throw the demo's changes away first")
    options = parser.parse_args(arguments)
    prepare(with_tests=False)
    with listen(options.host, options.port, tries=PORTS_TRIED) as listener:
        taken = listener.getsockname()[1]
        if options.port not in (0, taken):
            say(f"Port {options.port} is busy; taking {taken}.")
        env = _environment(SERVICE_MODE="demo")
        env.setdefault("PUBLIC_URL", address(listener))
        if not _run(_flask("migrate"), env):
            return 1
        say("Loading the demo company")
        load = _flask("demo", "load", *(["--reset"] if options.reset else []))
        loaded = subprocess.run(load, env=env, stdout=subprocess.PIPE, text=True, check=False)
        if loaded.returncode:
            say(f"{loaded.stdout}The demo company could not be loaded; see the lines above.")
            return 1
        ready = f"\n{loaded.stdout.strip()}\n\nOpen {address(listener)}   (Ctrl-C stops it)"
        return serve(listener, env, ready=ready)


def serve_production(arguments: Sequence[str]) -> int:
    """Bring the database up to date and serve; the program refuses a configuration not fit for it.

    A busy port is an error here: a proxy in front would not find another one.
    """
    options = _address_options("serve").parse_args(arguments)
    prepare(with_tests=False)
    with listen(options.host, options.port, tries=1) as listener:
        env = _environment(SERVICE_MODE=os.environ.get("SERVICE_MODE", "production"))
        if not _run(_flask("migrate"), env):
            return 1
        return serve(listener, env, ready=f"Serving at {address(listener)}   (Ctrl-C stops it)")


def test(arguments: Sequence[str]) -> int:
    """Run every check, then pytest, whose closing line is the last one when all is well."""
    parser = argparse.ArgumentParser(
        prog="python3 -m service_app test",
        allow_abbrev=False,
        epilog="Every other argument goes to pytest.",
    )
    parser.add_argument("--no-browser-tests", action="store_true", help="leave Chromium out")
    options, for_pytest = parser.parse_known_args(arguments)
    prepare(with_tests=True)
    env = _environment()
    failed = []
    for name, check in CHECKS:
        say(f"== {name}")
        if not _run([str(PYTHON), *check], env):
            failed.append(name)
    say("== checks: " + (f"FAILED: {', '.join(failed)}" if failed else "all passed"))
    browser = not options.no_browser_tests and _has_chromium()
    if not _answers(POSTGRESQL):
        say("== PostgreSQL WAS NOT THERE (127.0.0.1:5432): the suite runs on SQLite only")
    say("== pytest")
    pytest = [str(PYTHON), "-m", "pytest", "-n", _processes(), "--dist", "loadgroup"]
    code = subprocess.run(
        [*pytest, *([] if browser else ["--no-browser-tests"]), *for_pytest],
        cwd=ROOT,
        env=env,
        check=False,
    ).returncode
    if failed:
        say(f"The tests ended with {code}, but these checks FAILED: {', '.join(failed)}")
    return code or int(bool(failed))


def bench(arguments: Sequence[str]) -> int:
    """Run the benchmark; it drives a browser too, so it needs what the tests need."""
    prepare(with_tests=True)
    _has_chromium()
    command = [str(PYTHON), str(ROOT / "tests" / "bench" / "run.py"), *arguments]
    return subprocess.run(command, env=_environment(), check=False).returncode


def run_command(arguments: Sequence[str]) -> int:
    """Become a command of the program, so that its signals and exit code are its own."""
    prepare(with_tests=False)
    command = _flask(*arguments)
    os.execve(command[0], command, _environment())


def _run(command: Sequence[str], env: Mapping[str, str]) -> bool:
    return subprocess.run(command, cwd=ROOT, env=dict(env), check=False).returncode == 0


def _processes() -> str:
    return str(max(2, min(os.cpu_count() or 2, 4)))


def _has_chromium() -> bool:
    if shutil.which("chromium") or install_debian(["chromium"]):
        return True
    say(
        "== Chromium WAS NOT THERE: what opens pages in a browser is skipped. To install it:\n"
        f"    {debian_command(['chromium'])}"
    )
    return False


def _answers(place: tuple[str, int]) -> bool:
    try:
        socket.create_connection(place, timeout=2).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    stop_on_signals()
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
