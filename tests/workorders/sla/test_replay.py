"""Clocks: the worked example of the design, what rivals got wrong, and other cases by name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workorders.calendars.rules import OFFICE_WEEK, ROUND_THE_CLOCK, Week
from workorders.calendars.worktime import Calendar, Version
from workorders.sla.account import explain
from workorders.sla.policy import DEFAULT_LIMITS, DEFAULT_STOPS, Policy, policy_problems
from workorders.sla.replay import replay
from workorders.sla.rules import Clock, ClockKey, ClockState, Fact, FactKind, WaitReason

CALENDAR = Calendar([Version(datetime(2000, 1, 1, tzinfo=UTC), Week(OFFICE_WEEK))])
STANDARD = Policy()
DEMO = Policy(stops={**DEFAULT_STOPS, WaitReason.PARTS: frozenset({Clock.RESTORE})})
K = FactKind
RESPONSE, QUOTE, ARRIVAL, RESTORE, AGREED = (
    ClockKey(c) for c in (Clock.RESPONSE, Clock.QUOTE, Clock.ARRIVAL, Clock.RESTORE, Clock.AGREED)
)


def at(text: str) -> datetime:
    """``23 09:12``: November 2026 in Moscow; the 23rd is a Monday."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(
        tzinfo=ZoneInfo("Europe/Moscow")
    )


def facts(*rows: tuple) -> list[Fact]:
    out = []
    for n, (moment, kind, *rest) in enumerate(rows):
        more = rest[0] if rest else {}
        out.append(Fact(at(moment), n, kind, **more))
    return out


def run(*rows: tuple, policy: Policy = STANDARD, now: str | None = None, **policies: Policy):
    table = {1: policy} | {int(k[1:]): v for k, v in policies.items()}
    return replay(facts(*rows), table, CALENDAR, now=at(now) if now else None)


RECEIVED = ("23 09:12", K.RECEIVED, {"priority": 2, "policy": 1})


def wait(moment: str, reason: WaitReason) -> tuple:
    return (moment, K.WAIT_OPENED, {"reason": reason})


EXAMPLE = (
    RECEIVED,
    ("23 09:27", K.ACCEPTED),
    ("23 10:35", K.QUOTED),
    wait("23 10:35", WaitReason.APPROVAL),
    ("23 11:50", K.APPROVED),
    ("23 11:50", K.WAIT_CLOSED),
    ("23 11:50", K.AGREED, {"due_at": at("25 12:00")}),
    ("23 14:30", K.ARRIVED),
    wait("23 16:05", WaitReason.PARTS),
    ("24 09:40", K.WAIT_CLOSED),
)


def test_the_worked_example_of_the_design() -> None:
    clocks = run(*EXAMPLE, policy=DEMO, now="24 10:42")
    restore = clocks[RESTORE]
    assert restore.used == (5 * 60 + 40) * 60
    assert restore.due_at == at("25 14:02")
    assert restore.remaining == (10 * 60 + 20) * 60
    assert clocks[RESPONSE].used == 15 * 60
    assert clocks[QUOTE].used == 83 * 60
    assert clocks[AGREED].due_at == at("25 12:00")
    assert clocks[AGREED].remaining == (9 * 60 + 18) * 60


def test_the_accounts_minutes_add_up() -> None:
    """Received half a minute past: what the rows show makes what the sum shows."""
    start, now = at("23 17:57") + timedelta(seconds=30), at("24 09:05") + timedelta(seconds=40)
    late_half = replace(facts(RECEIVED)[0], at=start)
    clocks = replay([late_half], {1: STANDARD}, CALENDAR, now=now)
    rows = [row for row in explain(clocks[RESPONSE], CALENDAR) if row.is_counted]
    assert [row.seconds for row in rows] == [150, 340]
    assert [row.minutes for row in rows] == [2, 6]
    assert sum(row.minutes for row in rows) == clocks[RESPONSE].used // 60


def test_the_account_of_the_example_row_by_row() -> None:
    restore = run(*EXAMPLE, policy=DEMO, now="24 10:42")[RESTORE]
    rows = [
        (
            f"{r.start.astimezone(CALENDAR.zone):%d %H:%M}",
            f"{r.end.astimezone(CALENDAR.zone):%d %H:%M}",
            r.seconds // 60,
            ", ".join(str(x) for x in r.reasons),
        )
        for r in explain(restore, CALENDAR)
    ]
    assert rows == [
        ("23 09:12", "23 10:35", 83, ""),
        ("23 10:35", "23 11:50", 0, "waiting for the price to be approved"),
        ("23 11:50", "23 13:00", 70, ""),
        ("23 13:00", "23 14:00", 0, "break"),
        ("23 14:00", "23 16:05", 125, ""),
        ("23 16:05", "24 09:40", 0, "waiting for parts, night"),
        ("24 09:40", "24 10:42", 62, ""),
    ]


class TestWhatRivalsGotWrong:
    """Each case by name."""

    def test_a_pause_over_a_weekend_is_not_counted_too_much(self) -> None:
        rows = (RECEIVED, wait("27 17:00", WaitReason.CUSTOMER), ("30 10:00", K.WAIT_CLOSED))
        without = run(RECEIVED, now="27 17:00")[RESTORE]
        paused = run(*rows, now="30 10:00")[RESTORE]
        assert paused.used == without.used
        assert paused.paused == {WaitReason.CUSTOMER: 2 * 3600}

    def test_a_pause_is_not_lost_on_a_priority_change(self) -> None:
        rows = (
            RECEIVED,
            wait("23 10:12", WaitReason.ACCESS),
            ("23 11:12", K.PRIORITY, {"priority": 1}),
            ("23 12:12", K.WAIT_CLOSED),
        )
        restore = run(*rows, now="23 12:12")[RESTORE]
        assert restore.used == 3600
        assert restore.due_at == CALENDAR.due(at("23 12:12"), 7 * 3600)

    def test_the_target_is_inside_working_hours_after_a_pause(self) -> None:
        rows = (RECEIVED, wait("23 17:50", WaitReason.CUSTOMER), ("23 20:00", K.WAIT_CLOSED))
        restore = run(*rows)[RESTORE]
        assert CALENDAR.closes(restore.due_at - timedelta(seconds=1)) is not None

    def test_nothing_is_breached_while_paused(self) -> None:
        rows = (RECEIVED, wait("23 10:00", WaitReason.CUSTOMER))
        quote = run(*rows, now="30 12:00")[QUOTE]
        assert (quote.state, quote.breached_at, quote.due_at) == (ClockState.PAUSED, None, None)

    def test_an_agreed_deadline_is_not_moved_by_a_pause(self) -> None:
        rows = (
            RECEIVED,
            ("23 10:00", K.AGREED, {"due_at": at("25 12:00")}),
            wait("23 11:00", WaitReason.CUSTOMER),
        )
        agreed = run(*rows, now="25 13:00")[AGREED]
        assert agreed.due_at == at("25 12:00")
        assert agreed.breached_at == at("25 12:00")
        assert agreed.late == 3600

    def test_lunch_is_not_counted(self) -> None:
        assert run(("23 12:30", K.RECEIVED, {"priority": 3}))[
            ClockKey(Clock.RESPONSE)
        ].due_at == at("23 14:30")

    def test_a_paused_order_is_not_failed_on_saving_after_its_old_deadline(self) -> None:
        rows = (
            RECEIVED,
            wait("23 10:00", WaitReason.CUSTOMER),
            ("30 12:00", K.PRIORITY, {"priority": 3}),
        )
        assert run(*rows, now="30 12:30")[QUOTE].breached_at is None

    def test_waiting_for_parts_runs_by_default_and_stands_where_the_policy_says(self) -> None:
        rows = (RECEIVED, wait("23 10:00", WaitReason.PARTS))
        assert run(*rows)[RESTORE].state is ClockState.RUNNING
        assert run(*rows, policy=DEMO)[RESTORE].state is ClockState.PAUSED
        assert run(*rows, policy=DEMO)[QUOTE].state is ClockState.RUNNING

    def test_a_reply_and_a_wait_in_one_step_keep_the_response(self) -> None:
        rows = (RECEIVED, ("23 09:27", K.ACCEPTED), wait("23 09:27", WaitReason.CUSTOMER))
        response = run(*rows, now="25 12:00")[RESPONSE]
        assert (response.state, response.met_at) == (ClockState.MET, at("23 09:27"))
        assert response.breached_at is None

    def test_due_never_comes_before_the_start(self) -> None:
        rows = (("28 12:00", K.RECEIVED, {"priority": 1}),)
        assert run(*rows)[RESPONSE].due_at == at("30 09:30")

    def test_a_target_already_used_up_is_breached_at_the_change(self) -> None:
        rows = (
            ("23 09:00", K.RECEIVED, {"priority": 4}),
            ("23 10:00", K.PRIORITY, {"priority": 1}),
        )
        response = run(*rows)[RESPONSE]
        assert response.breached_at == at("23 10:00")
        assert response.late == 0


def test_kept_exactly_at_the_deadline() -> None:
    rows = (("23 09:00", K.RECEIVED, {"priority": 2}), ("23 09:30", K.ACCEPTED))
    assert run(*rows)[RESPONSE].breached_at is None
    rows = (("23 09:00", K.RECEIVED, {"priority": 2}), ("23 09:31", K.ACCEPTED))
    missed = run(*rows)[RESPONSE]
    assert (missed.breached_at, missed.late) == (at("23 09:30"), 60)


def test_a_refusal_at_handover_reopens_restore_with_the_time_used() -> None:
    rows = (
        RECEIVED,
        ("23 12:12", K.DONE),
        ("24 10:00", K.REFUSED),
    )
    restore = run(*rows, now="24 11:00")[RESTORE]
    assert restore.state is ClockState.RUNNING
    assert restore.used == 4 * 3600
    assert sum(r.seconds for r in explain(restore, CALENDAR)) == restore.used


def test_the_machine_running_again_meets_restore_before_the_work_is_done() -> None:
    rows = (RECEIVED, ("23 11:12", K.RUNS_AGAIN), ("23 15:00", K.DONE))
    assert run(*rows)[RESTORE].met_at == at("23 11:12")


@pytest.mark.parametrize(
    ("kind", "clock", "state"),
    [
        (K.NOTHING_TO_PAY, Clock.QUOTE, ClockState.VOID),
        (K.DECLINED, Clock.RESPONSE, ClockState.MET),
        (K.CANCELLED, Clock.RESPONSE, ClockState.VOID),
        (K.CANCELLED, Clock.RESTORE, ClockState.VOID),
        (K.DONE, Clock.ARRIVAL, ClockState.VOID),
        (K.APPROVED, Clock.QUOTE, ClockState.MET),
    ],
)
def test_what_ends_a_clock(kind: FactKind, clock: Clock, state: ClockState) -> None:
    assert run(RECEIVED, ("23 10:00", kind))[ClockKey(clock)].state is state


def test_a_clock_without_a_limit_promises_nothing() -> None:
    bare = Policy(limits={k: v for k, v in DEFAULT_LIMITS.items() if k[0] is not Clock.ARRIVAL})
    assert ClockKey(Clock.ARRIVAL) not in run(RECEIVED, policy=bare)
    assert policy_problems(bare) == []
    assert policy_problems(STANDARD) == []
    gap = Policy(limits={k: v for k, v in DEFAULT_LIMITS.items() if k != (Clock.ARRIVAL, 2)})
    assert [str(p) for p in policy_problems(gap)] == ["Arrival has no limit for priority 2."]
    assert len(policy_problems(Policy(limits={}))) == 1


def test_a_deadline_at_the_end_of_a_day_is_missed_in_the_evening() -> None:
    rows = (("23 17:30", K.RECEIVED, {"priority": 2}),)
    assert run(*rows)[RESPONSE].due_at == at("23 18:00")
    assert run(*rows, now="23 18:00")[RESPONSE].breached_at is None
    late = run(*rows, ("23 20:00", K.ACCEPTED))[RESPONSE]
    assert (late.breached_at, late.late) == (at("23 18:00"), 0)


def test_facts_that_mean_nothing_to_a_clock_leave_its_deadline_alone() -> None:
    rows = (
        ("23 17:30", K.RECEIVED, {"priority": 2}),
        wait("23 19:00", WaitReason.OTHER),
        ("23 20:00", K.WAIT_CLOSED),
        ("23 21:00", K.PRIORITY, {"priority": 1}),
        ("24 09:00", K.ARRIVED),
    )
    response = run(*rows)[RESPONSE]
    assert (response.due_at, response.breached_at) == (at("23 18:00"), at("23 18:00"))


def test_a_breach_stays_when_the_target_is_raised_after_it() -> None:
    rows = (
        ("23 09:00", K.RECEIVED, {"priority": 1}),
        ("23 10:00", K.PRIORITY, {"priority": 4}),
        ("23 10:30", K.ACCEPTED),
    )
    response = run(*rows)[RESPONSE]
    assert (response.breached_at, response.late) == (at("23 09:30"), 30 * 60)
    going_on = run(*rows[:2])[RESPONSE]
    assert going_on.due_at == at("23 11:00")


def test_a_breach_grows_from_its_moment_on() -> None:
    rows = (("23 09:00", K.RECEIVED, {"priority": 4}), ("23 10:00", K.PRIORITY, {"priority": 1}))
    assert run(*rows, now="23 10:20")[RESPONSE].late == 20 * 60


def test_a_pause_after_a_breach_adds_nothing_to_it() -> None:
    rows = (
        RECEIVED,
        wait("23 15:12", WaitReason.CUSTOMER),
        ("24 15:12", K.WAIT_CLOSED),
        ("24 15:42", K.QUOTED),
    )
    quote = run(*rows)[QUOTE]
    assert (quote.breached_at, quote.late) == (at("23 14:12"), 90 * 60)


def test_a_fact_entered_later_falls_in_place_and_takes_the_breach_away() -> None:
    known = facts(RECEIVED, ("23 15:00", K.ARRIVED))
    assert replay(known, {1: STANDARD}, CALENDAR)[QUOTE].breached_at == at("23 14:12")
    entered = [*known, Fact(at("23 10:00"), 99, K.QUOTED)]
    assert replay(entered, {1: STANDARD}, CALENDAR)[QUOTE].breached_at is None


def test_one_reason_after_another_is_counted_for_each() -> None:
    rows = (
        RECEIVED,
        wait("23 10:00", WaitReason.CUSTOMER),
        wait("23 11:00", WaitReason.ACCESS),
        wait("23 12:30", WaitReason.WEATHER),
        ("23 14:00", K.WAIT_CLOSED),
    )
    restore = run(*rows, now="23 15:00")[RESTORE]
    assert restore.paused == {WaitReason.CUSTOMER: 3600, WaitReason.ACCESS: 90 * 60}
    assert restore.used == (48 + 30 + 60) * 60


def test_soon_begins_at_a_quarter_or_at_half_an_hour_and_in_working_time() -> None:
    clocks = run(("28 23:00", K.RECEIVED, {"priority": 2}))
    assert clocks[RESPONSE].warn_at == at("30 09:00")  # all of it is soon, but not at night
    assert clocks[QUOTE].warn_at == at("30 12:00")
    short = Policy(limits={**DEFAULT_LIMITS, (Clock.QUOTE, 2): 90})
    quote = run(("30 09:00", K.RECEIVED, {"priority": 2}), policy=short)[QUOTE]
    assert quote.warn_at == at("30 10:00")
    paused = run(RECEIVED, wait("23 10:00", WaitReason.ACCESS))[RESTORE]
    assert (paused.due_at, paused.warn_at, paused.remaining) == (None, None, 912 * 60)


def test_nobody_pays_or_nobody_comes_and_there_was_no_promise_to_break() -> None:
    rows = (RECEIVED, ("25 10:00", K.NOTHING_TO_PAY), ("25 10:00", K.NO_VISIT))
    for clock in (Clock.QUOTE, Clock.ARRIVAL):
        result = run(*rows)[ClockKey(clock)]
        assert (result.state, result.breached_at, result.late) == (ClockState.VOID, None, 0)


def test_what_was_late_when_cancelled_stays_late() -> None:
    quote = run(RECEIVED, ("23 15:12", K.CANCELLED))[QUOTE]
    assert (quote.state, quote.breached_at) == (ClockState.VOID, at("23 14:12"))


def test_a_promise_that_begins_or_ends_with_the_priority() -> None:
    only_urgent = Policy(limits={(Clock.RESTORE, 1): 60})
    rows = (
        ("23 09:00", K.RECEIVED, {"priority": 3}),
        ("23 09:40", K.PRIORITY, {"priority": 1}),
        ("23 11:00", K.PRIORITY, {"priority": 3}),
    )
    assert run(*rows[:1], policy=only_urgent) == {}
    assert run(*rows[:2], policy=only_urgent)[RESTORE].due_at == at("23 10:00")
    assert run(*rows[:2], policy=only_urgent, now="23 09:50")[RESTORE].used == 50 * 60
    ended = run(*rows, policy=only_urgent)[RESTORE]
    assert (ended.state, ended.breached_at) == (ClockState.VOID, at("23 10:00"))


def test_each_policy_version_counts_by_its_own_calendar() -> None:
    always = Calendar([Version(datetime(2000, 1, 1, tzinfo=UTC), Week(ROUND_THE_CLOCK))])
    rows = facts(
        ("23 17:00", K.RECEIVED, {"priority": 2, "policy": 1}),
        ("23 20:00", K.POLICY, {"policy": 2}),
    )
    calendars = {1: CALENDAR, 2: always}
    policies = {1: STANDARD, 2: STANDARD}
    quote = replay(rows, policies, calendars, now=at("23 22:00"))[QUOTE]
    assert quote.used == 3 * 3600  # 17–18 by the office, 20–22 round the clock
    assert quote.due_at == at("23 23:00")
    assert [(r.seconds, *map(str, r.reasons)) for r in explain(quote, calendars)] == [
        (3600,), (0, "night"), (2 * 3600,)
    ]  # fmt: skip


def test_an_agreed_deadline_may_be_agreed_anew_and_is_reopened_by_a_refusal() -> None:
    rows = (
        RECEIVED,
        ("23 10:00", K.AGREED, {"due_at": at("24 12:00")}),
        ("24 11:00", K.AGREED, {"due_at": at("25 12:00")}),
        ("25 11:00", K.DONE),
        ("25 15:00", K.REFUSED),
    )
    assert run(*rows[:4])[AGREED].breached_at is None
    reopened = run(*rows, now="25 16:00")[AGREED]
    assert (reopened.state, reopened.breached_at) == (ClockState.RUNNING, at("25 15:00"))
    assert (reopened.due_at, reopened.late) == (at("25 12:00"), 3600)
    again = (("25 15:00", K.AGREED, {"due_at": at("27 12:00")}), ("27 10:00", K.DONE))
    assert run(*rows, *again)[AGREED].late == 0


def test_no_policy_can_stop_an_agreed_deadline() -> None:
    all_stop = Policy(stops={WaitReason.CUSTOMER: frozenset(Clock)})
    rows = (
        RECEIVED,
        ("23 10:00", K.AGREED, {"due_at": at("24 12:00")}),
        wait("23 11:00", WaitReason.CUSTOMER),
    )
    agreed = run(*rows, policy=all_stop)[AGREED]
    assert (agreed.state, agreed.due_at) == (ClockState.RUNNING, at("24 12:00"))


def test_a_pause_at_the_very_deadline_is_in_time() -> None:
    rows = (
        RECEIVED,
        wait("23 14:12", WaitReason.CUSTOMER),
        ("23 15:00", K.WAIT_CLOSED),
        ("23 15:00", K.QUOTED),
    )
    assert run(*rows)[QUOTE].breached_at is None
    resumed = run(*rows[:3], now="23 15:01")[QUOTE]
    assert (resumed.breached_at, resumed.late) == (at("23 15:00"), 60)


def test_an_agreed_deadline_never_lies_before_its_agreement() -> None:
    rows = (RECEIVED, ("23 10:00", K.AGREED, {"due_at": at("23 09:30")}))
    assert run(*rows)[AGREED].due_at == at("23 10:00")


def test_a_refusal_while_a_wait_is_open_leaves_the_clock_standing() -> None:
    rows = (
        RECEIVED,
        ("23 12:12", K.DONE),
        wait("23 14:00", WaitReason.ACCESS),
        ("24 10:00", K.REFUSED),
    )
    restore = run(*rows, now="24 12:00")[RESTORE]
    assert (restore.state, restore.since) == (ClockState.PAUSED, at("24 10:00"))
    assert restore.paused == {WaitReason.ACCESS: 2 * 3600}


def test_the_account_names_nights_breaks_days_off_and_rework() -> None:
    rows = (
        ("22 13:00", K.RECEIVED, {"priority": 4}),
        wait("23 12:00", WaitReason.OTHER),
        ("24 10:00", K.DONE),
        ("24 12:00", K.REFUSED),
        wait("27 17:00", WaitReason.CUSTOMER),
    )
    restore = run(*rows, now="30 08:00")[RESTORE]
    shown = [(f"{r.start:%d %H} {r.end:%d %H}", r.seconds // 3600, *map(str, r.reasons))
             for r in explain(restore, CALENDAR)]  # fmt: skip
    assert [row[1:] for row in shown] == [
        (0, "days off"),
        (4,), (0, "break"), (4,), (0, "night"), (1,),
        (0, "work was reported done"),
        (1,), (0, "break"), (4,), (0, "night"),
        (4,), (0, "break"), (4,), (0, "night"),
        (4,), (0, "break"), (4,), (0, "night"),
        (4,), (0, "break"), (3,),
        (0, "waiting for the customer", "days off"),
    ]  # fmt: skip


def test_moments_with_fractions_of_a_second_count_as_whole_ones() -> None:
    rows = facts(("23 09:00", K.RECEIVED, {"priority": 2}), ("23 09:30", K.ACCEPTED))
    bits = [replace(f, at=f.at.replace(microsecond=700_000 - 500_000 * f.id)) for f in rows]
    response = replay(bits, {0: STANDARD}, CALENDAR)[RESPONSE]
    assert (response.used, response.breached_at) == (30 * 60, None)
    assert sum(r.seconds for r in explain(response, CALENDAR)) == 30 * 60


def test_no_facts_no_clocks() -> None:
    assert run() == {}
    assert run(RECEIVED, now="20 12:00") == {}
    assert Clock.AGREED not in run(RECEIVED, ("23 10:00", K.AGREED))
