"""A policy as people type it: read from the form, shown in it again, its changes in sentences."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from assets.faults.rules import Severity
from assets.machines.rules import Criticality
from service_app.core.text import N_, Text, verbatim
from workorders.orders.rules import Kind, Priority
from workorders.sla.policy import (
    LIMITED,
    PRIORITIES,
    STOPPABLE,
    Moment,
    OwnClock,
    Policy,
    Special,
    policy_problems,
)
from workorders.sla.rules import TOLD, Clock, ClockKey, WaitReason
from workorders.sla.steps import Step, When, Whom

LONGEST = 100_000
ESCALATED = (*LIMITED, Clock.AGREED, *TOLD)
"""Clocks a step of escalation may be of; without one it is of all."""
ROOM_SPECIALS, ROOM_OWN = 2, 1
"""Empty rows offered for more."""
_ROW = re.compile(r"[a-z]+\.([0-9]{1,3})\..+")
_TIME = re.compile(r"(\d{1,6})\s*(h|ч|min|мин|m)?\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Typed:
    """A policy as it was typed, with what could not be read. ``cells`` are the form's texts."""

    policy: Policy
    cells: Mapping[str, str]
    problems: tuple[Text, ...] = ()

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")

    @property
    def specials(self) -> range:
        """Numbers of the rows of exceptions, with room for more."""
        return range(_rows(self.cells, "special") + ROOM_SPECIALS)

    @property
    def steps(self) -> range:
        """Numbers of the rows of escalation, with room for more."""
        return range(_rows(self.cells, "step") + ROOM_SPECIALS)

    @property
    def own(self) -> range:
        """Numbers of the rows of own clocks, with room for one more."""
        return range(_rows(self.cells, "own") + ROOM_OWN)


def _rows(cells: Mapping[str, str], kind: str) -> int:
    """How many rows of this kind hold anything."""
    return max(
        (int(found[1]) + 1 for name, text in cells.items()
         if text and (found := _ROW.fullmatch(name)) and name.startswith(kind)), default=0,
    )  # fmt: skip


def shown(policy: Policy) -> Typed:
    """A policy as its form shows it."""
    cells = {f"{c}.{p}": str(policy.limits.get((c, p), "")) for c in LIMITED for p in PRIORITIES}
    cells |= {f"{r}.{c}": "on" for r, clocks in policy.stops.items() for c in clocks}
    cells |= {f"priority.{s}.{c}": str(n) for (s, c), n in policy.priorities.items()}
    own_limits = {(s.number, s.priority): s.minutes for s in policy.specials if _is_of_own(s)}
    for n, one in enumerate(s for s in policy.specials if not _is_of_own(s)):
        cells |= {
            f"special.{n}.clock": one.clock.value,
            f"special.{n}.priority": str(one.priority or ""),
            f"special.{n}.criticality": one.criticality or "",
            f"special.{n}.work": one.work or "",
            f"special.{n}.minutes": "" if one.minutes is None else str(one.minutes),
        }
    for n, own in enumerate(policy.own):
        cells |= {
            f"own.{n}.number": str(own.number), f"own.{n}.name": own.name,
            f"own.{n}.start": own.start.value, f"own.{n}.meet": own.meet.value,
        }  # fmt: skip
        cells |= {f"own.{n}.stops.{reason}": "on" for reason in own.stops}
        cells |= {
            f"own.{n}.{p}": str(own_limits[own.number, p])
            for p in PRIORITIES
            if own_limits.get((own.number, p)) is not None
        }
    for n, step in enumerate(policy.steps):
        cells |= {
            f"step.{n}.clock": step.clock.value if step.clock else "",
            f"step.{n}.when": step.when.value, f"step.{n}.value": str(step.value),
            f"step.{n}.whom": step.whom.value, f"step.{n}.any": "on" if step.is_any_hour else "",
            f"step.{n}.person": str(step.person or ""),
        }  # fmt: skip
    return Typed(policy, cells)


def _is_of_own(one: Special) -> bool:
    return one.clock is Clock.OWN


def read(form: Mapping[str, str], present: Policy, *, next_number: int) -> Typed:
    """What was typed as a policy; every cell that cannot be is a sentence.

    ``next_number`` is the first that no own clock has had. What the form does not hold stays as it
    is in ``present``.
    """
    cells = {name: text.strip()[:120] for name, text in form.items()}
    problems: list[Text] = []
    limits = {
        (clock, p): minutes
        for clock in LIMITED
        for p in PRIORITIES
        if (minutes := _minutes(cells, f"{clock}.{p}", clock.label, p, problems)) is not None
    }
    stops = {
        reason: frozenset(c for c in STOPPABLE if cells.get(f"{reason}.{c}"))
        for reason in WaitReason
    }
    own, own_limits = _own(cells, problems, present, next_number)
    policy = replace(
        present,
        limits=limits,
        stops={reason: clocks for reason, clocks in stops.items() if clocks},
        priorities=_priorities(cells, present),
        specials=(*_specials(cells, problems), *own_limits),
        own=own,
        steps=_steps(cells, problems),
    )
    if not problems:
        problems = policy_problems(policy)
    return Typed(policy, cells, tuple(problems))


def _minutes(
    cells: Mapping[str, str], name: str, label: Text, priority: object, problems: list[Text]
) -> int | None:
    """``240`` or ``4 h``; None for an empty cell or one that cannot be."""
    text = cells.get(name, "")[:20]
    found = _TIME.fullmatch(text)
    if found is not None:
        unit = (found[2] or "").lower()
        minutes = int(found[1]) * (60 if unit in ("h", "ч") else 1)
        if minutes <= LONGEST:
            return minutes
    if text:
        said = N_("%(clock)s for priority %(priority)s: “%(text)s” is not a number of minutes.")
        problems.append(said.with_values(clock=label, priority=priority, text=text))
    return None


def _priorities(cells: Mapping[str, str], present: Policy) -> dict[tuple[str, str], int]:
    found = dict(present.priorities)
    for severity in Severity:
        for criticality in Criticality:
            text = cells.get(f"priority.{severity}.{criticality}", "")
            if text in ("1", "2", "3", "4"):
                found[severity.value, criticality.value] = int(text)
    return found


def _member(kind: Any, text: str) -> Any:
    return next((one for one in kind if one.value == text), None)


def _specials(cells: Mapping[str, str], problems: list[Text]) -> list[Special]:
    found = []
    for n in range(min(_rows(cells, "special"), 300)):
        clock = _member(LIMITED, cells.get(f"special.{n}.clock", ""))
        if clock is None:
            continue
        priority = cells.get(f"special.{n}.priority", "")
        found.append(
            Special(
                clock,
                _minutes(cells, f"special.{n}.minutes", clock.label, priority or "–", problems),
                priority=int(priority) if priority in ("1", "2", "3", "4") else None,
                criticality=_value(Criticality, cells.get(f"special.{n}.criticality", "")),
                work=_value(Kind, cells.get(f"special.{n}.work", "")),
            )
        )
    return found


def _steps(cells: Mapping[str, str], problems: list[Text]) -> tuple[Step, ...]:
    """Rows with a number; who and when are filled in by the form's first choices."""
    found = []
    for n in range(min(_rows(cells, "step"), 60)):
        text = cells.get(f"step.{n}.value", "")
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and len(text) <= 6):
            said = N_("Escalation: “%(text)s” is not a whole number.")
            problems.append(said.with_values(text=text))
            continue
        whom = _member(Whom, cells.get(f"step.{n}.whom", "")) or Whom.MANAGERS
        person = cells.get(f"step.{n}.person", "")
        is_known = person.isascii() and person.isdigit() and len(person) <= 9
        found.append(
            Step(
                _member(When, cells.get(f"step.{n}.when", "")) or When.PERCENT,
                int(text),
                whom,
                _member(ESCALATED, cells.get(f"step.{n}.clock", "")),
                is_any_hour=bool(cells.get(f"step.{n}.any")),
                person=int(person) if is_known and whom is Whom.PERSON else None,
            )
        )
    return tuple(found)


def _value(kind: Any, text: str) -> str | None:
    found = _member(kind, text)
    return None if found is None else str(found.value)


def _own(
    cells: Mapping[str, str], problems: list[Text], present: Policy, next_number: int
) -> tuple[tuple[OwnClock, ...], list[Special]]:
    found, limits = [], []
    for n in range(min(_rows(cells, "own"), 50)):
        name = cells.get(f"own.{n}.name", "")[:60]
        start = _member(Moment, cells.get(f"own.{n}.start", ""))
        meet = _member(Moment, cells.get(f"own.{n}.meet", ""))
        if not name:
            continue
        if start is None or meet is None:
            problems.append(Text("%(name)s: say from what to what it counts.", name=name))
            continue
        typed = cells.get(f"own.{n}.number", "")
        known = {str(one.number) for one in present.own}
        number = int(typed) if typed in known else next_number + n
        stops = frozenset(r for r in WaitReason if cells.get(f"own.{n}.stops.{r}"))
        found.append(OwnClock(number, name, start, meet, stops))
        for p in PRIORITIES:
            label = verbatim(name)
            minutes = _minutes(cells, f"own.{n}.{p}", label, p, problems)
            if minutes is not None:
                limits.append(Special(Clock.OWN, minutes, number, priority=p))
    return tuple(found), limits


def differences(old: Policy, new: Policy) -> tuple[Text, ...]:
    """What a new version changes, a sentence each."""
    return (
        *_limit_differences(old, new), *_stop_differences(old, new), *_own_differences(old, new),
        *_special_differences(old, new), *_priority_differences(old, new),
        *_step_differences(old, new),
    )  # fmt: skip


def _limit_differences(old: Policy, new: Policy) -> list[Text]:
    found = []
    for clock in LIMITED:
        for priority in PRIORITIES:
            was, now = old.limits.get((clock, priority)), new.limits.get((clock, priority))
            if was != now:
                text = N_("%(clock)s, priority %(priority)s: %(old)s → %(new)s")
                label = Priority(priority).label
                found.append(
                    text.with_values(
                        clock=clock.label, priority=label, old=_time(was), new=_time(now)
                    )
                )
    return found


def _time(minutes: int | None) -> Text | timedelta:
    return N_("not promised") if minutes is None else timedelta(minutes=minutes)


def _stop_differences(old: Policy, new: Policy) -> list[Text]:
    found = []
    for reason in WaitReason:
        for clock in STOPPABLE:
            was, is_now = old.halts(reason, ClockKey(clock)), new.halts(reason, ClockKey(clock))
            if was is not is_now:
                stands, runs = (
                    N_("%(clock)s stands still: %(reason)s"),
                    N_("%(clock)s runs on: %(reason)s"),
                )
                text = stands if is_now else runs
                found.append(text.with_values(clock=clock.label, reason=reason.label))
    return found


def _own_differences(old: Policy, new: Policy) -> list[Text]:
    found = []
    before, after = {o.number: o for o in old.own}, {o.number: o for o in new.own}
    for number, one in after.items():
        if number not in before:
            found.append(Text("New clock %(name)s. %(what)s", name=one.name, what=one.sentence))
        elif one != before[number] or _own_limits(old, number) != _own_limits(new, number):
            found.append(Text("Clock %(name)s changes. %(what)s", name=one.name, what=one.sentence))
    found += [
        Text("Clock %(name)s is promised no more.", name=one.name)
        for number, one in before.items()
        if number not in after
    ]
    return found


def _own_limits(policy: Policy, number: int) -> dict[int | None, int | None]:
    return {s.priority: s.minutes for s in policy.specials if s.number == number and _is_of_own(s)}


def special_sentence(one: Special) -> Text:
    """``Restore, priority 1, generator…: 2 h``."""
    conditions: list[object] = []
    if one.priority is not None:
        conditions.append(Text("priority %(priority)s", priority=Priority(one.priority).label))
    if one.criticality is not None:
        conditions.append(Text("criticality %(level)s", level=Criticality(one.criticality).label))
    if one.work is not None:
        conditions.append(Kind(one.work).label)
    text = Text("%(clock)s: %(time)s", clock=one.clock.label, time=_time(one.minutes))
    for condition in conditions:
        text = Text("%(text)s, %(condition)s", text=text, condition=condition)
    return text


def _special_differences(old: Policy, new: Policy) -> list[Text]:
    before = [s for s in old.specials if not _is_of_own(s)]
    after = [s for s in new.specials if not _is_of_own(s)]
    gone = [s for s in before if s not in after]
    come = [s for s in after if s not in before]
    return [
        *(Text("New exception: %(text)s", text=special_sentence(s)) for s in come),
        *(Text("No longer an exception: %(text)s", text=special_sentence(s)) for s in gone),
    ]


def _priority_differences(old: Policy, new: Policy) -> list[Text]:
    found = []
    for (severity, criticality), now in new.priorities.items():
        was = old.priorities.get((severity, criticality), 3)
        if was != now:
            text = N_("%(severity)s, criticality %(level)s: priority %(old)s → %(new)s")
            found.append(
                text.with_values(
                    severity=Severity(severity).label, level=Criticality(criticality).label,
                    old=was, new=now,
                )
            )  # fmt: skip
    return found


def _step_differences(old: Policy, new: Policy) -> list[Text]:
    come = [s for s in new.steps if s not in old.steps]
    gone = [s for s in old.steps if s not in new.steps]
    return [
        *(Text("New step of escalation: %(text)s", text=s.sentence) for s in come),
        *(Text("No more: %(text)s", text=s.sentence) for s in gone),
    ]


def history(versions: Sequence[tuple[Any, Policy]]) -> list[tuple[Any, tuple[Text, ...]]]:
    """Versions newest first with what each changed against the one before."""
    out = []
    for n, (row, policy) in enumerate(versions):
        changed = differences(versions[n - 1][1], policy) if n else ()
        out.append((row, changed))
    return out[::-1]
