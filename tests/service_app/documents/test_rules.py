"""Plain values, the canonical form and the hash."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from service_app.core.currency import Amount
from service_app.core.text import Text
from service_app.documents import rules


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        "Ковалёв",
        Decimal("1.20"),
        Amount(Decimal("84600.00"), "RUB"),
        date(2026, 11, 24),
        datetime(2026, 11, 24, 13, 48, tzinfo=UTC),
        timedelta(minutes=90),
        Text("VAT %(n)s %%", n=Decimal("22")),
        {"a": [1, {"b": Decimal("0.5")}], "at": "here", "more": {"text": "words", "on": "x"}},
        {"text": "words of a person"},
        [],
    ],
)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    assert rules.revive(rules.plain(value)) == value


@pytest.mark.parametrize("value", [1.5, object(), b"bytes", {"a": [1.0]}])
def test_what_has_no_place_on_a_paper_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        rules.plain(value)


def test_the_canonical_form_does_not_depend_on_the_order_of_keys() -> None:
    assert rules.canonical_json({"b": 1, "a": "ё"}) == '{"a":"ё","b":1}'.encode()
    assert rules.content_sha256({"b": 1, "a": 2}) == rules.content_sha256({"a": 2, "b": 1})
    assert rules.content_sha256({"a": 1}) != rules.content_sha256({"a": 2})


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("9f3a41c7", True),
        ("9F3A 41C7 0be2", True),
        ("9f3a41c", False),
        ("", False),
        ("9f3a41c8", False),
        ("%f3a41c7", False),
    ],
)
def test_the_beginning_of_the_hash_is_enough(typed: str, fits: bool) -> None:
    assert rules.fits_hash("9f3a41c70be2" + "0" * 52, typed) is fits


def test_every_word_of_a_snapshot_is_found() -> None:
    assert rules.words_in({"a": ["x", {"b": "y"}], "c": 1}) == {"x", "y"}
