"""Papers find their templates, files their folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service_app.documents import render
from service_app.files import store

PAPERS = Path(__file__).parent / "papers"


@pytest.fixture(autouse=True)
def paper_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The papers of these tests beside the house's own, an address to check them at."""
    monkeypatch.setattr(render.LOADER, "searchpath", [*render.LOADER.searchpath, str(PAPERS)])
    store.configure(tmp_path / "files")
    render.configure("https://service.meridian.example")
    yield
    render.configure("")
