"""Meters' readings: the latest, the neighbours, the whole story."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import Executable, bindparam, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from assets.machines.models import Machine, MachineModel
from assets.machines.rules import MeterUnit
from assets.meters.estimate import RECENT, Utilisation, utilisation
from assets.meters.models import Meter, MeterSegment, Reading, UnreadMeter
from assets.meters.rules import HOURS_A_DAY, Limit, Point
from service_app.core.errors import NotFound
from service_app.core.paging import Order, Page, fetch_page

PLOTTED = 400


def limit_of(machine: Machine) -> Limit:
    """The most the machine can count in a day: the model's, else 24 of hours, else unknown."""
    is_hours = machine.unit is MeterUnit.HOURS
    own = machine.model.max_per_day if machine.model else None
    return Limit(own or (HOURS_A_DAY if is_hours else None), is_hours)


def point(reading: Reading) -> Point:
    """A reading as the arithmetic takes it."""
    return Point(reading.read_at, reading.value, reading.total)


def find_meter(session: Session, machine_id: int) -> Meter | None:
    """The machine's meter; None until its first reading."""
    return session.scalar(select(Meter).where(Meter.machine_id == machine_id))


def list_segments(session: Session, meter_id: int) -> list[MeterSegment]:
    """The meter's segments that count, in their order."""
    found = select(MeterSegment).where(
        MeterSegment.meter_id == meter_id, MeterSegment.is_void.is_(False)
    )
    return list(session.scalars(found.order_by(MeterSegment.ordinal)))


def current_hours(session: Session, machine_ids: Collection[int]) -> dict[int, Reading]:
    """The latest reading **by date** of each machine that has one."""
    if not machine_ids:
        return {}
    rows = session.execute(_latest(), {"machines": list(machine_ids)})
    return {row[0]: row[1] for row in rows}


@lru_cache(maxsize=1)
def _latest() -> Executable:
    """Built once: it stands on every page of a machine or an order."""
    other = aliased(Reading)
    latest = (
        select(other.id)
        .where(other.meter_id == Meter.id, other.voided_at.is_(None))
        .order_by(other.read_at.desc(), other.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Meter.machine_id, Reading)
        .join(Reading, Reading.id == latest)
        .where(Meter.machine_id.in_(bindparam("machines", expanding=True)))
    )


def last_reading(session: Session, machine_id: int) -> Reading | None:
    """The latest reading by date that counts."""
    return current_hours(session, [machine_id]).get(machine_id)


def find_previous(session: Session, meter_id: int, read_at: datetime) -> Reading | None:
    """The latest reading at or before a moment that counts."""
    return session.scalar(
        select(Reading)
        .where(
            Reading.meter_id == meter_id, Reading.voided_at.is_(None), Reading.read_at <= read_at
        )
        .order_by(Reading.read_at.desc(), Reading.id.desc())
        .limit(1)
    )


def find_following(session: Session, meter_id: int, read_at: datetime) -> Reading | None:
    """The first reading after a moment that counts."""
    return session.scalar(
        select(Reading)
        .where(Reading.meter_id == meter_id, Reading.voided_at.is_(None), Reading.read_at > read_at)
        .order_by(Reading.read_at, Reading.id)
        .limit(1)
    )


def last_value(session: Session, segment_id: int) -> Decimal | None:
    """What a segment showed last, by date."""
    return session.scalar(
        select(Reading.value)
        .where(Reading.segment_id == segment_id, Reading.voided_at.is_(None))
        .order_by(Reading.read_at.desc(), Reading.id.desc())
        .limit(1)
    )


def list_page(session: Session, machine_id: int, *, key: str | None = None) -> Page[Reading]:
    """Readings newest first, the voided ones too."""
    found = select(Reading).join(Meter).where(Meter.machine_id == machine_id)
    order = (Order(Reading.read_at, is_descending=True), Order(Reading.id, is_descending=True))
    return fetch_page(session, found, order=order, key=key)


def list_plotted(session: Session, machine_id: int, *, since: datetime) -> Sequence[Reading]:
    """Readings of a period for a plot, oldest first, at most the last few hundred; with their
    segments, which say when a meter was replaced."""
    found = (
        select(Reading)
        .join(Meter)
        .where(Meter.machine_id == machine_id, Reading.read_at >= since)
        .order_by(Reading.read_at.desc(), Reading.id.desc())
        .limit(PLOTTED)
        .options(joinedload(Reading.segment))
    )
    return list(reversed(session.scalars(found).all()))


def get_reading(session: Session, machine: Machine, reading_id: int) -> Reading:
    """One reading of this machine; raises :class:`NotFound`."""
    reading = session.scalar(
        select(Reading).join(Meter).where(Reading.id == reading_id, Meter.machine_id == machine.id)
    )
    if reading is None:
        raise NotFound
    return reading


def last_unread(session: Session, machine_id: int) -> UnreadMeter | None:
    """The last time somebody could not read the meter."""
    return session.scalar(
        select(UnreadMeter)
        .join(Meter)
        .where(Meter.machine_id == machine_id)
        .order_by(UnreadMeter.seen_at.desc(), UnreadMeter.id.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class MeterState:
    """What a machine's page says about its meter."""

    last: Reading | None
    rate: Utilisation


def state_of(session: Session, machine: Machine, *, now: datetime) -> MeterState:
    """The latest reading and how much the machine works, with what that rests on."""
    found = (
        select(Reading)
        .join(Meter)
        .where(
            Meter.machine_id == machine.id,
            Reading.voided_at.is_(None),
            Reading.read_at >= now - RECENT,
        )
        .order_by(Reading.read_at, Reading.id)
    )
    readings = session.scalars(found).all()
    typical = machine.model.typical_per_day if machine.model else None
    last_id, fleet = None, None
    if not readings or typical is None:
        last_id, fleet = _last_and_fleet(session, machine)
    rate = utilisation(
        [point(r) for r in readings],
        now=now,
        limit=limit_of(machine),
        model_typical=typical,
        fleet_typical=fleet,
    )
    last = readings[-1] if readings else last_id and session.get(Reading, last_id)
    return MeterState(last or None, rate)


def _last_and_fleet(session: Session, machine: Machine) -> tuple[int | None, Decimal | None]:
    """The latest reading, however old, and the mean of the models' typical rates in the unit."""
    latest = (
        select(Reading.id)
        .join(Meter)
        .where(Meter.machine_id == machine.id, Reading.voided_at.is_(None))
        .order_by(Reading.read_at.desc(), Reading.id.desc())
        .limit(1)
    )
    rates = select(func.sum(MachineModel.typical_per_day), func.count()).where(
        MachineModel.meter_unit == machine.unit, MachineModel.typical_per_day.is_not(None)
    )
    alike = rates.subquery()
    found = select(latest.scalar_subquery(), *alike.c).select_from(alike)
    last_id, total, count = session.execute(found).one()
    return last_id, Decimal(total) / count if total is not None else None
