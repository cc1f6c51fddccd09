"""A list of readings: serial, moment, value. Checked as the form checks, stored in long inserts."""

import gc
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from assets.machines.imports import Serials
from assets.machines.models import Machine
from assets.meters.bulk import EPOCH, MICROSECOND, Series
from assets.meters.models import Reading
from assets.meters.rules import ReadingSource
from assets.meters.service import record_series
from service_app.core.actor import Actor
from service_app.core.text import N_, Text
from service_app.customers.queries import zone_of_site
from service_app.transfers.rules import Column, Options, Rejected, Row, moment, number, words
from service_app.transfers.service import Importer, Progress, Stored

LOCAL_EPOCH = EPOCH.replace(tzinfo=None)
QUARTER = 15 * 60 * 1_000_000
COLUMNS = (
    Column("serial", N_("Serial number"), words(60), is_needed=True,
           hint=N_("Of a machine in the register.")),
    Column("read_at", N_("Read at"), moment, is_needed=True,
           hint=N_("2026-11-24 10:42 or 24.11.2026 10:42, on the clock chosen below.")),
    Column("value", N_("Value"), number, is_needed=True,
           hint=N_("What the meter showed, in its own unit.")),
)  # fmt: skip
SAMPLES = (
    ("EG230-00417", "2026-11-02 08:00", "6481.5"),
    ("EG230-00417", "2026-11-09 08:10", "6533"),
    ("KV15-0093", "09.11.2026 17:30", "1204,2"),
)


class ReadingsLoader:
    """Rows of a file of readings. A reading that is there already changes nothing."""

    def __init__(self, options: Options) -> None:
        self._zone = options.clock
        self._offsets: dict[str, _Offsets] = {}
        self._local: dict[str, Series] = {}
        self._aware: dict[str, Series] = {}
        """Moments that name their own offset, so that no zone is asked."""

    def take(self, row: Row) -> Rejected | None:
        """Keep the row's three values as whole numbers."""
        values = row.values
        local = values["read_at"].local
        kept = self._local if local.tzinfo is None else self._aware
        epoch = LOCAL_EPOCH if local.tzinfo is None else EPOCH
        serial = values["serial"]
        series = kept.get(serial)
        if series is None:
            series = kept[serial] = Series(0)
        series.rows.append(row.line)
        series.tenths.append(round(values["value"] * 10))
        series.moments.append((local - epoch) // MICROSECOND)
        return None

    def store(self, session: Session, *, by: Actor, at: datetime, progress: Progress) -> Stored:
        """Machine after machine, each one's rows by their moments, whatever the file's order."""
        stored = Stored()
        by_machine = self._by_machine(session, stored)
        total = sum(len(series.rows) for series in by_machine.values())
        with _no_circles():
            outcome = record_series(
                session, by_machine, source=ReadingSource.IMPORT, by=by, at=at,
                done=lambda rows: progress(rows, total),
            )  # fmt: skip
        stored.written, stored.known = outcome.recorded, outcome.known
        stored.rejected += [
            Rejected(refusal.row, _COLUMN_OF.get(refusal.field, "value"), refusal.text)
            for refusal in outcome.refused
        ]
        return stored

    def _by_machine(self, session: Session, stored: Stored) -> dict[int, Series]:
        serials = Serials(session)
        by_machine: dict[int, Series] = {}
        for kept in (self._local, self._aware):
            for serial, given in kept.items():
                found = serials.find(serial)
                if isinstance(found, Text):
                    stored.rejected += [Rejected(line, "serial", found) for line in given.rows]
                    continue
                series = by_machine.setdefault(found, Series(found))
                series.rows += given.rows
                series.tenths += given.tenths
                if kept is self._aware:
                    series.moments += given.moments
                else:
                    series.moments.extend(self._in_utc(session, found, given.moments))
            kept.clear()
        return by_machine

    def _in_utc(self, session: Session, machine_id: int, moments: "array[int]") -> Iterator[int]:
        machine = session.get_one(Machine, machine_id)
        zone = self._zone or zone_of_site(session, machine.site_id)
        offset = self._offsets.setdefault(zone.key, _Offsets(zone))
        return (moment - offset[moment // QUARTER] for moment in moments)


class _Offsets(dict[int, int]):
    """What a zone's clock is ahead of UTC in each quarter of an hour, in microseconds: clocks
    are changed at none but whole quarters."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, quarter: int) -> int:
        local = LOCAL_EPOCH + quarter * QUARTER * MICROSECOND
        ahead = local.replace(tzinfo=self._zone).utcoffset() or timedelta()
        self[quarter] = ahead // MICROSECOND
        return self[quarter]


@contextmanager
def _no_circles() -> Iterator[None]:
    """Millions of tuples of plain values make no circles: looking for some takes a quarter of
    the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


_COLUMN_OF = {"read_at": "read_at", "machine": "serial"}
IMPORTER = Importer(
    kind="readings",
    label=N_("Running hours"),
    columns=COLUMNS,
    loader=ReadingsLoader,
    table=Reading.__tablename__,
    samples=SAMPLES,
    hint=N_("What meters showed and when. Checked as if each were typed in the form."),
)
