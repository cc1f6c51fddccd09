"""Pages of price lists."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.text import N_, P_, Text
from service_app.organisation.queries import our_entity
from service_app.web.forms import refusals
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.contracts import prices, queries
from workorders.contracts.forms import PRICE_FIELDS, PriceListForm, read_prices
from workorders.contracts.models import PriceList
from workorders.contracts.prices import Price
from workorders.contracts.views import blueprint

KINDS: dict[str, Text] = {
    "work": P_("price", "Work"),
    "travel": P_("price", "Travel"),
    "part": P_("price", "Part"),
    "other": P_("price", "Other"),
}
"""The kinds of an order's line."""
BLANK_ROWS = 5


@blueprint.get("/contracts/prices")
@requires(Permission.CUSTOMERS_VIEW)
def price_lists() -> ResponseReturnValue:
    """Every price list with its prices."""
    session = db_session()
    found = queries.list_price_lists(session)
    return render_template(
        "workorders/contracts/price_lists.html", lists=found, kinds=KINDS,
        prices={one.id: queries.list_prices(session, one.id) for one in found},
        may_edit=current_actor().can(Permission.CONTRACTS_EDIT),
    )  # fmt: skip


@blueprint.route("/contracts/prices/new", methods=["GET", "POST"])
@requires(Permission.CONTRACTS_EDIT)
def add_price_list() -> ResponseReturnValue:
    """A new price list."""
    session, actor, form = db_session(), current_actor(), PriceListForm()
    if not form.is_submitted():
        entity = our_entity(session)
        form.currency.data = entity.currency if entity else "RUB"
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            prices.make_list(
                session, form.name.data, form.currency.data, _typed(), uid=form.key(), by=actor,
                at=now(),
            )  # fmt: skip
        if not form.problems:
            return _saved()
    return _form_page(form, None)


@blueprint.route("/contracts/prices/<int:price_list_id>", methods=["GET", "POST"])
@requires(Permission.CONTRACTS_EDIT)
def edit_price_list(price_list_id: int) -> ResponseReturnValue:
    """Other prices, for lines to come."""
    session, actor = db_session(), current_actor()
    found = queries.get_price_list(session, price_list_id)
    form = PriceListForm(obj=found)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            prices.change_list(
                session, found, form.name.data, form.currency.data, _typed(),
                is_active=form.is_active.data, version=form.opened_on(), by=actor, at=now(),
            )  # fmt: skip
        if not form.problems:
            return _saved()
    form.compare_with(found)
    return _form_page(form, found)


def _typed() -> list[Price]:
    return read_prices(_rows(), frozenset(KINDS))


def _rows() -> list[dict[str, str]]:
    """The rows of the form as they were typed."""
    columns = {name: request.form.getlist(f"price_{name}") for name in PRICE_FIELDS}
    size = min(max(map(len, columns.values()), default=0), prices.MOST_ITEMS + BLANK_ROWS)
    return [
        {name: values[n] if n < len(values) else "" for name, values in columns.items()}
        for n in range(size)
    ]


def _form_page(form: PriceListForm, found: PriceList | None) -> ResponseReturnValue:
    rows: list[dict[str, Any]] = _rows() if request.method == "POST" else _stored(found)
    rows += [{"kind": "work"} for _ in range(BLANK_ROWS)]
    page = render_template(
        "workorders/contracts/price_list.html", form=form, found=found, rows=rows, kinds=KINDS
    )
    return page, 422 if request.method == "POST" else 200


def _stored(found: PriceList | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    return [
        {
            "kind": item.kind, "description": item.description, "unit": item.unit,
            "net_price": reader().number(item.net_price), "article": item.article,
        }
        for item in queries.list_prices(db_session(), found.id)
    ]  # fmt: skip


def _saved() -> ResponseReturnValue:
    tell(N_("Saved."))
    return redirect(url_for("contracts.price_lists"))
