"""Corrective actions: whose they are, done, reminded of on their day and once it has passed."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session, joinedload

from service_app.accounts.models import User
from service_app.accounts.permissions import Permission, Role
from service_app.core.actor import SYSTEM, Actor
from service_app.core.db import transaction
from service_app.core.errors import Conflict, NotAllowed
from service_app.core.paging import Order, Page, fetch_page
from service_app.core.text import N_, Text
from service_app.notifications.queries import staff_with_role
from service_app.notifications.service import notify
from service_app.organisation.queries import home_day
from workorders.breaches.models import Breach
from workorders.breaches.queries import ROW
from workorders.breaches.rules import BreachState
from workorders.sla.queries import load

YOURS = N_("%(number)s: %(by)s gave you a corrective action by %(day)s: %(action)s")
DUE = N_("%(number)s: your corrective action is due on %(day)s: %(action)s")
LATE = N_("%(number)s: the corrective action of %(name)s was due on %(day)s: %(action)s")
BATCH = 200
LINK = ("actions", "")
_TO_DO: tuple[ColumnElement[bool], ...] = (
    Breach.action_on.is_not(None),
    Breach.action_done_at.is_(None),
    Breach.state == BreachState.OPEN.value,
)


def list_actions(
    session: Session, *, owner_id: int | None, is_done: bool, key: str | None
) -> Page[Breach]:
    """Actions of a person, or everybody's: to do by their day, or done, the latest first."""
    statement = select(Breach).options(
        *ROW, joinedload(Breach.action_owner).lazyload(User.role_rows)
    )
    if owner_id is not None:
        statement = statement.where(Breach.action_owner_id == owner_id)
    if is_done:
        statement = statement.where(Breach.action_done_at.is_not(None))
        order = [Order(Breach.action_done_at, True), Order(Breach.id, True)]
    else:
        statement = statement.where(*_TO_DO)
        order = [Order(Breach.action_on), Order(Breach.id)]
    return fetch_page(session, statement, order=order, key=key)


def to_do_of(user_id: BindParameter[int]) -> ScalarSelect[int]:
    """How many actions a person has to do, to be asked with the menu's other figures."""
    own = select(func.count()).select_from(Breach)
    return own.where(Breach.action_owner_id == user_id, *_TO_DO).scalar_subquery()


def tell_owner(session: Session, breach: Breach, *, by: Actor, at: datetime) -> None:
    """Whoever was given an action hears of it; nobody tells himself."""
    if breach.action_owner_id is None or breach.action_owner_id == by.user_id:
        return
    text = _said(YOURS, breach).with_values(by=by.name)
    key = f"action:{breach.id}:{breach.version}"
    notify(session, user_ids=[breach.action_owner_id], text=text, link=LINK, key=key, at=at)


def finish(
    session: Session, breach: Breach, *, words: str, version: int, by: Actor, at: datetime
) -> None:
    """It is done, by its owner or in his place by a reviewer.

    Raises NotAllowed for anybody else's, or where there is none to do; Conflict when it was
    changed meanwhile.
    """
    if breach.action_owner_id != by.user_id and not by.can(Permission.BREACHES_REVIEW):
        raise NotAllowed(N_("This is somebody else's action."))
    if not breach.action or breach.action_done_at is not None or breach.is_withdrawn:
        raise NotAllowed(N_("There is nothing to do here any more."))
    if breach.version != version:
        raise Conflict
    breach.action_done_at, breach.action_done_by_id = at, by.user_id
    breach.action_result = words.strip()[:500]
    session.flush()


def remind(session: Session, *, now: datetime) -> int:
    """Owners on the day of an action, managers once it has passed; in working hours, each once.

    How many actions are due or late.
    """
    if load(session).calendar.next_open(now) > now:
        return 0
    today = home_day(session, now)
    last, total = 0, 0
    while True:
        with transaction(session, by=SYSTEM, at=now):
            found = _due(session, today, last)
            managers = staff_with_role(session, Role.MANAGER) if found else []
            for breach in found:
                _remind_of(session, breach, managers, today, now)
            last, total = (found[-1].id if found else last), total + len(found)
        if len(found) < BATCH:
            return total


def _due(session: Session, today: date, last: int) -> Sequence[Breach]:
    found = (
        select(Breach)
        .where(*_TO_DO, Breach.action_on <= today, Breach.id > last)
        .options(joinedload(Breach.order), joinedload(Breach.action_owner))
        .order_by(Breach.id)
        .limit(BATCH)
    )
    return session.scalars(found).unique().all()


def _remind_of(
    session: Session, breach: Breach, managers: Sequence[int], today: date, now: datetime
) -> None:
    assert breach.action_on is not None  # the query asked
    words = hashlib.sha256(breach.action.encode()).hexdigest()[:12]
    which = f"{breach.id}:{breach.action_on}:{breach.action_owner_id}:{words}"
    notify(
        session, user_ids=[breach.action_owner_id], text=_said(DUE, breach), link=LINK,
        key=f"action-due:{which}", at=now,
    )  # fmt: skip
    if breach.action_on < today:
        owner = breach.action_owner
        text = _said(LATE, breach).with_values(name=owner.short_name if owner else "")
        others = [n for n in managers if n != breach.action_owner_id]
        key = f"action-late:{which}"
        notify(session, user_ids=others, text=text, link=LINK, key=key, at=now)


def _said(words: Text, breach: Breach) -> Text:
    action = breach.action
    return words.with_values(number=breach.order.number, day=breach.action_on, action=action)
