"""Chances of past promises: bounds, groups, a past whose truth is known, no look ahead."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workorders.risk.rules import (
    FEWEST,
    Sample,
    chance,
    cut_of,
    load_of,
    step_of,
    tabulate,
    try_out,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


def sample(final: float, began: float | None = None, *, day: int = 0, **more: str) -> Sample:
    """A promise met after this share of its time; late beyond 1."""
    return Sample(
        more.get("clock", "restore"), more.get("priority", "2"), more.get("kind", "repair"),
        final, final > 1, began, START + timedelta(days=day),
    )  # fmt: skip


def ask(samples: list[Sample], used: float, *, begun: bool = False, priority: str = "2"):
    return chance(
        tabulate(samples),
        "restore",
        step=step_of(used),
        has_begun=begun,
        priority=priority,
        kind="repair",
    )


EVEN = [sample(n / 40 + 0.01) for n in range(60)]
"""Sixty promises met after 1 … 148 % of their time, as many at each share: twenty were late."""


def test_only_those_still_open_at_the_same_share_count() -> None:
    for used, still_open in ((0.0, 60), (0.5, 40), (0.9, 24)):
        found = ask(EVEN, used)
        assert (found.late, found.total) == (20, still_open)


def test_the_chance_grows_with_the_share_used() -> None:
    told = [ask(EVEN, n / 20).value for n in range(21)]
    assert told == sorted(told)
    assert told[0] == pytest.approx(20 / 60, abs=0.02)
    assert told[-1] > 0.9


def test_too_little_past_tells_no_chance() -> None:
    assert ask(EVEN[: FEWEST - 1], 0.5) is None
    assert ask(EVEN[:FEWEST], 0.5) is not None
    assert chance({}, "quote", step=0, has_begun=False, priority="1", kind="x") is None


def test_others_stand_in_for_a_clock_without_past() -> None:
    """A promised call leans on agreed moments, which were kept, not on limits, which were not."""
    agreed = [sample(0.9, clock="agreed") for _ in range(40)]
    late = [sample(1.4) for _ in range(40)]
    tables = tabulate([*agreed, *late])
    call, own = (
        chance(tables, clock, step=step_of(0.1), has_begun=False, priority="2", kind="repair")
        for clock in ("call", "own")
    )
    assert call.value < 0.2 < 0.8 < own.value
    assert not call.is_same_clock
    assert (call.late, call.total) == (0, 40)
    assert "other promises" in str(call.basis)
    known = chance(
        tables, "agreed", step=step_of(0.1), has_begun=False, priority="2", kind="repair"
    )
    assert known.is_same_clock
    assert "like it" in str(known.basis)


def test_whether_work_has_begun_counts() -> None:
    begun = [sample(0.9, 0.1) for _ in range(40)]
    idle = [sample(1.4) for _ in range(40)]
    assert ask([*begun, *idle], 0.5, begun=True).value < 0.2
    assert ask([*begun, *idle], 0.5, begun=False).value > 0.8


def test_a_small_group_leans_on_the_larger_one() -> None:
    many = [sample(0.9, priority="3") for _ in range(95)] + [sample(2, priority="3")] * 5
    one_late = [*many, sample(2, priority="1")]
    assert 0.05 < ask(one_late, 0.1, priority="1").value < 0.3
    more = [*many, *[sample(2, priority="1")] * 40]
    assert ask(more, 0.1, priority="1").value > 0.75


finals = st.floats(0.01, 3, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(finals, st.none() | st.floats(0, 1)), min_size=40, max_size=80),
       st.floats(-1, 5), st.booleans())  # fmt: skip
def test_a_chance_is_between_nothing_and_certainty(past, used, begun) -> None:
    samples = [sample(final, min(began, final) if began is not None else None)
               for final, began in past]  # fmt: skip
    found = ask(samples, used, begun=begun)
    assert 0 < found.value < 1
    assert 0 <= found.late <= found.total


def test_chances_of_a_known_world_come_true() -> None:
    """Priority 1 is late with 40 %, priority 3 with 10 %: so it is told, and better than alike."""
    random, samples = Random(7), []
    for n in range(6000):
        priority, truth = random.choice((("1", 0.4), ("3", 0.1)))
        final = random.uniform(1.01, 1.5) if random.random() < truth else random.uniform(0.9, 1)
        samples.append(sample(final, day=n // 20, priority=priority))
    for priority, truth in (("1", 0.4), ("3", 0.1)):
        assert ask(samples, 0.3, priority=priority).value == pytest.approx(truth, abs=0.03)
    trial = try_out(samples, cut_of(samples))
    assert trial.brier < 0.95 * trial.base
    assert all(abs(b.given - b.came) < 0.06 for b in trial.bins if b.count > 200)


def test_the_trial_never_sees_the_months_it_is_judged_on() -> None:
    """All kept before the cut, all late after it: nobody could have known."""
    before = [sample(0.95, day=n) for n in range(60)]
    after = [sample(1.5, day=n) for n in range(60, 80)]
    trial = try_out([*before, *after], before[-1].at + timedelta(hours=1))
    assert trial.questions == 60
    assert all(b.given < 0.1 and b.came == 1 for b in trial.bins)
    assert try_out(before, START) is None
    assert cut_of([]) is None


def test_a_loaded_engineer_is_told_by_the_loaded_ones_past() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    past = [
        Sample("restore", "3", "repair", 1.2 if is_late else 0.5, is_late, None, moment, load)
        for load, late in (("few", 5), ("many", 45))
        for is_late in [True] * late + [False] * (50 - late)
    ]
    tables = tabulate(past)

    def told(load: str) -> float:
        found = chance(
            tables, "restore", step=0, has_begun=False, priority="3", kind="repair", load=load
        )
        assert found is not None
        return found.value

    assert told("few") < 0.2 < told("") < 0.8 < told("many")


def test_loads_have_three_names_and_nobody_has_none() -> None:
    assert [load_of(n) for n in (None, 0, 2, 3, 5, 6, 99)] == [
        "", "few", "few", "some", "some", "many", "many"
    ]  # fmt: skip
