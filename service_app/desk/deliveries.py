"""The administrator's look at timed work: is a worker alive, what did jobs do, what did not go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.text import N_, Text, verbatim
from service_app.documents import render
from service_app.outbox import queries as letters
from service_app.outbox import service as outbox
from service_app.outbox.rules import LetterState
from service_app.web.notices import tell
from service_app.web.session import db_session
from service_app.worker import queries as worker
from service_app.worker.models import JobRun
from service_app.worker.rules import next_slot_at

blueprint = Blueprint("jobs", __name__, url_prefix="/admin/jobs")

LABELS: dict[str, Text] = {
    "accounts.sweep": N_("Forget old sign-in tries and used links"),
    "outbox.deliver": N_("Deliver letters"),
    "outbox.sweep": N_("Forget delivered letters"),
    "notifications.failed_letters": N_("Tell of letters not delivered"),
    "notifications.sweep": N_("Forget old notices"),
    "files.remove_orphans": N_("Remove files nobody names"),
    "documents.render": N_("Make PDFs of issued papers"),
    "machines.refresh_words": N_("Refresh the words machines are found by"),
    "orders.tell_deadlines": N_("Tell of deadlines that came near or passed"),
    "breaches.pull": N_("Enter breaches"),
    "breaches.remind_of_actions": N_("Remind of corrective actions"),
    "risk.refresh": N_("Count the chances of being late"),
    "contracts.look_after": N_("Renew and end contracts, remind of their end and hours"),
    "portal.sweep": N_("Forget old tries of guests"),
    "transfers.run": N_("Import the lists that were sent in"),
    "transfers.sweep": N_("Forget old imports"),
    "worker.sweep": N_("Forget old runs"),
}
"""What people call a job; one without a name here is shown by its own."""


@dataclass(frozen=True)
class ShownJob:
    """One line of the table. ``next_at`` is empty while no worker runs."""

    label: Text
    every_seconds: int
    last: JobRun | None
    next_at: datetime | None


@blueprint.get("")
@requires(Permission.JOBS_VIEW)
def index() -> ResponseReturnValue:
    """Jobs with their last runs, and letters that wait or were given up."""
    session, at = db_session(), now()
    state = LetterState.FAILED if request.args.get("letters") == "failed" else LetterState.WAITING
    is_alive = worker.is_alive(session, at)
    return render_template(
        "service_app/desk/deliveries.html",
        is_alive=is_alive,
        pulse=worker.find_pulse(session),
        jobs=_shown(current_app.extensions["house_jobs"], worker.last_runs(session), at, is_alive),
        missing_libraries=render.missing_libraries(),
        state=state,
        states=(LetterState.WAITING, LetterState.FAILED),
        page=letters.list_undelivered(session, state, key=request.args.get("after")),
    )


def _shown(
    jobs: Sequence[Any], runs: Mapping[str, JobRun], at: datetime, is_alive: bool
) -> list[ShownJob]:
    return [
        ShownJob(
            LABELS.get(job.name) or verbatim(job.name),
            job.every_seconds,
            runs.get(job.name),
            next_slot_at(at, job.every_seconds) if is_alive else None,
        )
        for job in jobs
    ]


@blueprint.post("/letters/<int:letter_id>/try-again")
@requires(Permission.JOBS_VIEW)
def try_again(letter_id: int) -> ResponseReturnValue:
    """Try a letter at once, whatever became of it before."""
    session, actor, at = db_session(), current_actor(), now()
    letter = letters.get_letter(session, letter_id)
    with transaction(session, by=actor, at=at):
        outbox.try_again(session, letter, at=at)
    tell(Text("The letter to %(address)s is tried again within seconds.", address=letter.to))
    return redirect(url_for("jobs.index"))
