"""Visits: a person's day, everybody's day, who is busy."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Exists, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from assets.machines.models import Machine
from service_app.accounts.models import User, UserRole
from service_app.accounts.permissions import Role
from service_app.core.errors import NotAllowed, NotFound
from service_app.core.text import N_
from workorders.orders.models import WorkOrder
from workorders.planning.models import Visit, VisitPerson
from workorders.planning.rules import OPEN, VisitStatus

WITH_ORDER = (
    joinedload(Visit.order).joinedload(WorkOrder.machine).joinedload(Machine.model),
    joinedload(Visit.order).joinedload(WorkOrder.company),
    joinedload(Visit.order).joinedload(WorkOrder.site),
    joinedload(Visit.leader),
)


def list_for_order(session: Session, order_id: int) -> Sequence[Visit]:
    """An order's visits, in their order."""
    return (
        session.scalars(
            select(Visit)
            .where(Visit.order_id == order_id)
            .options(joinedload(Visit.leader))
            .order_by(Visit.planned_from, Visit.id)
        )
        .unique()
        .all()
    )


def open_visit(session: Session, order_id: int) -> Visit | None:
    """The visit going on, else the next planned one."""
    found = [v for v in list_for_order(session, order_id) if v.status in OPEN]
    going = [v for v in found if v.status != VisitStatus.PLANNED]
    return next(iter(going or found), None)


def get_open_visit(session: Session, order_id: int) -> Visit:
    """The visit going on or planned; NotAllowed with a sentence when there is none."""
    found = open_visit(session, order_id)
    if found is None:
        raise NotAllowed(N_("No visit is planned. Ask the dispatcher to plan one."))
    return found


def _in_crew(user_id: int) -> Exists:
    return exists().where(VisitPerson.visit_id == Visit.id, VisitPerson.user_id == user_id)


def for_person(session: Session, user_id: int, start: datetime, end: datetime) -> Sequence[Visit]:
    """Visits of a person (as leader or in the crew) that touch the stretch, earliest first.

    Visits still open from earlier days come first: they are not over yet.
    """
    return (
        session.scalars(
            select(Visit)
            .where(
                or_(Visit.leader_id == user_id, _in_crew(user_id)),
                Visit.planned_from < end,
                Visit.status != VisitStatus.CANCELLED,
                or_(Visit.planned_to >= start, Visit.status.in_(OPEN)),
            )
            .options(*WITH_ORDER)
            .order_by(Visit.planned_from, Visit.id)
        )
        .unique()
        .all()
    )


def between(session: Session, start: datetime, end: datetime) -> Sequence[Visit]:
    """Everybody's visits that touch the stretch."""
    return (
        session.scalars(
            select(Visit)
            .where(
                Visit.planned_from < end,
                Visit.planned_to > start,
                Visit.status != VisitStatus.CANCELLED,
            )
            .options(*WITH_ORDER)
            .order_by(Visit.planned_from, Visit.id)
            .limit(500)
        )
        .unique()
        .all()
    )


def busy(
    session: Session, user_id: int, start: datetime, end: datetime, *, except_order: int
) -> Visit | None:
    """A visit of another order that takes the person, leading it or in its crew, at that time."""
    return session.scalars(
        select(Visit)
        .where(
            or_(Visit.leader_id == user_id, _in_crew(user_id)),
            Visit.order_id != except_order,
            Visit.planned_from < end,
            Visit.planned_to > start,
            Visit.status.in_(OPEN),
        )
        .options(joinedload(Visit.order))
        .order_by(Visit.planned_from)
    ).first()


def engineers(session: Session) -> Sequence[User]:
    """Active engineers by name."""
    return (
        session.scalars(
            select(User)
            .join(UserRole, UserRole.user_id == User.id)
            .where(UserRole.role == Role.ENGINEER.value, User.is_active.is_(True))
            .order_by(User.sort_key, User.id)
        )
        .unique()
        .all()
    )


def engineer_choices(session: Session) -> list[tuple[int, str]]:
    """Engineers for a select."""
    return [(person.id, person.short_name) for person in engineers(session)]


def get_engineer(session: Session, user_id: int) -> User:
    """One active engineer, or NotFound."""
    found = next((p for p in engineers(session) if p.id == user_id), None)
    if found is None:
        raise NotFound
    return found


def get_visit(session: Session, order: WorkOrder, visit_id: int) -> Visit:
    """A visit of an order the caller may already see."""
    visit = session.get(Visit, visit_id)
    if visit is None or visit.order_id != order.id:
        raise NotFound
    return visit


def crew_of(session: Session, visit_ids: Collection[int]) -> dict[int, list[int]]:
    """User ids of the crews, by visit."""
    out: dict[int, list[int]] = {n: [] for n in visit_ids}
    rows = session.execute(
        select(VisitPerson.visit_id, VisitPerson.user_id).where(VisitPerson.visit_id.in_(visit_ids))
    )
    for visit_id, user_id in rows:
        out[visit_id].append(user_id)
    return out
