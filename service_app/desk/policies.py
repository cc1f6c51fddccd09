"""Promises and policies: limits by priority, and which wait stops which clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import Conflict, DomainError, Invalid
from service_app.core.text import N_, Text
from service_app.web.notices import tell
from service_app.web.session import db_session
from workorders.calendars.queries import find_default
from workorders.orders.models import OrderClock
from workorders.orders.rules import Priority
from workorders.sla.policy import LIMITED, STOPPABLE, Policy, Subject, policy_problems
from workorders.sla.queries import Promises, load
from workorders.sla.queries import find_default as find_default_level
from workorders.sla.rules import CLOCK_RULES, Clock, ClockKey, ClockState, WaitReason
from workorders.sla.service import add_level, add_version

blueprint = Blueprint("policies", __name__)
LONGEST = 100_000


@dataclass(frozen=True)
class Typed:
    """A policy as it was typed, with what could not be read."""

    policy: Policy
    limits: Mapping[str, str]
    stops: frozenset[str]
    problems: tuple[Text, ...] = ()


@blueprint.get("/admin/policies")
@requires(Permission.ORGANISATION_EDIT)
def index() -> ResponseReturnValue:
    """Limits by clock and priority, waits that stop clocks, what starts and meets each clock."""
    session = db_session()
    return _page(session, shown(load(session).usual_at(now()))), 200


@blueprint.post("/admin/policies")
@requires(Permission.ORGANISATION_EDIT)
def save() -> ResponseReturnValue:
    """Show what a change touches, then keep it as a new version."""
    session, actor = db_session(), current_actor()
    promises, typed = load(session), read(request.form, load(session).usual_at(now()))
    if typed.problems or "confirm" not in request.form:
        changes = () if typed.problems else differences(promises.usual_at(now()), typed.policy)
        return _page(session, typed, changes), 422 if typed.problems else 200
    try:
        with transaction(session, by=actor, at=now()):
            if request.form.get("version") != str(number_now(promises)):
                raise Conflict
            calendar = find_default(session)
            if calendar is None:
                raise Invalid(N_("Set the standard calendar up first; a policy counts by it."))
            level = find_default_level(session) or add_level(
                session, name=promises.levels[promises.default_id].name, by=actor, at=now()
            )
            add_version(session, typed.policy, level=level, calendar=calendar, by=actor, at=now())
    except DomainError as error:
        refused = Typed(typed.policy, typed.limits, typed.stops, (error.text,))
        return _page(session, refused), 422
    tell(N_("Saved as a new version. New orders follow it, open ones keep their promise."))
    return redirect(url_for("policies.index"))


def _page(session: Session, typed: Typed, changes: tuple[Text, ...] | None = None) -> str:
    promises = load(session)
    return render_template(
        "service_app/desk/policies.html", typed=typed, changes=changes, number=number_now(promises),
        limited=LIMITED, agreed=Clock.AGREED, stoppable=STOPPABLE, reasons=tuple(WaitReason),
        priorities=tuple(Priority), rules=CLOCK_RULES, open_orders=_count_open(session),
        has_calendar=find_default(session) is not None,
    )  # fmt: skip


def number_now(promises: Promises) -> int:
    """Which version of the usual level is in force."""
    return promises.levels[promises.default_id].number_of(promises.version_of(None, now())) or 1


def shown(policy: Policy) -> Typed:
    """A policy as its form shows it."""
    limits = {_limit_name(c, p): str(policy.limits.get((c, p), "")) for c in LIMITED for p in _ALL}
    stops = {f"{r}.{c}" for r, clocks in policy.stops.items() for c in clocks}
    return Typed(policy, limits, frozenset(stops))


_ALL = (1, 2, 3, 4)


def _limit_name(clock: Clock, priority: int) -> str:
    return f"{clock.value}.{priority}"


def read(form: Any, present: Policy) -> Typed:
    """What was typed as a policy; every cell that cannot be is a sentence."""
    limits: dict[tuple[Clock, int], int] = {}
    typed: dict[str, str] = {}
    problems: list[Text] = []
    for clock in LIMITED:
        for priority in _ALL:
            name = _limit_name(clock, priority)
            text = typed[name] = form.get(name, "").strip()[:20]
            if text.isascii() and text.isdigit() and int(text) <= LONGEST:
                limits[clock, priority] = int(text)
            elif text:
                said = N_(
                    "%(clock)s for priority %(priority)s: “%(text)s” is not a number of minutes."
                )
                problems.append(said.with_values(clock=clock.label, priority=priority, text=text))
    ticked = frozenset(f"{r}.{c}" for r in WaitReason for c in STOPPABLE if f"{r}.{c}" in form)
    stops = {
        reason: frozenset(c for c in STOPPABLE if f"{reason}.{c}" in ticked)
        for reason in WaitReason
    }
    kept = {reason: clocks for reason, clocks in stops.items() if clocks}
    policy = Policy(limits, kept, present.priorities)
    if not problems:
        problems = policy_problems(policy)
    return Typed(policy, typed, ticked, tuple(problems))


def differences(old: Policy, new: Policy) -> tuple[Text, ...]:
    """What a new version changes, a sentence each."""
    found = []
    for clock in LIMITED:
        for priority in _ALL:
            key, about = ClockKey(clock), Subject(priority)
            was, is_now = old.seconds(key, about), new.seconds(key, about)
            if was != is_now and is_now is not None:
                text = N_("%(clock)s, priority %(priority)s: %(old)s → %(new)s")
                old_time, new_time = timedelta(seconds=was or 0), timedelta(seconds=is_now)
                label = Priority(priority).label
                found.append(
                    text.with_values(clock=clock.label, priority=label, old=old_time, new=new_time)
                )
    return tuple(found) + _stop_differences(old, new)


def _stop_differences(old: Policy, new: Policy) -> tuple[Text, ...]:
    found = []
    for reason in WaitReason:
        for clock in STOPPABLE:
            key = ClockKey(clock)
            was, is_now = old.halts(reason, key), new.halts(reason, key)
            if was and not is_now:
                text = N_("%(clock)s runs on: %(reason)s")
                found.append(text.with_values(clock=clock.label, reason=reason.label))
            elif is_now and not was:
                text = N_("%(clock)s stands still: %(reason)s")
                found.append(text.with_values(clock=clock.label, reason=reason.label))
    return tuple(found)


def _count_open(session: Session) -> int:
    """Orders with a promise still to keep."""
    states = (ClockState.RUNNING.value, ClockState.PAUSED.value)
    found = select(func.count(OrderClock.order_id.distinct())).where(OrderClock.state.in_(states))
    return session.scalar(found) or 0
