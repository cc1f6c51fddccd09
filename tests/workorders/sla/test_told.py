"""Promises told for a moment, keeping the customer informed, a policy's own clocks."""

import pytest

from tests.workorders.sla.test_replay import CALENDAR, RECEIVED, K, at, facts, run, wait
from workorders.sla.account import explain
from workorders.sla.policy import DEFAULT_LIMITS, Moment, OwnClock, Policy, Special
from workorders.sla.replay import replay
from workorders.sla.rules import Clock, ClockKey, ClockState, Fact, FactKind, WaitReason

INFORMED = Policy(limits={**DEFAULT_LIMITS, **{(Clock.UPDATE, n): 240 for n in (1, 2, 3, 4)}})
ALL_STOP = Policy(stops={reason: frozenset(Clock) for reason in WaitReason})
RUNNING, MET, VOID = ClockState.RUNNING, ClockState.MET, ClockState.VOID


def promise(moment: str, clock: Clock, due: str) -> tuple:
    return (moment, K.PROMISED, {"clock": clock, "due_at": at(due)})


@pytest.mark.parametrize(
    ("clock", "kind"),
    [
        (Clock.CALL, K.CALLED), (Clock.PRICE, K.QUOTED), (Clock.PRICE, K.APPROVED),
        (Clock.VISIT, K.ARRIVED),
    ],
)  # fmt: skip
def test_a_promise_is_kept_by_what_was_promised(clock: Clock, kind: FactKind) -> None:
    rows = (RECEIVED, promise("23 10:00", clock, "23 12:00"))
    key = ClockKey(clock, 1)
    assert run(*rows)[key].due_at == at("23 12:00")
    kept = run(*rows, ("23 11:30", kind))[key]
    assert (kept.state, kept.met_at, kept.breached_at) == (MET, at("23 11:30"), None)
    late = run(*rows, ("23 12:45", kind))[key]
    assert (late.breached_at, late.late) == (at("23 12:00"), 45 * 60)


def test_each_promise_is_a_clock_and_the_right_one_is_kept() -> None:
    rows = (
        RECEIVED,
        promise("23 10:00", Clock.PART, "25 12:00"),
        ("23 11:00", K.PROMISE_KEPT, {"number": 99}),
        ("25 11:00", K.PROMISE_KEPT, {"number": 1}),
        promise("25 11:30", Clock.PART, "26 12:00"),
        ("26 11:00", K.PROMISE_FREED, {"number": 4}),
    )
    found = run(*rows)
    assert {key: r.state for key, r in found.items() if key.clock is Clock.PART} == {
        ClockKey(Clock.PART, 1): MET, ClockKey(Clock.PART, 4): VOID
    }  # fmt: skip
    assert all(r.breached_at is None for key, r in found.items() if key.clock is Clock.PART)


def test_told_anew_in_time_replaces_and_told_too_late_stays_missed() -> None:
    first, second = ClockKey(Clock.CALL, 1), ClockKey(Clock.CALL, 2)
    again = promise("23 11:00", Clock.CALL, "23 15:00")
    in_time = run(RECEIVED, promise("23 10:00", Clock.CALL, "23 12:00"), again)
    assert (in_time[first].state, in_time[first].breached_at) == (VOID, None)
    assert in_time[second].due_at == at("23 15:00")
    too_late = run(RECEIVED, promise("23 10:00", Clock.CALL, "23 10:30"), again)
    assert (too_late[first].breached_at, too_late[first].late) == (at("23 10:30"), 30 * 60)
    other = run(RECEIVED, promise("23 10:00", Clock.CALL, "23 12:00"),
                promise("23 11:00", Clock.VISIT, "23 15:00"))  # fmt: skip
    assert other[first].state is RUNNING


def test_no_pause_and_no_policy_moves_a_named_moment() -> None:
    rows = (
        RECEIVED,
        promise("23 10:00", Clock.VISIT, "23 15:00"),
        wait("23 11:00", WaitReason.PARTS),
    )
    told = run(*rows, policy=ALL_STOP, now="23 16:00")[ClockKey(Clock.VISIT, 1)]
    assert (told.due_at, told.breached_at) == (at("23 15:00"), at("23 15:00"))
    assert sum(r.seconds for r in explain(told, CALENDAR)) == told.used


def test_an_ended_order_frees_its_promises_and_what_was_late_stays() -> None:
    rows = (RECEIVED, promise("23 10:00", Clock.CALL, "23 12:00"))
    assert run(*rows, ("23 11:00", K.CANCELLED))[ClockKey(Clock.CALL, 1)].breached_at is None
    late = run(*rows, ("23 13:00", K.CANCELLED))[ClockKey(Clock.CALL, 1)]
    assert (late.state, late.breached_at) == (VOID, at("23 12:00"))


def test_a_moment_already_past_is_due_when_it_is_told() -> None:
    told = run(RECEIVED, promise("23 10:00", Clock.CALL, "23 09:30"))[ClockKey(Clock.CALL, 1)]
    assert told.due_at == at("23 10:00")


def updates(*rows: tuple, policy: Policy = INFORMED, now: str | None = None) -> dict:
    found = run(*rows, policy=policy, now=now)
    return {key.number: r for key, r in found.items() if key.clock is Clock.UPDATE}


def test_nobody_promised_to_keep_in_touch() -> None:
    assert updates(RECEIVED, ("23 10:00", K.CONTACT), policy=Policy()) == {}


def test_every_word_to_the_customer_begins_the_next_stretch() -> None:
    rows = (
        RECEIVED, ("23 10:12", K.CONTACT), ("23 15:12", K.CONTACT), ("24 12:12", K.CONTACT),
        ("24 13:00", K.READY), ("25 10:00", K.CONTACT),
    )  # fmt: skip
    found = updates(*rows)
    assert [(n, r.state, r.breached_at) for n, r in found.items()] == [
        (0, MET, None), (1, MET, None), (2, MET, at("24 10:12")), (3, MET, None),
    ]  # fmt: skip
    assert found[2].late == 2 * 3600
    going_on = updates(*rows[:2])[1]
    assert going_on.due_at == at("23 15:12")


def test_a_refusal_at_handover_begins_to_inform_again() -> None:
    rows = (RECEIVED, ("23 12:00", K.READY), ("24 10:00", K.REFUSED))
    found = updates(*rows)
    assert [(n, r.state) for n, r in found.items()] == [(0, MET), (2, RUNNING)]
    assert found[2].due_at == at("24 15:00")
    in_work = updates(RECEIVED, ("23 12:00", K.DONE), ("23 12:30", K.REFUSED))
    assert list(in_work) == [0]  # it never stopped


def test_words_at_the_same_second_make_no_late_stretch() -> None:
    found = updates(RECEIVED, ("23 10:00", K.CONTACT), ("23 10:00", K.CONTACT))
    assert [(r.state, r.used) for r in found.values()][1] == (MET, 0)


def test_a_word_entered_later_falls_in_place() -> None:
    known = facts(RECEIVED, ("23 16:12", K.CONTACT))
    late = replay(known, {1: INFORMED}, CALENDAR)[ClockKey(Clock.UPDATE)]
    assert late.breached_at == at("23 14:12")
    entered = [*known, Fact(at("23 12:00"), 99, K.CONTACT)]
    found = replay(entered, {1: INFORMED}, CALENDAR)
    assert found[ClockKey(Clock.UPDATE)].breached_at is None
    assert found[ClockKey(Clock.UPDATE, 99)].met_at == at("23 16:12")


LOANER = OwnClock(7, "Loaner", Moment.ACCEPTED, Moment.ARRIVED, frozenset({WaitReason.ACCESS}))
OWN = ClockKey(Clock.OWN, 7)
WITH_OWN = Policy(own=(LOANER,), specials=(Special(Clock.OWN, 120, 7, priority=2),))


def test_an_own_clock_counts_from_its_moment_to_its_moment() -> None:
    rows = (RECEIVED, ("23 10:00", K.ACCEPTED), wait("23 10:30", WaitReason.ACCESS),
            ("23 11:30", K.WAIT_CLOSED))  # fmt: skip
    assert OWN not in run(RECEIVED, policy=WITH_OWN)
    found = run(*rows, policy=WITH_OWN)[OWN]
    assert found.due_at == at("23 13:00")  # used up at the very end of the morning
    assert found.paused == {WaitReason.ACCESS: 3600}
    met = run(*rows, ("23 14:30", K.ARRIVED), policy=WITH_OWN)[OWN]
    assert (met.state, met.late) == (MET, 30 * 60)
    assert run(*rows, ("23 12:00", K.CLOSED), policy=WITH_OWN)[OWN].state is VOID


def test_an_own_clock_promises_only_what_it_has_limits_for() -> None:
    low = ("23 09:12", K.RECEIVED, {"priority": 4, "policy": 1})
    assert OWN not in run(low, ("23 10:00", K.ACCEPTED), policy=WITH_OWN)


def test_another_level_ends_its_own_clocks_and_begins_the_new_ones() -> None:
    rows = (RECEIVED, ("23 10:00", K.ACCEPTED), ("23 11:00", K.POLICY, {"policy": 2}))
    assert run(*rows, policy=WITH_OWN, p2=Policy()).get(OWN) is None
    late = run(*rows[:2], ("23 15:00", K.POLICY, {"policy": 2}), policy=WITH_OWN, p2=Policy())
    assert (late[OWN].state, late[OWN].breached_at) == (VOID, at("23 12:00"))
    begun = run(*rows, policy=Policy(), p2=WITH_OWN)[OWN]
    assert (begun.started_at, begun.due_at) == (at("23 10:00"), at("23 12:00"))


def test_criticality_and_kind_choose_the_limit() -> None:
    policy = Policy(
        specials=(
            Special(Clock.RESPONSE, 10, criticality="high"),
            Special(Clock.RESPONSE, None, work="training"),
        )
    )

    def response(**more: str):
        moment = ("23 10:00", K.RECEIVED, {"priority": 2, "policy": 1, **more})
        return run(moment, policy=policy).get(ClockKey(Clock.RESPONSE))

    assert response().due_at == at("23 10:30")
    assert response(criticality="high").due_at == at("23 10:10")
    assert response(work="training") is None
