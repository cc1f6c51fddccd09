"""Pages of staff that show several rooms at once."""

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import requires
from service_app.accounts.permissions import Permission
from service_app.desk import queries
from service_app.web.session import db_session

blueprint = Blueprint("desk", __name__)


@blueprint.get("/start")
@requires(Permission.ORGANISATION_EDIT)
def start() -> ResponseReturnValue:
    """Six steps to the first request, for the administrator of a new company; then the settings."""
    steps = queries.shown_steps(db_session())
    if not any(step.is_next for step in steps):
        return redirect(url_for("organisation.index"))
    return render_template(
        "service_app/desk/start.html", steps=steps, pages=frozenset(current_app.view_functions)
    )
