"""The arithmetic of reports: periods, kept shares, late hours by cause, plots' places. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from service_app.core.text import P_, Text
from workorders.breaches.rules import CUSTOMERS, Cause
from workorders.sla.rules import Clock

TARGET = 95
WEEKS = 12
IN_MONTH = (
    P_("in month", "January"), P_("in month", "February"), P_("in month", "March"),
    P_("in month", "April"), P_("in month", "May"), P_("in month", "June"),
    P_("in month", "July"), P_("in month", "August"), P_("in month", "September"),
    P_("in month", "October"), P_("in month", "November"), P_("in month", "December"),
)  # fmt: skip
"""As it stands after *in*: Russian has a form of its own for it."""
MONTHS = (
    P_("month", "January"), P_("month", "February"), P_("month", "March"), P_("month", "April"),
    P_("month", "May"), P_("month", "June"), P_("month", "July"), P_("month", "August"),
    P_("month", "September"), P_("month", "October"), P_("month", "November"),
    P_("month", "December"),
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """From a local day to another (left out), and the same in UTC."""

    first: date
    after: date
    start: datetime
    end: datetime


def period(first: date, after: date, zone: ZoneInfo) -> Period:
    """Days on the branch's clock as moments."""
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, after))
    return Period(first, after, start, end)


def read_month(text: str | None, today: date) -> date:
    """``2026-11`` as its first day; the present month for anything else, and for the future."""
    present = today.replace(day=1)
    try:
        year, month = (int(part) for part in (text or "").split("-"))
        found = date(year, month, 1)
    except ValueError:
        return present
    return found if date(2000, 1, 1) <= found <= present else present


def month_after(first: date) -> date:
    """The first day of the next month."""
    return (first + timedelta(days=31)).replace(day=1)


def month_before(first: date) -> date:
    """The first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def month_period(first: date, zone: ZoneInfo) -> Period:
    """A month on the branch's clock."""
    return period(first, month_after(first), zone)


def read_period(first: str | None, last: str | None, zone: ZoneInfo, today: date) -> Period | None:
    """Two days as a period, the last one in it; None unless both are days in their order.

    A period is ten years long at most and ends today at the latest.
    """
    try:
        begins, ends = date.fromisoformat(first or ""), date.fromisoformat(last or "")
    except ValueError:
        return None
    ends = min(ends, today)
    if not date(2000, 1, 1) <= begins <= ends or ends - begins > timedelta(days=3660):
        return None
    return period(begins, ends + timedelta(days=1), zone)


def period_before(present: Period, zone: ZoneInfo) -> Period:
    """As many days just before."""
    return period(present.first - (present.after - present.first), present.first, zone)


def weeks_until(last: date, zone: ZoneInfo) -> list[Period]:
    """Twelve weeks, Monday to Monday, the last of them holding ``last``."""
    monday = last - timedelta(days=last.weekday())
    days = [monday + timedelta(weeks=n - WEEKS + 1) for n in range(WEEKS + 1)]
    return [period(a, b, zone) for a, b in pairwise(days)]


@dataclass(frozen=True)
class Kept:
    """Promises decided in a period: those met in time, those whose deadline passed."""

    kept: int = 0
    missed: int = 0

    @property
    def total(self) -> int:
        """How many were decided."""
        return self.kept + self.missed

    @property
    def share(self) -> float | None:
        """Per cent kept; None where nothing was decided."""
        return 100 * self.kept / self.total if self.total else None

    @property
    def is_below(self) -> bool:
        """Whether the target was not reached."""
        return self.share is not None and self.share < TARGET

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(self.kept + other.kept, self.missed + other.missed)


@dataclass(frozen=True)
class Waited:
    """Waits of one reason: how many, and their working seconds."""

    count: int = 0
    seconds: int = 0

    def __add__(self, other: "Waited") -> "Waited":
        return Waited(self.count + other.count, self.seconds + other.seconds)


def together(parts: Iterable[Kept]) -> Kept:
    """All of them as one."""
    return sum(parts, Kept())


@dataclass(frozen=True, order=True)
class Customer:
    """A company as the figures name it."""

    id: int
    name: str


@dataclass(frozen=True)
class Missed:
    """A breach as the figures need it; ``shares`` empty while nobody gave the cause.

    ``count`` of them with the same cause may be told as one, with their ``late_seconds`` together.
    """

    late_seconds: int
    shares: Mapping[Cause, int]
    company: Customer | None = None
    clock: Clock | None = None
    count: int = 1

    @property
    def is_customers(self) -> bool:
        """Whether at least half of it is the customer's own."""
        return sum(share for cause, share in self.shares.items() if cause in CUSTOMERS) >= 50


@dataclass(frozen=True)
class LateTime:
    """Late working seconds by cause, the largest first; ``unknown`` where no cause was given."""

    by_cause: Mapping[Cause, float]
    unknown: float

    @property
    def hours(self) -> int:
        """All of it in whole hours."""
        return round(self.total / 3600)

    @property
    def total(self) -> float:
        """All late time."""
        return sum(self.by_cause.values()) + self.unknown

    @property
    def customers(self) -> float:
        """The customer's own part."""
        return sum(s for c, s in self.by_cause.items() if c in CUSTOMERS)

    @property
    def ours(self) -> float:
        """Our part: neither the customer's, nor nobody's."""
        others = CUSTOMERS | {Cause.OTHER}
        return sum(s for c, s in self.by_cause.items() if c not in others)


def late_time(breaches: Iterable[Missed]) -> LateTime:
    """Where late hours went, by the shares people gave."""
    sums: dict[Cause, float] = {}
    unknown = 0.0
    for breach in breaches:
        if not breach.shares:
            unknown += breach.late_seconds
        for cause, share in breach.shares.items():
            sums[cause] = sums.get(cause, 0.0) + breach.late_seconds * share / 100
    return LateTime(dict(sorted(sums.items(), key=lambda pair: -pair[1])), unknown)


@dataclass(frozen=True)
class CustomerKept:
    """One company's promises; ``without_own`` leaves its own delays out of the missed ones."""

    company: Customer
    kept: Kept
    without_own: Kept


def by_customer(kept: Mapping[Customer, int], breaches: Iterable[Missed]) -> list[CustomerKept]:
    """Companies with their kept promises, the least kept first.

    A breach of which at least half is the customer's own counts as kept without their delays.
    """
    missed: dict[Customer, int] = {}
    own: dict[Customer, int] = {}
    for breach in breaches:
        if breach.company is None:
            continue
        missed[breach.company] = missed.get(breach.company, 0) + breach.count
        if breach.is_customers:
            own[breach.company] = own.get(breach.company, 0) + breach.count
    rows = []
    for company in sorted(kept.keys() | missed.keys()):
        good, bad, theirs = kept.get(company, 0), missed.get(company, 0), own.get(company, 0)
        rows.append(CustomerKept(company, Kept(good, bad), Kept(good + theirs, bad - theirs)))
    return sorted(rows, key=lambda row: (row.kept.share or 0.0, -row.kept.total))


@dataclass(frozen=True)
class Series:
    """One clock's line: places 0 … 1 of the weeks that had promises, where its name stands."""

    clock: Clock
    points: Sequence[tuple[float, float]]
    last: float
    name_y: float


def floor_of(weeks: Mapping[Clock, Sequence[Kept]]) -> int:
    """Where the axis begins: ten below the lowest share, in tens, at most 80."""
    shares = [k.share for row in weeks.values() for k in row if k.share is not None]
    return max(0, min(80, int(min(shares, default=80.0) // 10) * 10))


def series_of(weeks: Mapping[Clock, Sequence[Kept]], floor: int) -> list[Series]:
    """Lines of the plot; clocks without any promise are left out."""
    out = []
    for clock, row in weeks.items():
        points = [
            (n / max(len(row) - 1, 1), (kept.share - floor) / (100 - floor))
            for n, kept in enumerate(row)
            if kept.share is not None
        ]
        if points:
            last = next(k.share for k in reversed(row) if k.share is not None)
            out.append((clock, points, last))
    places = apart([points[-1][1] for _, points, _ in out])
    return [Series(c, p, last, y) for (c, p, last), y in zip(out, places, strict=True)]


def apart(places: Sequence[float], gap: float = 0.085) -> list[float]:
    """The places moved as little as it takes for names not to lie on each other."""
    order = sorted(range(len(places)), key=lambda n: -places[n])
    out = list(places)
    for before, n in pairwise(order):
        out[n] = min(out[n], out[before] - gap)
    floor = 0.0
    for n in reversed(order):  # what fell below the axis pushes up what stands close above it
        out[n] = max(out[n], floor)
        floor = out[n] + gap
    return out


def hours_text(seconds: float) -> Text:
    """``27.5 h`` of late working time."""
    return Text("%(hours)s h", hours=round(seconds / 3600, 1))
