"""Nothing anybody types breaks a page: every argument of every address, every field of every form.

What a page asks of its address is not listed here but overheard, so a new filter is tried too.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.architecture.garbage import KEYS, WORDS, Listened, ListeningRequest
from tests.architecture.walking import Walker, read_table, routes

LET_IN = ("200", "302")
PAGED = "after"
BEGUN = {"/admin/calendars": {"start": "2026-11-24T10:00", "add": "8"}}
"""A form in the address is looked into only when it was begun."""


@pytest.fixture
def walker(app: Flask, database: Any, session: Session, people: Any, now: datetime) -> Walker:
    app.request_class = ListeningRequest
    return Walker(app, database, session, people, now)


def opened_by(rule: Rule) -> list[str]:
    """Who reads this page: of the two who see different ones, those whom the table lets in."""
    row = read_table().get(("GET", rule.rule), {})
    return [who for who in ("administrator", "operator") if row.get(who) in LET_IN]


def asked_of(walker: Walker, rule: Rule, who: str) -> list[str]:
    """The arguments the page looks for in its address."""
    Listened.asked.clear()
    walker.answer("GET", walker.address(rule), who, query_string=BEGUN.get(rule.rule))
    return sorted(Listened.asked - {None})


def typed_into(names: list[str], begun: dict[str, str]) -> Iterator[dict[str, str]]:
    """The same garbage in every argument at once; keys of a long list only where one is read."""
    if PAGED in names:
        yield from ({PAGED: key} for key in KEYS)
    others = [name for name in names if name != PAGED]
    for word in WORDS if others else ():
        yield dict.fromkeys(others, word)
        if begun:
            yield from ({**begun, name: word} for name in begun)


def test_no_argument_of_an_address_breaks_a_page(walker: Walker) -> None:
    broken, tried = [], set()
    for method, rule in routes(walker.app):
        if method != "GET":
            continue
        for who in opened_by(rule):
            names = asked_of(walker, rule, who)
            tried |= {(rule.rule, name) for name in names}
            for typed in typed_into(names, BEGUN.get(rule.rule, {})):
                answer = walker.answer("GET", walker.address(rule), who, query_string=typed)
                if answer.status_code >= 500:
                    broken.append(f"{rule.rule} {str(typed)[:200]} as {who}")
    assert broken == []
    assert {("/machines", "after"), ("/admin/calendars", "add")} <= tried
    assert len(tried) > 60


def addresses_of(rule: Rule, values: dict[str, Any]) -> Iterator[str]:
    """The rule's address with garbage in the place of each of its arguments in turn."""
    for name in sorted(rule.arguments):
        if rule.endpoint == "asset":
            continue
        for word in WORDS:
            address = rule.rule
            for one, value in {**values, name: word}.items():
                address = re.sub(rf"<(\w+:)?{one}>", quote(str(value), safe=""), address)
            yield address


def test_no_word_in_the_place_of_a_record_breaks_a_page(walker: Walker) -> None:
    broken, tried = [], 0
    for method, rule in routes(walker.app):
        for address in addresses_of(rule, walker.values(rule)):
            if method != "GET":
                continue  # the same search for the record stands in both
            tried += 1
            status = walker.answer(method, address, "administrator").status_code
            if status >= 500:
                broken.append(f"{method} {address[:200]}: {status}")
    assert broken == []
    assert tried > 1000
