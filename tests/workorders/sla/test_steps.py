"""When steps of escalation fall: working time, nights, pauses, hours of the day."""

import pytest

from tests.workorders.sla.test_replay import CALENDAR, RECEIVED, K, at, run, wait
from workorders.orders.clocks import next_step, step_key, steps_of
from workorders.sla.policy import Policy, policy_problems
from workorders.sla.queries import Level, Promises
from workorders.sla.rules import Clock, ClockKey, WaitReason
from workorders.sla.steps import Step, When, Whom

M = Whom.MANAGERS
LEVEL = Level(1, "A", ((at("01 00:00"), 1, 1),))
RESTORE, AGREED = ClockKey(Clock.RESTORE), ClockKey(Clock.AGREED)


def moments(steps: tuple[Step, ...], *rows: tuple, key: ClockKey = RESTORE) -> list:
    policy = Policy(steps=steps)
    promises = Promises(
        {1: policy}, {1: CALENDAR}, {1: Level(1, "A", ((at("01 00:00"), 1, 1),))}, 1
    )
    result = run(RECEIVED, *rows, policy=policy)[key]
    return [f"{m.astimezone(CALENDAR.zone):%d %H:%M}" for m, _ in steps_of(result, promises)]


@pytest.mark.parametrize(
    ("step", "falls"),
    [
        # restore for priority 2: 16 h from Monday 09:12, so until Tuesday 17:12 + lunch: Wed 09:12
        (Step(When.PERCENT, 50, M), "24 09:12"),
        (Step(When.PERCENT, 100, M), "25 09:12"),
        (Step(When.BEFORE, 60, M), "24 17:12"),
        (Step(When.BEFORE, 60, M, is_any_hour=True), "25 08:12"),
        (Step(When.AFTER, 30, M), "25 09:42"),
        (Step(When.AFTER, 600, M), "26 11:12"),
        (Step(When.AFTER, 600, M, is_any_hour=True), "25 19:12"),
        (Step(When.BEFORE, 9999, M), "23 09:12"),
        (Step(When.PERCENT, 50, M, Clock.QUOTE), None),
    ],
)
def test_a_step_falls_in_working_time(step: Step, falls: str | None) -> None:
    assert moments((step,)) == ([falls] if falls else [])


def test_no_reminder_at_midnight_for_a_moment_agreed_there() -> None:
    agreed = ("23 10:00", K.AGREED, {"due_at": at("24 00:00")})
    by_day = (Step(When.AFTER, 10, M, Clock.AGREED), Step(When.PERCENT, 100, M, Clock.AGREED))
    assert moments(by_day, agreed, key=AGREED) == ["24 09:00", "24 09:10"]
    at_night = (Step(When.AFTER, 10, M, Clock.AGREED, is_any_hour=True),)
    assert moments(at_night, agreed, key=AGREED) == ["24 00:10"]


def test_a_clock_that_stands_or_was_met_has_no_steps() -> None:
    steps = (Step(When.PERCENT, 10, M), Step(When.AFTER, 10, M))
    assert moments(steps, wait("23 10:00", WaitReason.ACCESS)) == []
    assert moments(steps, ("23 10:00", K.DONE)) == []


def test_a_pause_moves_the_steps_still_to_come() -> None:
    steps = (Step(When.PERCENT, 50, M),)
    pause = (wait("23 10:12", WaitReason.ACCESS), ("23 12:12", K.WAIT_CLOSED))
    assert moments(steps, *pause) == ["24 11:12"]


def test_a_step_is_taken_once_for_each_deadline() -> None:
    steps = (Step(When.PERCENT, 25, M), Step(When.PERCENT, 50, M))
    policy = Policy(steps=steps)
    promises = Promises(
        {1: policy}, {1: CALENDAR}, {1: Level(1, "A", ((at("01 00:00"), 1, 1),))}, 1
    )
    result = run(RECEIVED, policy=policy)[RESTORE]
    first = step_key(1, 0, result.due_at)
    assert next_step([], result, promises)[1] == 0
    assert next_step([first], result, promises)[1] == 1
    assert next_step([first, step_key(1, 1, result.due_at)], result, promises) == (None, -1)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ((Step(When.PERCENT, 0, M),), "from 1 to 1000"),
        ((Step(When.PERCENT, 1001, M),), "from 1 to 1000"),
        ((Step(When.AFTER, 5, M), Step(When.AFTER, 5, M)), "the same"),
        (tuple(Step(When.AFTER, n, M) for n in range(1, 60)), "More than 50"),
    ],
)
def test_steps_that_cannot_be(steps: tuple[Step, ...], said: str) -> None:
    assert any(said in str(text) for text in policy_problems(Policy(steps=steps)))
