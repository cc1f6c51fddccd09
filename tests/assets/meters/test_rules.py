"""Checks, segments and estimates of running hours, as tables and as properties."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.meters.estimate import Basis, expected_total, utilisation
from assets.meters.rules import (
    Limit,
    Point,
    SegmentFacts,
    most_possible,
    offsets,
    problem_with,
    problem_with_moment,
    segment_at,
    start_of_replacement,
)

NOW = datetime(2026, 11, 24, 7, 42, tzinfo=UTC)
HOURS, UNKNOWN = Limit(), Limit(None, is_hours=False)


def at(days: float, total: float | str | Decimal, value: float | None = None) -> Point:
    total = Decimal(str(total))
    return Point(NOW + timedelta(days=days), total if value is None else Decimal(str(value)), total)


@pytest.mark.parametrize(
    ("previous", "new", "following", "limit", "said"),
    [
        (None, at(0, 0), None, HOURS, None),
        (None, at(0, 99_999), None, HOURS, None),
        (None, at(0, -1), None, HOURS, "less than 0"),
        (at(-1, 100), at(0, 100), None, HOURS, None),
        (at(-1, 100), at(0, 99.9), None, HOURS, "Less than on"),
        (at(-1, 100), at(0, 124.9), None, HOURS, None),  # 24 + 0.48 + 0.5 = 24.98
        (at(-1, 100), at(0, 125), None, HOURS, "That is 25 hours a day since"),
        (at(-1, 100), at(0, 9_000), None, UNKNOWN, None),
        (at(-1, 100), at(0, 131), None, HOURS, "That is 31 hours a day since"),
        (at(-2, 100), at(0, 700), None, Limit(Decimal(200), False), "That is 300 a day since"),
        (at(0, 100), at(0, 100), None, HOURS, None),
        (at(0, 100), at(0, 100.1), None, HOURS, "At this very moment it was 100"),
        (at(-1, 100), at(0, 110), at(1, 105), HOURS, "More than on"),
        (at(-1, 100), at(0, 110), at(1, 110), HOURS, None),
        (at(-9, 100), at(0, 101), at(1, 200), HOURS, "Too little"),
        (None, at(0, 50), at(1, 40), HOURS, "More than on"),
    ],
)
def test_neighbours_decide(
    previous: Point | None, new: Point, following: Point | None, limit: Limit, said: str | None
) -> None:
    problem = problem_with(new, previous=previous, following=following, limit=limit)
    assert problem is None if said is None else said in str(problem)


def test_the_tick_is_offered_to_those_who_may() -> None:
    given_ = {"previous": at(-1, 100), "following": None, "limit": HOURS}
    assert "tick that the meter" in str(problem_with(at(0, 9), may_replace=True, **given_))
    assert "tick" not in str(problem_with(at(0, 9), **given_))


def test_a_sentence_shows_what_the_meter_showed() -> None:
    previous = at(-1, 7_100, value=100)
    problem = problem_with(at(0, 7_050, value=50), previous=previous, following=None, limit=HOURS)
    assert problem is not None
    assert (problem.values["value"], problem.values["day"]) == (100, previous.read_at.date())


@pytest.mark.parametrize(
    ("seconds", "is_fine"), [(-1, True), (0, True), (120, True), (121, False), (86_400, False)]
)
def test_the_future_is_refused(seconds: int, is_fine: bool) -> None:
    assert (problem_with_moment(NOW + timedelta(seconds=seconds), NOW) is None) is is_fine


@pytest.mark.parametrize(
    ("limit", "days", "expected"),
    [
        (HOURS, 1, "24.98"),
        (HOURS, 0, "0.5"),
        (HOURS, 10, "245.3"),
        (Limit(Decimal(100), False), 2, "204.5"),
        (UNKNOWN, 2, None),
    ],
)
def test_the_most_possible(limit: Limit, days: int, expected: str | None) -> None:
    most = most_possible(timedelta(days=days), limit)
    assert most == (None if expected is None else Decimal(expected))


tenths = st.integers(0, 200_000).map(lambda n: Decimal(n) / 10)


@given(st.lists(st.tuples(st.integers(1, 5_000), st.integers(0, 1_000)), min_size=1, max_size=20))
def test_a_meter_within_its_limit_is_never_refused(steps: list[tuple[int, int]]) -> None:
    """Any meter that goes on by at most 24 hours a day passes, however it is read."""
    moment, total, points = NOW, Decimal(0), []
    for minutes, thousandths in steps:
        moment += timedelta(minutes=minutes)
        ran = Decimal(minutes) / 60 * thousandths / 1_000
        total = (total + ran).quantize(Decimal("0.1"))
        points.append(Point(moment, total, total))
    for earlier, later in pairwise(points):
        assert problem_with(later, previous=earlier, following=None, limit=HOURS) is None
    for before, middle, after in zip(points, points[1:], points[2:], strict=False):
        assert problem_with(middle, previous=before, following=after, limit=HOURS) is None


@given(tenths, tenths, st.integers(1, 10_000))
def test_accepted_means_rising_and_possible(a: Decimal, b: Decimal, minutes: int) -> None:
    earlier = Point(NOW, a, a)
    later = Point(NOW + timedelta(minutes=minutes), b, b)
    is_fine = problem_with(later, previous=earlier, following=None, limit=HOURS) is None
    possible = Decimal(minutes) / 60 * Decimal("1.02") + Decimal("0.5")
    assert is_fine == (0 <= b - a <= possible)


segments = st.lists(st.builds(SegmentFacts, tenths, st.none() | tenths), min_size=1, max_size=8)


@given(segments)
def test_totals_go_on_without_a_step(facts: list[SegmentFacts]) -> None:
    found = offsets(facts)
    assert found[0] == 0
    for n in range(1, len(facts)):
        end = (
            facts[n - 1].start_value if facts[n - 1].last_value is None else facts[n - 1].last_value
        )
        assert found[n] + facts[n].start_value == found[n - 1] + end


@pytest.mark.parametrize(("days", "index"), [(-9, 0), (-5, 1), (-4, 1), (-1, 2), (0, 2)])
def test_the_segment_in_place(days: int, index: int) -> None:
    starts = [None, NOW - timedelta(days=5), NOW - timedelta(days=2)]
    assert segment_at(starts, NOW + timedelta(days=days)) == index


@pytest.mark.parametrize(
    ("value", "expected"), [("10", "0"), ("24.9", "0"), ("500", "500"), ("0", "0")]
)
def test_where_a_replaced_meter_began(value: str, expected: str) -> None:
    start = start_of_replacement(Decimal(value), at(-1, 7_000), NOW, HOURS)
    assert start == Decimal(expected)


def daily(rate: float, days: int, *, step: int = 7) -> list[Point]:
    return [at(-n, 10_000 - rate * n) for n in range(days, -1, -step)]


def test_a_steady_machine() -> None:
    found = utilisation(daily(6, 140), now=NOW, limit=HOURS)
    assert (found.per_day, found.basis, found.count) == (6, Basis.READINGS, 21)
    assert found.low < 6 < found.high


def test_one_wrong_reading_does_not_move_it() -> None:
    points = daily(6, 140)
    points[10] = Point(points[10].read_at, points[10].value, points[10].total + 4_000)
    found = utilisation(points, now=NOW, limit=HOURS)
    assert abs(found.per_day - 6) < Decimal("0.5")


def test_the_range_widens_as_the_last_reading_grows_old() -> None:
    points = daily(6, 140)
    spans = []
    for days in (0, 10, 30):
        found = utilisation(points, now=NOW + timedelta(days=days), limit=HOURS)
        spans.append(found.high - found.low)
    assert spans == sorted(spans)
    assert spans[0] < spans[-1]


@pytest.mark.parametrize(
    ("points", "model", "fleet", "rate", "basis"),
    [
        ([], "6.1", "4", "6.1", Basis.MODEL),
        ([], None, "4", "4.0", Basis.FLEET),
        ([], None, None, "0.0", Basis.NOTHING),
        ([at(0, 5)], "6.1", None, "6.1", Basis.MODEL),
        ([at(-1, 5), at(0, 9)], "6.1", None, "6.1", Basis.MODEL),
        ([at(-400, 5), at(-300, 900)], "6.1", None, "6.1", Basis.MODEL),
    ],
)
def test_without_a_usable_rate(
    points: list[Point], model: str | None, fleet: str | None, rate: str, basis: Basis
) -> None:
    found = utilisation(
        points,
        now=NOW,
        limit=HOURS,
        model_typical=Decimal(model) if model else None,
        fleet_typical=Decimal(fleet) if fleet else None,
    )
    assert (found.per_day, found.basis) == (Decimal(rate), basis)


@given(
    st.lists(st.tuples(st.integers(0, 250_000), tenths), max_size=60),
    st.none() | st.integers(0, 24).map(Decimal),
)
def test_bounds_hold_for_any_readings(
    raw: list[tuple[int, Decimal]], typical: Decimal | None
) -> None:
    points = [Point(NOW - timedelta(minutes=m), t, t) for m, t in raw]
    found = utilisation(points, now=NOW, limit=HOURS, model_typical=typical)
    assert 0 <= found.low <= found.per_day <= found.high <= Decimal("24.5")


def test_where_the_total_should_be() -> None:
    rate = utilisation(daily(6, 140), now=NOW, limit=HOURS)
    later = expected_total(at(0, 10_000), rate, NOW + timedelta(days=10))
    assert later.total == 10_060
    assert later.low < later.total < later.high
    before = expected_total(at(0, 10_000), rate, NOW - timedelta(days=10))
    assert before.low == before.total == before.high == 10_000
