"""Every sentence of the sources has its Russian one, and the compiled file is the written one."""

import ast
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from click.testing import CliRunner

from service_app import cli
from service_app.translations import catalogue
from service_app.translations.catalogue import MO, PO, ROOT, forms, sentences

PACKAGES = ("service_app", "assets", "workorders")
MARKERS = {"Text": 1, "N_": 1, "plural": 1, "P_": 2}
"""A marker, and how many of its first arguments are words to be found in the source."""
WITHOUT_WORDS = {"service_app/core/text.py"}
"""Where the markers themselves are made."""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


@pytest.fixture(scope="module")
def stored() -> Catalog:
    return catalogue.read()


def key(message: Message) -> tuple[str | None, tuple[str, ...]]:
    return message.context, forms(message.id)


def compiled_sentences(data: bytes) -> dict[object, tuple[str, ...]]:
    return {key(m): forms(m.string) for m in sentences(read_mo(io.BytesIO(data)))}


def placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def test_the_catalogue_holds_what_the_sources_say(stored: Catalog) -> None:
    said = {key(message) for message in sentences(catalogue.extracted(stored))}
    kept = {key(message) for message in sentences(stored)}
    assert sorted(map(str, said - kept)) == [], "run: flask translations, and translate"
    assert sorted(map(str, kept - said)) == [], "no longer said; run: flask translations"
    assert list(stored.obsolete) == []


def test_every_sentence_is_translated(stored: Catalog) -> None:
    assert [key(m) for m in sentences(stored) if not catalogue.is_translated(m)] == []
    plurals = [m for m in sentences(stored) if m.pluralizable]
    assert plurals
    assert [key(m) for m in plurals if len(forms(m.string)) != stored.num_plurals] == []


def test_no_translation_is_a_guess(stored: Catalog) -> None:
    assert [key(m) for m in stored if m.fuzzy] == []


def test_placeholders_agree(stored: Catalog) -> None:
    wrong = []
    for message in sentences(stored):
        wanted = placeholders(forms(message.id)[-1])
        wrong += [(key(message), x) for x in forms(message.string) if placeholders(x) != wanted]
    assert wrong == []


def test_the_compiled_file_is_the_written_one(stored: Catalog) -> None:
    run = compiled_sentences(MO.read_bytes())
    assert len(run) == len(stored)
    assert run == compiled_sentences(catalogue.compiled(stored))


def test_a_second_run_of_the_command_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    po, mo = tmp_path / "messages.po", tmp_path / "messages.mo"
    po.write_bytes(PO.read_bytes())
    monkeypatch.setattr(catalogue, "PO", po)
    monkeypatch.setattr(catalogue, "MO", mo)
    ran = CliRunner().invoke(cli.translations)
    assert ran.exit_code == 0, ran.output
    assert ", 0 untranslated." in ran.output
    first = po.read_bytes(), mo.read_bytes()
    CliRunner().invoke(cli.translations)
    assert (po.read_bytes(), mo.read_bytes()) == first


def unseen_words() -> Iterator[str]:
    """Markers whose words are not written where they stand: extraction passes them by."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if name in WITHOUT_WORDS:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                called = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
                words = node.args[: MARKERS.get(called, 0)]
                if any(not isinstance(w, ast.Constant) for w in words):
                    yield f"{name}:{node.lineno}"


def test_words_stand_where_they_are_marked() -> None:
    assert list(unseen_words()) == []
