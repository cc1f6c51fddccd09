"""The benchmark's database is one the pages can show."""

from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.accounts.models import User
from service_app.core.text_index import matching
from tests.bench.fill import Size, fill
from workorders.contracts.models import Contract
from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.queries import facts_of
from workorders.orders.rules import Status, Step, replay_status


def test_the_filled_database_is_whole(session: Session, app: Flask, now: Any) -> None:
    counts = fill(session, Size(machines=40, orders=200, readings=400), at=now)
    assert counts["machine"] == 40
    assert counts["work_order"] == counts["fault"] == 200
    assert counts["reading"] == 400
    assert 5 <= counts["order_event"] / 200 <= 8
    assert counts["order_clock"] > 200
    assert session.scalar(select(func.count(OrderEvent.id))) == counts["order_event"]
    found = session.scalars(select(WorkOrder).where(matching(WorkOrder, "течёт масло"))).all()
    assert found
    _open_pages(session, app)


def test_every_story_leads_to_its_status(session: Session, now: Any) -> None:
    fill(session, Size(machines=20, orders=600, readings=20), at=now)
    orders = session.scalars(select(WorkOrder)).all()
    assert {o.status for o in orders} == {s.value for s in Status} - {Status.DUPLICATE.value}
    for order in orders[-30:]:
        events = session.scalars(
            select(OrderEvent).where(OrderEvent.order_id == order.id).order_by(OrderEvent.id)
        )
        steps = [Step(e.id, e.to_status, e.undoes_id) for e in events]
        assert replay_status(steps) == order.status
        assert facts_of(session, order).status == order.status


def _open_pages(session: Session, app: Flask) -> None:
    """Each by the person whose page it is."""
    number = session.scalars(select(WorkOrder.number).order_by(WorkOrder.id.desc())).first()
    package = session.scalars(select(Contract.id).where(Contract.kind == "prepaid")).first()
    pages = {
        "dispatcher": ("/orders", "/orders?q=масло", "/board", f"/orders/{number}"),
        "manager": ("/promises", "/machines?q=EG", "/contracts", f"/contracts/{package}/hours"),
        "operator": ("/portal", "/machines/1/report"),
    }
    for login, paths in pages.items():
        user = session.scalars(select(User).where(User.login == login)).unique().one()
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = f"{user.id}.{user.session_epoch}"
            cookie["_fresh"] = True
        for path in paths:
            assert client.get(path).status_code == 200, (login, path)
