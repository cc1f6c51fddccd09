"""Escalation: who hears of a promise, and when, before and after its deadline. Pure.

Moments are counted in the clock's own working time. A clock that stands still, was met or no longer
applies has none, so that reminders end when something is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, P_, Text
from workorders.calendars.worktime import Calendar
from workorders.sla.rules import Clock

MOST_STEPS = 50
LONGEST_MINUTES = 100_000


class When(Labelled):
    """What a step's number means."""

    PERCENT = "percent", P_("escalation", "per cent of the time used"), Tone.PLAIN
    BEFORE = "before", P_("escalation", "minutes before the deadline"), Tone.PLAIN
    AFTER = "after", P_("escalation", "minutes after the deadline"), Tone.PLAIN


class Whom(Labelled):
    """Who hears of it."""

    ENGINEER = "engineer", P_("escalation", "the order's engineer"), Tone.PLAIN
    DISPATCHER = "dispatcher", P_("escalation", "the order's dispatcher"), Tone.PLAIN
    DISPATCHERS = "dispatchers", P_("escalation", "all dispatchers"), Tone.PLAIN
    MANAGERS = "managers", P_("escalation", "managers"), Tone.PLAIN
    LEAD = "lead", P_("escalation", "the leader of the engineer's team"), Tone.PLAIN
    PERSON = "person", P_("escalation", "the person named"), Tone.PLAIN
    CUSTOMER = "customer", P_("escalation", "the customer who reported"), Tone.VIOLET
    CONTRACT = "contract", P_("escalation", "the contract's contacts"), Tone.VIOLET
    OUTSIDE = "outside", P_("escalation", "the channel outside"), Tone.PLAIN


@dataclass(frozen=True)
class Step:
    """One step; ``clock`` None is every clock. ``is_any_hour`` tells at night too.

    ``person`` is the user of a step for the person named.
    """

    when: When
    value: int
    whom: Whom
    clock: Clock | None = None
    is_any_hour: bool = False
    person: int | None = None

    @property
    def sentence(self) -> Text:
        """What it does, in one sentence."""
        clock = self.clock.label if self.clock else N_("Every promise")
        hours = N_("at any hour") if self.is_any_hour else N_("in working hours")
        return Text(
            "%(clock)s, %(value)s %(when)s: %(whom)s, %(hours)s",
            clock=clock, value=self.value, when=self.when.label, whom=self.whom.label, hours=hours,
        )  # fmt: skip


@dataclass(frozen=True)
class Running:
    """What the steps need of a running clock: ``used`` working seconds as of ``point``."""

    clock: Clock
    started_at: datetime
    point: datetime
    used: int
    allowed: int
    due_at: datetime


def moment_of(step: Step, of: Running, calendar: Calendar) -> datetime | None:
    """When the step falls; None for a step of another clock.

    A share already used up falls at the start. Outside working time it waits for the opening,
    unless it may come at any hour.
    """
    if step.clock is not None and step.clock is not of.clock:
        return None
    if step.when is When.AFTER:
        if step.is_any_hour:
            return of.due_at + timedelta(minutes=step.value)
        moment = calendar.due(of.due_at, step.value * 60)
    else:
        share = of.allowed * step.value // 100
        target = share if step.when is When.PERCENT else of.allowed - step.value * 60
        if step.when is When.BEFORE and step.is_any_hour:
            return max(of.started_at, of.due_at - timedelta(minutes=step.value))
        if target <= of.used:
            moment = of.point if target > 0 else of.started_at
        else:
            moment = calendar.due(of.point, target - of.used)
    return moment if step.is_any_hour else calendar.next_open(moment)


def schedule(steps: Sequence[Step], of: Running, calendar: Calendar) -> list[tuple[datetime, int]]:
    """The steps of a running clock in their order: moment and place in the list."""
    found = [
        (moment, place)
        for place, step in enumerate(steps)
        if (moment := moment_of(step, of, calendar)) is not None
    ]
    return sorted(found)


def step_problems(steps: Sequence[Step]) -> list[Text]:
    """What is wrong with a policy's steps, in sentences."""
    found: list[Text] = []
    if len(steps) > MOST_STEPS:
        found.append(Text("More than %(most)s steps of escalation.", most=MOST_STEPS))
    for step in steps:
        most = 1000 if step.when is When.PERCENT else LONGEST_MINUTES
        if not 0 < step.value <= most:
            text = N_("An escalation step needs a number from 1 to %(most)s.")
            found.append(text.with_values(most=most))
    if any(step.whom is Whom.PERSON and step.person is None for step in steps):
        found.append(N_("An escalation step to a person names the person."))
    if len(set(steps)) < len(steps):
        found.append(N_("Two escalation steps are the same."))
    return list(dict.fromkeys(found))
