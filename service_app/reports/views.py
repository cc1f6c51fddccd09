"""The month's report of promises: on the page, as a paper for the customer, as a table file."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import NotFound
from service_app.core.text import N_, Text
from service_app.customers.models import Company
from service_app.customers.queries import get_company
from service_app.organisation.queries import find_default_branch
from service_app.reports import plots
from service_app.reports.document import issue_report
from service_app.reports.figures import (
    IN_MONTH,
    MONTHS,
    TARGET,
    by_customer,
    month_after,
    month_before,
    read_month,
)
from service_app.reports.queries import kept_by_company
from service_app.reports.sla_report import SlaReport, sla_report
from service_app.reports.workbook import to_xlsx
from service_app.transfers.sheets import XLSX
from service_app.web.addresses import asked_id
from service_app.web.notices import tell
from service_app.web.reading import DEFAULT_ZONE, reader
from service_app.web.session import db_session
from workorders.sla.rules import CLOCK_RULES

blueprint = Blueprint("reports", __name__)
CHOOSE = N_("Choose the customer first: the paper is for one company.")


@blueprint.get("/reports/sla")
@requires(Permission.PROMISES_VIEW)
def sla() -> ResponseReturnValue:
    """Kept and missed of a month, why and where, for one customer or all."""
    session, me, company = db_session(), reader(), _company()
    zone = _zone()
    first = read_month(request.args.get("month"), me.now.astimezone(zone).date())
    report = sla_report(session, first, zone, me.now, company_id=company.id if company else None)
    customers = []
    if company is None:
        missed = [row.missed for row in report.breaches]
        customers = by_customer(kept_by_company(session, report.period), missed)
    return render_template(
        "service_app/reports/sla.html", report=report, company=company, target=TARGET,
        customers=customers, rules=CLOCK_RULES, trend=plots.trend(report, me),
        causes=plots.causes(report, me), used=plots.used(report, me),
        engineers=plots.ranges(report.engineers, me), **_months(first, me.now.astimezone(zone)),
    )  # fmt: skip


@blueprint.post("/reports/sla")
@requires(Permission.PROMISES_VIEW)
def print_sla() -> ResponseReturnValue:
    """The same as a paper of one customer."""
    session, actor, company = db_session(), current_actor(), _company()
    if company is None:
        tell(CHOOSE, "danger")
        return redirect(url_for("reports.sla", month=request.args.get("month")))
    report = _report(company)
    with transaction(session, by=actor, at=now()):
        paper = issue_report(
            session, report, company, with_comments="comments" in request.form, by=actor, at=now()
        )
    return redirect(url_for("documents.show", document_id=paper.id))


@blueprint.get("/reports/sla.xlsx")
@requires(Permission.PROMISES_VIEW)
def sla_file() -> ResponseReturnValue:
    """The same as a table file with every promise."""
    company = _company()
    report = _report(company)
    name = f"promises-{report.period.first:%Y-%m}" + (f"-{company.id}" if company else "")
    data = to_xlsx(db_session(), report, company.short_name if company else "", reader())
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(data, mimetype=XLSX, headers=headers)


def _report(company: Company | None) -> SlaReport:
    me, zone = reader(), _zone()
    first = read_month(request.args.get("month"), me.now.astimezone(zone).date())
    company_id = company.id if company else None
    return sla_report(db_session(), first, zone, me.now, company_id=company_id)


def _company() -> Company | None:
    """The company of the address; none when it names none. Raises NotFound for an unknown one."""
    if not request.args.get("customer"):
        return None
    asked = asked_id("customer")
    if asked is None:
        raise NotFound
    return get_company(db_session(), current_actor(), asked)


def _zone() -> ZoneInfo:
    branch = find_default_branch(db_session())
    return ZoneInfo(branch.zone if branch else DEFAULT_ZONE)


def _months(first: date, now: datetime) -> dict[str, object]:
    after = month_after(first)
    return {
        "month_label": Text(
            "%(month)s %(year)s", month=MONTHS[first.month - 1], year=str(first.year)
        ),
        "in_month": IN_MONTH[first.month - 1],
        "month": f"{first:%Y-%m}",
        "month_before": f"{month_before(first):%Y-%m}",
        "month_after": f"{after:%Y-%m}" if after <= now.date() else None,
    }
