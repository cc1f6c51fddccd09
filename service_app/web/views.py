"""Routes without business: is the program alive, is it ready."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from service_app.web.session import db_session

blueprint = Blueprint("web", __name__)


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/ready")
def ready() -> ResponseReturnValue:
    """The process and its database answer (503 otherwise, by the error handler)."""
    db_session().execute(text("SELECT 1"))
    return jsonify(status="ready")


for view in (health, ready):
    view.house_guard = "public"  # type: ignore[attr-defined]
