"""What was promised to one customer: open promises, the last year's, and how many were kept."""

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.customers.queries import get_company
from service_app.customers.views import blueprint
from service_app.desk.promise_queries import told_to
from service_app.reports.figures import Period, together
from service_app.reports.queries import Whose, kept_in
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.orders.countdown import shown
from workorders.sla.queries import load
from workorders.sla.rules import Clock

YEAR = timedelta(days=365)


@blueprint.get("/<int:company_id>/promises")
@requires(Permission.PROMISES_VIEW)
def promises(company_id: int) -> ResponseReturnValue:
    """The ledger: who promised what by when, and what came of it."""
    session, me = db_session(), reader()
    company = get_company(session, current_actor(), company_id)
    since = me.now - YEAR
    year = Period(since.date(), me.now.date(), since, me.now)
    (kept,) = kept_in(session, [year], whose=Whose(company.id))
    loaded = load(session)
    told = told_to(session, company.id, since)
    rows = [(row, shown(row.clock, loaded, me.now)) for row in told]
    return render_template(
        "service_app/desk/company_promises.html", company=company,
        by_clock=[(clock, kept[clock]) for clock in Clock if kept[clock].total],
        total=together(kept.values()), rows=rows,
    )  # fmt: skip
