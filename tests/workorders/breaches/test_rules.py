"""Suggested shares and what a review may say, as plain values."""

from datetime import UTC, datetime, timedelta

import pytest

from workorders.breaches.rules import Cause, rounded, share_problem, suggest
from workorders.calendars.rules import OFFICE_WEEK, Week
from workorders.calendars.worktime import Calendar, Version
from workorders.sla.policy import STANDARD
from workorders.sla.replay import replay
from workorders.sla.rules import Clock, ClockKey, Fact, FactKind, WaitReason

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""Monday 09:00 in Moscow; a working day is eight hours from here."""
CALENDAR = Calendar([Version(START - timedelta(days=99), Week(OFFICE_WEEK))])


def hours(n: float) -> datetime:
    """A moment so many working hours after the start, lunch and nights left out."""
    return CALENDAR.due(START, int(n * 3600))


def suggested(clock: Clock, *facts: tuple[float, FactKind, WaitReason | None], end: float) -> dict:
    listed = [Fact(START, 0, FactKind.RECEIVED, priority=2, policy=0)]
    listed += [Fact(hours(at), n, kind, reason) for n, (at, kind, reason) in enumerate(facts, 1)]
    result = replay(listed, {0: STANDARD}, CALENDAR, now=hours(end))[ClockKey(clock)]
    return suggest(result, listed, CALENDAR, hours(end))


ARRIVED, DONE = FactKind.ARRIVED, FactKind.DONE
OPENED, CLOSED = FactKind.WAIT_OPENED, FactKind.WAIT_CLOSED


def test_a_late_response_is_the_dispatch() -> None:
    facts = ((2, FactKind.ACCEPTED, None),)
    assert suggested(Clock.RESPONSE, *facts, end=3) == {Cause.DISPATCH: 100}


def test_without_a_wait_dispatch_and_repair_share_by_time() -> None:
    facts = ((5, ARRIVED, None), (20, DONE, None))
    assert suggested(Clock.RESTORE, *facts, end=21) == {Cause.DISPATCH: 25, Cause.REPAIR: 75}


def test_a_wait_longer_than_the_delay_explains_it_all() -> None:
    facts = (
        (1, ARRIVED, None), (2, OPENED, WaitReason.PARTS), (14, CLOSED, None), (20, DONE, None),
    )  # fmt: skip
    assert suggested(Clock.RESTORE, *facts, end=20) == {Cause.PARTS: 100}


def test_a_short_wait_explains_its_length() -> None:
    """Sixteen hours allowed, twenty used: one of the four late hours waited for the factory."""
    facts = (
        (0, ARRIVED, None), (2, OPENED, WaitReason.SUPPLIER), (3, CLOSED, None), (20, DONE, None),
    )  # fmt: skip
    assert suggested(Clock.RESTORE, *facts, end=20) == {Cause.PARTS: 25, Cause.REPAIR: 75}


def test_a_wait_that_stopped_the_clock_explains_nothing() -> None:
    facts = (
        (0, ARRIVED, None), (2, OPENED, WaitReason.ACCESS), (10, CLOSED, None), (28, DONE, None),
    )  # fmt: skip
    assert suggested(Clock.RESTORE, *facts, end=28) == {Cause.REPAIR: 100}


def test_a_wait_still_open_counts_up_to_now() -> None:
    facts = ((0, ARRIVED, None), (10, OPENED, WaitReason.WEATHER))
    assert suggested(Clock.RESTORE, *facts, end=20) == {Cause.OTHER: 100}


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({}, {}),
        ({Cause.PARTS: 1}, {Cause.PARTS: 100}),
        (
            {Cause.DISPATCH: 1, Cause.REPAIR: 1, Cause.PARTS: 1},
            {Cause.DISPATCH: 35, Cause.REPAIR: 35, Cause.PARTS: 30},
        ),
        ({Cause.DISPATCH: 99, Cause.OTHER: 1}, {Cause.DISPATCH: 100}),
    ],
)
def test_shares_are_steps_of_five_that_make_a_hundred(weights, expected) -> None:
    assert rounded(weights) == expected


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({Cause.PARTS: 100}, None),
        ({Cause.PARTS: 60, Cause.REPAIR: 40}, None),
        ({Cause.PARTS: 90}, "Shares make 90 %, they must make 100 %."),
        ({}, "Shares make 0 %, they must make 100 %."),
        (
            {Cause.PARTS: 150, Cause.REPAIR: -50},
            "A share is a whole number of per cent from 0 to 100.",
        ),
    ],
)
def test_shares_must_make_a_hundred(shares, said) -> None:
    problem = share_problem(shares)
    assert (str(problem) if problem else None) == said
