"""One field over machines, orders and customers."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from assets.machines.queries import search as search_machines
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission as P
from service_app.core.paging import Page
from service_app.customers.models import Company
from service_app.customers.queries import list_companies
from service_app.web.session import db_session
from workorders.orders.queries import Filters
from workorders.orders.rows import list_page

blueprint = Blueprint("search", __name__)
MOST = 8


@blueprint.get("/search")
@requires(P.SIGNED_IN)
def index() -> ResponseReturnValue:
    """The first finds of each kind this person may see; the lists themselves show more."""
    session, actor = db_session(), current_actor()
    words = request.args.get("q", "")[:100].strip()
    machines = search_machines(session, actor, words, limit=MOST) if words else []
    found = list_page(session, actor, Filters(words=words), size=MOST) if words else Page([], None)
    companies: list[Company] = []
    if words and actor.can(P.CUSTOMERS_VIEW):
        rows = list_companies(session, actor, words=words)
        companies = [row.company for row in rows.rows][:MOST]
    return render_template(
        "service_app/desk/search.html", words=words, machines=machines, orders=found,
        companies=companies,
    )  # fmt: skip
