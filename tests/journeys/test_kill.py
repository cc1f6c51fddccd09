"""``kill -9`` of web or worker at twenty random moments: nothing acknowledged is lost, nothing is
there twice but a marked delivery retry."""

import email
import http.client
import http.cookiejar
import random
import re
import threading
import time
import urllib.parse
import urllib.request
import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from assets.machines.models import Machine, MachineModel
from service_app.accounts.models import User, UserRole
from service_app.accounts.service import hash_password
from service_app.core.actor import SYSTEM
from service_app.core.db import Database, transaction
from service_app.customers.models import Company, CompanyMembership, Site
from service_app.organisation.models import Branch, LegalEntity
from service_app.outbox.models import OutboxMessage
from tests.journeys.conftest import Server
from workorders.orders.models import OrderEvent, WorkOrder

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
KILLS = 20
PASSWORD = "a long enough password 7"


class Person:
    """A signed-in person who sends forms as a browser does, cookie and token included."""

    def __init__(self, server: Server) -> None:
        self.server = server
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def get(self, path: str) -> str:
        with self.opener.open(self.server.url + path, timeout=10) as answer:
            return answer.read().decode()

    def post(self, path: str, page: str, **fields: str) -> str:
        """Send a form with the token of the page it stands on; the address it led to."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        body = urllib.parse.urlencode({"csrf_token": token[1], **fields}).encode()
        with self.opener.open(self.server.url + path, body, timeout=10) as answer:
            return str(answer.geturl())


def fill(database: Database) -> int:
    """The least a report needs; the machine's id."""
    with (
        database.write_session() as session,
        transaction(session, by=SYSTEM, at=datetime.now(UTC)),
    ):
        entity = LegalEntity(brand="M", name="ООО «М»")
        company = Company(name="АО «Карьер»", short_name="Карьер")
        user = User(
            login="petrov", email="petrov@example.org", family_name="Петров", first_name="Иван",
            password_hash=hash_password(PASSWORD), role_rows=[UserRole(role="operator")],
        )  # fmt: skip
        dispatcher = User(
            login="smirnova", email="smirnova@example.org", family_name="Смирнова", first_name="О",
            role_rows=[UserRole(role="dispatcher")],
        )  # fmt: skip
        site = Site(company=company, name="1")
        machine = Machine(
            model=MachineModel(name="ЭГ-230", kind="excavator"), serial="1", company=company,
            owner=company, site=site,
        )  # fmt: skip
        machine.make_findable()
        session.add_all([Branch(legal_entity=entity, name="Main"), user, dispatcher, machine])
        session.flush()
        session.add(
            CompanyMembership(user_id=user.id, company_id=company.id, decides_on_price=True)
        )
        return machine.id


def test_twenty_kills_lose_nothing_and_repeat_nothing(server: Server) -> None:
    database = Database(f"sqlite:///{server.data_dir / 'service.db'}")
    machine_id = fill(database)
    person = Person(server)
    person.post("/login", person.get("/login"), login="petrov", password=PASSWORD)
    dice = random.Random(20261122)
    acknowledged: list[str] = []
    for n in range(KILLS):
        uid = str(uuid.UUID(int=dice.getrandbits(128), version=4))
        victim = "web" if n % 2 else "worker"
        delay = dice.random() * 0.08
        timer = threading.Timer(delay, lambda v=victim: server.kill(getattr(server, v)))
        timer.start()
        while True:
            try:
                page = person.get(f"/machines/{machine_id}/report?anew=1")
                person.post(
                    f"/machines/{machine_id}/report", page, uid=uid, severity="minor",
                    symptom=f"Шумит {n}",
                )  # fmt: skip
                acknowledged.append(uid)
                break
            except (http.client.HTTPException, OSError):
                timer.join()
                if server.web is not None and server.web.poll() is not None:
                    server.start_web()
        timer.join()
        if server.web is not None and server.web.poll() is not None:
            server.start_web()
        if server.worker is not None and server.worker.poll() is not None:
            server.start_worker()
    with database.read_session() as session:
        orders = session.scalars(select(WorkOrder).order_by(WorkOrder.id)).all()
        assert sorted(str(o.uid) for o in orders) == sorted(acknowledged)
        assert len({o.number for o in orders}) == KILLS
        assert [int(o.number[-4:]) for o in orders] == list(range(1, KILLS + 1))
        received = session.scalars(select(OrderEvent).where(OrderEvent.kind == "received")).all()
        assert len(received) == KILLS
    wait_for_letters(database)
    copies: dict[str, list[email.message.Message]] = {}
    for file in (server.data_dir / "outbox").rglob("*.eml"):
        letter = email.message_from_bytes(file.read_bytes())
        copies.setdefault(str(letter["Message-ID"]), []).append(letter)
    with database.read_session() as session:
        count = len(session.scalars(select(OutboxMessage)).all())
    assert len(copies) == count
    for letters in copies.values():
        repeats = [x for x in letters if x["X-Delivery-Attempt"]]
        assert len(letters) - len(repeats) <= 1, "a repeat must say so"
    database.engine.dispose()


def wait_for_letters(database: Database) -> None:
    """Until every letter is delivered (a dead worker's lease runs out first)."""
    for _ in range(240):
        with database.read_session() as session:
            left = session.scalars(
                select(OutboxMessage).where(OutboxMessage.sent_at.is_(None))
            ).all()
        if not left:
            return
        time.sleep(0.5)
    pytest.fail(f"{len(left)} letters were never delivered")
