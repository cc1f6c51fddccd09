"""Many readings at once: the same checks as the form's, in whole numbers, and one long insert."""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session, joinedload

from assets.machines.models import Machine
from assets.meters.models import Meter, MeterSegment, Reading
from assets.meters.queries import limit_of
from assets.meters.rules import Limit, Point, ReadingSource, problem_with, problem_with_moment
from service_app.core.actor import Actor
from service_app.core.text import N_, Text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = 86_400_000_000
CHUNK = 500
"""Machines worked on at once; their later readings are in memory together."""
ROWS_AT_ONCE = 20_000
COLUMNS = (
    "meter_id", "segment_id", "value", "total", "read_at", "recorded_at", "source", "by_user_id",
    "by_name", "is_correction", "ground", "voided_by", "void_reason",
)  # fmt: skip


@dataclass(slots=True)
class Series:
    """Rows of one machine in columns: where each stands in the list, tenths of the unit,
    microseconds since 1970. Close together in memory, for a list may have millions."""

    machine_id: int
    rows: "array[int]" = field(default_factory=lambda: array("q"))
    tenths: "array[int]" = field(default_factory=lambda: array("q"))
    moments: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, row: int, tenths: int, moment: int) -> None:
        """One more row."""
        self.rows.append(row)
        self.tenths.append(tenths)
        self.moments.append(moment)

    def reading(self, n: int) -> "NewReading":
        """The n-th row as a reading of its own."""
        value = Decimal(self.tenths[n]) / 10
        moment = EPOCH + self.moments[n] * MICROSECOND
        return NewReading(self.rows[n], self.machine_id, value, moment)


class NewReading(NamedTuple):
    """One row of a list: what the meter showed; ``row`` is where it stands in the list."""

    row: int
    machine_id: int
    value: Decimal
    read_at: datetime


@dataclass(frozen=True)
class Refusal:
    """Why a row cannot be true."""

    row: int
    text: Text
    field: str = "value"


@dataclass
class Outcome:
    """What came of a list. ``known`` rows were there already; ``others`` need the slow way."""

    recorded: int = 0
    known: int = 0
    refused: list[Refusal] = field(default_factory=list)
    others: list[NewReading] = field(default_factory=list)


@dataclass(slots=True)
class _Track:
    """One machine's meter while its rows are checked; figures in tenths and microseconds."""

    machine: Machine
    limit: Limit
    per_day: int | None
    meter_id: int = 0
    segment_id: int = 0
    moments: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)


def record(
    session: Session, rows: Iterable[NewReading], *, source: ReadingSource, by: Actor, at: datetime
) -> Outcome:
    """Store every row that can be true; rows of replaced meters are handed back in ``others``.

    The caller has asked who may see the machines, and decides whether refusals undo the whole.
    """
    by_machine: dict[int, Series] = {}
    for row in rows:
        series = by_machine.setdefault(row.machine_id, Series(row.machine_id))
        series.add(row.row, int(row.value * 10), microseconds(row.read_at))
    return record_series(session, by_machine, source=source, by=by, at=at)


def record_series(
    session: Session,
    by_machine: Mapping[int, Series],
    *,
    source: ReadingSource,
    by: Actor,
    at: datetime,
    done: Callable[[int], None] = lambda rows: None,
) -> Outcome:
    """The same for rows that lie in columns already, by machine; ``done`` hears how many rows."""
    outcome, ids = Outcome(), sorted(by_machine)
    count = 0
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        tracks = _tracks(session, chunk, by_machine, outcome, at)
        values: list[tuple[Any, ...]] = []
        tail = (_stored(microseconds(at)), source.value, by.user_id, by.name, False, "", "", "")
        touched = []
        for machine_id, track in tracks.items():
            fresh = _check(track, by_machine[machine_id], at, tail, outcome)
            values += fresh
            if fresh:
                touched.append(track.meter_id)
            count += len(by_machine[machine_id].rows)
            if len(values) >= ROWS_AT_ONCE:
                _insert(session, values)
                values = []
                done(count)
            outcome.recorded += len(fresh)
        _insert(session, values)
        done(count)
        session.execute(
            update(Meter).where(Meter.id.in_(touched)).values(revision=Meter.revision + 1)
        )
    outcome.refused.sort(key=attrgetter("row"))
    return outcome


def _tracks(
    session: Session,
    ids: Sequence[int],
    by_machine: Mapping[int, Series],
    outcome: Outcome,
    at: datetime,
) -> dict[int, _Track]:
    """The meters of these machines, made where there is none, with the readings around the rows."""
    session.execute(select(Machine.id).where(Machine.id.in_(ids)).with_for_update(key_share=True))
    found = select(Machine).where(Machine.id.in_(ids)).options(joinedload(Machine.model))
    machines = {m.id: m for m in session.scalars(found)}
    for machine_id in ids:
        machine = machines.get(machine_id)
        if machine is None or not machine.has_meter:
            text = N_("This machine has no meter.") if machine else N_("There is no such machine.")
            outcome.refused += [Refusal(n, text, "machine") for n in by_machine[machine_id].rows]
            machines.pop(machine_id, None)
    _make_meters(session, list(machines))
    segments = session.execute(
        select(Meter.machine_id, func.count(), func.min(MeterSegment.id), func.min(Meter.id))
        .join(MeterSegment, MeterSegment.meter_id == Meter.id)
        .where(Meter.machine_id.in_(machines), MeterSegment.is_void.is_(False))
        .group_by(Meter.machine_id)
    )
    tracks: dict[int, _Track] = {}
    for machine_id, count, segment_id, meter_id in segments:
        if count > 1:
            series = by_machine[machine_id]
            outcome.others += [series.reading(n) for n in range(len(series.rows))]
            continue
        limit = limit_of(machines[machine_id])
        per_day = None if limit.per_day is None else int(limit.per_day * 10)
        tracks[machine_id] = _Track(machines[machine_id], limit, per_day, meter_id, segment_id)
    _load_known(session, tracks, by_machine)
    return tracks


def _make_meters(session: Session, ids: Sequence[int]) -> None:
    known = set(session.scalars(select(Meter.machine_id).where(Meter.machine_id.in_(ids))))
    missing = [{"machine_id": n, "revision": 0} for n in ids if n not in known]
    if missing:
        made = session.scalars(insert(Meter).returning(Meter.id), missing).all()
        session.execute(insert(MeterSegment), [{"meter_id": n, "ordinal": 0} for n in made])


def _load_known(
    session: Session, tracks: dict[int, _Track], by_machine: Mapping[int, Series]
) -> None:
    if not tracks:
        return
    first = EPOCH + min(min(by_machine[n].moments) for n in tracks) * MICROSECOND
    by_meter = {t.meter_id: t for t in tracks.values()}
    before = (
        select(Reading.meter_id, func.max(Reading.read_at).label("read_at"))
        .where(Reading.meter_id.in_(by_meter), Reading.voided_at.is_(None), Reading.read_at < first)
        .group_by(Reading.meter_id)
        .subquery()
    )
    columns = select(Reading.meter_id, Reading.read_at, Reading.total)
    counted = Reading.voided_at.is_(None)
    latest = columns.join(
        before, (Reading.meter_id == before.c.meter_id) & (Reading.read_at == before.c.read_at)
    ).where(counted)
    later = columns.where(Reading.meter_id.in_(by_meter), counted, Reading.read_at >= first)
    for found in (latest, later.order_by(Reading.read_at, Reading.id)):
        for meter_id, read_at, total in session.execute(found):
            by_meter[meter_id].moments.append(microseconds(read_at))
            by_meter[meter_id].totals.append(int(total * 10))


def _check(
    track: _Track, series: Series, at: datetime, tail: tuple[Any, ...], outcome: Outcome
) -> list[tuple[Any, ...]]:
    """The fine rows as values of :data:`COLUMNS`; the others are refused with the form's words."""
    out: list[tuple[Any, ...]] = []
    moments, totals, per_day = track.moments, track.totals, track.per_day
    meter_id, segment_id = track.meter_id, track.segment_id
    latest = microseconds(at + timedelta(minutes=2))
    given, tenths = series.moments, series.tenths
    for row in sorted(range(len(given)), key=given.__getitem__):
        moment, total = given[row], tenths[row]
        n = bisect_right(moments, moment)
        if n and moments[n - 1] == moment and totals[n - 1] == total:
            outcome.known += 1
            continue
        fits = (
            total >= 0
            and moment <= latest
            and (n == 0 or _follows(moments[n - 1], totals[n - 1], moment, total, per_day))
            and (n == len(moments) or _follows(moment, total, moments[n], totals[n], per_day))
        )
        if not fits:
            outcome.refused.append(_refusal(track, series.reading(row), n, at))
            continue
        moments.insert(n, moment)
        totals.insert(n, total)
        out.append((meter_id, segment_id, total, total, _stored(moment), *tail))
    return out


def _follows(moment: int, total: int, later: int, later_total: int, per_day: int | None) -> bool:
    """Whether a meter can get from one reading to a later one: ``rules.problem_with`` in tenths."""
    grown = later_total - total
    if later == moment or grown < 0:
        return False
    return per_day is None or grown * 100 * DAY <= per_day * 102 * (later - moment) + 500 * DAY


def _refusal(track: _Track, row: NewReading, n: int, at: datetime) -> Refusal:
    early = problem_with_moment(row.read_at, at)
    if early is not None:
        return Refusal(row.row, early, "read_at")
    text = problem_with(
        Point(row.read_at, row.value, row.value),
        previous=_point(track, n - 1) if n else None,
        following=_point(track, n) if n < len(track.moments) else None,
        limit=track.limit,
    )
    return Refusal(row.row, text or N_("This reading does not fit its neighbours."))


def _point(track: _Track, n: int) -> Point:
    total = Decimal(track.totals[n]) / 10
    return Point(EPOCH + track.moments[n] * MICROSECOND, total, total)


def _insert(session: Session, values: list[tuple[Any, ...]]) -> None:
    """The rows by the driver's own fast way: COPY, or one statement run many times."""
    if not values:
        return
    connection, names = session.connection(), ", ".join(COLUMNS)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
            with cursor.copy(f"COPY reading ({names}) FROM STDIN") as copy:
                for value in values:
                    copy.write_row(value)
            cursor.execute("SET LOCAL TIME ZONE DEFAULT")
        return
    marks = ", ".join("?" * len(COLUMNS))
    statement = f"INSERT INTO reading ({names}) VALUES ({marks})"  # noqa: S608
    connection.exec_driver_sql(statement, values)


def microseconds(moment: datetime) -> int:
    """Since 1970, of an aware moment."""
    return (moment - EPOCH) // MICROSECOND


@lru_cache(maxsize=50_000)  # machines of a fleet are often read at the same moments
def _stored(moment: int) -> str:
    """Microseconds as SQLAlchemy keeps a moment in SQLite; PostgreSQL reads it as UTC."""
    return (EPOCH + moment * MICROSECOND).isoformat(" ", "microseconds")[:26]
