"""Verbs of breaches: take in what was missed, withdraw what was not, give the cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.errors import Conflict, Invalid, NotAllowed
from service_app.core.text import N_, Text
from service_app.notifications.queries import people
from workorders.breaches import queries
from workorders.breaches.actions import tell_owner
from workorders.breaches.models import Breach
from workorders.breaches.rules import NO_COMMENT, BreachState, Shares, share_problem, suggest
from workorders.orders import clocks, heard
from workorders.orders.models import OrderClock, OrderEvent
from workorders.orders.queries import list_with_events
from workorders.orders.story import Happening, sentence
from workorders.sla.queries import Promises, load
from workorders.sla.replay import ClockResult
from workorders.sla.rules import ClockState

BATCH = 200


def take_in(session: Session, *, by: Actor, at: datetime) -> int:
    """Bring breaches in line with the clocks that changed since; up to a batch, how many.

    A missed promise becomes a breach, its length and suggested cause follow; one that later facts
    no longer support is withdrawn, naming the event. None is ever deleted.
    """
    rows = clocks.take_changed(session, limit=BATCH)
    if not rows:
        return 0
    ids = {row.order_id for row in rows}
    events, known = list_with_events(session, ids), queries.by_order(session, ids)
    promises = load(session)
    for row in rows:
        story = events[row.order_id]
        breach = known.get((row.order_id, row.key))
        if row.breached_at is None:
            if breach is not None:
                _withdraw(breach, story, at=at)
            continue
        if breach is None:
            breach = Breach(
                order_id=row.order_id, clock=row.clock, number=row.number, label=row.label
            )
            session.add(breach)
        _fill(breach, row, story, promises, at=at)
    session.flush()
    return len(rows)


def _fill(
    breach: Breach,
    row: OrderClock,
    story: Sequence[OrderEvent],
    promises: Promises,
    *,
    at: datetime,
) -> None:
    result = clocks.results(row.order, story, promises, at).get(row.key)
    breach.state = BreachState.OPEN.value
    breach.withdrawn_at = breach.withdrawn_why = None
    breach.breached_at = row.breached_at or at
    breach.is_running = row.state == ClockState.RUNNING
    breach.late_seconds = result.late if result else row.late_seconds
    if result is not None:
        breach.suggested = suggested(row, story, result, promises, at=at)


def suggested(
    row: OrderClock,
    story: Sequence[OrderEvent],
    result: ClockResult,
    promises: Promises,
    *,
    at: datetime,
) -> dict[str, int]:
    """Shares the order's story suggests, as they are stored."""
    facts = heard.to_facts(row.order, story)
    shares = suggest(result, facts, promises.calendars, row.met_at or at)
    return {cause.value: share for cause, share in shares.items()}


def _withdraw(breach: Breach, story: Sequence[OrderEvent], *, at: datetime) -> None:
    if breach.is_withdrawn:
        return
    breach.state, breach.is_running = BreachState.WITHDRAWN.value, False
    breach.withdrawn_at = at
    known = [e for e in story if heard.speaks_to_clocks(e)]
    last = max(known, key=lambda e: (e.recorded_at, e.id), default=None)
    why = N_("What is known of the order no longer supports it.")
    if last is not None:
        said = sentence(Happening(last.kind), last.by_name, last.reason, last.data)
        why = Text(
            "Entered %(recorded)s, happened %(happened)s: %(sentence)s",
            recorded=last.recorded_at, happened=last.happened_at, sentence=said,
        )  # fmt: skip
    breach.withdrawn_why = why.to_json()


@dataclass(frozen=True)
class Action:
    """What will be done so that it does not happen again, by whom, by which day."""

    words: str = ""
    owner_id: int | None = None
    on: date | None = None


def give_cause(
    session: Session,
    breach: Breach,
    *,
    shares: Shares,
    comment: str,
    action: Action,
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """Confirm the cause, or correct it. Raises Invalid for shares that do not make 100 %, without
    a comment, or an action without owner and day; Conflict when somebody else gave it meanwhile."""
    if breach.is_withdrawn:
        raise NotAllowed(N_("This breach was withdrawn: it needs no cause."))
    if breach.version != version:
        raise Conflict
    problem = share_problem(shares)
    if problem is not None:
        raise Invalid(problem, "dispatch")
    if not comment.strip():
        raise Invalid(NO_COMMENT, "comment")
    _check_action(session, action)
    breach.shares = {cause.value: share for cause, share in shares.items() if share}
    breach.comment = comment.strip()
    given = action.words.strip(), action.on, action.owner_id
    if given != (breach.action, breach.action_on, breach.action_owner_id):
        breach.action, breach.action_on, breach.action_owner_id = given
        breach.action_done_at = breach.action_done_by_id = None
        breach.action_result = ""
        tell_owner(session, breach, by=by, at=at)
    breach.reviewed_by_id, breach.reviewed_at = by.user_id, at
    session.flush()


def _check_action(session: Session, action: Action) -> None:
    if not action.words.strip():
        if action.owner_id or action.on:
            text = N_("Write what will be done, or leave its owner and day empty.")
            raise Invalid(text, "action")
        return
    if action.owner_id is None:
        raise Invalid(N_("Say who does it."), "action_owner")
    if not any(person.is_staff for person in people(session, [action.owner_id])):
        raise Invalid(N_("Choose one of our people."), "action_owner")
    if action.on is None:
        raise Invalid(N_("Say by which day."), "action_on")
