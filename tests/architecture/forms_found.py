"""Walks the demo company by its own links, as its people do, and gathers every form it meets."""

from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

STARTS = (
    "/", "/board", "/orders", "/orders?show=past", "/machines", "/my-day", "/my-week", "/promises",
    "/breaches", "/customers", "/admin", "/admin/people", "/admin/import", "/admin/jobs", "/portal",
    "/portal/report", "/inbox", "/me", "/search?q=EG", "/machines/new?company=1",
    "/machines/1/transfer?company=2", "/login", "/reset",
)  # fmt: skip
LIKE = 2
"""So many pages of one kind are enough; of orders' pages, more."""
MANY = {"orders.show": 30, "orders.index": 4, "execution.step": 12}
FILLED = {
    "datetime-local": "2026-11-24T10:00",
    "date": "2026-11-24",
    "number": "1",
    "decimal": "1",
    "numeric": "1",
    "email": "somebody@example.org",
    "password": "a long password",
    "tel": "+7 900 000-00-00",
}


@dataclass(frozen=True)
class Person:
    """Somebody of the demo company, signed in: what the cookie holds."""

    login: str
    session: dict[str, Any]


NOBODY = Person("", {})


@dataclass
class Form:
    """One form of a page: where it is sent and what is in it, gaps filled with something likely."""

    action: str
    endpoint: str = ""
    person: Person = NOBODY
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """Links and posted forms of a page."""

    def __init__(self, address: str, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._select: tuple[Form, str] | None = None
        self._address = address
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"])
        elif tag == "form" and given.get("method", "").lower() == "post":
            self._open = Form(given.get("action") or self._address)
            self.forms.append(self._open)
            self._by_id[given.get("id", "")] = self._open
        elif tag in ("input", "textarea", "select", "button"):
            self._control(tag, given)
        elif tag == "option" and self._select is not None:
            form, name = self._select
            if "selected" in given or not form.fields[name]:
                form.fields[name] = given.get("value", "")

    def _control(self, tag: str, given: dict[str, str]) -> None:
        form = self._by_id.get(given.get("form", "")) if "form" in given else self._open
        name, kind = given.get("name", ""), given.get("type", "text")
        if form is None or not name or kind == "file":
            return
        if tag == "select":
            form.fields[name], self._select = "", (form, name)
        elif tag == "button" or kind in ("radio", "checkbox", "hidden", "submit"):
            form.fields.setdefault(name, given.get("value", "y"))
        elif not form.fields.get(name):
            likely = FILLED.get(given.get("inputmode", kind)) or FILLED.get(kind) or "слово"
            form.fields[name] = given.get("value") or likely

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None


class Spider:
    """Follows links breadth first, two pages of a kind, and keeps one form of a kind."""

    def __init__(self, adapter: MapAdapter) -> None:
        self.adapter = adapter
        self.forms: list[Form] = []
        self.broken: list[str] = []
        self.opened: dict[str, int] = {}

    def walk(self, client: FlaskClient, person: Person) -> None:
        waiting, seen, opened = deque(STARTS), set(STARTS), dict[str, int]()
        while waiting:
            address = waiting.popleft()
            endpoint = self._endpoint(address, "GET")
            if endpoint == "asset" or opened.get(endpoint, 0) >= MANY.get(endpoint, LIKE):
                continue
            with client.get(address) as answer:
                if answer.status_code >= 500:
                    self.broken.append(f"{address} as {person.login}: {answer.status_code}")
                if answer.status_code != 200 or answer.mimetype != "text/html":
                    links = [urlsplit(answer.location or "").path]
                else:
                    page = Page(address, answer.text)
                    links = page.links
                    self._keep(page.forms, person)
                    opened[endpoint] = opened.get(endpoint, 0) + 1
            fresh = [one for one in links if one and one not in seen]
            seen.update(fresh)
            waiting.extend(fresh)
        for endpoint, count in opened.items():
            self.opened[endpoint] = self.opened.get(endpoint, 0) + count

    def _keep(self, forms: list[Form], person: Person) -> None:
        for form in forms:
            form.endpoint, form.person = self._endpoint(form.action, "POST"), person
            if not any(
                one.endpoint == form.endpoint and one.fields.keys() >= form.fields.keys()
                for one in self.forms
            ):
                self.forms.append(form)

    def _endpoint(self, address: str, method: str) -> str:
        try:
            return str(self.adapter.match(urlsplit(address).path, method)[0])
        except HTTPException:
            return "?"
