"""A try of a level: what an order would be promised, and whom the steps would tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import requires
from service_app.accounts.permissions import Permission
from service_app.core.errors import NotFound
from service_app.core.text import N_
from service_app.desk.policies import blueprint
from service_app.web.forms import HouseForm, MomentField, Needed
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.calendars.worktime import Calendar
from workorders.orders.rules import Priority
from workorders.sla.policy import LIMITED, Policy
from workorders.sla.queries import load
from workorders.sla.rules import Clock
from workorders.sla.steps import Running, Step, schedule


class TryLevelForm(HouseForm):
    """The moment a request would come."""

    at = MomentField(N_("Received"), validators=[Needed()])

    class Meta:
        csrf = False


@dataclass(frozen=True)
class Tried:
    """A promise of the order tried: its deadline, and each step's moment."""

    clock: Clock
    allowed: timedelta
    due_at: datetime
    steps: Sequence[tuple[datetime, Step]]


@blueprint.get("/admin/policies/<int:level_id>/try")
@requires(Permission.ORGANISATION_EDIT)
def try_level(level_id: int) -> ResponseReturnValue:
    """Deadlines and steps of an order received at a moment, while nothing happens to it."""
    promises = load(db_session())
    level = promises.levels.get(level_id)
    if level is None:
        raise NotFound
    form = TryLevelForm(formdata=request.args if "at" in request.args else None)
    if form.at.data is None and "at" not in request.args:
        form.at.data = reader().now
    asked = request.args.get("priority", "")
    priority = Priority(int(asked)) if asked in {"1", "2", "3", "4"} else Priority.NORMAL
    rows: list[Tried] = []
    if form.at.data is not None and ("at" not in request.args or form.validate()):
        version = level.version_at(form.at.data)
        rows = _tried(
            promises.policies[version], promises.calendars[version], priority, form.at.data
        )
    return render_template(
        "service_app/desk/try_level.html", level=level, form=form, priority=priority,
        priorities=tuple(Priority), rows=rows,
    )  # fmt: skip


def _tried(policy: Policy, calendar: Calendar, priority: Priority, at: datetime) -> list[Tried]:
    found = []
    for clock in LIMITED:
        minutes = policy.limits.get((clock, int(priority)))
        if minutes is None:
            continue
        due = calendar.due(at, minutes * 60)
        running = Running(clock, at, at, 0, minutes * 60, due)
        moments = schedule(policy.steps, running, calendar)
        steps = [(moment, policy.steps[place]) for moment, place in moments]
        found.append(Tried(clock, timedelta(minutes=minutes), due, steps))
    return sorted(found, key=lambda row: row.due_at)
