"""Fill a database, serve it, and print how fast everything is beside what it must be.

    python3 -m service_app bench [--small] [--json FILE] [--keep]

Only 127.0.0.1 is used. The data folder is a temporary one, thrown away unless ``--keep`` is given.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from service_app.core.db import Database  # noqa: E402
from service_app.serving import address, listen  # noqa: E402
from tests.bench import fill, measures  # noqa: E402
from tests.bench.measures import Bench, Figure  # noqa: E402


@dataclass(frozen=True)
class Options:
    """What was asked for."""

    is_small: bool
    json_file: Path | None
    is_kept: bool


def main(arguments: list[str]) -> int:
    """Run the benchmark; 0 when every figure could be taken, whatever it says."""
    options = _options(arguments)
    data = Path(tempfile.mkdtemp(prefix="service-bench-"))
    try:
        return _run(options, data)
    finally:
        if options.is_kept:
            print(f"The data folder is {data}")
        else:
            shutil.rmtree(data, ignore_errors=True)


def _options(arguments: list[str]) -> Options:
    parser = argparse.ArgumentParser(prog="python3 -m service_app bench")
    parser.add_argument("--small", action="store_true", help="1,000 machines, 10,000 orders")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--keep", action="store_true", help="leave the data folder")
    given = parser.parse_args(arguments)
    return Options(given.small, given.json, given.keep)


def _run(options: Options, data: Path) -> int:
    env = _environment(data)
    size = fill.SMALL if options.is_small else fill.FULL
    begin = time.perf_counter()
    counts = _fill(env, data, size)
    print(f"Filled in {time.perf_counter() - begin:.0f} s: {counts}", flush=True)
    figures = _measure(options, env, data)
    _print_table(figures)
    facts = {"size": asdict(size), "rows": counts, "seconds": round(time.perf_counter() - begin)}
    report = {**facts, "figures": [f.as_json() for f in figures]}
    target = options.json_file or data / "bench.json"
    target.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


def _environment(data: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "PUBLIC_URL")}
    return {
        **kept,
        "SERVICE_MODE": "production",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATA_DIR": str(data),
        "PYTHONPATH": str(ROOT),
    }


def _flask(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), *arguments]


def _fill(env: dict[str, str], data: Path, size: fill.Size) -> dict[str, int]:
    subprocess.run(_flask("migrate"), env=env, cwd=ROOT, check=True)
    database = Database(f"sqlite:///{data / 'service.db'}")
    with database.write_session() as session:
        counts = fill.fill(session, size, at=fill.now())
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    database.engine.dispose()
    return counts


def _measure(options: Options, env: dict[str, str], data: Path) -> list[Figure]:
    with listen("127.0.0.1", 0, tries=1) as listener:
        web = [
            *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{listener.fileno()}"),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"),
            *("--no-control-socket", "--log-level", "warning"),
        ]
        children: list[subprocess.Popen[bytes]] = []
        with (data / "served.log").open("wb") as log:
            said: dict[str, Any] = {"env": env, "cwd": ROOT, "stdout": log, "stderr": log}
            try:
                children.append(subprocess.Popen(web, pass_fds=[listener.fileno()], **said))
                children.append(subprocess.Popen(_flask("worker"), **said))
                measures.wait_for(address(listener) + "/health", children[0])
                bench = Bench(
                    port=listener.getsockname()[1],
                    data=data,
                    env=env,
                    web=children[0].pid,
                    worker=children[1].pid,
                    seconds=0.6 if options.is_small else 2.0,
                    open_promises=100_000 if options.is_small else 1_000_000,
                )
                return measures.all_figures(bench)
            finally:
                for child in children:
                    child.terminate()
                for child in children:
                    child.wait(30)


def _print_table(figures: list[Figure]) -> None:
    width = max(len(f.name) for f in figures)
    print(f"\n{'':{width}}  {'measured':>16}  {'target':>16}")
    for f in figures:
        value = f"{f.value:,.{f.places}f} {f.unit}"
        target = f"{f.sign} {f.target:,g} {f.unit}" if f.target is not None else ""
        verdict = "" if f.is_met is None else "met" if f.is_met else "MISSED"
        print(f"{f.name:{width}}  {value:>16}  {target:>16}  {verdict}  {f.note}".rstrip())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
