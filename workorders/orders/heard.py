"""What the clocks hear of an order's events: facts for the replay."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.rules import Place, Status
from workorders.orders.story import Happening
from workorders.sla.rules import Clock, Fact, FactKind, WaitReason

_H, _F = Happening, FactKind
_FACTS: dict[str, FactKind] = {
    _H.RECEIVED: _F.RECEIVED,
    _H.ACCEPT: _F.ACCEPTED,
    _H.DECLINE: _F.DECLINED,
    _H.DUPLICATE: _F.DUPLICATE,
    _H.CANCEL: _F.CANCELLED,
    _H.QUOTE: _F.QUOTED,
    _H.APPROVE: _F.APPROVED,
    _H.ARRIVED: _F.ARRIVED,
    _H.RUNS_AGAIN: _F.RUNS_AGAIN,
    _H.FINISH: _F.DONE,
    _H.REFUSE_ACT: _F.REFUSED,
    _H.RETURN_TO_WORK: _F.REFUSED,
    _H.CLOSE: _F.CLOSED,
    _H.WAIT_OPENED: _F.WAIT_OPENED,
    _H.WAIT_CLOSED: _F.WAIT_CLOSED,
    _H.PRIORITY_CHANGED: _F.PRIORITY,
    _H.POLICY_CHANGED: _F.POLICY,
    _H.ASSIGN: _F.ASSIGNED,
    _H.START: _F.STARTED,
    _H.MAKE_READY: _F.READY,
    _H.HAND_OVER: _F.HANDED_OVER,
}
_CALLS = frozenset({_H.CALLED, _H.CONFIRMED, _H.EXPECTATION_AGREED})
_CONTACTS = _CALLS | frozenset(
    {
        _H.ACCEPT, _H.QUOTE, _H.APPROVE, _H.REFUSE_QUOTE, _H.CALL_AGREED, _H.CHANGE_ASKED,
        _H.CHANGE_ANSWERED, _H.TERM_AGREED, _H.ARRIVED,
    }
)  # fmt: skip
"""Happenings in which somebody spoke with the customer, or told him something."""
_SPOKEN = frozenset({"phone", "in_person"})
_AGREES = frozenset({_H.APPROVE, _H.CHANGE_ANSWERED, _H.TERM_AGREED})
_PROMISES = {
    _H.CALL_AGREED: _F.PROMISED,
    _H.PROMISE_TOLD: _F.PROMISED,
    _H.PROMISE_KEPT: _F.PROMISE_KEPT,
    _H.PROMISE_FREED: _F.PROMISE_FREED,
}
"""A call agreed is a promise to call; others say what is promised."""


def to_facts(order: WorkOrder, events: Iterable[OrderEvent]) -> list[Fact]:
    """What the replay listens to, undone events left out."""
    listed = list(events)
    gone = {e.undoes_id for e in listed if e.undoes_id is not None}
    facts: list[Fact] = []
    for event in listed:
        if event.id in gone or event.undoes_id is not None or event.data.get("with") in gone:
            continue
        facts.extend(_facts_of(order, event))
    return facts


def speaks_to_clocks(event: OrderEvent) -> bool:
    """Whether an event, or taking it back, can change what the clocks say."""
    is_heard = event.kind in _FACTS or event.kind in _AGREES or event.kind in _PROMISES
    return is_heard or is_contact(event) or event.undoes_id is not None


def _facts_of(order: WorkOrder, event: OrderEvent) -> Iterator[Fact]:
    kind, at, number, data = _FACTS.get(event.kind), event.happened_at, event.id, event.data
    if kind is _F.RECEIVED:
        yield _received(order, event)
        if order.place == Place.WORKSHOP:
            yield Fact(at, number, _F.NO_VISIT)
    elif kind in (_F.PRIORITY, _F.POLICY):
        yield Fact(
            at, number, kind, priority=data.get("priority"), policy=data.get("policy"),
            criticality=data.get("criticality"), work=data.get("work"),
        )  # fmt: skip
    elif kind is not None:
        reason = WaitReason(event.reason) if kind is _F.WAIT_OPENED and event.reason else None
        yield Fact(at, number, kind, reason)
        yield from _parts(event)
    if event.kind == _H.ASSIGN and event.from_status == Status.ACCEPTED:
        yield Fact(at, number, _F.NOTHING_TO_PAY)
    if is_contact(event):
        yield Fact(at, number, _F.CONTACT)
        if event.kind in _CALLS or data.get("how") in _SPOKEN:
            yield Fact(at, number, _F.CALLED)
    is_yes = data.get("answer", "yes") == "yes"
    if event.kind in _AGREES and data.get("term") and is_yes:
        yield Fact(at, number, _F.AGREED, due_at=datetime.fromisoformat(data["term"]))
    if event.kind in _PROMISES:
        yield _promise(event)


def _parts(event: OrderEvent) -> Iterator[Fact]:
    """A wait for parts until a day is a promise of the part by then; going on keeps it."""
    if event.reason != WaitReason.PARTS:
        return
    at, number, until = event.happened_at, event.id, event.data.get("until")
    if event.kind == _H.WAIT_CLOSED:
        yield Fact(at, number, _F.PARTS_CAME)
    elif event.kind == _H.WAIT_OPENED and until:
        yield Fact(at, number, _F.PROMISED, due_at=promised_until(event), clock=Clock.PART)


def _received(order: WorkOrder, event: OrderEvent) -> Fact:
    """What the order was like when it came; events of before that was kept ask the order."""
    data = event.data
    return Fact(
        event.happened_at, event.id, _F.RECEIVED,
        priority=int(data.get("priority", order.priority)),
        policy=int(data.get("policy", order.policy_version)),
        criticality=data.get("criticality"), work=data.get("work", order.kind),
    )  # fmt: skip


def promised_until(event: OrderEvent) -> datetime:
    """The moment an event promises: told as such, of a call, or of a wait for parts.

    Raises KeyError for an event that promises none.
    """
    data = event.data
    return datetime.fromisoformat(data.get("due") or data.get("until") or data["when"])


def _promise(event: OrderEvent) -> Fact:
    kind, data = _PROMISES[Happening(event.kind)], event.data
    if kind is not _F.PROMISED:
        return Fact(event.happened_at, event.id, kind, number=int(data["promise"]))
    clock = Clock(data.get("clock", Clock.CALL.value))
    return Fact(event.happened_at, event.id, kind, due_at=promised_until(event), clock=clock)


def is_contact(event: OrderEvent) -> bool:
    """Whether the customer heard from a person; a note counts when it is written for him."""
    if event.kind in _CONTACTS:
        return not event.is_customer  # what he says himself tells him nothing
    is_written = event.kind in (_H.NOTE, _H.PHOTO, _H.PROMISE_TOLD)
    return is_written and event.is_for_customer and not event.is_customer and bool(event.by_user_id)
