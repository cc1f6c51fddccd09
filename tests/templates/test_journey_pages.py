"""The pages of the demo company as each role meets them: usable by everybody, Russian in Russian.

Every page is opened once, in Russian, and looked at in light and dark, on a desk and on a phone.
"""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from assets.faults.models import Fault
from assets.machines.models import Machine, MachineModel
from service_app.accounts.models import User
from service_app.core import clock
from service_app.customers.models import Company, Contact, Site
from service_app.documents.models import IssuedDocument
from service_app.organisation.models import LegalEntity
from tests.demo_company import LOADED_AT
from workorders.breaches.models import Breach
from workorders.handover.models import HandoverAct
from workorders.intake.models import Proposal
from workorders.orders.models import OrderEvent, OrderLine, WorkOrder
from workorders.orders.rules import Status
from workorders.planning.models import Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("demo"),
    pytest.mark.parametrize("demo", ["sqlite"], indirect=True),
]

DESK, PHONE = {"width": 1440, "height": 1000}, {"width": 360, "height": 800}
LOOKS = ((("light", DESK), ("dark", PHONE)), (("dark", DESK), ("light", PHONE)))
"""How one page is looked at, and how the page after it."""

FOREIGN_WORDS = frozenset(
    (
        "QR",
        "PDF",
        "CSV",
        "XLSX",
        "iCalendar",
        "ics",
        "NOTIFY",
        "URLS",
        "SMS",
        "Telegram",
        "JPEG",
        "PNG",
        "WebP",
        "SHA",
        "UTC",
        "EN",
        "RU",
        "English",
        "Enter",
        "localhost",
        "Br",
    )
)
"""What stays in Latin letters in Russian: names of formats, keys and languages."""
WRITTEN_BY_PEOPLE = (
    (Company, "name short_name notes"),
    (Contact, "family_name first_name position"),
    (Fault, "symptom reporter cause remedy"),
    (HandoverAct, "remarks demonstration"),
    (LegalEntity, "english_name english_address english_service_rules"),
    (Machine, "model_words serial inventory_number notes"),
    (MachineModel, "name english_name maker"),
    (OrderEvent, "words"),
    (OrderLine, "description article"),
    (Proposal, "words answer_words"),
    (Site, "name address access_notes"),
    (User, "family_name first_name position"),
    (Visit, "purpose"),
    (WorkOrder, "symptom reporter_name machine_words"),
)
"""What the company's people wrote stays in the language they wrote it in."""
NOT_WORDS = re.compile(r"[\w.+-]+@[\w.-]+|https?://\S+|\w+(?:\.\w+)+\S*|[\w-]*\d[\w-]*|/\w[\w/.-]*")
"""Addresses, file names, numbers of machines and papers."""
WORD = re.compile(r"[A-Za-z][A-Za-z'’]+")
NAMING_LOGINS = ("/admin/people", "/customers/", "/me")
"""Pages that name people's log-ins."""
READ_PAGE = """() => {
  for (const one of document.querySelectorAll("select[name=zone], code, .s-ava")) one.remove();
  const said = [document.title, document.body.innerText];
  for (const one of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]"))
    if (one.getClientRects().length)
      for (const name of ["aria-label", "placeholder", "title", "alt"])
        said.push(one.getAttribute(name) || "");
  return said.join("\\n");
}"""
"""All that is seen or read aloud but commands, and time zones, named as CLDR names them."""


@pytest.fixture(scope="module")
def served(demo: Flask) -> Iterator[str]:
    """The address of the demo company, at the moment it was loaded for."""

    def at_that_moment(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        with clock.frozen(LOADED_AT):
            return demo.wsgi_app(environ, start)

    server = make_server("127.0.0.1", 0, at_that_moment, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Rows:
    """Records of the demo company for the addresses."""

    def __init__(self, session: Session) -> None:
        self.session = session
        orders = session.scalars(select(WorkOrder).order_by(WorkOrder.id.desc())).unique().all()
        self.orders = [order for order in orders if not order.is_past]

    def order(self, status: Status | None = None, **wanted: Any) -> str:
        """The number of the newest order like that."""
        return next(
            one.number
            for one in self.orders
            if status in (None, one.status)
            and all(getattr(one, name) == value for name, value in wanted.items())
        )

    def one(self, kind: Any, **wanted: Any) -> Any:
        return self.session.scalars(select(kind).filter_by(**wanted)).unique().first()

    def person(self, login: str) -> User:
        return self.one(User, login=login)

    def written(self) -> list[str]:
        """Every text of the company's own people with Latin letters in it, the longest first."""
        found = {
            " ".join(text.split())
            for kind, names in WRITTEN_BY_PEOPLE
            for row in self.session.execute(select(*(getattr(kind, n) for n in names.split())))
            for text in row
            if text and re.search("[A-Za-z]{2}", text)
        }
        return sorted(found, key=lambda text: (-len(text), text))


def of_a_guest(rows: Rows) -> list[str]:
    company = rows.one(Company, allows_guest_reports=True)
    machine = rows.one(Machine, operating_company_id=company.id)
    followed = next(one.follow_token for one in rows.orders if one.is_guest)
    return ["/login", "/reset", f"/q/{machine.qr_token}", f"/follow/{followed}"]


def of_an_operator(rows: Rows) -> list[str]:
    company = rows.one(Company, short_name="Карьер Северный")
    machine = rows.one(Machine, operating_company_id=company.id)
    asked = [one.status for one in rows.orders if one.company_id == company.id]
    own = {status: rows.order(status, company_id=company.id) for status in asked}
    return [
        "/portal", "/portal/documents", "/orders", "/machines", f"/machines/{machine.id}",
        f"/q/{machine.qr_token}?report=1", f"/machines/{machine.id}/hours/new", "/inbox",
        *(f"/orders/{number}" for number in own.values()),
        f"/orders/{own[Status.IN_WORK]}/details",
    ]  # fmt: skip


def of_an_engineer(rows: Rows) -> list[str]:
    me = rows.person("engineer").id
    in_work = rows.order(Status.IN_WORK, engineer_id=me)
    pages = ("step", "pause", "note", "labour", "change", "works", "works/new", "finish")
    return [
        "/my-day", "/my-week", *(f"/orders/{in_work}/{page}" for page in pages),
        f"/orders/{rows.order(Status.SCHEDULED, engineer_id=me)}/step",
        f"/orders/{rows.order(Status.DONE)}/ready",
        f"/orders/{rows.order(Status.READY)}/handover",
        f"/orders/{rows.order(Status.READY)}/refused",
    ]  # fmt: skip


def of_a_dispatcher(rows: Rows) -> list[str]:
    received, accepted = rows.order(Status.RECEIVED), rows.order(Status.ACCEPTED)
    return [
        "/board", "/orders", "/orders/new", "/search?q=EG",
        *(f"/orders/{rows.order(status)}" for status in Status),
        *(f"/orders/{received}/{page}" for page in ("accept", "decline", "duplicate", "priority")),
        *(f"/orders/{accepted}/{page}" for page in ("expectation", "term-and-price", "promise")),
        f"/orders/{rows.order(Status.QUOTED)}/answer",
        f"/orders/{rows.order(Status.APPROVED)}/assign",
        f"/orders/{rows.order(Status.HANDED_OVER)}/close",
    ]  # fmt: skip


def of_a_manager(rows: Rows) -> list[str]:
    machine = rows.one(Fault).machine_id
    company = rows.one(Company, short_name="Карьер Северный").id
    tabs = ("hours", "faults", "orders", "passport", "journal", "edit", "hours/new", "faults/new")
    return [
        "/promises", "/breaches", f"/breaches/{rows.one(Breach, reviewed_at=None).id}",
        "/machines", f"/machines/{machine}", *(f"/machines/{machine}/{tab}" for tab in tabs),
        "/machines/labels", "/customers", f"/customers/{company}", f"/customers/{company}/edit",
        f"/documents/{rows.one(IssuedDocument, language='ru').id}",
        "/admin/import", "/admin/import?kind=orders", "/admin/jobs",
    ]  # fmt: skip


def of_an_administrator(rows: Rows) -> list[str]:
    return [
        "/admin", "/admin/company", "/admin/branches", "/admin/people", "/admin/people/new",
        f"/admin/people/{rows.person('engineer').id}", "/admin/permissions", "/admin/calendars",
        "/admin/policies", "/admin/numbers", "/me",
    ]  # fmt: skip


def of_a_storekeeper(rows: Rows) -> list[str]:
    return [f"/orders/{rows.order(Status.IN_WORK)}/works"]


PAGES: dict[str, Callable[[Rows], list[str]]] = {
    "": of_a_guest,
    "operator": of_an_operator,
    "engineer": of_an_engineer,
    "dispatcher": of_a_dispatcher,
    "manager": of_a_manager,
    "administrator": of_an_administrator,
    "storekeeper": of_a_storekeeper,
}


def look(page: Page, address: str, looks: Any) -> list[str]:
    """What is wrong with the open page in each of the looks."""
    wrong = []
    page.evaluate(Axe().axe_script)
    for scheme, size in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            wrong.append(f"{address} at {size['width']} px is {wide} px wide")
        answer = page.evaluate("axe.run({resultTypes: ['violations']})")
        wrong += [
            f"{address} {scheme} {size['width']} {one['id']}: {node['html'][:300]}"
            for one in answer["violations"]
            for node in one["nodes"]
        ]
    return wrong


def english_in(page: Page, written: set[str], spoken_of: Sequence[str]) -> list[str]:
    """English words of the open page that are neither data nor on the short list."""
    said = page.evaluate(READ_PAGE)
    said = re.sub(r"SHA-256: [0-9a-f ]+", " ", said)
    for text in spoken_of:
        said = said.replace(text, " ")
    words = set(WORD.findall(NOT_WORDS.sub(" ", said)))
    return sorted(words - FOREIGN_WORDS - written)


@pytest.mark.parametrize("login", PAGES)
def test_everybody_can_use_it_and_in_russian_it_is_russian(
    demo: Flask, served: str, browser: Browser, login: str
) -> None:
    with demo.extensions["database"].read_session() as session:
        rows = Rows(session)
        addresses, texts = PAGES[login](rows), rows.written()
        logins = set(session.scalars(select(User.login)))
    context = browser.new_context(
        viewport=DESK,  # type: ignore[arg-type]
        bypass_csp=True,
        locale="ru-RU",
        reduced_motion="reduce",
    )
    page, wrong = context.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    if login:
        page.goto(f"{served}/login")
        page.get_by_label("Логин или почта").fill(login)
        page.get_by_label("Пароль", exact=True).fill("demo")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/login" not in url)
    for turn, address in enumerate(addresses):
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        answer = page.goto(served + address)
        assert answer is not None
        assert (answer.status, page.url) == (200, served + address)
        page.add_style_tag(content="*{transition:none!important}")
        names = logins if address.startswith(NAMING_LOGINS) else set()
        if words := english_in(page, names, texts):
            wrong.append(f"{address} says {words}")
        wrong += look(page, address, LOOKS[turn % 2])
    context.close()
    assert not wrong, "\n".join(wrong)
