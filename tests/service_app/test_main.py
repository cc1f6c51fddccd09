"""The README's commands: arguments, ports, the stamp, and processes that come back or go."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from service_app import __main__ as commands
from service_app import serving, setup_machine

ROOT = Path(__file__).resolve().parents[2]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"  {word}" in told for word in ("demo", "test", "serve", "bench"))


def test_no_command_prints_help_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main([]) == 2
    assert "python3 -m service_app COMMAND" in capsys.readouterr().out


def test_help_needs_nothing_but_the_standard_library() -> None:
    bare = [sys.executable, "-I", "-S", "-c"]
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import runpy; " + textwrap.dedent(
        """
        sys.argv = ['service_app', '--help']
        runpy.run_module('service_app', run_name='__main__', alter_sys=True)
        """
    ).strip().replace("\n", "; ")
    ran = subprocess.run([*bare, script], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("port", ["70000", "-1", "eighty"])
def test_impossible_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        commands.main(["demo", f"--port={port}"])
    assert refused.value.code == 2
    assert "--port" in capsys.readouterr().err


def test_other_words_become_commands_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(commands, "prepare", lambda *, with_tests: None)
    monkeypatch.setattr(os, "execve", lambda path, command, env: became.append(command))
    commands.main(["import", "machines", "fleet.csv", "--dry-run"])
    wsgi = str(ROOT / "wsgi.py")
    assert became[0][1:] == [
        *("-m", "flask", "--app", wsgi, "import", "machines", "fleet.csv", "--dry-run")
    ]


class Recorder:
    """Stands in for `subprocess.run`: keeps the commands, fails those that hold a word."""

    def __init__(self, failing: str = "") -> None:
        self.commands: list[list[str]] = []
        self.failing = failing

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.commands.append(command[1:])
        fails = bool(self.failing) and self.failing in command
        return subprocess.CompletedProcess(command, int(fails), stdout="")


@pytest.fixture
def ready_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "prepare", lambda *, with_tests: None)
    monkeypatch.setattr(commands, "_has_chromium", lambda: True)


@pytest.mark.usefixtures("ready_machine")
def test_every_check_runs_and_pytest_is_last(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = Recorder()
    monkeypatch.setattr(subprocess, "run", ran)
    assert commands.main(["test", "--no-browser-tests", "-k", "handover"]) == 0
    assert len(ran.commands) == len(commands.CHECKS) + 1
    assert ran.commands[-1][:2] == ["-m", "pytest"]
    assert ran.commands[-1][-3:] == ["--no-browser-tests", "-k", "handover"]


@pytest.mark.usefixtures("ready_machine")
@pytest.mark.parametrize("failing", ["ruff", "mypy", "djlint", "pytest"])
def test_one_failure_fails_the_whole(
    failing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = Recorder(failing)
    monkeypatch.setattr(subprocess, "run", ran)
    assert commands.main(["test"]) == 1
    assert len(ran.commands) == len(commands.CHECKS) + 1, "a failed check hides no other"
    assert ("FAILED: " + failing in capsys.readouterr().out) == (failing != "pytest")


@pytest.mark.usefixtures("ready_machine")
def test_missing_postgresql_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving.listen("127.0.0.1", 0, tries=1) as free:
        place = free.getsockname()
    monkeypatch.setattr(commands, "POSTGRESQL", place)
    monkeypatch.setattr(subprocess, "run", Recorder())
    commands.main(["test"])
    assert "PostgreSQL WAS NOT THERE" in capsys.readouterr().out


def test_busy_port_takes_the_next() -> None:
    with serving.listen("127.0.0.1", 0, tries=1) as first:
        port = first.getsockname()[1]
        with serving.listen("127.0.0.1", port, tries=20) as second:
            assert port < second.getsockname()[1] < port + 20


def test_busy_port_is_refused_when_only_it_will_do() -> None:
    with serving.listen("127.0.0.1", 0, tries=1) as first:
        port = first.getsockname()[1]
        with pytest.raises(SystemExit, match=f"Port {port} on 127.0.0.1 is busy"):
            serving.listen("127.0.0.1", port, tries=1)


def test_foreign_address_is_refused_with_the_reason() -> None:
    with pytest.raises(SystemExit, match=r"Cannot listen on 192.0.2.1:8000: Cannot assign \w+ "):
        serving.listen("192.0.2.1", 8000, tries=5)


def test_address_is_one_a_browser_opens() -> None:
    with serving.listen("0.0.0.0", 0, tries=1) as listener:
        assert serving.address(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_stamp_knows_its_files_and_no_others(tmp_path: Path) -> None:
    run, tests, stamp = (tmp_path / name for name in ("run.txt", "tests.txt", "stamp"))
    run.write_text("flask==3.1.3\n")
    tests.write_text("pytest==9.2.0\n")
    assert not setup_machine.is_installed([run], stamp)

    setup_machine.write_stamp([run], stamp)
    assert setup_machine.is_installed([run], stamp)
    assert not setup_machine.is_installed([run, tests], stamp)

    setup_machine.write_stamp([run, tests], stamp)
    assert setup_machine.is_installed([run], stamp), "tests add to the run time, they keep it"
    assert setup_machine.is_installed([run, tests], stamp)

    run.write_text("flask==3.1.4\n")
    assert not setup_machine.is_installed([run], stamp)
    assert not setup_machine.is_installed([run, tests], stamp)


def test_missing_library_names_its_debian_package(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"pango-1.0": "libpango-1.0.so.0", "harfbuzz-subset": None}
    monkeypatch.setattr("ctypes.util.find_library", lambda name: found.get(name))
    missing = setup_machine.missing_pdf_packages()
    assert missing == ["libpangoft2-1.0-0", "libharfbuzz-subset0"]
    assert setup_machine.debian_command(missing).endswith(
        "apt-get install -y libpangoft2-1.0-0 libharfbuzz-subset0"
    )


def test_without_rights_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = Recorder()
    monkeypatch.setattr(subprocess, "run", ran)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not setup_machine.install_debian(["chromium"])
    assert ran.commands == []


def test_requirements_name_no_place_and_pin_all_by_hash() -> None:
    for file in (setup_machine.RUN_TIME, setup_machine.TESTS):
        text = file.read_text(encoding="utf-8")
        assert "://" not in text
        assert not [line for line in text.splitlines() if line.startswith("-")]
        for block in text.replace("\\\n", " ").splitlines():
            name, *hashes = block.split()
            assert "==" in name
            assert hashes
            assert all(part.startswith("--hash=sha256:") for part in hashes)


def wait_for(holds: object, *, seconds: float = 10.0) -> None:
    assert callable(holds)
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_killed_child_comes_back(capsys: pytest.CaptureFixture[str]) -> None:
    child = serving.Child("background worker", SLEEP, os.environ)
    first = child.process.pid
    try:
        os.kill(first, signal.SIGKILL)
        child.process.wait()

        def came_back() -> bool:
            child.tend()
            return child.process.pid != first and child.process.poll() is None

        wait_for(came_back)
        assert "background worker ended (-9)" in capsys.readouterr().out
    finally:
        child.stop(before=time.monotonic())
    assert not is_alive(child.process.pid)


def test_child_that_ignores_the_request_is_ended_with_all_it_started(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    script = (
        "import pathlib, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "held = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(held.pid) + '.')\n"
        "time.sleep(60)\n"
    )
    child = serving.Child("web server", [sys.executable, "-c", script], os.environ)
    wait_for(lambda: note.exists() and note.read_text().endswith("."))
    child.ask_to_stop()
    child.stop(before=time.monotonic() + 0.2)
    assert child.process.returncode == -signal.SIGKILL
    wait_for(lambda: not is_alive(int(note.read_text().rstrip("."))))


def test_children_do_not_outlive_a_killed_parent() -> None:
    script = (
        "import os, sys, time\n"
        "from service_app.serving import Child\n"
        f"child = Child('web server', {SLEEP!r}, os.environ)\n"
        "print(child.process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout as said:
        child = int(said.readline())
    assert is_alive(child)
    parent.kill()
    parent.wait()
    wait_for(lambda: not is_alive(child))


def test_web_server_that_cannot_start_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "PYTHON", Path("/bin/false"))
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            assert serving.serve(listener, os.environ, ready="Open") == 1
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    told = capsys.readouterr().out
    assert "web server ended at its start (1)" in told
    assert "Open" not in told
