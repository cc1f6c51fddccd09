"""What a person sees when something cannot be done: a sentence, never a stack."""

import logging
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from service_app.core.errors import Conflict, DomainError, Invalid, NotFound
from service_app.core.text import N_
from service_app.web.reading import reader
from service_app.web.session import close_session

log = logging.getLogger(__name__)
SIGNED_OUT = N_("You were signed out. Sign in, and what you typed is here.")
NO_ANSWER = N_("The database does not answer. Nothing was half-saved. Try again in a minute.")
RETRY_SECONDS = 30
PAGES = (400, 403, 404, 413, 429, 500, 503)


def wants_json() -> bool:
    """Whether the client asked for data rather than a page."""
    return request.path.startswith("/api/") or (
        request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    )


def sign_in_first() -> ResponseReturnValue:
    """Lead a guest to the log-in page and back to where they wanted to go."""
    if wants_json():
        return jsonify(error=reader().say(SIGNED_OUT)), 401
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    target = url_for("accounts.sign_in", next=here or None)
    if request.headers.get("HX-Request"):
        response = make_response("", 401)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target)


def error_page(status: int, **values: Any) -> Response:
    """The page of one status, in the person's language."""
    page = status if status in PAGES else (500 if status >= 500 else 400)
    if wants_json():
        return make_response(jsonify(error=values.get("sentence") or str(status)), status)
    html = render_template(
        f"errors/{page}.html", request_id=g.get("request_id", ""), person=None, **values
    )
    return make_response(html, status)


def ask_no_more() -> None:
    """The page is drawn without the person: asking who it is would wait and fail once more."""
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]


def refused(error: DomainError) -> ResponseReturnValue:
    """A refusal that no form caught: back to where the person was, with the sentence."""
    if isinstance(error, NotFound):
        return error_page(404)
    status = 422 if isinstance(error, Invalid) else 409
    if wants_json():
        return jsonify(error=reader().say(error.text), field=error.field), status
    back = request.referrer
    if back and back.startswith(request.host_url) and request.method != "GET":
        flash(reader().say(error.text), "danger")
        return redirect(back)
    return error_page(400, sentence=reader().say(error.text))


def init_app(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(DomainError)
    def _domain(error: DomainError) -> ResponseReturnValue:
        return refused(error)

    @app.errorhandler(StaleDataError)
    def _stale(_error: StaleDataError) -> ResponseReturnValue:
        return refused(Conflict())

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or (error.code or 500) < 400:
            return error
        return error_page(error.code or 500)

    @app.errorhandler(OperationalError)
    def _database(_error: OperationalError) -> ResponseReturnValue:
        log.exception("the database does not answer")
        close_session()
        ask_no_more()
        response = error_page(503, sentence=reader().say(NO_ANSWER))
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response

    @app.errorhandler(Exception)
    def _broken(_error: Exception) -> ResponseReturnValue:
        log.exception("a page broke")
        close_session()
        return error_page(500)
