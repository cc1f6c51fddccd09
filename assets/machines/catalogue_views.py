"""Pages of models: what machines of a kind share."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assets.machines import catalogue, queries
from assets.machines.forms import ModelForm, data_lines
from assets.machines.rules import MeterUnit, ModelKind
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.text import N_, Text
from service_app.web.forms import refusals
from service_app.web.notices import tell
from service_app.web.session import db_session

blueprint = Blueprint("models", __name__, url_prefix="/machines/models")


@blueprint.get("")
@requires(Permission.MACHINES_EDIT)
def index() -> ResponseReturnValue:
    """Every model by name, with how many machines there are of it."""
    session = db_session()
    models, counts = queries.list_models(session), queries.counts_by_model(session)
    return render_template("assets/machines/models.html", models=models, counts=counts)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MACHINES_EDIT)
def add() -> ResponseReturnValue:
    """A new model."""
    session, actor, form = db_session(), current_actor(), ModelForm()
    if not form.is_submitted():
        form.kind.data, form.meter_unit.data = ModelKind.EXCAVATOR.value, MeterUnit.HOURS.value
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            catalogue.add_model(session, form.facts(), uid=form.key(), by=actor, at=now())
        if not form.problems:
            return _saved(Text("%(name)s is added.", name=form.name.data))
    return _form_page(form)


@blueprint.route("/<int:model_id>", methods=["GET", "POST"])
@requires(Permission.MACHINES_EDIT)
def edit(model_id: int) -> ResponseReturnValue:
    """Change what machines of the model share."""
    session, actor = db_session(), current_actor()
    model = queries.get_model(session, model_id)
    form = ModelForm(obj=model, data={"data": data_lines(model.technical_data)})
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            catalogue.change_model(
                session, model, form.facts(), version=form.opened_on(), by=actor, at=now()
            )
        if not form.problems:
            return _saved(N_("Saved."))
    form.compare_with(model)
    return _form_page(form, model=model)


def _saved(text: Text) -> ResponseReturnValue:
    tell(text)
    return redirect(url_for("models.index"))


def _form_page(form: object, **values: object) -> ResponseReturnValue:
    page = render_template("assets/machines/model.html", form=form, **values)
    return page, 422 if request.method == "POST" else 200
