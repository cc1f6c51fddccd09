"""Levels of service: limits, exceptions, own clocks, waits that stop them, versions."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.faults.rules import Severity
from assets.machines.rules import Criticality
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import Conflict, DomainError, Invalid, NotFound
from service_app.core.text import N_, Text
from service_app.desk.policy_typed import ESCALATED, Typed, differences, history, read, shown
from service_app.organisation.queries import staff_choices
from service_app.outbox import carriers
from service_app.web.addresses import LARGEST, asked_id
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.calendars.models import WorkCalendar
from workorders.calendars.queries import find_default, list_calendars
from workorders.orders import rollout
from workorders.orders.rules import Kind, Priority
from workorders.sla import queries, service
from workorders.sla.models import PolicyVersion, SlaPolicy
from workorders.sla.policy import LIMITED, STANDARD, STOPPABLE, Moment, Policy
from workorders.sla.queries import load
from workorders.sla.rules import CLOCK_RULES, Clock, WaitReason
from workorders.sla.steps import When, Whom
from workorders.sla.stored import to_policy

blueprint = Blueprint("policies", __name__)
MOST_BATCHES = 10
NO_CALENDAR = N_("Set the standard calendar up first; a policy counts by it.")


@blueprint.get("/admin/policies")
@requires(Permission.ORGANISATION_EDIT)
def index() -> ResponseReturnValue:
    """A level: the usual one, or the one named in the address."""
    session = db_session()
    level = _level(session)
    return _page(session, level, shown(_present(session, level)[1])), 200


@blueprint.post("/admin/policies")
@requires(Permission.ORGANISATION_EDIT)
def save() -> ResponseReturnValue:
    """Show what a change touches, then keep it as a new version."""
    session, actor = db_session(), current_actor()
    level = _level(session)
    row, present = _present(session, level)
    typed = read(request.form, present, next_number=service.next_own_number(session))
    if typed.problems or "confirm" not in request.form:
        changes = () if typed.problems else _changes(session, row, present, typed)
        return _page(session, level, typed, changes), 422 if typed.problems else 200
    try:
        with transaction(session, by=actor, at=now()):
            if request.form.get("version") != str(row.number if row else 1):
                raise Conflict
            calendar, since = _calendar(session, row), _since(session)
            if level is None:
                level = service.add_level(
                    session, name=reader().say(N_("Standard")), by=actor, at=now()
                )
            service.add_version(
                session, typed.policy, level=level, calendar=calendar, since=since, by=actor,
                at=now(),
            )  # fmt: skip
    except DomainError as error:
        refused = Typed(typed.policy, typed.cells, (error.text,))
        return _page(session, level, refused), 422
    tell(N_("Saved as a new version. New orders follow it, open ones keep their promise."))
    return redirect(url_for("policies.index", level=level.id))


@blueprint.post("/admin/policies/levels")
@requires(Permission.ORGANISATION_EDIT)
def add() -> ResponseReturnValue:
    """A new level that begins as a copy of the usual one."""
    session, actor = db_session(), current_actor()
    usual = _level(session)
    try:
        with transaction(session, by=actor, at=now()):
            row, policy = _present(session, usual)
            calendar = _calendar(session, row)
            level = service.add_level(
                session, name=request.form.get("name", ""), by=actor, at=now()
            )
            service.add_version(session, policy, level=level, calendar=calendar, by=actor, at=now())
    except DomainError as error:
        tell(error.text, "danger")
        return redirect(url_for("policies.index"))
    tell(
        Text("%(name)s begins as a copy of the usual level: change what differs.", name=level.name)
    )
    return redirect(url_for("policies.index", level=level.id))


@blueprint.post("/admin/policies/levels/<int:level_id>")
@requires(Permission.ORGANISATION_EDIT)
def change_level(level_id: int) -> ResponseReturnValue:
    """Rename it, make it the usual one, or end it."""
    session, actor, level = db_session(), current_actor(), _get(db_session(), level_id)
    action = request.form.get("action", "")
    try:
        with transaction(session, by=actor, at=now()):
            if action == "usual":
                service.make_default(session, level, by=actor, at=now())
            elif action == "end":
                service.end_level(session, level, by=actor, at=now())
            else:
                service.rename(
                    session, level, request.form.get("name", ""), version=level.version, by=actor,
                    at=now(),
                )  # fmt: skip
    except DomainError as error:
        tell(error.text, "danger")
    else:
        tell(N_("Saved."))
    return redirect(url_for("policies.index", level=level.id))


@blueprint.get("/admin/policies/<int:level_id>/apply")
@requires(Permission.ORGANISATION_EDIT)
def preview_apply(level_id: int) -> ResponseReturnValue:
    """What the version in force would do to the level's open orders."""
    session, level = db_session(), _get(db_session(), level_id)
    older, version_id = _older(session, level)
    found = rollout.preview(session, older, version_id, at=now())
    return render_template("service_app/desk/apply_policy.html", level=level, found=found), 200


@blueprint.post("/admin/policies/<int:level_id>/apply")
@requires(Permission.ORGANISATION_EDIT)
def apply(level_id: int) -> ResponseReturnValue:
    """Give it to them, an event each; many are done in several presses."""
    session, actor, level = db_session(), current_actor(), _get(db_session(), level_id)
    older, version_id = _older(session, level)
    reason = request.form.get("reason", "").strip()[:500]
    if not reason:
        tell(N_("Write why: it stands in the story of every order."), "danger")
        return redirect(url_for("policies.preview_apply", level_id=level.id))
    done = 0
    for _ in range(MOST_BATCHES):
        with transaction(session, by=actor, at=now()):
            count = rollout.apply_batch(
                session, older, version_id, reason=reason, by=actor, at=now()
            )
        done += count
        if count < rollout.BATCH:
            break
    left = rollout.count_older(session, older)
    tell(Text("%(done)s orders follow the new version, %(left)s are left.", done=done, left=left))
    return redirect(url_for("policies.preview_apply", level_id=level.id))


def _older(session: Session, level: SlaPolicy) -> tuple[list[int], int]:
    """The level's versions before the one in force, and that one."""
    versions = load(session).levels[level.id]
    present = versions.version_at(now())
    return [v for _, v, _ in versions.versions if v != present], present


def _level(session: Session) -> SlaPolicy | None:
    """The level of the address, else the usual one; None while none is set up."""
    if not request.args.get("level"):
        return queries.find_default(session)
    asked = asked_id("level")
    if asked is None:
        raise NotFound
    return _get(session, asked)


def _get(session: Session, level_id: int) -> SlaPolicy:
    level = session.get(SlaPolicy, level_id) if level_id <= LARGEST else None
    if level is None or level.id not in load(session).levels:
        raise NotFound
    return level


def _present(session: Session, level: SlaPolicy | None) -> tuple[PolicyVersion | None, Policy]:
    """The newest version, begun or not, and its policy."""
    if level is None:
        return None, STANDARD
    row = _versions(session, level)[-1]
    return row, to_policy(row)


def _versions(session: Session, level: SlaPolicy) -> list[PolicyVersion]:
    return list(
        session.scalars(
            select(PolicyVersion)
            .where(PolicyVersion.policy_id == level.id)
            .order_by(PolicyVersion.number)
        )
    )


def _calendar(session: Session, row: PolicyVersion | None) -> WorkCalendar:
    """The one chosen, else the version's own, else the company's."""
    asked = request.form.get("calendar", type=int)
    chosen = session.get(WorkCalendar, asked) if asked and 0 < asked <= LARGEST else None
    own = session.get(WorkCalendar, row.calendar_id) if row else find_default(session)
    found = chosen or own
    if found is None:
        raise Invalid(NO_CALENDAR)
    return found


def _since(session: Session) -> datetime | None:
    """The moment typed, on the calendar's clock; None for now. Raises Invalid for a past one."""
    text = request.form.get("since", "").strip()
    if not text:
        return None
    zone = ZoneInfo(str(load(session).calendar.zone))
    try:
        since = datetime.fromisoformat(text[:16]).replace(tzinfo=zone)
    except ValueError:
        raise Invalid(Text("%(text)s is not a day and a time.", text=text[:40]), "since") from None
    if since < now():
        raise Invalid(N_("A version begins now or later: what was promised stays promised."))
    return since


def _changes(
    session: Session, row: PolicyVersion | None, present: Policy, typed: Typed
) -> tuple[Text, ...]:
    found = differences(present, typed.policy)
    names = {str(number): name for number, name in list_calendars(session)}
    name = names.get(typed["calendar"])
    if row is not None and name is not None and typed["calendar"] != str(row.calendar_id):
        found = (*found, Text("Counts by the calendar %(name)s", name=name))
    return found


def _page(
    session: Session, level: SlaPolicy | None, typed: Typed, changes: tuple[Text, ...] | None = None
) -> str:
    versions = _versions(session, level) if level is not None else []
    ids = [row.id for row in versions]
    context: dict[str, Any] = {
        "level": level, "levels": queries.list_levels(session), "typed": typed,
        "changes": changes, "number": versions[-1].number if versions else 1,
        "limited": LIMITED, "agreed": Clock.AGREED, "stoppable": STOPPABLE,
        "reasons": tuple(WaitReason), "priorities": tuple(Priority), "rules": CLOCK_RULES,
        "severities": tuple(Severity), "criticalities": tuple(Criticality), "kinds": tuple(Kind),
        "moments": tuple(Moment), "escalated": ESCALATED, "whens": tuple(When),
        "whoms": tuple(Whom), "staff": staff_choices(session),
        "has_outside": carriers.has_channel(), "calendars": list_calendars(session),
        "calendar_id": typed["calendar"] or str(versions[-1].calendar_id if versions else ""),
        "open_orders": rollout.count_older(session, ids or [0]),
        "behind": rollout.count_older(session, ids[:-1]) if len(ids) > 1 else 0,
        "history": history([(row, to_policy(row)) for row in versions]),
        "has_calendar": find_default(session) is not None,
    }  # fmt: skip
    return render_template("service_app/desk/policies.html", **context)
