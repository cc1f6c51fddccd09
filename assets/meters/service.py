"""Verbs over running hours: record, void, replace the meter, say that it cannot be read."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.meters import bulk, queries
from assets.meters.bulk import NewReading, Outcome, Refusal, Series
from assets.meters.models import Meter, MeterSegment, Reading, UnreadMeter
from assets.meters.queries import limit_of, point
from assets.meters.rules import (
    BELOW_ZERO,
    Point,
    ReadingSource,
    SegmentFacts,
    UnreadReason,
    offsets,
    problem_with,
    problem_with_moment,
    segment_at,
    start_of_replacement,
)
from service_app.accounts.permissions import Permission
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import DomainError, Invalid, NotAllowed
from service_app.core.text import N_, Text
from service_app.customers.queries import zone_of_site


def record_reading(
    session: Session,
    machine: Machine,
    *,
    value: Decimal,
    read_at: datetime,
    source: ReadingSource,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
    replaced: bool = False,
    ground: str | None = None,
) -> Reading:
    """What the meter showed at ``read_at``, in its unit; the same ``uid`` gives the same reading.

    Raises :class:`Invalid` (field ``value`` or ``read_at``) for a value that cannot be true beside
    its neighbours (totals after a later replacement are made anew and refuse nothing). Who
    may correct meters records it after all: as a replacement (``replaced``), or as a correction
    with a ``ground``; a moment to come and a value below 0 are refused always. A reading of the
    same moment and value is the one that is there.
    """
    known = made_before(session, Reading, uid)
    if known is not None:
        return known
    _refuse_below_zero(value, "value")
    meter = _meter_for(session, machine, read_at, at)
    previous = queries.find_previous(session, meter.id, read_at)
    following = queries.find_following(session, meter.id, read_at)
    if replaced:
        segment = _replacement(
            session, machine, meter, value, read_at, previous, following, ground or "", by=by
        )
    else:
        segment = _segment_at(session, meter, read_at)
    new = Point(read_at, value, segment.offset + value)
    problem = problem_with(
        new,
        previous=point(previous) if previous else None,
        following=point(following) if following and following.segment_id == segment.id else None,
        limit=limit_of(machine),
        may_replace=by.can(Permission.METERS_CORRECT) and not replaced,
        zone=zone_of_site(session, machine.site_id),
    )
    if problem is not None and not (ground and by.can(Permission.METERS_CORRECT)):
        raise Invalid(problem, "value")
    if problem is None and previous is not None and previous.read_at == read_at and not replaced:
        return previous
    reading = Reading(
        uid=uid, meter_id=meter.id, segment=segment, value=new.value, total=new.total,
        read_at=read_at, recorded_at=at, source=source, by_user_id=by.user_id, by_name=by.name,
        is_correction=problem is not None, ground=ground or "",
    )  # fmt: skip
    session.add(reading)
    session.flush()  # totals of later segments rest on it
    _reckon(session, meter)
    return reading


def record_many(
    session: Session,
    rows: Iterable[NewReading],
    *,
    source: ReadingSource,
    by: Actor,
    at: datetime,
) -> Outcome:
    """Many readings with the form's checks; rows that cannot be true are refused with its words.

    The fine rows are stored; the caller undoes the transaction when it wants all or nothing. The
    import writes its own line of the journal.
    """
    outcome = bulk.record(session, rows, source=source, by=by, at=at)
    _record_others(session, outcome, source=source, by=by, at=at)
    return outcome


def record_series(
    session: Session,
    by_machine: Mapping[int, Series],
    *,
    source: ReadingSource,
    by: Actor,
    at: datetime,
    done: Callable[[int], None] = lambda rows: None,
) -> Outcome:
    """:func:`record_many` for millions of rows, which the caller holds in columns by machine."""
    outcome = bulk.record_series(session, by_machine, source=source, by=by, at=at, done=done)
    _record_others(session, outcome, source=source, by=by, at=at)
    return outcome


def _record_others(
    session: Session, outcome: Outcome, *, source: ReadingSource, by: Actor, at: datetime
) -> None:
    for row in sorted(outcome.others, key=attrgetter("read_at")):  # meters replaced before
        try:
            reading = record_reading(
                session, session.get_one(Machine, row.machine_id), value=row.value,
                read_at=row.read_at, source=source, uid=uuid.uuid4(), by=by, at=at,
            )  # fmt: skip
        except DomainError as error:
            outcome.refused.append(Refusal(row.row, error.text, error.field or "value"))
        else:
            is_new = reading.recorded_at == at
            outcome.recorded += is_new
            outcome.known += not is_new


def replace_meter(
    session: Session,
    machine: Machine,
    *,
    old_value: Decimal | None,
    new_value: Decimal,
    replaced_at: datetime,
    ground: str,
    source: ReadingSource,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> Reading:
    """Another meter from ``replaced_at``; the total goes on from what the old one showed last.

    ``old_value`` is None when nobody could read the old one: its last reading stands.
    """
    known = made_before(session, Reading, uid)
    if known is not None:
        return known
    if not ground.strip():
        raise Invalid(N_("Say why, with the document if there is one."), "ground")
    _refuse_without_right(by)
    _refuse_below_zero(new_value, "new_value")
    if old_value is not None:
        try:
            record_reading(
                session, machine, value=old_value, read_at=replaced_at, source=source,
                uid=uuid.uuid5(uid, "old"), by=by, at=at,
            )  # fmt: skip
        except Invalid as error:
            field = "old_value" if error.field == "value" else error.field
            raise Invalid(error.text, field) from error
    meter = _meter_for(session, machine, replaced_at, at)
    if queries.find_following(session, meter.id, replaced_at) is not None:
        raise _later_readings()
    segment = _new_segment(session, meter, replaced_at, new_value, ground)
    reading = Reading(
        uid=uid, meter_id=meter.id, segment=segment, value=new_value,
        total=segment.offset + new_value, read_at=replaced_at, recorded_at=at, source=source,
        by_user_id=by.user_id, by_name=by.name, ground=ground,
    )  # fmt: skip
    session.add(reading)
    meter.revision += 1
    return reading


def void_reading(
    session: Session, reading: Reading, *, reason: str, by: Actor, at: datetime
) -> None:
    """A wrong reading counts no more; it stays in the list. Later totals are made anew.

    A replacement whose only reading it was never happened.
    """
    if not reason.strip():
        raise Invalid(N_("Say what was wrong with it."), "reason")
    if reading.is_voided:
        raise NotAllowed(N_("This reading is voided already."))
    reading.voided_at, reading.voided_by, reading.void_reason = at, by.name, reason
    session.flush()  # the segments are reckoned from what is left
    meter = session.get_one(Meter, reading.meter_id)
    segment = reading.segment
    is_last = queries.list_segments(session, meter.id)[-1] is segment
    if segment.ordinal and is_last and queries.last_value(session, segment.id) is None:
        segment.is_void = True
    _reckon(session, meter)


def record_unread(
    session: Session,
    machine: Machine,
    *,
    reason: UnreadReason,
    words: str,
    seen_at: datetime,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> UnreadMeter:
    """Somebody was at the machine and could not read its meter: that is an answer too."""
    known = made_before(session, UnreadMeter, uid)
    if known is not None:
        return known
    meter = _meter_for(session, machine, seen_at, at)
    unread = UnreadMeter(
        uid=uid, meter_id=meter.id, seen_at=seen_at, recorded_at=at, reason=reason, words=words,
        by_user_id=by.user_id, by_name=by.name,
    )  # fmt: skip
    session.add(unread)
    return unread


def _meter_for(session: Session, machine: Machine, read_at: datetime, at: datetime) -> Meter:
    """The machine's meter, made with its first segment if there is none; one writer at a time."""
    if not machine.has_meter:
        raise NotAllowed(N_("This machine has no meter."), "value")
    early = problem_with_moment(read_at, at)
    if early is not None:
        raise Invalid(early, "read_at")
    session.execute(
        select(Machine.id).where(Machine.id == machine.id).with_for_update(key_share=True)
    )
    meter = queries.find_meter(session, machine.id)
    if meter is None:
        meter = Meter(machine_id=machine.id, revision=0)
        session.add(meter)
        session.flush()  # for the id
        session.add(MeterSegment(meter_id=meter.id, ordinal=0))
        session.flush()
    return meter


def _segment_at(session: Session, meter: Meter, read_at: datetime) -> MeterSegment:
    segments = queries.list_segments(session, meter.id)
    return segments[segment_at([s.starts_at for s in segments], read_at)]


def _replacement(
    session: Session,
    machine: Machine,
    meter: Meter,
    value: Decimal,
    read_at: datetime,
    previous: Reading | None,
    following: Reading | None,
    ground: str,
    *,
    by: Actor,
) -> MeterSegment:
    """The segment of a meter found replaced, its start guessed from what it shows now."""
    _refuse_without_right(by)
    if following is not None:
        raise _later_readings()
    start = start_of_replacement(
        value, point(previous) if previous else None, read_at, limit_of(machine)
    )
    return _new_segment(session, meter, read_at, start, ground)


def _new_segment(
    session: Session, meter: Meter, starts_at: datetime, start_value: Decimal, ground: str
) -> MeterSegment:
    last = queries.list_segments(session, meter.id)[-1]
    end = queries.last_value(session, last.id)
    ordinal = select(MeterSegment.ordinal).where(MeterSegment.meter_id == meter.id)
    segment = MeterSegment(
        meter_id=meter.id,
        ordinal=max(session.scalars(ordinal)) + 1,
        starts_at=starts_at,
        start_value=start_value,
        offset=last.offset + (last.start_value if end is None else end) - start_value,
        ground=ground,
    )
    session.add(segment)
    session.flush()  # for the id
    return segment


def _reckon(session: Session, meter: Meter) -> None:
    """Make offsets and totals anew from the readings that count; one more revision."""
    meter.revision += 1
    segments = queries.list_segments(session, meter.id)
    if len(segments) == 1:
        return
    facts = [SegmentFacts(s.start_value, queries.last_value(session, s.id)) for s in segments]
    for segment, offset in zip(segments, offsets(facts), strict=True):
        if segment.offset != offset:
            segment.offset = offset
            session.flush()
            session.execute(
                update(Reading)
                .where(Reading.segment_id == segment.id)
                .values(total=Reading.value + offset)
                .execution_options(synchronize_session="fetch")
            )


def _refuse_below_zero(value: Decimal, field: str) -> None:
    if value < 0:
        raise Invalid(BELOW_ZERO, field)


def _refuse_without_right(by: Actor) -> None:
    if not by.can(Permission.METERS_CORRECT):
        raise NotAllowed(N_("Only the office may say that a meter was replaced."), "replaced")


def _later_readings() -> NotAllowed:
    return NotAllowed(
        Text("There are later readings. Void them first, then enter them anew."), "read_at"
    )
