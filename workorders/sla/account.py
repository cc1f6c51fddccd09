"""Why is this the deadline: the clock's life row by row, counted and not. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, Text
from workorders.calendars.worktime import Calendar
from workorders.sla.replay import Calendars, ClockResult, Span, calendar_for


class Why(Labelled):
    """Why a stretch was not counted, beside the wait's own reason."""

    BREAK = "break", N_("break"), Tone.SLATE
    NIGHT = "night", N_("night"), Tone.SLATE
    DAYS_OFF = "days_off", N_("days off"), Tone.SLATE
    OVER = "over", N_("work was reported done"), Tone.SLATE


@dataclass(frozen=True)
class AccountRow:
    """One row: ``seconds`` counted, or the reasons they were not; ``minutes`` add up in print."""

    start: datetime
    end: datetime
    seconds: int
    reasons: tuple[Text, ...] = ()
    minutes: int = 0

    @property
    def is_counted(self) -> bool:
        """Whether the row adds to the time used."""
        return not self.reasons


def explain(result: ClockResult, calendars: Calendars) -> list[AccountRow]:
    """The account row by row, without a gap; its counted rows add up to ``result.used``."""
    rows: list[AccountRow] = []
    for span in result.spans:
        calendar = calendar_for(calendars, span.policy)
        if span.reason is not None:
            reasons = (span.reason.label, *_closed_meanwhile(span, calendar))
            rows.append(_row(span.start, span.end, *reasons))
        elif span.is_over:
            rows.append(_row(span.start, span.end, Why.OVER.label))
        else:
            rows += _counted(span, calendar)
    return _in_minutes(_merged(rows))


def _in_minutes(rows: list[AccountRow]) -> list[AccountRow]:
    """Whole minutes that add up: what is cut off one row is kept for the next."""
    out, counted = [], 0
    for row in rows:
        before, counted = counted, counted + row.seconds
        out.append(replace(row, minutes=counted // 60 - before // 60))
    return out


def _row(start: datetime, end: datetime, *reasons: Text) -> AccountRow:
    """Whole seconds, as the clock counts."""
    start, end = start.replace(microsecond=0), end.replace(microsecond=0)
    seconds = 0 if reasons else int((end - start).total_seconds())
    return AccountRow(start, end, seconds, reasons)


def _counted(span: Span, calendar: Calendar) -> list[AccountRow]:
    """A running stretch: working intervals, and the closed time between them."""
    rows, point = [], span.start.replace(microsecond=0)
    for start, end in calendar.intervals(span.start, span.end):
        if start > point:
            rows.append(_row(point, start, _closed(point, calendar).label))
        rows.append(_row(start, end))
        point = end
    if point < span.end.replace(microsecond=0):
        rows.append(_row(point, span.end, _closed(point, calendar).label))
    return rows


def _closed(moment: datetime, calendar: Calendar) -> Why:
    """What closed time this is: within a day, until the next, or longer."""
    closed, opens = calendar.closed_since(moment), calendar.next_open(moment)
    first = (closed or moment).astimezone(calendar.zone).date()
    days = (opens.astimezone(calendar.zone).date() - first).days
    return (Why.BREAK, Why.NIGHT, Why.DAYS_OFF)[min(days, 2)]


def _closed_meanwhile(span: Span, calendar: Calendar) -> list[Text]:
    """The longest closed time a pause ran into; breaks within a day are not worth a word."""
    inside = calendar.intervals(span.start, span.end)
    ends = [span.start, *(end for _, end in inside)]
    starts = [*(start for start, _ in inside), span.end]
    gaps = [a for a, b in zip(ends, starts, strict=True) if b - a >= timedelta(seconds=1)]
    found = {_closed(moment, calendar) for moment in gaps}
    return [why.label for why in (Why.DAYS_OFF, Why.NIGHT) if why in found][:1]


def _merged(rows: list[AccountRow]) -> list[AccountRow]:
    """Neighbours that are both counted, or both not, as one."""
    out = rows[:1]
    for before, row in pairwise(rows):
        if before.is_counted is row.is_counted and before.end == row.start:
            last = out[-1]
            reasons = tuple(dict.fromkeys(last.reasons + row.reasons))
            out[-1] = AccountRow(last.start, row.end, last.seconds + row.seconds, reasons)
        else:
            out.append(row)
    return out
