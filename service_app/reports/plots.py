"""Places and words of the report's plots, ready for the macros of ``components/plot.html``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service_app.core.reader import Reader
from service_app.core.text import N_, Text
from service_app.reports.figures import TARGET, Kept, floor_of, hours_text, series_of
from service_app.reports.queries import BUCKETS
from service_app.reports.rules import CauseShare
from service_app.reports.sla_report import Answerable, SlaReport
from workorders.sla.rules import Clock

LINES = {
    Clock.RESPONSE: "rest", Clock.QUOTE: "theirs", Clock.ARRIVAL: "ours s-dash",
    Clock.RESTORE: "ours", Clock.AGREED: "rest s-dash",
}  # fmt: skip
_BARS = {"petrol": "ours", "violet": "theirs"}
LOWEST_OF_RANGES = 50


@dataclass(frozen=True)
class Lines:
    """Lines over months or weeks."""

    series: Sequence[Any]
    x: Sequence[tuple[float, str]]
    y: Sequence[tuple[float, str]]
    target: tuple[float, str] | None
    label: Text


@dataclass(frozen=True)
class Bars:
    """Bars, of causes or of time used."""

    rows: Sequence[Any]
    label: Text
    x: Sequence[tuple[float, str]] = ()
    y: Sequence[tuple[float, str]] = ()


@dataclass(frozen=True)
class Ranges:
    """Shares with their bounds."""

    rows: Sequence[Any]
    ticks: Sequence[tuple[float, str]]
    target: float
    label: Text


def trend(report: SlaReport, me: Reader) -> Lines | None:
    """Kept per cent by month and clock; None while nothing was decided."""
    last = len(report.months) - 1
    x = [(n / last, f"{report.months[n].first:%m.%y}") for n in (0, 4, 8, last)]
    return lines(
        report.trend, x, N_("Share of promises kept by month, per cent, lately: %(said)s"), me
    )


def lines(
    kept: Mapping[Clock, Sequence[Kept]], x: Sequence[tuple[float, str]], label: Text, me: Reader
) -> Lines | None:
    """Kept per cent by clock over stretches named along ``x``; ``label`` has a place ``said``."""
    floor = floor_of(kept)
    found = series_of(kept, floor)
    if not found:
        return None
    drawn = [
        (s.points, LINES.get(s.clock, "rest"), f"{me.say(s.clock.label)} {s.last:.0f}", s.name_y)
        for s in found
    ]
    said = ", ".join(name for _, _, name, _ in drawn)
    step = 5 if floor >= 80 else 20
    y = [((v - floor) / (100 - floor), str(v)) for v in range(floor, 101, step)]
    words = me.say(Text("target %(share)s %%", share=TARGET))
    target = ((TARGET - floor) / (100 - floor), words) if floor < TARGET else None
    return Lines(drawn, x, y, target, label.with_values(said=said))


def causes(shares: Sequence[CauseShare], me: Reader) -> Bars | None:
    """Late hours by cause, the heaviest first; None where no hour was late."""
    if not shares:
        return None
    top = shares[0].seconds
    rows = [
        (
            me.say(row.cause.label if row.cause else N_("No cause yet")),
            row.seconds / top,
            me.say(hours_text(row.seconds)),
            _BARS.get(str(row.cause.tone), "rest") if row.cause else "none",
        )
        for row in shares
    ]
    said = ", ".join(f"{name} {words}" for name, _, words, _ in rows)
    return Bars(rows, Text("Late hours by cause: %(said)s", said=said))


def used(report: SlaReport, me: Reader) -> Bars | None:
    """How much of the promised time was used, the late ones apart; None where none was decided."""
    top = max(report.used)
    if not top:
        return None
    late = report.used[BUCKETS]
    rows = [(n / top, "", "ours") for n in report.used[:BUCKETS]]
    rows.append((late / top, me.number(late) if late else "", "bad"))
    width = BUCKETS + 1
    x = [(n / width, f"{n * 10}") for n in (0, 5)] + [(10.2 / width, me.say(N_("late")))]
    y = [(0.0, "0"), (1.0, me.number(top))]
    label = Text(
        "%(clock)s: of %(total)s promises %(late)s were late, half used less than %(half)s %% of"
        " their time",
        clock=report.used_of.label, total=sum(report.used), late=late, half=half_used(report.used),
    )  # fmt: skip
    return Bars(rows, label, x, y)


def half_used(counts: Sequence[int]) -> int:
    """The share in per cent, in tens, below which half of the promises lie."""
    so_far, half = 0, sum(counts) / 2
    for n, count in enumerate(counts):
        so_far += count
        if so_far >= half:
            return (n + 1) * 10
    return 100


def ranges(rows: Sequence[Answerable], me: Reader) -> Ranges | None:
    """Kept shares with how sure they are, by name; None without anybody."""
    if not rows:
        return None
    lowest = min(LOWEST_OF_RANGES, *(int(row.range.low // 10) * 10 for row in rows))
    span = 100 - lowest

    def place(share: float) -> float:
        return (share - lowest) / span

    drawn = [
        (
            row.who.name, place(row.range.low), place(row.range.share), place(row.range.high),
            f"{me.number(row.range.share, 1)}",
        )
        for row in rows
    ]  # fmt: skip
    said = ", ".join(f"{name} {words}" for name, _, _, _, words in drawn)
    ticks = [(place(v), str(v)) for v in range(lowest, 101, 10 if span <= 50 else 20)]
    label = Text("Share of promises kept, per cent, with its range: %(said)s", said=said)
    return Ranges(drawn, ticks, place(TARGET), label)
