"""Verbs of planning: assign an engineer, plan a visit, move it, call it off."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from service_app.accounts.models import User
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import Invalid, NotAllowed
from service_app.core.text import N_, Text
from workorders.orders import service as orders
from workorders.orders.models import WorkOrder
from workorders.orders.moves import Action, Need
from workorders.orders.notices import tell_customer, tell_engineer
from workorders.orders.queries import find_event
from workorders.orders.rules import Status
from workorders.orders.service import NOW, Told
from workorders.orders.story import Happening
from workorders.planning import queries
from workorders.planning.models import Visit, VisitPerson
from workorders.planning.rules import VisitStatus, plan_problem


def assign(
    session: Session,
    order: WorkOrder,
    engineer: User,
    *,
    planned_from: datetime,
    planned_to: datetime,
    crew: Sequence[int] = (),
    purpose: str = "",
    even_if_busy: bool = False,
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> Visit:
    """Give the order to an engineer with a planned visit; an open planned visit is moved.

    Raises Invalid for a stretch that cannot be, NotAllowed when the engineer is taken (unless
    ``even_if_busy``) or the order is not at that step. The same ``uid`` gives the same visit.
    """
    known = made_before(session, Visit, uid)
    if known is not None:
        return known
    problem = plan_problem(planned_from, planned_to, at)
    if problem is not None:
        raise Invalid(problem, "planned_to")
    if not even_if_busy:
        for person in [engineer, *_people(session, crew)]:
            _refuse_busy(session, order, person, planned_from, planned_to)
    order.engineer_id = engineer.id
    data = {"engineer": engineer.name, "when": planned_from.isoformat()}
    if order.status == Status.ACCEPTED and order.is_finding_cause:
        if find_event(session, uid) is None:
            orders.append(
                session, order, Happening.ASSIGN, told=told, data=data, for_customer=True, uid=uid,
                by=by, at=at,
            )  # fmt: skip
    else:
        orders.move(
            session, order, Action.ASSIGN, told=told, fills=frozenset({Need.ENGINEER}), data=data,
            uid=uid, by=by, at=at,
        )  # fmt: skip
    visit = _move_or_make(session, order, uid)
    visit.leader, visit.purpose = engineer, purpose
    visit.planned_from, visit.planned_to = planned_from, planned_to
    visit.crew = [VisitPerson(user_id=n) for n in dict.fromkeys(crew) if n != engineer.id]
    session.flush()
    text = Text("%(number)s is yours: %(moment)s", number=order.number, moment=planned_from)
    tell_engineer(session, order, text, key=f"assigned-{uid}", at=at)
    text = Text(
        "%(number)s: the engineer comes %(moment)s", number=order.number, moment=planned_from
    )
    tell_customer(session, order, text, key=f"visit-{uid}", at=at)
    return visit


def _people(session: Session, crew: Sequence[int]) -> list[User]:
    return [queries.get_engineer(session, user_id) for user_id in crew]


def _refuse_busy(
    session: Session, order: WorkOrder, person: User, start: datetime, end: datetime
) -> None:
    taken = queries.busy(session, person.id, start, end, except_order=order.id)
    if taken is not None:
        text = N_("%(name)s is busy until %(moment)s (%(number)s). Tick to assign anyway.")
        raise Invalid(
            text.with_values(
                name=person.short_name, moment=taken.planned_to, number=taken.order.number
            ),
            "even_if_busy",
        )


def _move_or_make(session: Session, order: WorkOrder, uid: uuid.UUID) -> Visit:
    planned = [
        v for v in queries.list_for_order(session, order.id) if v.status == VisitStatus.PLANNED
    ]
    if planned:
        return planned[0]
    visit = Visit(uid=uid, order=order, status=VisitStatus.PLANNED)
    session.add(visit)
    return visit


def call_off(session: Session, order: WorkOrder, visit: Visit, *, by: Actor, at: datetime) -> None:
    """A planned visit does not take place; the order keeps its engineer."""
    if visit.status != VisitStatus.PLANNED:
        raise NotAllowed(N_("Only a visit that has not begun can be called off."))
    visit.status = VisitStatus.CANCELLED
    text = Text("The visit of %(moment)s is called off", moment=visit.planned_from)
    event = orders.append(
        session, order, Happening.NOTE, data={"text": text.to_json()}, for_customer=True, by=by,
        at=at,
    )  # fmt: skip
    said = Text("%(number)s: %(text)s", number=order.number, text=text)
    tell_customer(session, order, said, key=f"called-off-{event.id}", at=at)
