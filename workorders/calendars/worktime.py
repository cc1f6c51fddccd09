"""Exact arithmetic of working time: what was worked between two moments, when a limit is used up.

A version is laid out as UTC segments with cumulative sums, by whole years as they are asked for;
every question after that is a bisect. Seconds are whole.

Time counts while the wall clock of the zone shows a time inside an interval. So an hour that
daylight saving repeats counts twice, one that it skips does not count, and an interval that ends
inside the repeated hour is opened again by its second pass.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from service_app.core.errors import Invalid
from service_app.core.text import N_
from workorders.calendars.rules import Week, problems

_DAY = 24 * 3600
_EPOCH = date(1970, 1, 1)
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Moments outside these years are typing errors."""


def _start_of(year: int) -> int:
    return (date(year, 1, 1) - _EPOCH).days * _DAY


_BEGINNING, _END = _start_of(FIRST_YEAR), _start_of(LAST_YEAR + 1)


def _year(at: int) -> int:
    if not _BEGINNING <= at < _END:
        raise Invalid(N_("This moment is too far away to reckon with."))
    return (_EPOCH + timedelta(seconds=at)).year


class _Table(NamedTuple):
    """Segments of the years laid out, clipped to low … high; ``sums[i]`` is worked before ``i``.

    The first segment is empty and lies at ``low``, so that every moment has one at or before it.
    Never changed: more years make a new table, so that threads may share a calendar.
    """

    low: int
    high: int
    starts: list[int]
    ends: list[int]
    sums: list[int]


class Segments:
    """One version of a calendar. Raises Invalid when there is something wrong with it."""

    def __init__(self, week: Week) -> None:
        wrong = problems(week)
        if wrong:
            raise Invalid(wrong[0])
        self.week = week
        self.zone = ZoneInfo(week.zone)
        self._table = _Table(0, 0, [0], [0], [0, 0])

    def between(self, start: datetime, end: datetime) -> int:
        """Working seconds from start to end; 0 when end is not after start."""
        a, b = int(start.timestamp()), int(end.timestamp())
        if b <= a:
            return 0
        low, high, starts, ends, sums = self._table
        if a < low or b >= high:
            low, high, starts, ends, sums = self._laid_out(a, b)
        i = bisect_right(starts, a) - 1
        j = bisect_right(starts, b, i) - 1
        stop_a, stop_b = ends[i], ends[j]
        return (
            sums[j] - starts[j] + (b if b < stop_b else stop_b)
            - sums[i] + starts[i] - (a if a < stop_a else stop_a)
        )  # fmt: skip

    def due(self, start: datetime, seconds: int) -> datetime:
        """When ``seconds`` of working time from ``start`` are used up.

        A limit used up exactly at the end of an interval is due at that end; a limit of zero is
        due at start. Raises Invalid for a moment or a deadline outside the years 1900 to 2200.
        """
        if seconds <= 0:
            return start
        at = int(start.timestamp())
        low, high, starts, ends, sums = table = self._table
        if not low <= at < high:
            low, high, starts, ends, sums = table = self._laid_out(at, at)
        while True:
            index = bisect_right(starts, at) - 1
            end = ends[index]
            target = sums[index] - starts[index] + (at if at < end else end) + seconds
            if target <= sums[-1]:
                break
            low, high, starts, ends, sums = table = self._further(table)
        index = bisect_left(sums, target, index) - 1
        return datetime.fromtimestamp(starts[index] + target - sums[index], UTC)

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself when time counts then, else the next opening."""
        at = int(moment.timestamp())
        table = self._table
        if not table.low <= at < table.high:
            table = self._laid_out(at, at)
        index = bisect_right(table.ends, at)
        while index == len(table.ends):
            table = self._further(table)
            index = bisect_right(table.ends, at)
        opens = table.starts[index]
        return moment if opens <= at else datetime.fromtimestamp(opens, UTC)

    def is_open(self, moment: datetime) -> bool:
        """Whether time counts at this moment."""
        at = int(moment.timestamp())
        table = self._table
        if not table.low <= at < table.high:
            table = self._laid_out(at, at)
        return at < table.ends[bisect_right(table.starts, at) - 1]

    def closes(self, moment: datetime) -> datetime | None:
        """The end of the interval the moment lies in; None outside working time."""
        at = int(moment.timestamp())
        table = self._around(at)
        index = bisect_right(table.starts, at) - 1
        if at >= table.ends[index]:
            return None
        return datetime.fromtimestamp(table.ends[index], UTC)

    def closed_since(self, moment: datetime) -> datetime | None:
        """The end of the last interval before a moment outside working time; None inside it."""
        at = int(moment.timestamp())
        table = self._around(at)
        index = bisect_right(table.starts, at) - 1
        if at < table.ends[index]:
            return None
        while index == 0:
            table = self._laid_out(table.low - 1, table.high - 1)
            index = bisect_right(table.starts, at) - 1
        return datetime.fromtimestamp(table.ends[index], UTC)

    def intervals(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """Working intervals clipped to start … end, in UTC."""
        a, b = int(start.timestamp()), int(end.timestamp())
        if b <= a:
            return []
        table = self._table
        if a < table.low or b >= table.high:
            table = self._laid_out(a, b)
        out = []
        for index in range(bisect_right(table.ends, a), bisect_left(table.starts, b)):
            low, high = max(a, table.starts[index]), min(b, table.ends[index])
            out.append((datetime.fromtimestamp(low, UTC), datetime.fromtimestamp(high, UTC)))
        return out

    def _around(self, at: int) -> _Table:
        """A table in which the interval around the moment is not cut off."""
        table = self._table
        if table.low <= at - 2 * _DAY and at + 2 * _DAY < table.high:
            return table
        return self._laid_out(at - 2 * _DAY, at + 2 * _DAY)

    def _further(self, table: _Table) -> _Table:
        """About twice as many years, into the future."""
        if table.high == _END:
            raise Invalid(N_("This moment is too far away to reckon with."))
        return self._laid_out(table.low, min(2 * table.high - table.low, _END - 1))

    def _laid_out(self, first: int, last: int) -> _Table:
        """The table with the years of both moments, and those already there, laid out."""
        years = {_year(first), _year(last)}
        table = self._table
        if table.high > table.low:
            years |= {_year(table.low), _year(table.high - 1)}
        low, high = _start_of(min(years)), _start_of(max(years) + 1)
        starts, ends, sums = [low], [low], [0, 0]
        for start, end in sorted(self._spans(low, high)):
            if start <= ends[-1]:
                sums[-1] += max(0, end - ends[-1])
                ends[-1] = max(end, ends[-1])
            else:
                starts.append(start)
                ends.append(end)
                sums.append(sums[-1] + end - start)
        self._table = _Table(low, high, starts, ends, sums)
        return self._table

    def _spans(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Intervals in UTC, cut where the zone's offset changes."""
        for begin, finish, offset in self._eras(low, high):
            for number in range((begin + offset) // _DAY - 1, (finish + offset) // _DAY + 1):
                day = _EPOCH + timedelta(days=number)
                intervals = self.week.exceptions.get(day)
                if intervals is None:
                    intervals = self.week.days[day.weekday()]
                midnight = number * _DAY - offset
                for interval in intervals:
                    start = max(begin, midnight + interval.start * 60)
                    end = min(finish, midnight + interval.end * 60)
                    if end > start:
                        yield start, end

    def _eras(self, low: int, high: int) -> Iterator[tuple[int, int, int]]:
        """Stretches of one offset from UTC: start, end, offset in seconds."""
        begin, offset = low, self._offset(low)
        for day in range(low, high, _DAY):
            after = min(day + _DAY, high)
            if self._offset(after) != offset:
                before = day
                while after - before > 1:
                    middle = (before + after) // 2
                    if self._offset(middle) == offset:
                        before = middle
                    else:
                        after = middle
                yield begin, after, offset
                begin, offset = after, self._offset(after)
        yield begin, high, offset

    def _offset(self, at: int) -> int:
        """Seconds the wall clock is ahead of UTC."""
        shift = datetime.fromtimestamp(at, self.zone).utcoffset()
        return int(shift.total_seconds()) if shift is not None else 0


@dataclass(frozen=True)
class Version:
    """A week from a moment on."""

    since: datetime
    week: Week


class Calendar:
    """Versions in their order: time before a moment of effect counts by the old one.

    Time before the first version counts by the first.
    """

    def __init__(self, versions: Sequence[Version]) -> None:
        if not versions:
            raise Invalid(N_("A calendar needs at least one version."))
        ordered = sorted(versions, key=lambda v: v.since)
        self._since = [v.since for v in ordered]
        self._parts = [Segments(v.week) for v in ordered]
        self._only = self._parts[0] if len(self._parts) == 1 else None
        self.zone = self._parts[-1].zone

    def between(self, start: datetime, end: datetime) -> int:
        """Working seconds from start to end; 0 when end is not after start."""
        if self._only is not None:
            return self._only.between(start, end)
        return sum(part.between(a, b) for part, a, b in self._shares(start, end))

    def due(self, start: datetime, seconds: int) -> datetime:
        """When ``seconds`` of working time from start are used up (see :meth:`Segments.due`)."""
        if self._only is not None:
            return self._only.due(start, seconds)
        index = self._part(start)
        while (until := self._until(index)) is not None:
            here = self._parts[index].between(start, until)
            if seconds <= here:
                break
            seconds -= here
            start, index = until, index + 1
        return self._parts[index].due(start, seconds)

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself when time counts then, else the next opening."""
        index = self._part(moment)
        while True:
            opened = self._parts[index].next_open(moment)
            until = self._until(index)
            if until is None or opened < until:
                return opened
            moment, index = until, index + 1

    def is_open(self, moment: datetime) -> bool:
        """Whether time counts at this moment."""
        return self._parts[self._part(moment)].is_open(moment)

    def closes(self, moment: datetime) -> datetime | None:
        """The end of the working interval the moment lies in; None outside working time."""
        index = self._part(moment)
        end, until = self._parts[index].closes(moment), self._until(index)
        return min(end, until) if end and until else end

    def closed_since(self, moment: datetime) -> datetime | None:
        """When working time last ended before this moment; None inside working time."""
        index = self._part(moment)
        if self._parts[index].is_open(moment):
            return None
        while True:
            ended = self._parts[index].closed_since(moment)
            since = self._since[index]
            if index == 0 or (ended is not None and ended > since):
                return ended
            if self._parts[index - 1].closes(since - timedelta(seconds=1)) is not None:
                return since
            moment, index = since - timedelta(seconds=1), index - 1

    def intervals(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """Working intervals clipped to start … end, in UTC."""
        return [i for part, a, b in self._shares(start, end) for i in part.intervals(a, b)]

    def _part(self, moment: datetime) -> int:
        return max(bisect_right(self._since, moment) - 1, 0)

    def _until(self, index: int) -> datetime | None:
        return self._since[index + 1] if index + 1 < len(self._since) else None

    def _shares(
        self, start: datetime, end: datetime
    ) -> Iterator[tuple[Segments, datetime, datetime]]:
        """The period divided among the versions it lies in."""
        index = self._part(start)
        while start < end:
            until = self._until(index)
            stop = end if until is None or until > end else until
            yield self._parts[index], start, stop
            start, index = stop, index + 1
