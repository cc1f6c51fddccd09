"""Opens every route of the program as every kind of person and writes down what came of it."""

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from tests.architecture.examples import EXAMPLES

TABLE = Path(__file__).with_name("routes.csv")
PEOPLE = (
    "operator",
    "outsider",
    "engineer",
    "dispatcher",
    "storekeeper",
    "manager",
    "administrator",
)
WHO = ("guest", *PEOPLE)
Outcomes = dict[str, str]
Table = dict[tuple[str, str], Outcomes]


def read_table() -> Table:
    """The committed table."""
    with TABLE.open(encoding="utf-8", newline="") as opened:
        rows = csv.DictReader(opened)
        return {(r["method"], r["rule"]): {who: r[who] for who in WHO} for r in rows}


def written(table: Table) -> str:
    """The table as it is committed: one line a route, sorted by address."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["method", "rule", *WHO])
    for method, rule in sorted(table, key=lambda pair: (pair[1], pair[0])):
        writer.writerow([method, rule, *(table[method, rule][who] for who in WHO)])
    return out.getvalue()


def routes(app: Flask) -> list[tuple[str, Rule]]:
    """Every method and rule of the program."""
    return [
        (method, rule)
        for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


class Walker:
    """Walks over one application; every request is undone after it."""

    def __init__(self, app: Flask, database: Any, session: Session, people: Any, now: Any) -> None:
        self.app, self.database, self.people = app, database, people
        made: dict[str, Any] = {}
        with transaction(session, by=SYSTEM, at=now):
            for name, make in EXAMPLES.items():
                made[name] = make(session, people, made)
        self.made = made

    def outcome(self, method: str, rule: Rule, who: str) -> str:
        """``login``, ``403``, ``404``, the status of a GET, or ``in`` for anything else let in."""
        response = self.answer(method, self.address(rule), who)
        status = response.status_code
        assert status < 500, f"{method} {rule.rule} as {who}: {status}"
        leads_to = urlsplit(response.headers.get("Location", "")).path
        if status == 401 or leads_to == "/login":
            return "login"
        if method == "GET" or status in (403, 404):
            return str(status)
        return "in"

    def address(self, rule: Rule) -> str:
        """The rule with real rows in the place of its arguments."""
        with self.app.test_request_context():
            return self.app.url_for(rule.endpoint, **self.values(rule))

    def values(self, rule: Rule) -> dict[str, Any]:
        """A real row for each argument of the rule."""
        return {name: self._value(rule.endpoint, name) for name in rule.arguments}

    def _value(self, endpoint: str, name: str) -> Any:
        for key in (f"{endpoint}:{name}", name):
            if key in self.made:
                return self.made[key]
        raise AssertionError(f"{endpoint} needs an example of {name!r} in examples.py")

    def answer(self, method: str, address: str, who: str, **sent: Any) -> Any:
        """What comes to one request; what it changed is undone."""
        client = self.app.test_client()
        if who != "guest":
            with client.session_transaction() as cookie:
                cookie["_user_id"] = f"{getattr(self.people, who).user_id}.0"
                cookie["_fresh"] = True
        undo = self.database.connection.begin_nested()
        try:
            with client.open(address, method=method, **sent) as response:
                return response
        finally:
            undo.rollback()

    def walk(
        self,
        people: Iterable[str] = WHO,
        only: Callable[[str, Rule], bool] = lambda *_: True,
    ) -> Table:
        """Outcomes of the routes for these people."""
        chosen = tuple(people)
        return {
            (method, rule.rule): {who: self.outcome(method, rule, who) for who in chosen}
            for method, rule in routes(self.app)
            if only(method, rule)
        }


def differences(expected: Table, found: Table) -> list[str]:
    """Sentences about every route that is not as the table says."""
    out = [f"{m} {r} is not in the table" for m, r in found if (m, r) not in expected]
    for method, rule in expected:
        if (method, rule) not in found:
            out.append(f"{method} {rule} is in the table, but there is no such route")
            continue
        for who, outcome in found[method, rule].items():
            wanted = expected[method, rule][who]
            if outcome != wanted:
                out.append(f"{method} {rule} as {who}: {outcome}, the table says {wanted}")
    return out
