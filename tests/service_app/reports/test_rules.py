"""Ranges, gross and net, causes by weight: against published and hand-made figures."""

import pytest

from service_app.reports.figures import Customer, Kept, Missed, late_time
from service_app.reports.plots import half_used
from service_app.reports.rules import by_clock, pareto, wilson
from workorders.breaches.rules import Cause
from workorders.sla.rules import Clock


@pytest.mark.parametrize(
    ("kept", "missed", "low", "high"),
    [
        # Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17 (1998)
        (81, 263 - 81, 25.53, 36.62),
        (15, 148 - 15, 6.24, 16.05),
        (0, 20, 0.00, 16.11),
        (1, 29 - 1, 0.61, 17.18),
    ],
)
def test_the_range_is_the_published_one(kept: int, missed: int, low: float, high: float) -> None:
    found = wilson(Kept(kept, missed))
    assert found is not None
    assert (round(found.low, 2), round(found.high, 2)) == (low, high)


def test_nothing_decided_has_no_range() -> None:
    assert wilson(Kept()) is None


def test_net_counts_what_the_customer_caused_as_kept() -> None:
    company = Customer(1, "Карьер")
    missed = [
        Missed(600, {Cause.ACCESS: 50, Cause.REPAIR: 50}, company, Clock.RESTORE),
        Missed(600, {Cause.APPROVAL: 45, Cause.PARTS: 55}, company, Clock.RESTORE),
        Missed(600, {}, company, Clock.RESPONSE),
    ]
    kept = {Clock.RESTORE: Kept(8, 2), Clock.RESPONSE: Kept(9, 1)}
    rows = by_clock(kept, {Clock.QUOTE: Kept(1, 0)}, missed)
    assert [(r.clock, r.kept, r.net, r.before) for r in rows] == [
        (Clock.RESPONSE, Kept(9, 1), Kept(9, 1), Kept()),
        (Clock.QUOTE, Kept(), Kept(), Kept(1, 0)),
        (Clock.RESTORE, Kept(8, 2), Kept(9, 1), Kept()),
    ]


def test_causes_stand_from_the_heaviest_down_and_add_up() -> None:
    late = late_time(
        [Missed(3000, {Cause.PARTS: 80, Cause.REPAIR: 20}), Missed(1000, {Cause.REPAIR: 100}),
         Missed(1000, {})]
    )  # fmt: skip
    assert [(r.cause, r.seconds, r.share, r.together) for r in pareto(late)] == [
        (Cause.PARTS, 2400, 48, 48), (Cause.REPAIR, 1600, 32, 80), (None, 1000, 20, 100)
    ]  # fmt: skip
    assert pareto(late_time([])) == []


@pytest.mark.parametrize(
    ("counts", "half"),
    [([1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0], 20), ([0] * 10 + [4], 110), ([4] + [0] * 10, 10)],
)
def test_half_of_the_promises_lie_below(counts: list[int], half: int) -> None:
    assert half_used(counts) == half
