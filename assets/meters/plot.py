"""The picture of a meter: readings, voided ones, replacements, the future. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from assets.meters.estimate import Basis, Utilisation, expected_total
from assets.meters.rules import TENTH, Point

SHORTEST = timedelta(days=28)
AHEAD = 4
"""The future takes a quarter of the past's width."""


@dataclass(frozen=True)
class Mark:
    """A point of the picture: x and y from 0 to 1 (y upwards), the moment and figures behind."""

    x: float
    y: float
    at: datetime
    value: Decimal


@dataclass(frozen=True)
class Picture:
    """What a template draws; every position is from 0 to 1."""

    line: tuple[Mark, ...]
    voided: tuple[Mark, ...]
    replaced: tuple[Mark, ...]
    now_x: float
    expected: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float], ...]
    days: tuple[tuple[float, datetime], ...]
    values: tuple[tuple[float, Decimal], ...]


def draw(
    counted: Sequence[Point],
    voided: Sequence[Point],
    replaced_at: Sequence[datetime],
    rate: Utilisation,
    now: datetime,
) -> Picture | None:
    """The picture of readings in the order of their dates; None without two of them."""
    if len(counted) < 2:
        return None
    first, last = counted[0], counted[-1]
    past = max(now - first.read_at, SHORTEST)
    begin, end = now - past, now + past / AHEAD
    future = expected_total(last, rate, end)
    top = max([p.total for p in counted] + [future.high])
    bottom = min(p.total for p in counted)
    low, high, step = _scale(bottom, top)

    def x(at: datetime) -> float:
        return min(max((at - begin) / (end - begin), 0.0), 1.0)

    def y(total: Decimal) -> float:
        return min(max(float((total - low) / (high - low)), 0.0), 1.0)

    def mark(point: Point) -> Mark:
        return Mark(x(point.read_at), y(point.total), point.read_at, point.value)

    has_rate = rate.basis is not Basis.NOTHING
    start = (x(last.read_at), y(last.total))
    return Picture(
        line=tuple(mark(p) for p in counted),
        voided=tuple(mark(p) for p in voided if p.read_at >= begin),
        replaced=tuple(_replaced(counted, at, mark) for at in replaced_at if at >= begin),
        now_x=x(now),
        expected=(start, (1.0, y(future.total))) if has_rate else (),
        band=(start, (1.0, y(future.high)), (1.0, y(future.low))) if has_rate else (),
        days=tuple((n / 5, begin + (end - begin) * n / 5) for n in range(6)),
        values=tuple((y(v), v) for v in _ticks(low, high, step)),
    )


def _replaced(counted: Sequence[Point], at: datetime, mark: Callable[[Point], Mark]) -> Mark:
    point = next((p for p in counted if p.read_at >= at), counted[-1])
    return mark(point)


def _scale(bottom: Decimal, top: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Round bounds and a step of 1, 2 or 5 times a power of ten, about five steps."""
    raw = max((top - bottom) / 5, Decimal("0.2"))
    power = Decimal(1).scaleb(raw.adjusted())
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= raw)
    low = (bottom / step).to_integral_value(rounding="ROUND_FLOOR") * step
    high = (top / step).to_integral_value(rounding="ROUND_CEILING") * step
    return low, max(high, low + step), step


def _ticks(low: Decimal, high: Decimal, step: Decimal) -> list[Decimal]:
    values = (low + step * n for n in range(int((high - low) / step) + 1))
    return [value.quantize(TENTH) for value in values]  # never 7E+3
