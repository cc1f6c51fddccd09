"""The arithmetic of the manager's screen as tables of plain values."""

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from service_app.reports.figures import (
    Customer,
    Kept,
    Missed,
    apart,
    by_customer,
    floor_of,
    late_time,
    month_before,
    month_period,
    read_month,
    series_of,
    together,
    weeks_until,
)
from workorders.breaches.rules import Cause
from workorders.sla.rules import Clock

MOSCOW = ZoneInfo("Europe/Moscow")
A, B, C = Customer(1, "LogoPack"), Customer(2, "AgroPole"), Customer(3, "Volgastroy")
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10", date(2026, 10, 1)),
        ("2026-11", date(2026, 11, 1)),
        ("2026-12", date(2026, 11, 1)),
        (None, date(2026, 11, 1)),
        ("", date(2026, 11, 1)),
        ("2026-13", date(2026, 11, 1)),
        ("1000-01", date(2026, 11, 1)),
        ("x-1-2", date(2026, 11, 1)),
    ],
)
def test_the_month_of_an_address(text, expected) -> None:
    assert read_month(text, TODAY) == expected


def test_a_month_begins_at_midnight_of_the_branch() -> None:
    found = month_period(date(2026, 11, 1), MOSCOW)
    assert found.start == datetime(2026, 10, 31, 21, tzinfo=UTC)
    assert found.end == datetime(2026, 11, 30, 21, tzinfo=UTC)
    assert month_before(date(2026, 1, 1)) == date(2025, 12, 1)


def test_twelve_weeks_end_with_the_one_asked_for() -> None:
    weeks = weeks_until(TODAY, MOSCOW)
    assert (len(weeks), weeks[0].first, weeks[-1].first) == (
        12, date(2026, 9, 7), date(2026, 11, 23),
    )  # fmt: skip
    assert all(a.end == b.start for a, b in pairwise(weeks))


@pytest.mark.parametrize(
    ("kept", "missed", "share", "is_below"),
    [(316, 20, 94.05, True), (95, 5, 95.0, False), (0, 0, None, False), (0, 2, 0.0, True)],
)
def test_share_of_kept(kept, missed, share, is_below) -> None:
    found = Kept(kept, missed)
    assert (found.share is None and share is None) or found.share == pytest.approx(share, abs=0.01)
    assert found.is_below is is_below
    assert together([found, Kept(1, 1)]) == Kept(kept + 1, missed + 1)


def test_late_hours_go_where_people_said() -> None:
    found = late_time(
        [
            Missed(7200, {Cause.PARTS: 75, Cause.ACCESS: 25}),
            Missed(3600, {Cause.PARTS: 100}),
            Missed(1800, {}),
            Missed(600, {Cause.OTHER: 100}),
        ]
    )
    assert list(found.by_cause.items()) == [
        (Cause.PARTS, 9000), (Cause.ACCESS, 1800), (Cause.OTHER, 600),
    ]  # fmt: skip
    assert (found.unknown, found.ours, found.customers, found.total) == (1800, 9000, 1800, 13200)


def test_customers_stand_least_kept_first_and_without_their_own_delays() -> None:
    rows = by_customer(
        {A: 50, B: 10},
        [
            *[Missed(60, {Cause.DISPATCH: 100}, A) for _ in range(7)],
            Missed(60, {Cause.ACCESS: 50, Cause.REPAIR: 50}, A),
            Missed(60, {}, C),
            Missed(60, {}, None),
        ],
    )
    assert [(r.company, r.kept, r.without_own) for r in rows] == [
        (C, Kept(0, 1), Kept(0, 1)),
        (A, Kept(50, 8), Kept(51, 7)),
        (B, Kept(10, 0), Kept(10, 0)),
    ]


def test_weeks_without_promises_leave_a_gap_and_clocks_without_any_are_left_out() -> None:
    weeks = {Clock.RESPONSE: [Kept(9, 1), Kept(), Kept(10, 0)], Clock.QUOTE: [Kept()] * 3}
    assert floor_of(weeks) == 80
    (line,) = series_of(weeks, 80)
    assert line.points == [(0.0, 0.5), (1.0, 1.0)]
    assert line.last == 100


@pytest.mark.parametrize(
    ("lowest", "floor"), [(Kept(95, 5), 80), (Kept(3, 1), 70), (Kept(0, 4), 0), (Kept(), 80)]
)
def test_the_axis_begins_below_the_lowest(lowest, floor) -> None:
    assert floor_of({Clock.RESTORE: [lowest]}) == floor


@pytest.mark.parametrize("places", [[0.5, 0.5, 0.5], [1.0, 0.0], [0.0, 0.01, 0.02, 0.03], []])
def test_names_do_not_lie_on_each_other(places) -> None:
    found = sorted(apart(places))
    assert all(b - a >= 0.0849 for a, b in pairwise(found))
    assert all(place >= 0 for place in found)
