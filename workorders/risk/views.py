"""What the chances rest on, and whether they were right."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.text import N_
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.risk import service
from workorders.risk.plots import calibration
from workorders.risk.queries import load_chances
from workorders.risk.rules import FEWEST, STEPS, Counts
from workorders.sla.rules import Clock

blueprint = Blueprint("risk", __name__)


@blueprint.get("/promises/chances")
@requires(Permission.PROMISES_VIEW)
def chances() -> ResponseReturnValue:
    """How the chance of being late is counted, on what, and how it fared."""
    found, me = load_chances(db_session()), reader()
    rows = []
    if found is not None:
        rows = [
            (clock, _totals(found.tables[clock.value]))
            for clock in Clock
            if clock.value in found.tables
        ]
    return render_template(
        "workorders/risk/chances.html", found=found, rows=rows, fewest=FEWEST,
        right=calibration(found.trial, me) if found and found.trial else None,
        may_refit=current_actor().can(Permission.BREACHES_REVIEW),
    )  # fmt: skip


def _totals(row: Counts) -> tuple[int, int, float]:
    late, kept = row[0], row[STEPS + 1]
    return late, late + kept, 100 * late / (late + kept)


@blueprint.post("/promises/chances")
@requires(Permission.BREACHES_REVIEW)
def refit() -> ResponseReturnValue:
    """Count them anew now instead of tonight."""
    session, actor = db_session(), current_actor()
    with transaction(session, by=actor, at=now()):
        service.refit(session, by=actor, at=now())
    tell(N_("The chances are counted anew."))
    return redirect(url_for("risk.chances"))
