"""Bring the browser's and the papers' files in from npm, as `lock.json` says. For developers.

    python service_app/static/vendor/fetch.py            fetch, build, compare with the lock
    python service_app/static/vendor/fetch.py --update   fetch, build, write the sums to the lock

To add or raise a package: edit its version and files in `lock.json`, remove its integrity, run
with `--update`, look at the difference, commit. Needs npm; the font subsets need fonttools and
brotli (both are there after `python3 -m service_app test`).
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LOCK = HERE / "lock.json"
OURS = {"fetch.py", "lock.json"}
COMPRESSED = {".css", ".js", ".svg"}

# Latin with its Western and Central European letters, Cyrillic with Kazakh, and the signs that
# stand in our pages: dashes, quotes, units, arrows, comparisons, rouble, tenge, euro, №.
UNICODES = (
    "U+0020-007E,U+00A0-017F,U+02C6,U+02DA,U+02DC,U+0400-045F,U+0490-0493,U+049A-049B,"
    "U+04A2-04A3,U+04AE-04B1,U+04BA-04BB,U+04D8-04D9,U+04E8-04E9,U+2009-2015,U+2018-201E,"
    "U+2020-2022,U+2026,U+202F,U+2030,U+2032-2033,U+2039-203A,U+2060,U+20AC,U+20B8,U+20BD,"
    "U+2116,U+2122,U+2190-2193,U+2212,U+2248,U+2260,U+2264-2265"
)


def download(package: dict[str, Any], folder: Path) -> bytes:
    """The package's archive. Raises SystemExit when it is not the one the lock names."""
    name = f"{package['name']}@{package['version']}"
    packed = subprocess.run(
        ["npm", "pack", "--silent", name], cwd=folder, check=True, capture_output=True, text=True
    )
    archive = (folder / packed.stdout.split()[-1]).read_bytes()
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if package.setdefault("integrity", integrity) != integrity:
        raise SystemExit(f"{name}: its archive is not the one in lock.json ({integrity}).")
    return archive


def sprite(archive: tarfile.TarFile, icons: list[str]) -> str:
    """One SVG of symbols, drawn with the text's colour; the width of the line comes from CSS."""
    symbols = []
    for icon in sorted(set(icons)):
        member = archive.extractfile(f"package/icons/outline/{icon}.svg")
        assert member is not None
        shapes = re.sub(r"<svg[^>]*>|</svg>|<!--.*?-->", "", member.read().decode(), flags=re.S)
        shapes = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", shapes)
        shapes = re.sub(r">\s+<", "><", shapes.strip())
        symbols.append(
            f'<symbol id="{icon}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
            ' stroke-linecap="round" stroke-linejoin="round">'
            f"{shapes}</symbol>"
        )
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def subset(source: Path, target: Path) -> None:
    """A WOFF2 with the signs of our pages only, unhinted."""
    command = [sys.executable, "-m", "fontTools.subset", str(source), f"--output-file={target}"]
    options = [
        f"--unicodes={UNICODES}",
        "--flavor=woff2",
        "--layout-features=ccmp,locl,kern,mark,mkmk,zero,tnum,lnum",
        "--no-hinting",
        "--desubroutinize",
        "--name-IDs=0,1,2,3,4,5,6,13,14",
    ]
    subprocess.run([*command, *options], check=True)


def compress(path: Path) -> None:
    """A `.gz` beside the file, the same on every run: no name, no time."""
    held = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=held, mtime=0) as packed:
        packed.write(path.read_bytes())
    path.with_name(path.name + ".gz").write_bytes(held.getvalue())


def take(package: dict[str, Any], archive: bytes) -> None:
    """Write what is wanted of one package."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        for target, source in package["files"].items():
            member = opened.extractfile(f"package/{source}")
            assert member is not None
            (HERE / target).parent.mkdir(parents=True, exist_ok=True)
            (HERE / target).write_bytes(member.read())
        for target, icons in package.get("sprites", {}).items():
            (HERE / target).write_text(sprite(opened, icons), encoding="utf-8")
    for target, source in package.get("subsets", {}).items():
        subset(HERE / source, HERE / target)


def sums() -> dict[str, str]:
    """SHA-256 of every vendored file, by its path from this folder."""
    files = (p for p in sorted(HERE.rglob("*")) if p.is_file() and "__pycache__" not in p.parts)
    return {
        path.relative_to(HERE).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.relative_to(HERE).as_posix() not in OURS
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--update", action="store_true", help="write the new sums to lock.json")
    update = parser.parse_args().update
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for package in lock["packages"]:
            take(package, download(package, Path(folder)))
    for path in sorted(HERE.rglob("*")):
        if path.suffix in COMPRESSED:
            compress(path)
    found = sums()
    if not update:
        wrong = sorted({path for path, _ in set(found.items()) ^ set(lock["sha256"].items())})
        print("\n".join(f"differs from lock.json: {path}" for path in wrong) or "as locked")
        return 1 if wrong else 0
    lock["sha256"] = found
    LOCK.write_text(json.dumps(lock, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(found)} files locked")
    return 0


if __name__ == "__main__":
    sys.exit(main())
