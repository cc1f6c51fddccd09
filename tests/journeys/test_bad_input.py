"""What people and networks do wrong, through the pages: a sentence, nothing half-stored, no 500."""

import http.client
import io
import re
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from service_app.core import clock
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.files.models import StoredFile
from service_app.notifications.models import Notification
from service_app.outbox import carriers
from service_app.outbox.jobs import deliver
from service_app.outbox.models import OutboxMessage
from service_app.outbox.rules import LetterState
from tests.journeys.conftest import Server, free_port
from tests.workorders.builders import make_assigned, make_line, make_machine, make_order
from workorders.orders.models import OrderEvent, OrderLine, WorkOrder
from workorders.orders.rules import Status

MB = 1024 * 1024
HUGE = 200 * MB


@pytest.fixture
def machine(session: Session, people, now: datetime) -> Machine:
    return make_machine(session, people, now)


@pytest.fixture
def order(session: Session, people, machine: Machine, now: datetime) -> WorkOrder:
    return make_order(session, people, machine, now)


def count(session: Session, kind: Any) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def report(client: FlaskClient, machine: Machine, **changes: Any) -> Any:
    form = {"uid": str(uuid.uuid4()), "severity": "stopped", "symptom": "Boom drops by itself"}
    return client.post(f"/q/{machine.qr_token}", data=form | changes)


class Zeros(io.RawIOBase):
    """A file of nothing, never held in memory; how much of it was asked for is known."""

    def __init__(self, head: bytes, size: int) -> None:
        self.head, self.left, self.taken = head, size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        piece = self.head[: len(room)] or bytes(min(len(room), self.left, MB))
        if self.head:
            self.head = self.head[len(piece) :]
        else:
            self.left -= len(piece)
        room[: len(piece)] = piece
        self.taken += len(piece)
        return len(piece)


HEAD = (
    b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n'
    b"Content-Type: image/jpeg\r\n\r\n"
)


@pytest.mark.parametrize("page", ["report", "note", "import"])
def test_a_200_mb_upload_is_refused_before_it_is_read(
    session, people, sign_in_as, machine, order, page: str
) -> None:
    who, address = {
        "report": (people.operator, f"/q/{machine.qr_token}"),
        "note": (people.dispatcher, f"/orders/{order.number}/notes"),
        "import": (people.administrator, "/admin/import"),
    }[page]
    before = [count(session, kind) for kind in (WorkOrder, OrderEvent, StoredFile)]
    stream = Zeros(HEAD, HUGE)
    environ = {
        "wsgi.input": stream,
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(len(HEAD) + HUGE),
    }
    answer = sign_in_as(who).post(address, environ_overrides=environ)
    assert answer.status_code == 413
    assert "What was sent is too large. Send fewer or smaller files." in answer.text
    assert stream.taken <= MB
    assert [count(session, kind) for kind in (WorkOrder, OrderEvent, StoredFile)] == before


def pieces() -> Iterator[bytes]:
    yield HEAD
    for _ in range(HUGE // MB):
        yield bytes(MB)


def size_of(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())


@pytest.mark.parametrize("is_length_told", [True, False], ids=["told", "chunked"])
def test_the_real_server_refuses_it_too(server: Server, is_length_told: bool) -> None:
    before = size_of(server.data_dir)
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    if is_length_told:
        headers["Content-Length"] = str(len(HEAD) + HUGE)
    asked = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    with suppress(BrokenPipeError, ConnectionResetError):  # it answered while we were talking
        asked.request("POST", "/login", pieces(), headers, encode_chunked=not is_length_told)
    answer = asked.getresponse()
    assert answer.status == 413
    assert "too large" in answer.read().decode()
    asked.close()
    assert size_of(server.data_dir) - before < MB
    health = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    health.request("GET", "/health")
    assert health.getresponse().status == 200
    health.close()


def test_with_the_post_away_the_request_is_taken_and_the_letter_waits(
    session, people, sign_in_as, machine, now: datetime
) -> None:
    nobody = f"smtp://127.0.0.1:{free_port()}"
    carrier = carriers.carrier_of(nobody, Path())
    carriers.configure(carriers.Post(carrier, "Service <a@example.org>", "https://s.example"))
    answer = report(sign_in_as(people.operator), machine)
    assert answer.status_code == 302
    assert count(session, WorkOrder) == 1
    told = session.scalars(select(Notification.user_id)).all()
    assert people.dispatcher.user_id in told
    order = session.scalars(select(WorkOrder)).one()
    assert send(sign_in_as(people.dispatcher), order, "accept").status_code == 302
    assert count(session, OutboxMessage) > 0
    with transaction(session, by=SYSTEM, at=now):
        deliver(session, now=now)
    session.expire_all()
    for letter in session.scalars(select(OutboxMessage)):
        assert letter.state == LetterState.WAITING
        assert letter.next_try_at > now
    page = sign_in_as(people.administrator).get("/admin/jobs").text
    assert "operator@example.org" in page
    assert "refused" in page


def test_a_photo_that_is_none_is_said_and_what_was_typed_stays(
    session, people, sign_in_as, machine
) -> None:
    client = sign_in_as(people.operator)
    for content, name in (
        (b"MZ\x90\x00 program", "photo.jpg"),
        (b"", "empty.jpg"),
        (b"\xff\xd8\xff\xe0 half a picture", "half.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "../../etc/passwd"),
    ):
        answer = report(client, machine, photos=(io.BytesIO(content), name))
        assert answer.status_code == 422, name
        assert "Boom drops by itself" in answer.text
        assert Path(name).name in answer.text
    assert count(session, WorkOrder) == 0
    assert count(session, StoredFile) == 0


def typed(line: OrderLine, **changes: Any) -> dict[str, Any]:
    values = {
        "kind": line.kind, "coverage": line.coverage, "description": line.description,
        "unit": line.unit, "quantity": line.quantity, "net_price": line.net_price,
        "vat_rate": line.vat_rate,
    }  # fmt: skip
    return values | {"uid": str(uuid.uuid4())} | changes


def test_two_at_one_line_the_second_sees_the_difference_and_loses_nothing(
    session, people, sign_in_as, order, now: datetime
) -> None:
    with transaction(session, by=people.dispatcher, at=now):
        make_line(session, order, people.dispatcher, now)
    line = session.scalars(select(OrderLine)).one()
    address = f"/orders/{order.number}/works/{line.id}"
    first, second = sign_in_as(people.dispatcher), sign_in_as(people.manager)
    opened = re.search(r'name="version"[^>]*value="(\d+)"', second.get(address).text)
    assert opened is not None
    version = opened[1]
    saved = first.post(address, data=typed(line, version=version, net_price="250,50"))
    assert saved.status_code == 302
    late = typed(line, version=version, description="Repair of the pump")
    answer = second.post(address, data=late)
    assert answer.status_code == 422
    assert "Somebody saved here: 250.5" in answer.text
    assert 'value="Repair of the pump"' in answer.text
    session.expire_all()
    assert (line.description, line.net_price) == ("Repair", Decimal("250.5"))
    now_open = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert now_open is not None
    again = second.post(address, data=late | {"version": now_open[1]})
    assert again.status_code == 302


def test_two_at_one_order_the_second_is_told_who_was_first(
    session, people, sign_in_as, order
) -> None:
    address = f"/orders/{order.number}/accept"
    first, second = sign_in_as(people.dispatcher), sign_in_as(people.manager)
    assert first.post(address, data={"uid": str(uuid.uuid4())}).status_code == 302
    answer = second.post(address, data={"uid": str(uuid.uuid4())})
    assert answer.status_code == 422
    assert "Ольга Смирнова" in answer.text
    kinds = session.scalars(select(OrderEvent.kind)).all()
    assert kinds.count("accept") == 1


FORMS = {
    "accept": {},
    "notes": {"words": "Called the customer", "audience": "staff"},
    "call": {"call_at": "2026-11-25T10:00", "about": "price"},
    "expectation": {"expectation": "make_it_run", "acknowledged_how": "by phone"},
    "promise": {"day": "2026-11-25"},
    "priority": {"priority": "1", "reason": "The line stands"},
    "works/new": {
        "kind": "work", "coverage": "customer", "description": "Repair", "unit": "h",
        "quantity": "1", "net_price": "100", "vat_rate": "22",
    },
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_same_form_twice_is_once(session, people, sign_in_as, order, form: str) -> None:
    client, uid = sign_in_as(people.dispatcher), str(uuid.uuid4())
    after = []
    for _ in range(2):
        answer = client.post(f"/orders/{order.number}/{form}", data=FORMS[form] | {"uid": uid})
        assert answer.status_code == 302
        after.append([count(session, kind) for kind in (OrderEvent, OrderLine, Notification)])
    assert after[0] == after[1]


def test_a_move_that_is_not_allowed_names_what_is_missing(
    session, people, sign_in_as, order, now: datetime
) -> None:
    client = sign_in_as(people.dispatcher)
    client.post(f"/orders/{order.number}/accept", data={"uid": str(uuid.uuid4())})
    answer = client.post(
        f"/orders/{order.number}/term-and-price",
        data={"uid": str(uuid.uuid4()), "term_at": "2026-11-26T10:00"},
    )
    assert answer.status_code == 422
    for missing in (
        "Agree with the customer what is expected of the repair.",
        "Show the service rules to the customer and note the acknowledgement.",
        "Add at least one line with what it costs.",
    ):
        assert missing in answer.text
    session.expire_all()
    assert order.status == Status.ACCEPTED


@pytest.mark.parametrize(
    "verb", ["close", "finish", "ready", "handover", "term-and-price", "start"]
)
def test_a_move_out_of_turn_is_a_sentence(session, people, sign_in_as, order, verb: str) -> None:
    """Typed by hand or kept open in another tab since yesterday."""
    client = sign_in_as(people.manager)
    answer = client.post(f"/orders/{order.number}/{verb}", data={"uid": str(uuid.uuid4())})
    assert answer.status_code in (302, 409, 422)
    said = client.get(answer.location).text if answer.status_code == 302 else answer.text
    assert re.search(r'class="s-(err|summary|notice)[^"]*"', said)
    session.expire_all()
    assert order.status == Status.RECEIVED


@pytest.fixture
def begun(session: Session, people, order: WorkOrder, sign_in_as, now: datetime) -> WorkOrder:
    make_assigned(session, people, order, now)
    for verb in ("set-out", "start"):
        assert send(sign_in_as(people.engineer), order, verb).status_code == 302
    session.expire_all()
    assert order.status == Status.IN_WORK
    return order


def send(client: FlaskClient, order: WorkOrder, verb: str, **fields: Any) -> Any:
    return client.post(f"/orders/{order.number}/{verb}", data={"uid": str(uuid.uuid4())} | fields)


@pytest.mark.parametrize("verb", ["pause", "finish", "leave"])
@pytest.mark.parametrize(
    ("days", "said"), [(2, "has not come yet"), (-4, "more than 72 hours ago")]
)
def test_an_event_of_tomorrow_or_of_four_days_ago(
    session, people, sign_in_as, begun, now: datetime, verb: str, days: int, said: str
) -> None:
    client = sign_in_as(people.engineer)
    fields = {
        "pause": {"reason": "access"},
        "finish": {"words": "Done", "value": "10", "hours": "1", "no_photo": "camera"},
        "leave": {},
    }[verb]
    with clock.frozen(now + timedelta(days=5)):
        at = now + timedelta(days=5 + days)
        moment = f"{at + timedelta(hours=3):%Y-%m-%dT%H:%M}"
        answer = send(client, begun, verb, happened_at=moment, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    session.expire_all()
    assert (begun.status, begun.wait_reason) == (Status.IN_WORK, None)


def test_hours_that_go_back_are_refused_beside_the_field(
    session, people, sign_in_as, begun, now: datetime
) -> None:
    client = sign_in_as(people.engineer)
    assert send(client, begun, "hours", **{"hours-value": "6481"}).status_code == 302
    address = f"/machines/{begun.machine_id}/hours/new"
    with clock.frozen(now + timedelta(hours=1)):
        answer = client.post(address, data={"uid": str(uuid.uuid4()), "value": "6 400"})
    assert answer.status_code == 422
    assert "6,481" in answer.text
    assert 'value="6 400"' in answer.text
