"""The vendored files are the ones that were looked at, complete, small and self-contained."""

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

VENDOR = Path(__file__).resolve().parents[2] / "service_app" / "static" / "vendor"
LOCK: dict[str, Any] = json.loads((VENDOR / "lock.json").read_text(encoding="utf-8"))
OURS = {"fetch.py", "lock.json"}
WOFF2_LIMIT = 60 * 1024
FIRST_PAGE_CSS_LIMIT = 80 * 1024
FIRST_PAGE_FONTS_LIMIT = 116 * 1024


def vendored() -> list[Path]:
    return [
        path
        for path in sorted(VENDOR.rglob("*"))
        if path.is_file() and path.name not in OURS and "__pycache__" not in path.parts
    ]


def test_every_file_is_as_locked() -> None:
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendored()
    }
    assert found == LOCK["sha256"]


@pytest.mark.parametrize("package", LOCK["packages"], ids=lambda package: package["name"])
def test_package_is_pinned_and_its_files_are_here(package: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
    assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", package["integrity"])
    assert package["licence"]
    made = [*package["files"], *package.get("sprites", {}), *package.get("subsets", {})]
    assert set(made) <= set(LOCK["sha256"])


def test_every_package_has_its_licence_text() -> None:
    assert len(list((VENDOR / "licences").iterdir())) == len(LOCK["packages"])


def test_fonts_of_pages_are_small() -> None:
    sizes = [path.stat().st_size for path in VENDOR.rglob("*.woff2")]
    assert len(sizes) == 3
    assert max(sizes) <= WOFF2_LIMIT
    assert sum(sizes) <= FIRST_PAGE_FONTS_LIMIT


def test_text_files_have_their_compressed_form_beside_them() -> None:
    texts = [path for path in vendored() if path.suffix in {".css", ".js", ".svg"}]
    assert len(texts) >= 4
    for path in texts:
        packed = path.with_name(path.name + ".gz").read_bytes()
        assert gzip.decompress(packed) == path.read_bytes()
        assert packed[4:8] == b"\0\0\0\0", "a time inside would change the sum on every run"
    assert (VENDOR / "tabler.min.css.gz").stat().st_size <= FIRST_PAGE_CSS_LIMIT


def test_style_sheet_fetches_nothing() -> None:
    css = (VENDOR / "tabler.min.css").read_text(encoding="utf-8")
    assert "@import" not in css
    targets = re.findall(r"url\(\s*[\"']?([^\"')]{0,20})", css)
    assert targets, "the pattern finds what it looks for"
    assert [target for target in targets if not target.startswith("data:")] == []


def test_sprite_holds_each_wanted_icon_once() -> None:
    sprite = (VENDOR / "icons.svg").read_text(encoding="utf-8")
    icons = next(p["sprites"]["icons.svg"] for p in LOCK["packages"] if "sprites" in p)
    assert re.findall(r'<symbol id="([^"]+)"', sprite) == sorted(icons)
    assert "stroke-width" not in sprite, "the width of the line is the page's choice"
