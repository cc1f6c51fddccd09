"""Prints the table of routes as it is now: ``python -m tests.architecture.make_routes``.

Compare with ``routes.csv`` line by line before committing it: the table is what we promise.
"""

import io
import os
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def main() -> int:
    """Walk once on SQLite and print what was found."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "routes.csv"
        os.environ["ROUTES_FOUND"] = str(found)
        chosen = ["-k", "test_every_route_is_as_the_table_says and sqlite"]
        told = io.StringIO()
        with redirect_stdout(told):
            pytest.main([str(HERE / "test_walk.py"), *chosen])
        if not found.exists():
            print(told.getvalue(), "\nThe walk broke.", file=sys.stderr)
            return 1
        print(found.read_text(encoding="utf-8"), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
