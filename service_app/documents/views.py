"""Papers on the screen and as PDF; the public check of a paper's number and hash."""

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, public, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.text import N_
from service_app.documents import queries, render, service
from service_app.documents.models import IssuedDocument
from service_app.documents.rules import FEWEST_DIGITS, DocumentState, fits_hash, grouped_hash
from service_app.files.sending import send_stored
from service_app.web.links import link_to
from service_app.web.notices import tell
from service_app.web.session import db_session
from service_app.worker.queries import is_alive

blueprint = Blueprint("documents", __name__)


@blueprint.record_once
def _configure(state: BlueprintSetupState) -> None:
    render.configure(state.app.extensions["house_config"].public_url)


@blueprint.get("/documents/<int:document_id>")
@requires(Permission.DOCUMENTS_VIEW)
def show(document_id: int) -> ResponseReturnValue:
    """The paper from its snapshot, and the PDF as soon as there is one."""
    document = _the_document(document_id)
    paper = render.render_fragment(
        document, lambda key: url_for("documents.file", document_id=document.id, key=key)
    )
    return render_template(
        "service_app/documents/show.html",
        paper=paper,
        ground_url=link_to(document.ground_kind, document.ground_ref),
        **_pdf_state(document),
    )


@blueprint.get("/documents/<int:document_id>/state")
@requires(Permission.DOCUMENTS_VIEW)
def state(document_id: int) -> ResponseReturnValue:
    """The button and its sentence, asked for again until the PDF is there."""
    return render_template(
        "service_app/documents/pdf_state.html", **_pdf_state(_the_document(document_id))
    )


@blueprint.get("/documents/<int:document_id>/pdf")
@requires(Permission.DOCUMENTS_VIEW)
def pdf(document_id: int) -> ResponseReturnValue:
    """The PDF; while there is none, the page that shows the same paper."""
    document = _the_document(document_id)
    if document.pdf is None:
        return redirect(url_for("documents.show", document_id=document.id))
    return send_stored(document.pdf)


@blueprint.get("/documents/<int:document_id>/files/<path:key>")
@requires(Permission.DOCUMENTS_VIEW)
def file(document_id: int, key: str) -> ResponseReturnValue:
    """A picture of the paper: logo, signature, photo."""
    return send_stored(queries.get_file(db_session(), _the_document(document_id), key))


@blueprint.post("/documents/<int:document_id>/try-again")
@requires(Permission.JOBS_VIEW)
def try_again(document_id: int) -> ResponseReturnValue:
    """Make a PDF once more that could not be made."""
    document, session, actor = _the_document(document_id), db_session(), current_actor()
    with transaction(session, by=actor, at=now()):
        service.try_again(session, document, by=actor, at=now())
    tell(N_("The PDF is being made again."))
    return redirect(url_for("documents.show", document_id=document.id))


@blueprint.get("/verify/<path:number>")
@public
def verify(number: str) -> ResponseReturnValue:
    """Whether a paper with this number and this hash was issued here; tells no more than that."""
    document = queries.find_by_address(db_session(), number[:60])
    typed = request.args.get("h", "")[:100]
    is_genuine = document is not None and fits_hash(document.content_sha256, typed)
    page = render_template(
        "service_app/documents/verify.html",
        number=number,
        typed=typed,
        document=document if is_genuine else None,
        fewest=FEWEST_DIGITS,
        grouped_hash=grouped_hash,
    )
    return make_response(page, 200 if is_genuine or not typed else 404)


def _the_document(document_id: int) -> IssuedDocument:
    return queries.get_document(db_session(), current_actor(), document_id)


def _pdf_state(document: IssuedDocument) -> dict[str, Any]:
    """What stands in the way of the PDF, if anything."""
    is_waiting = document.state == DocumentState.PENDING.value
    missing = render.missing_libraries() if is_waiting else ()
    return {
        "document": document,
        "grouped_hash": grouped_hash,
        "is_waiting": is_waiting,
        "is_failed": document.state == DocumentState.FAILED.value,
        "missing": missing,
        "packages": render.PACKAGES,
        "has_worker": not is_waiting or is_alive(db_session(), now()),
    }
