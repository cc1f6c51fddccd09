"""How much each machine of the demo has run at any moment: a steady line for its readings."""

import random
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from service_app.demo.fleet import FLEET, Unit

DAYS = 400
SEASON = (7, 10)
"""Months in which combines work; the rest of the year they stand."""


class Hours:
    """Totals by serial number and moment, rising; ``replace`` marks that a new meter was fitted."""

    def __init__(self, day: date) -> None:
        self.begins = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=DAYS)
        self._sums = {unit.serial: self._counted(unit) for unit in FLEET}
        self._replaced: dict[str, list[tuple[datetime, Decimal]]] = {}

    def _counted(self, unit: Unit) -> list[float]:
        chance = random.Random(unit.serial)
        total, sums = float(unit.hours), []
        for n in range(DAYS + 3):
            sums.append(total)
            on = self.begins + timedelta(days=n)
            total += unit.rate * _share(unit, on) * chance.uniform(0.7, 1.3)
        return sums

    def total(self, serial: str, at: datetime) -> Decimal:
        """What the machine has run in its life."""
        days = (at - self.begins) / timedelta(days=1)
        n = min(max(int(days), 0), DAYS + 1)
        sums = self._sums[serial]
        value = sums[n] + (sums[n + 1] - sums[n]) * min(max(days - n, 0.0), 1.0)
        smallest = Decimal(1) if serial.startswith("PL") else Decimal("0.1")
        return Decimal(value).quantize(smallest, ROUND_HALF_UP)

    def replace(self, serial: str, at: datetime) -> Decimal:
        """From ``at`` on another meter counts from 0; what the old one showed last."""
        last = self.total(serial, at)
        self._replaced.setdefault(serial, []).append((at, last))
        return last

    def shown(self, serial: str, at: datetime) -> Decimal:
        """What the meter in place shows."""
        changes = self._replaced.get(serial, [])
        n = bisect_right([moment for moment, _ in changes], at)
        return self.total(serial, at) - (changes[n - 1][1] if n else Decimal(0))


def _share(unit: Unit, on: datetime) -> float:
    """How much of its usual day a machine works: Sundays little, combines in their season only."""
    if unit.model == "KZ":
        return 2.6 if SEASON[0] <= on.month <= SEASON[1] else 0.02
    return 0.35 if on.weekday() == 6 else 1.1
