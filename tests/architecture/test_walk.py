"""Who may open what: every route × every kind of person, against the committed table.

A foreign record is 404 exactly: the outsider walks over rows of somebody else's company.
"""

import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from service_app import registry
from service_app.accounts import login
from service_app.accounts.guard import PUBLIC, guard_of
from tests.architecture.walking import Walker, differences, read_table, routes, written


@pytest.fixture
def walker(app: Flask, database: Any, session: Session, people: Any, now: datetime) -> Walker:
    return Walker(app, database, session, people, now)


def test_every_route_is_as_the_table_says(walker: Walker) -> None:
    found = walker.walk()
    if "ROUTES_FOUND" in os.environ:
        Path(os.environ["ROUTES_FOUND"]).write_text(written(found), encoding="utf-8")
    assert differences(read_table(), found) == []


def test_the_walk_notices_every_guard_that_is_taken_away(walker: Walker, app: Flask) -> None:
    expected, unnoticed = read_table(), []
    app.config["PROPAGATE_EXCEPTIONS"] = False
    for method, rule in [
        (m, r) for m, r in routes(app) if guard_of(app.view_functions[r.endpoint]) != PUBLIC
    ]:
        guarded = app.view_functions[rule.endpoint]
        app.view_functions[rule.endpoint] = guarded.__wrapped__
        try:
            found = walker.outcome(method, rule, "guest")
        except AssertionError:
            found = "broke"  # the bare view met a guest it was never meant for
        finally:
            app.view_functions[rule.endpoint] = guarded
        if found == expected.get((method, rule.rule), {}).get("guest"):
            unnoticed.append(f"{method} {rule.rule}")
    assert unnoticed == []


PERSONAL = frozenset({"/inbox/<int:notice_id>/open"})
"""Records of one person: not even staff of ours open somebody else's."""


def test_the_walk_notices_a_company_that_is_not_looked_at(walker: Walker, app: Flask) -> None:
    """When the outsider is taken for staff, every foreign 404 becomes something else."""
    table = read_table()
    foreign = [
        key
        for key, row in table.items()
        if row["outsider"] == "404" and row["operator"] != "404" and key[1] not in PERSONAL
    ]
    if not foreign:
        pytest.skip("no room shows a record of a company yet")
    real = app.extensions["actor_for"]
    _replace_actor_for(app, lambda *a: replace(real(*a), company_ids=None))
    found = walker.walk(("outsider",), only=lambda m, r: (m, r.rule) in foreign)
    still = [key for key in foreign if found[key]["outsider"] == "404"]
    assert still == []


def test_every_menu_line_opens_for_its_role(walker: Walker, app: Flask) -> None:
    table = read_table()
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    wrong = []
    for role, entries in registry.NAVIGATION.items():
        for entry in entries:
            row = table.get(("GET", rules.get(entry.endpoint, "")))
            if row is None or row[role] not in ("200", "302"):
                wrong.append(f"{role}: {entry.endpoint}")
    assert wrong == []


def _replace_actor_for(app: Flask, actor_for: Any) -> None:
    app.extensions["actor_for"] = actor_for
    app.login_manager.user_loader(
        lambda mark: login.load_signed_in(login.db_session(), mark, actor_for)
    )
