"""A company's past: identity, moments, costs, what stays off the boards."""

import lzma
import os
import re
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from service_app.notifications.models import Notification
from service_app.outbox.models import OutboxMessage
from tests.importing import Take, reasons, taker
from workorders.orders import queries, rows
from workorders.orders.models import OrderClock, OrderEvent, WorkOrder
from workorders.orders.queries import Filters

HEAD = "serial,opened_at,closed_at,kind,priority,symptom,cost,currency,external_id\n"
SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
REAL = SHARED / "excavator_mwo" / "excavators_raw.csv.xz"
MAPPED = {
    "opened_at": "BscStartDate",
    "closed_at": "BscStartDate",
    "serial": "Asset",
    "symptom": "OriginalShorttext",
    "cost": "Cost",
}
SAME = {"kind": "repair", "currency": "AUD"}


@pytest.fixture
def take(session, people, now: datetime, tmp_path: Path) -> Take:
    return taker(session, tmp_path)


def orders(session) -> list[WorkOrder]:
    return list(session.scalars(select(WorkOrder).order_by(WorkOrder.received_at, WorkOrder.id)))


def test_a_past_order_is_closed_and_quiet(session, take, people) -> None:
    take("orders", HEAD + "A,2024-03-04 09:15,2024-03-05,repair,2,Ковш течёт,-5.50,EUR,WO-1\n")
    (order,) = orders(session)
    assert (order.status, order.is_past, order.priority) == ("closed", True, 2)
    assert order.number.startswith("past-")
    assert len(order.number) == 19
    assert (order.external_id, order.shown_number) == ("ext:WO-1", "WO-1")
    assert (order.past_cost, order.currency) == (Decimal("-5.50"), "EUR")
    assert order.received_at == datetime(2024, 3, 4, 6, 15, tzinfo=UTC)
    assert order.ended_at == datetime(2024, 3, 4, 21, tzinfo=UTC)
    assert order.company_id == people.company.id
    for table in (OrderClock, OrderEvent, Notification, OutboxMessage):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    board = rows.list_page(session, people.dispatcher, Filters())
    assert list(board) == []
    found = rows.list_page(session, people.dispatcher, Filters(words="ковш"))
    assert [o.id for o in found] == [order.id]
    history = queries.for_machine(session, people.dispatcher, order.machine_id, key=None)
    assert [o.id for o in history] == [order.id]


def test_a_day_without_a_time(session, take) -> None:
    take("orders", HEAD + "A,2024-03-04,2024-03-04,repair,,,0,,\n", zone="Asia/Vladivostok")
    (order,) = orders(session)
    assert order.is_day_only
    assert order.zone == "Asia/Vladivostok"
    assert order.received_at == order.ended_at == datetime(2024, 3, 3, 14, tzinfo=UTC)
    assert order.past_cost == 0


def test_identical_rows_are_told_by_ordinal(session, take) -> None:
    row = "A,2024-03-04,2024-03-04,repair,,Leak,5,,\n"
    first = take("orders", HEAD + row + row)
    assert (first.written, first.known) == (2, 0)
    assert sorted(o.external_id.rsplit(":", 1)[1] for o in orders(session)) == ["1", "2"]
    again = take("orders", HEAD + row + row + row)
    assert (again.written, again.known) == (1, 2)


def test_the_way_a_file_writes_changes_no_identity(session, take) -> None:
    take("orders", HEAD + "A,2024-03-04,2024-03-04,repair,,Leak,5.00,,\n")
    other = 'cost;symptom;serial;closed_at;opened_at\n"5";Leak;A;04.03.2024;04.03.2024\n'
    report = take("orders", other.encode("utf-16"), constants={"kind": "Ремонт"})
    assert (report.written, report.known) == (0, 1)


def test_rows_that_cannot_be_true(session, take) -> None:
    report = take(
        "orders",
        HEAD
        + "A,2024-03-04,2024-03-03,repair,,,,,\n"
        + "Z,2024-03-04,2024-03-04,repair,,,,,\n"
        + "A,2027-03-04,2027-03-04,repair,,,,,\n"
        + "A,2024-03-04,2024-03-04,sawing,,,,,\n"
        + "A,2024-03-04,2024-03-04,repair,5,,,,\n"
        + "A,2024-03-04,2024-03-04,repair,,,x,,\n"
        + "A,2024-03-04,2024-03-04,repair,,,,ZZZ,\n"
        + "A,2024-03-04,2024-03-04,repair,,,,,7\n"
        + "A,2024-03-05,2024-03-05,repair,,,,,7\n"
        + "A,2024-03-04,,repair,,,,,\n"
        + "A,2024-03-04,2024-03-04,repair,,x,1,RUB,8,9\n"
        + f"A,2024-03-04,2024-03-04,repair,,{'x' * 501},,,\n",
        skip_rejected=True,
    )
    said = {line: (column, text) for line, column, text in reasons(report)}
    assert report.written == 1
    assert said[2] == ("closed_at", "Closed before it was opened, 2024-03-04.")
    assert said[3][0] == "serial"
    assert said[4] == ("closed_at", "This moment has not come yet.")
    assert said[5][0] == "kind"
    assert said[6] == ("priority", "5 is not a priority from 1 to 4")
    assert said[7] == ("cost", "x is not a number")
    assert said[8][0] == "currency"
    assert said[10] == ("external_id", "The same number stands in line 9 already.")
    assert said[11] == ("closed_at", "The cell is empty, it is needed.")
    assert "a separator inside a text" in said[12][1]
    assert said[13][0] == "symptom"


@pytest.mark.skipif(not REAL.is_file(), reason=f"the real work orders are not at {REAL}")
def test_the_real_past_of_five_excavators(session, take) -> None:
    with lzma.open(REAL, "rb") as packed:
        content = packed.read()
    began = time.monotonic()
    report = take("orders", content, mapping=MAPPED, constants=SAME, skip_rejected=True)
    assert time.monotonic() - began < 30
    assert (report.total, report.written) == (5485, 5484)
    assert reasons(report) == [(3454, "cost", "PM01 is not a number")]
    costs = select(WorkOrder.past_cost)
    assert session.scalar(select(func.count()).where(WorkOrder.past_cost == 0)) == 1288
    assert session.scalar(select(func.count()).where(WorkOrder.past_cost < 0)) == 6
    assert None not in session.scalars(costs).all()
    again = take("orders", content, mapping=MAPPED, constants=SAME, skip_rejected=True)
    assert (again.written, again.known) == (0, 5484)
    assert session.scalar(select(func.count()).select_from(WorkOrder)) == 5484


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_of_a_past_order_tells_what_is_known(session, take, people, sign_in_as) -> None:
    rows = "A,2024-03-04 09:15,2024-03-05,repair,2,Ковш течёт,-5.50,EUR,WO-1\n"
    take("orders", HEAD + rows + "A,2024-03-06,2024-03-06,repair,2,,,,\n")
    told, bare = orders(session)
    client = sign_in_as(people.dispatcher)
    page = plain(client.get(f"/orders/{told.number}").text)
    for words in ("Ковш течёт", "WO-1", "4 March 2024", "09:15", "Opened.", "Closed."):
        assert words in page
    page = plain(client.get(f"/orders/{bare.number}").text)
    assert "Imported history" in page.split("<main")[1].split("</h1>")[0]
    assert re.search(r"<h1[^>]*>Repair</h1>", page)
    assert "6 March 2024" in page
    assert ">00:00<" not in page
    for address in ("/orders?show=past", f"/machines/{bare.machine_id}/orders"):
        assert re.search(r">Repair</a>", client.get(address).text)
    own = sign_in_as(people.operator).get(f"/orders/{bare.number}").text
    assert "Opened." in own
