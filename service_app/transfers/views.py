"""Importing on a page: choose a file, see how it would be read, let the worker take it in."""

from collections.abc import Mapping
from typing import Any, cast

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import NotFound
from service_app.core.text import N_
from service_app.transfers import queries, samples, service, uploads
from service_app.transfers.forms import KindChoice, StartForm, UploadForm
from service_app.transfers.models import ImportRun
from service_app.transfers.rules import UNDER_WAY, RunState
from service_app.transfers.service import Importer
from service_app.transfers.shown import show_head, show_rejected
from service_app.web.forms import refusals
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import close_session, db_session
from service_app.worker.queries import is_alive

blueprint = Blueprint("imports", __name__)


@blueprint.get("/admin/import")
@requires(Permission.IMPORTS_RUN)
def index() -> ResponseReturnValue:
    """Kinds of lists with their columns, the form for a file, and what was imported before."""
    form = UploadForm(formdata=None)
    form.kind.kinds = _importers()
    chosen = request.args.get("kind", "")
    form.kind.data = chosen if chosen in _importers() else next(iter(_importers()))
    return _index(form), 200


@blueprint.post("/admin/import")
@requires(Permission.IMPORTS_RUN)
def upload() -> ResponseReturnValue:
    """Keep the file before the database is asked, then open its page."""
    form = UploadForm()
    form.kind.kinds = _importers()
    actor, uid, at = current_actor(), form.key(), now()
    close_session()  # nobody waits for our writing of the file
    if form.validate():
        with refusals(form):
            limit = current_app.extensions["house_config"].max_upload_mb
            sha256 = uploads.save(form.file.data.stream, uid, limit_mb=limit)
            with transaction(db_session(), by=actor, at=at) as session:
                run = service.hand_in(
                    session, kind=form.kind.data, file_name=form.file_name, sha256=sha256,
                    uid=uid, by=actor, at=at,
                )  # fmt: skip
        if not form.problems:
            return redirect(url_for("imports.show", run_id=run.id))
    return _index(form), 422


def _index(form: UploadForm) -> str:
    return render_template(
        "service_app/transfers/index.html",
        form=form,
        importers=_importers().values(),
        kinds=[KindChoice(one) for one in _importers().values()],
        labels={one.kind: one.label for one in _importers().values()},
        runs=queries.list_newest(db_session()),
        limit=current_app.extensions["house_config"].max_upload_mb,
    )


@blueprint.get("/admin/import/samples/<kind>.<suffix>")
@requires(Permission.IMPORTS_RUN)
def sample(kind: str, suffix: str) -> ResponseReturnValue:
    """A file with the headings and a few rows, to be filled in."""
    importer = _importer(kind)
    if suffix not in samples.TYPES:
        raise NotFound
    content = samples.make(importer, suffix)
    return _download(content, samples.TYPES[suffix], f"{kind}.{suffix}")


@blueprint.get("/admin/import/<int:run_id>")
@requires(Permission.IMPORTS_RUN)
def show(run_id: int) -> ResponseReturnValue:
    """Before the start: the first rows and how they will be read. After it: what came of it."""
    run = queries.get_run(db_session(), run_id)
    if run.state_kind in UNDER_WAY or run.is_stored:
        return _page(run, None)
    columns = _importer(run.kind).columns
    return _page(run, StartForm.of(run, columns, uploads.headings_of(run.uid)))


@blueprint.post("/admin/import/<int:run_id>")
@requires(Permission.IMPORTS_RUN)
def start(run_id: int) -> ResponseReturnValue:
    """Show the first rows again (``look``), or give the file to the worker."""
    session, actor, at = db_session(), current_actor(), now()
    run = queries.get_run(session, run_id)
    importer, path = _importer(run.kind), uploads.path_of(run.uid)
    form = StartForm()
    form.read(importer.columns, uploads.headings_of(run.uid), request.form)
    if not form.validate() or "look" in request.form:
        return _page(run, form)
    with refusals(form), transaction(session, by=actor, at=at):
        show_head(importer, path, form.options())
        service.start(session, run, form.options(), by=actor, at=at)
    if form.problems:
        return _page(run, form)
    return redirect(url_for("imports.show", run_id=run.id))


def _page(run: ImportRun, form: StartForm | None) -> ResponseReturnValue:
    importer, head = _importer(run.kind), None
    if form is not None:
        with refusals(form):
            head = show_head(importer, uploads.path_of(run.uid), form.options())
    page = render_template(
        "service_app/transfers/show.html", importer=importer, form=form, head=head,
        rejected=show_rejected(run, reader())[1:], **_state(run),
    )  # fmt: skip
    is_wrong = form is not None and form.is_submitted() and bool(form.problems)
    return page, 422 if is_wrong else 200


@blueprint.get("/admin/import/<int:run_id>/state")
@requires(Permission.IMPORTS_RUN)
def state(run_id: int) -> ResponseReturnValue:
    """How far the worker is, asked each second by the page; at the end the page comes anew."""
    run = queries.get_run(db_session(), run_id)
    page = render_template("service_app/transfers/state.html", **_state(run))
    is_over = run.state_kind not in UNDER_WAY
    return page, 200, {"HX-Refresh": "true"} if is_over else {}


def _state(run: ImportRun) -> dict[str, Any]:
    return {
        "run": run,
        "is_under_way": run.state_kind in UNDER_WAY,
        "progress": uploads.told(run.uid) if run.state_kind is RunState.RUNNING else None,
        "has_worker": is_alive(db_session(), now()),
    }


@blueprint.get("/admin/import/<int:run_id>/rejected.csv")
@requires(Permission.IMPORTS_RUN)
def rejected(run_id: int) -> ResponseReturnValue:
    """The rejected rows the report names, for a spreadsheet."""
    run = queries.get_run(db_session(), run_id)
    content = samples.to_csv(show_rejected(run, reader()))
    return _download(content, samples.TYPES["csv"], f"rejected-{run.id}.csv")


@blueprint.post("/admin/import/<int:run_id>/remove")
@requires(Permission.IMPORTS_RUN)
def remove(run_id: int) -> ResponseReturnValue:
    """Put a file away that was not stored."""
    session, actor, at = db_session(), current_actor(), now()
    run = queries.get_run(session, run_id)
    with transaction(session, by=actor, at=at):
        service.remove(session, run, by=actor, at=at)
    uploads.forget(run.uid)
    tell(N_("The file is removed."))
    return redirect(url_for("imports.index"))


def _importers() -> Mapping[str, Importer]:
    return cast(Mapping[str, Importer], current_app.extensions["importers"])


def _importer(kind: str) -> Importer:
    try:
        return _importers()[kind]
    except KeyError:
        raise NotFound from None


def _download(content: bytes, media_type: str, name: str) -> Response:
    return Response(
        content,
        mimetype=media_type.split(";")[0],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
