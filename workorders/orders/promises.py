"""Verbs of promises told to a customer: tell one, keep it, be let off it."""

import uuid
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.enums import Labelled, Tone
from service_app.core.errors import Invalid, NotAllowed, NotFound
from service_app.core.text import N_, P_, Text
from workorders.orders import queries, service
from workorders.orders.heard import promised_until
from workorders.orders.models import OrderClock, OrderEvent, WorkOrder
from workorders.orders.notices import tell_customer
from workorders.orders.service import NOW, Told
from workorders.orders.story import Happening
from workorders.sla.rules import TOLD, Clock


class PromiseEnd(Labelled):
    """How a promise told to a customer ends."""

    KEPT = "kept", P_("promise", "Kept"), Tone.GREEN
    FREED = "freed", P_("promise", "No longer needed"), Tone.PLAIN


def promise(
    session: Session,
    order: WorkOrder,
    clock: Clock,
    *,
    due_at: datetime,
    what: str = "",
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """Promise the customer a call, a price, a visit or a part by a moment.

    One of the same kind that is still open ends with it, as it stands. The same ``uid`` promises
    once. Raises Invalid for a moment that has passed, NotAllowed for an order that has ended.
    """
    known = queries.find_event(session, uid)
    if known is not None:
        return known
    if clock not in TOLD:
        raise Invalid(N_("This cannot be promised for a moment."), "clock")
    if order.ended_at is not None or order.is_past:
        raise NotAllowed(N_("This order is over: there is nothing to promise."))
    if due_at <= (told.at or at):
        raise Invalid(Text("%(moment)s has passed.", moment=due_at), "due_at")
    event = service.append(
        session, order, Happening.PROMISE_TOLD, told=told, for_customer=True, uid=uid,
        data={"clock": clock.value, "due": due_at.isoformat(), "what": what.strip()[:200]},
        by=by, at=at,
    )  # fmt: skip
    _enter_in_lists(order, clock, due_at, what)
    said = Text(
        "%(number)s: promised to you, %(clock)s by %(moment)s",
        number=order.number, clock=clock.label, moment=due_at,
    )  # fmt: skip
    tell_customer(session, order, said, key=f"promise-{event.id}", at=at)
    return event


def _enter_in_lists(order: WorkOrder, clock: Clock, due_at: datetime, what: str) -> None:
    """A call goes to the day's calls, a price to the answers that are awaited."""
    if clock is Clock.CALL:
        order.call_at, order.call_about = due_at, what.strip()[:200]
    elif clock is Clock.PRICE:
        order.answer_promised_on = due_at.astimezone(ZoneInfo(order.zone)).date()


def keep(
    session: Session,
    order: WorkOrder,
    promise_id: int,
    *,
    told: Told = NOW,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """What was promised is there. Raises NotAllowed when it is over already."""
    return _end(session, order, promise_id, Happening.PROMISE_KEPT, told, by=by, at=at)


def free(
    session: Session,
    order: WorkOrder,
    promise_id: int,
    *,
    told: Told = NOW,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """The customer no longer needs it; a deadline missed before stays missed."""
    return _end(session, order, promise_id, Happening.PROMISE_FREED, told, by=by, at=at)


def find(session: Session, order: WorkOrder, promise_id: int) -> OrderClock | None:
    """The clock of a promise told to this order's customer."""
    stored = queries.list_clocks(session, [order.id])[order.id]
    return next((c for c in stored if c.key.number == promise_id and c.key.clock in TOLD), None)


def _end(
    session: Session,
    order: WorkOrder,
    promise_id: int,
    kind: Happening,
    told: Told,
    *,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    row = find(session, order, promise_id)
    event = queries.find_event_of(session, order, promise_id)
    if row is None or event is None:
        raise NotFound
    if row.due_at is None:
        raise NotAllowed(N_("This promise is over already."))
    begun = event.happened_at
    if told.at is not None and told.at < begun:
        if told.at < begun.replace(second=0, microsecond=0):  # forms know minutes only
            raise Invalid(Text("It was promised at %(moment)s.", moment=begun), "happened_at")
        told = replace(told, at=begun)
    if row.clock == Clock.CALL and order.call_at == promised_until(event):
        order.call_at, order.call_about = None, ""
    if row.clock == Clock.PRICE:
        order.answer_promised_on = None
    data = {
        "promise": promise_id, "clock": row.clock, "what": str(event.data.get("what") or "")
    }  # fmt: skip
    return service.append(
        session, order, kind, told=told, data=data, for_customer=True, by=by, at=at
    )
