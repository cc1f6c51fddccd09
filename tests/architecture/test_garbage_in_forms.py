"""Nothing anybody sends in a form breaks a page: every form of the demo company, every field."""

from collections.abc import Iterator
from itertools import count, islice
from typing import Any

import pytest
from flask import Flask

from service_app.core.db import Database
from tests.architecture.forms_found import NOBODY, Form, Person, Spider
from tests.architecture.garbage import WORDS
from tests.conftest import OneConnection

pytestmark = pytest.mark.xdist_group("demo")
PEOPLE = ("administrator", "engineer", "operator")
TRIED = 2
"""So many words a field: each field begins where the one before it ended, so all are tried."""


@pytest.fixture
def undone(demo: Flask) -> Iterator[OneConnection]:
    """The demo company; whatever is done to it is taken back at the end."""
    real: Database = demo.extensions["database"]
    shared = OneConnection(real)
    demo.extensions["database"] = shared
    yield shared
    demo.extensions["database"] = real
    shared.undo()


def signed_in(demo: Flask, login: str) -> Person:
    client = demo.test_client()
    client.post("/login", data={"login": login, "password": "demo"})
    with client.session_transaction() as cookie:
        return Person(login, dict(cookie))


def sent(demo: Flask, shared: OneConnection, form: Form, values: dict[str, Any]) -> int:
    """The status of the answer; what the form did is undone, signing out too."""
    client, before = demo.test_client(), shared.connection.begin_nested()
    with client.session_transaction() as cookie:
        cookie.update(form.person.session)
    try:
        with client.post(form.action, data=values) as answer:
            return int(answer.status_code)
    finally:
        before.rollback()


def test_no_field_of_a_form_breaks_a_page(demo: Flask, undone: OneConnection) -> None:
    spider = Spider(demo.url_map.bind("localhost"))
    for person in (NOBODY, *(signed_in(demo, login) for login in PEOPLE)):
        client = demo.test_client()
        with client.session_transaction() as cookie:
            cookie.update(person.session)
        spider.walk(client, person)
    broken, answers = list(spider.broken), list[int]()
    turn = count(len(WORDS) // 2 if "psycopg" in str(undone.engine.url) else 0)
    for form in spider.forms:
        trials = [form.fields]
        for name in form.fields.keys() - {"csrf_token"}:
            start = next(turn) * TRIED % len(WORDS)
            words = islice([*WORDS, *WORDS], start, start + TRIED)
            trials += [{**form.fields, name: word} for word in words]
        for values in trials:
            answers.append(sent(demo, undone, form, values))
            if answers[-1] >= 500:
                broken.append(f"{form.action} as {form.person.login}: {str(values)[:300]}")
    assert broken == []
    assert len({form.endpoint for form in spider.forms}) > 75
    assert len(answers) > 1000
    assert answers.count(302) > len(answers) / 3  # most forms were whole but for one field
