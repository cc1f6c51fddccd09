"""A person's own inbox."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.text import N_
from service_app.notifications import queries, service
from service_app.notifications.models import Notification
from service_app.web.links import link_to
from service_app.web.notices import tell
from service_app.web.session import db_session

blueprint = Blueprint("notifications", __name__)


def _own_id() -> int:
    user_id = current_actor().user_id
    assert user_id is not None  # the guard let in only people who are signed in
    return user_id


@blueprint.get("/inbox")
@requires(Permission.SIGNED_IN)
def inbox() -> ResponseReturnValue:
    """Own notices, newest first."""
    session, user_id = db_session(), _own_id()
    return render_template(
        "service_app/notifications/inbox.html",
        page=queries.list_own(session, user_id, key=request.args.get("after")),
        wants_letters=queries.wants_letters(session, user_id),
    )


@blueprint.post("/inbox/<int:notice_id>/open")
@requires(Permission.SIGNED_IN)
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Read one and go to what it is about."""
    session, actor = db_session(), current_actor()
    notice = queries.get_own(session, _own_id(), notice_id)
    with transaction(session, by=actor, at=now()):
        service.mark_read(session, _own_id(), only=notice, at=now())
    return redirect(_target(notice))


@blueprint.post("/inbox/read")
@requires(Permission.SIGNED_IN)
def read_all() -> ResponseReturnValue:
    """Read everything."""
    session, actor = db_session(), current_actor()
    with transaction(session, by=actor, at=now()):
        service.mark_read(session, _own_id(), only=None, at=now())
    return redirect(url_for("notifications.inbox"))


@blueprint.post("/inbox/letters")
@requires(Permission.SIGNED_IN)
def choose_letters() -> ResponseReturnValue:
    """Have notices by e-mail too, or in the inbox only."""
    session, actor, at = db_session(), current_actor(), now()
    wants = request.form.get("wants_letters") == "yes"
    with transaction(session, by=actor, at=at):
        service.choose_letters(session, _own_id(), wants_letters=wants, by=actor, at=at)
    tell(N_("Notices come by e-mail too.") if wants else N_("Notices stay in the inbox."))
    return redirect(url_for("notifications.inbox"))


def _target(notice: Notification) -> str:
    found = link_to(notice.link_kind or "", notice.link_ref or "")
    return found or url_for("notifications.inbox")
