"""Included hours: what orders take, what is bought in addition, and the statement of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from assets.machines.rules import Ground
from service_app.core.actor import Actor
from service_app.core.errors import Invalid, NotAllowed
from service_app.core.text import N_
from service_app.organisation.queries import home_day
from workorders.contracts import queries
from workorders.contracts.models import Contract, ContractUse
from workorders.contracts.rules import (
    MOST_MINUTES,
    Balance,
    Per,
    Used,
    UseKind,
    balance_of,
    window,
)


@dataclass(frozen=True)
class Taken:
    """Labour that a contract's hours pay; ``uid`` is the labour's own."""

    uid: uuid.UUID
    minutes: int
    on: date
    who: str
    words: str = ""


def take(
    session: Session, contract: Contract, taken: Taken, ground: Ground, *, by: Actor, at: datetime
) -> None:
    """An order's labour takes from the hours; labour that stands there takes nothing more."""
    if contract.included_hours is None:
        return
    is_it = (ContractUse.cause == taken.uid) & (ContractUse.contract_id == contract.id)
    if _standing(session, is_it):
        return
    _add(
        session, contract, UseKind.WORK, taken.minutes, uid=uuid.uuid4(), cause=taken.uid,
        on=taken.on, ground=ground, who=taken.who, words=taken.words, by=by, at=at,
    )  # fmt: skip


def give_back(session: Session, uid: uuid.UUID, *, by: Actor, at: datetime) -> None:
    """Labour was taken out of its order: its minutes come back to the contract they stand in."""
    for row in _standing(session, ContractUse.cause == uid):
        _give(session, row, by=by, at=at)


def move_to(
    session: Session, to: Contract | None, ground: Ground, *, by: Actor, at: datetime
) -> None:
    """An order follows another contract: what its labour took goes over to that one's hours."""
    is_of = (ContractUse.ground_kind == ground.kind) & (ContractUse.ground_id == ground.id)
    for row in _standing(session, is_of):
        if to is not None and row.contract_id == to.id:
            continue
        _give(session, row, by=by, at=at)
        if to is not None and to.included_hours is not None:
            _add(
                session, to, UseKind.WORK, row.minutes, uid=uuid.uuid4(), cause=row.cause,
                on=row.on, ground=ground, who=row.who, words=row.words, by=by, at=at,
            )  # fmt: skip


def _standing(session: Session, which: ColumnElement[bool]) -> list[ContractUse]:
    """Lines of labour that were not given back: the last of each cause in each contract."""
    found = select(ContractUse).where(which, ContractUse.cause.is_not(None))
    last: dict[tuple[uuid.UUID | None, int], ContractUse] = {}
    for row in session.scalars(found.order_by(ContractUse.id)):
        last[row.cause, row.contract_id] = row
    return [row for row in last.values() if row.kind == UseKind.WORK]


def _give(session: Session, row: ContractUse, *, by: Actor, at: datetime) -> None:
    session.add(
        ContractUse(
            uid=uuid.uuid4(), contract_id=row.contract_id, kind=UseKind.BACK, cause=row.cause,
            minutes=-row.minutes, on=row.on, ground_kind=row.ground_kind, ground_id=row.ground_id,
            ground_number=row.ground_number, who=row.who, words=row.words, recorded_at=at,
            by_name=by.name,
        )
    )  # fmt: skip
    session.flush()  # the next look must see it


def buy(
    session: Session,
    contract: Contract,
    minutes: int,
    *,
    on: date,
    words: str,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> None:
    """Hours bought in addition, from a day on."""
    if not 0 < minutes <= MOST_MINUTES:
        raise Invalid(N_("Give hours above 0."), "hours")
    _by_hand(session, contract, UseKind.BOUGHT, minutes, on=on, words=words, uid=uid, by=by, at=at)


def correct(
    session: Session,
    contract: Contract,
    minutes: int,
    *,
    on: date,
    words: str,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> None:
    """Hours used that no order tells of (above 0), or given back (below 0); with the reason."""
    if minutes == 0 or abs(minutes) > MOST_MINUTES:
        raise Invalid(N_("Give hours: above 0 used, below 0 given back."), "hours")
    if not words.strip():
        raise Invalid(N_("Write why."), "words")
    _by_hand(
        session, contract, UseKind.CORRECTION, minutes, on=on, words=words, uid=uid, by=by, at=at
    )


def _by_hand(
    session: Session,
    contract: Contract,
    kind: UseKind,
    minutes: int,
    *,
    on: date,
    words: str,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> None:
    if _find(session, uid) is not None:
        return
    if contract.included_hours is None:
        raise NotAllowed(N_("This contract has no included hours."))
    if on < contract.starts_on or on > home_day(session, at):
        raise Invalid(N_("The day lies between the contract's beginning and today."), "on")
    _add(session, contract, kind, minutes, uid=uid, on=on, words=words.strip(), by=by, at=at)


def _add(
    session: Session,
    contract: Contract,
    kind: UseKind,
    minutes: int,
    *,
    uid: uuid.UUID,
    on: date,
    cause: uuid.UUID | None = None,
    ground: Ground | None = None,
    who: str = "",
    words: str = "",
    by: Actor,
    at: datetime,
) -> None:
    session.add(
        ContractUse(
            uid=uid, contract_id=contract.id, kind=kind, minutes=minutes, on=on, cause=cause,
            ground_kind=ground.kind if ground else "", ground_id=ground.id if ground else None,
            ground_number=ground.number if ground else "", who=who, words=words, recorded_at=at,
            by_name=by.name,
        )
    )  # fmt: skip
    session.flush()  # the next look must see it


def _find(session: Session, uid: uuid.UUID) -> ContractUse | None:
    return session.scalars(select(ContractUse).where(ContractUse.uid == uid)).one_or_none()


@dataclass(frozen=True)
class Statement:
    """The hours of one stretch, line by line; ``after`` is the balance left after each line."""

    contract: Contract
    balance: Balance
    lines: Sequence[tuple[ContractUse, int]]
    before: date | None
    next: date | None


def statement(session: Session, contract: Contract, day: date) -> Statement:
    """What was included, taken and bought in the stretch of included hours a day lies in."""
    since, until = window(contract.starts_on, Per(contract.included_per), day)
    uses = queries.list_uses(session, contract.id, since, until)
    included = contract.included_minutes or 0
    used = [Used(u.on, u.use_kind, u.minutes) for u in uses]
    balance = balance_of(contract.starts_on, Per(contract.included_per), included, used, day)
    left, lines = included, []
    for row in uses:
        left += row.minutes if row.use_kind is UseKind.BOUGHT else -row.minutes
        lines.append((row, left))
    before = since - timedelta(days=1) if since > contract.starts_on else None
    return Statement(contract, balance, lines, before, until + timedelta(days=1) if until else None)
