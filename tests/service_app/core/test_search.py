"""What people type finds what was written: a table of both, and properties of the tokens."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_app.core import search
from service_app.core.search import LONGEST, normalise, query_terms, search_words, sort_key


def finds(query: str, text: str) -> bool:
    """As the index does it: every term begins a word of the column."""
    words = search_words(text).split()
    terms = query_terms(query)
    return bool(terms) and all(any(word.startswith(term) for word in words) for term in terms)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("26-0418", "26-0418"),
        ("260418", "26-0418"),
        ("26 0418", "26-0418"),
        ("0418", "26-0418"),
        ("26-04", "26-0418"),
        ("№ 26-0418", "26-0418"),
        ("№26-0418", "26-0418"),
        ("#26-0418", "26-0418"),
        ("26‑0418", "26-0418"),  # the dash that does not part at a line end
        ("EG230-00417", "EG230-00417"),
        ("eg23000417", "EG230-00417"),
        ("eg-230", "EG230-00417"),
        ("EG 230", "EG230-00417"),
        ("230-004", "EG230-00417"),
        ("00417", "EG230-00417"),
        ("EG230-00417", "eg23000417"),
        ("эг230", "Экскаватор ЭГ-230"),
        ("ЭГ-230", "Экскаватор ЭГ230"),
        ("ТО-500", "сделать ТО 500 м·ч, ТО500"),
        ("АВ-123", "AB-123"),  # Cyrillic letters typed, Latin ones on the plate
        ("AB123", "АВ-123"),
        ("насосами", "Гидравлический насос"),
        ("насосы гидравлические", "Течь гидравлического насоса"),
        ("гидр", "Гидравлический насос"),
        ("ПОДЪЁМ", "подъем стрелы"),
        ("подъем", "подъём стрелы"),
        ("leaking pumps", "The pump leaks oil"),
        ("battery", "Batteries are flat"),
        ("ply", "plywood"),
        ("muller", "Müller GmbH"),
        ("Müller", "MULLER"),
        ("қарағанды", "Карағанды"),
        ("o'brien", "O’Brien"),
        ("obrien", "O'Brien"),
        ("генератор дизель", "дизель-генератор"),
        ("дизель-генераторы", "дизель-генератор"),
        ("дизельгенератор", "дизель-генератор"),
        ("C:\\temp", "c:\\temp\\x"),
    ],
)
def test_found(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("26-0418", "26-0419"),
        ("418", "26-0418"),  # leading zeros are part of a number
        ("00417", "EG230-417"),
        ("иошкар", "Йошкар-Ола"),  # й is a letter of its own
        ("насос компрессор", "насос"),
        ("лик", "гидравлика"),
        ("№", "26-0418"),
        ("***", "звёзды"),
        ("", "пусто"),
    ],
)
def test_not_found(query: str, text: str) -> None:
    assert not finds(query, text)


def test_distinct_tokens_in_order() -> None:
    assert search_words("насос НАСОС", None, "", "насосы pump") == "насос pump"


def test_words_of_several_texts_and_a_limit() -> None:
    assert len(search_words(" ".join(f"слово{n}" for n in range(3000)))) == LONGEST
    # A code of a thousand pieces does not become half a million tokens.
    assert len(search_words("-".join("1" * 1000)).split()) < 100


def test_a_query_has_at_most_eight_terms() -> None:
    assert len(query_terms("один два три четыре пять шесть семь восемь девять десять")) == 8


@given(st.text(max_size=60))
def test_only_plain_tokens_whatever_is_written(text: str) -> None:
    for tokens in (search_words(text), " ".join(query_terms(text)), sort_key(text)):
        assert re.fullmatch(r"([a-z0-9а-я]+( [a-z0-9а-я]+)*)?", tokens)


@given(st.text(alphabet="abcАБВйё0159-. /№", min_size=1, max_size=20))
def test_a_text_is_found_by_itself(text: str) -> None:
    assert finds(text, text) or not query_terms(text)


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_sorting() -> None:
    names = ["Кран 10", "Ёлка", "кран 2", "Ель", "абв", "Zeta", "alpha", "Йод", "Ива"]
    assert sorted(names, key=sort_key) == [
        *("alpha", "Zeta", "абв", "Ёлка", "Ель", "Ива", "Йод", "кран 2", "Кран 10")
    ]


def test_stems_stay_right_when_many_threads_ask() -> None:
    words = ["гидравлического", "двигателями", "компрессорная", "насосами", "утечками"]
    bare = search.stem.__wrapped__  # past the cache, where a wrong answer would stay for ever
    right = [bare(word) for word in words]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = pool.map(lambda _: [bare(word) for word in words], range(2000))
            assert all(stems == right for stems in found)
    finally:
        sys.setswitchinterval(interval)
