"""How much a machine works in a day, and where its total should be by now. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from assets.meters.rules import DAY_SECONDS, SLACK_SHARE, TENTH, Limit, Point, per_day
from service_app.core.enums import Labelled
from service_app.core.text import N_

RECENT = timedelta(days=180)
SHORTEST_PAIR = timedelta(days=7)
MOST_POINTS = 40
FORGETTING_DAYS = 90
"""How old a last reading doubles the distance of the range's bounds."""


class Basis(Labelled):
    """What an estimate rests on."""

    READINGS = "readings", N_("its own readings")
    MODEL = "model", N_("the model's average")
    FLEET = "fleet", N_("the average of all machines")
    NOTHING = "nothing", N_("nothing yet")


@dataclass(frozen=True)
class Utilisation:
    """Units a day with an early and a late bound, and what they rest on."""

    per_day: Decimal
    low: Decimal
    high: Decimal
    basis: Basis
    count: int = 0
    last_at: datetime | None = None


def utilisation(
    points: Sequence[Point],
    *,
    now: datetime,
    limit: Limit,
    model_typical: Decimal | None = None,
    fleet_typical: Decimal | None = None,
) -> Utilisation:
    """How much a machine works in a day, robust against wrong readings and bursts.

    Theil–Sen: the median of the slopes between readings of the last 180 days that lie a week or
    more apart (Sen, 1968). The bounds are the quarter and three-quarter slopes, moved apart the
    more the older the last reading is. Without a usable slope: the model's, then the fleet's.
    """
    recent = _thinned([p for p in points if now - RECENT <= p.read_at <= now])
    slopes = _slopes(recent, limit)
    if not slopes:
        return _fallback(model_typical, fleet_typical, limit)
    middle = median(slopes)
    quarter, three_quarters = slopes[len(slopes) // 4], slopes[(3 * len(slopes)) // 4]
    age = Decimal((now - recent[-1].read_at).total_seconds()) / DAY_SECONDS
    widening = 1 + age / FORGETTING_DAYS
    spread = max(middle / 10, TENTH)
    low = middle - max(middle - quarter, spread) * widening
    high = middle + max(three_quarters - middle, spread) * widening
    return Utilisation(
        _tenths(middle),
        _tenths(max(low, Decimal(0))),
        _tenths(high if limit.per_day is None else max(middle, min(high, limit.per_day))),
        Basis.READINGS,
        len(recent),
        recent[-1].read_at,
    )


def _thinned(points: Sequence[Point]) -> list[Point]:
    ordered = sorted(points, key=lambda p: p.read_at)
    if len(ordered) <= MOST_POINTS:
        return ordered
    step = (len(ordered) - 1) / (MOST_POINTS - 1)
    return [ordered[round(n * step)] for n in range(MOST_POINTS)]


def _slopes(points: Sequence[Point], limit: Limit) -> list[Decimal]:
    slopes = [
        per_day(a, b)
        for n, a in enumerate(points)
        for b in points[n + 1 :]
        if b.read_at - a.read_at >= SHORTEST_PAIR and b.total >= a.total
    ]
    most = limit.per_day
    return sorted(s for s in slopes if most is None or s <= most * (1 + SLACK_SHARE))


def _fallback(
    model_typical: Decimal | None, fleet_typical: Decimal | None, limit: Limit
) -> Utilisation:
    for typical, basis in ((model_typical, Basis.MODEL), (fleet_typical, Basis.FLEET)):
        if typical is not None:
            high = typical * Decimal("1.5")
            if limit.per_day is not None:
                high = max(typical, min(high, limit.per_day))
            return Utilisation(_tenths(typical), _tenths(typical / 2), _tenths(high), basis)
    return Utilisation(Decimal(0), Decimal(0), Decimal(0), Basis.NOTHING)


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(TENTH, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Expected:
    """The total a machine should have at a moment, with its bounds."""

    total: Decimal
    low: Decimal
    high: Decimal


def expected_total(last: Point, rate: Utilisation, at: datetime) -> Expected:
    """Where the total should be at ``at``, after the last reading."""
    days = max(Decimal((at - last.read_at).total_seconds()) / DAY_SECONDS, Decimal(0))
    return Expected(
        _tenths(last.total + rate.per_day * days),
        _tenths(last.total + rate.low * days),
        _tenths(last.total + rate.high * days),
    )
