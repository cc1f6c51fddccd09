"""Making the demo company, once, and throwing it away."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from service_app.accounts import people as accounts
from service_app.accounts import queries
from service_app.accounts import service as passwords
from service_app.accounts.models import User
from service_app.accounts.people import Particulars
from service_app.accounts.rules import DEMO_LOGINS, Language
from service_app.core.actor import SYSTEM
from service_app.core.db import Base, transaction
from service_app.core.errors import NotAllowed
from service_app.core.text import N_
from service_app.demo import agreements, foundation, past, readings, today
from service_app.demo.people import EMAILS, PASSWORD
from service_app.demo.stage import Stage, key
from service_app.files import store
from service_app.notifications.service import mark_read
from workorders.breaches import actions
from workorders.breaches import service as breaches
from workorders.breaches.models import Breach
from workorders.breaches.queries import list_page
from workorders.breaches.rules import BreachFilter, Cause
from workorders.risk import service as risk

STRETCH = timedelta(days=33)
"""What is kept in one transaction of the past."""
REVIEWED = timedelta(days=30)
"""Breaches older than this have their causes."""
AFTERWARDS = timedelta(days=2)
ACTIONS = {
    Cause.DISPATCH: ("Назначить подмену диспетчеру на обед и вечер", "dispatcher"),
    Cause.REPAIR: ("Держать инженера в резерве на срочные заказы", "engineer"),
}
COMMENTS = {
    Cause.DISPATCH: "Заявку увидели поздно, подмены в обед не было",
    Cause.REPAIR: "Инженер был на другом заказе, резерва не было",
    Cause.PARTS: "Детали не было на складе, поставщик вёз дольше обещанного",
    Cause.ACCESS: "Машину не остановили к приезду",
    Cause.APPROVAL: "Решение по цене пришло через день",
    Cause.OTHER: "Погода, работать было нельзя",
}


def is_loaded(session: Session) -> bool:
    """Whether the demo company is there, whole: its people may sign in only at the very end."""
    user = _first_person(session)
    return user is not None and bool(user.password_hash)


def load(session: Session, *, at: datetime) -> None:
    """The whole demo company as of ``at``, in a few transactions.

    What a broken loading left is thrown away first. Raises :class:`NotAllowed` when the database
    holds people of somebody else.
    """
    if queries.has_people(session):
        if _first_person(session) is None:
            raise NotAllowed(N_("There are people already. Only --reset would throw them away."))
        empty(session, at=at)
    stage = Stage(session, at)
    with transaction(session, by=SYSTEM, at=stage.begins):
        foundation.build(stage)
    _play_the_past(stage)
    with transaction(session, by=SYSTEM, at=at):
        _come_to_the_present(stage)
        today.play(stage)
        agreements.buy_hours(stage)
        stage.do(risk.refit, by=SYSTEM, at=at)
    with transaction(session, by=SYSTEM, at=at):
        stage.do(passwords.share_password, list(stage.users.values()), password=PASSWORD,
                 by=SYSTEM, at=at)  # fmt: skip


def empty(session: Session, *, at: datetime) -> None:
    """Throw every row and every file away; the tables stay."""
    tables = list(reversed(Base.metadata.sorted_tables))
    with transaction(session, by=SYSTEM, at=at):
        if session.get_bind().dialect.name == "postgresql":
            names = ", ".join(f'"{table.name}"' for table in tables)
            session.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        else:
            session.execute(text("PRAGMA defer_foreign_keys = ON"))
            for table in tables:
                session.execute(delete(table))
    session.expunge_all()
    session.info.clear()
    for path in store.root().glob("*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def logins(session: Session) -> list[tuple[str, str, str]]:
    """(role, log-in, password) of everybody, those of the sign-in page first."""
    first = {login: n for n, login in enumerate(DEMO_LOGINS)}
    people = queries.list_people(session)
    rows = [(min(user.roles).value, user.login, PASSWORD) for user in people]
    return sorted(rows, key=lambda row: (first.get(row[1], len(first)), row))


def _first_person(session: Session) -> User | None:
    user = queries.find_by_login(session, DEMO_LOGINS[-1])
    is_ours = user is not None and user.uid == key("person", DEMO_LOGINS[-1])
    return user if is_ours else None


def _play_the_past(stage: Stage) -> None:
    waiting = past.plans(stage)
    for since, until in _stretches(stage):
        with transaction(stage.session, by=SYSTEM, at=until):
            readings.record(stage, since, until)
            for plan in waiting:
                if since <= plan.received_at < until:
                    past.play(stage, plan)
            while stage.do(breaches.take_in, by=SYSTEM, at=until):
                pass


def _stretches(stage: Stage) -> Iterator[tuple[datetime, datetime]]:
    since = stage.begins
    while since < stage.midnight:
        until = min(since + STRETCH, stage.midnight)
        yield since, until
        since = until


def _come_to_the_present(stage: Stage) -> None:
    """Old notices are read, causes are given, addresses are known, a misreading is put right."""
    for user in stage.users.values():
        mark_read(stage.session, user.id, only=None, at=stage.midnight)
    readings.mistake(stage)
    _give_causes(stage)
    for login, email in EMAILS.items():
        _give_address(stage, stage.users[login], email)


def _give_causes(stage: Stage) -> None:
    found = list_page(stage.session, BreachFilter.NO_CAUSE, size=100).rows
    for breach in found:
        if stage.midnight - breach.breached_at < REVIEWED:
            continue
        shares = {Cause(name): share for name, share in breach.suggested.items()}
        shares = shares or {Cause.REPAIR: 100}
        main = max(shares, key=lambda cause: shares[cause])
        by, at = stage.actors["manager"], max(breach.breached_at + AFTERWARDS, stage.begins)
        action = _action(stage, main, breach)
        stage.do(
            breaches.give_cause, breach, shares=shares, comment=COMMENTS[main], action=action,
            version=breach.version, by=by, at=at,
        )  # fmt: skip
        if action.owner_id is not None and action.on is not None and action.on < stage.day:
            stage.do(
                actions.finish, breach, words="Сделано, помогло.", version=breach.version, by=by,
                at=at + timedelta(days=10),
            )  # fmt: skip


def _action(stage: Stage, main: Cause, breach: Breach) -> breaches.Action:
    """What was decided; the latest ones are still to be done."""
    if main not in ACTIONS:
        return breaches.Action()
    words, who = ACTIONS[main]
    is_lately = stage.midnight - breach.breached_at < REVIEWED + timedelta(days=7)
    day = stage.day + timedelta(days=3)
    if not is_lately:
        day = breach.breached_at.date() + timedelta(days=14)
    return breaches.Action(words, stage.users[who].id, day)


def _give_address(stage: Stage, user: User, email: str) -> None:
    particulars = Particulars(
        user.login, user.family_name, user.first_name, user.middle_name, email, user.position,
        user.signing_ground, user.phone, Language(user.language), user.zone,
    )  # fmt: skip
    stage.do(
        accounts.change, user, particulars=particulars, roles=user.roles, version=user.version,
        by=stage.actors["administrator"], at=stage.midnight,
    )  # fmt: skip
