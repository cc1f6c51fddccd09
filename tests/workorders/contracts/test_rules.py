"""Periods, stretches of included hours, renewals: tables and properties."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.machines.rules import months_later
from workorders.contracts.rules import (
    MOVES,
    Act,
    Cost,
    Per,
    State,
    Used,
    UseKind,
    balance_of,
    joined,
    last_day,
    period_problem,
    renewed_until,
    window,
)

DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 27), 14, date(2028, 1, 27)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("starts", "per", "day", "stretch"),
    [
        (date(2026, 1, 16), Per.MONTH, date(2026, 1, 16), (date(2026, 1, 16), date(2026, 2, 15))),
        (date(2026, 1, 16), Per.MONTH, date(2026, 2, 15), (date(2026, 1, 16), date(2026, 2, 15))),
        (date(2026, 1, 16), Per.MONTH, date(2026, 2, 16), (date(2026, 2, 16), date(2026, 3, 15))),
        (date(2026, 1, 31), Per.MONTH, date(2026, 2, 28), (date(2026, 2, 28), date(2026, 3, 30))),
        (date(2025, 5, 3), Per.QUARTER, date(2026, 2, 2), (date(2025, 11, 3), date(2026, 2, 2))),
        (date(2024, 2, 29), Per.YEAR, date(2025, 2, 28), (date(2025, 2, 28), date(2026, 2, 27))),
        (date(2026, 1, 16), Per.PERIOD, date(2029, 1, 1), (date(2026, 1, 16), None)),
        (date(2026, 1, 16), Per.MONTH, date(2025, 1, 1), (date(2026, 1, 16), date(2026, 2, 15))),
    ],
)
def test_window(starts: date, per: Per, day: date, stretch: tuple[date, date | None]) -> None:
    assert window(starts, per, day) == stretch


@given(DAYS, st.sampled_from([Per.MONTH, Per.QUARTER, Per.YEAR]), st.integers(0, 4000))
def test_stretches_cover_every_day_once(starts: date, per: Per, after: int) -> None:
    day = starts + timedelta(days=after)
    first, last = window(starts, per, day)
    assert last is not None
    assert first <= day <= last
    assert window(starts, per, last + timedelta(days=1))[0] == last + timedelta(days=1)
    if first > starts:
        assert window(starts, per, first - timedelta(days=1))[1] == first - timedelta(days=1)


USES = st.lists(
    st.builds(
        Used,
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.sampled_from(list(UseKind)),
        st.integers(-600, 600),
    ),
    max_size=20,
)


@given(USES, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_a_balance_adds_up(uses: list[Used], day: date) -> None:
    balance = balance_of(date(2026, 1, 1), Per.QUARTER, 2400, uses, day)
    assert balance.left - balance.beyond == balance.included - balance.used
    assert balance.left == 0 or balance.beyond == 0


def test_hours_of_another_stretch_do_not_count() -> None:
    uses = [
        Used(date(2026, 1, 31), UseKind.WORK, 600),
        Used(date(2026, 2, 1), UseKind.WORK, 90),
        Used(date(2026, 2, 3), UseKind.BOUGHT, 120),
        Used(date(2026, 2, 4), UseKind.BACK, -30),
    ]
    balance = balance_of(date(2026, 1, 1), Per.MONTH, 600, uses, date(2026, 2, 20))
    assert (balance.included, balance.used, balance.left) == (720, 60, 660)
    assert balance.since_on == date(2026, 2, 1)


def test_an_empty_package_is_used_up() -> None:
    assert balance_of(date(2026, 1, 1), Per.MONTH, 0, [], date(2026, 1, 2)).percent == 100


@given(DAYS, st.integers(1, 60), st.integers(0, 4000))
def test_a_renewal_reaches_today_and_no_further(ends: date, months: int, after: int) -> None:
    today = ends + timedelta(days=1 + after)
    until = renewed_until(ends, months, today)
    assert until >= today
    before = renewed_until(ends, months, ends + timedelta(days=1))
    assert until == before or last_day(ends + timedelta(days=1), months) < today


def test_a_period_of_another_century_is_refused() -> None:
    assert period_problem(date(2026, 5, 2), date(2026, 5, 1)) is not None
    assert period_problem(date(2026, 5, 2), date(2099, 5, 1)) is not None
    assert period_problem(date(2026, 5, 2), date(2026, 5, 2)) is None
    assert period_problem(date(2026, 5, 2), None) is None


def test_every_state_has_a_row_and_only_the_discarded_is_final() -> None:
    assert set(MOVES) == set(State)
    assert [state for state in State if not MOVES[state]] == [State.DISCARDED]
    assert {act for row in MOVES.values() for act in row} == set(Act)


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        (frozenset(), "nothing"),
        (frozenset({Cost.TRAVEL}), "travel"),
        (frozenset({Cost.TRAVEL, Cost.LABOUR}), "labour and travel"),
        (frozenset(Cost), "labour, parts and material and travel"),
    ],
)
def test_costs_in_words(costs: frozenset[Cost], said: str) -> None:
    assert str(joined(costs)) == said
