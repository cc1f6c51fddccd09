"""The month's report of promises: on the page, as a paper for the customer, as a table file."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
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
from service_app.organisation.queries import home_zone
from service_app.reports import plots
from service_app.reports.document import issue_report
from service_app.reports.figures import (
    IN_MONTH,
    MONTHS,
    TARGET,
    Period,
    by_customer,
    month_after,
    month_before,
    read_month,
    read_period,
)
from service_app.reports.queries import Whose, kept_by_company
from service_app.reports.sla_report import SlaReport, sla_report
from service_app.reports.workbook import to_xlsx
from service_app.transfers.sheets import XLSX
from service_app.web.addresses import asked_id
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.contracts.models import Contract
from workorders.contracts.queries import contract_choices, get_contract
from workorders.sla.rules import CLOCK_RULES

blueprint = Blueprint("reports", __name__)
CHOOSE = N_("Choose the customer first: the paper is for one company.")


@blueprint.get("/reports/sla")
@requires(Permission.PROMISES_VIEW)
def sla() -> ResponseReturnValue:
    """Kept and missed of a month or of chosen days, why and where, for one customer or all."""
    session, me = db_session(), reader()
    asked = _asked()
    report = _report(asked)
    customers = []
    if asked.company is None and asked.contract is None:
        missed = [row.missed for row in report.breaches]
        customers = by_customer(kept_by_company(session, report.period), missed)
    known = contract_choices(session, current_actor(), asked.company.id) if asked.company else []
    return render_template(
        "service_app/reports/sla.html", report=report, company=asked.company,
        contract=asked.contract, contracts=known, target=TARGET, customers=customers,
        rules=CLOCK_RULES, trend=plots.trend(report, me), causes=plots.causes(report.causes, me),
        used=plots.used(report, me), engineers=plots.ranges(report.engineers, me), asked=asked,
        **_months(asked.first, me.now.astimezone(asked.zone)),
    )  # fmt: skip


@blueprint.post("/reports/sla")
@requires(Permission.PROMISES_VIEW)
def print_sla() -> ResponseReturnValue:
    """The same as a paper of one customer."""
    session, actor, asked = db_session(), current_actor(), _asked()
    if asked.company is None:
        tell(CHOOSE, "danger")
        return redirect(url_for("reports.sla", **asked.address))
    report = _report(asked)
    with transaction(session, by=actor, at=now()):
        paper = issue_report(
            session, report, asked.company, contract=asked.contract,
            with_comments="comments" in request.form, by=actor, at=now(),
        )  # fmt: skip
    return redirect(url_for("documents.show", document_id=paper.id))


@blueprint.get("/reports/sla.xlsx")
@requires(Permission.PROMISES_VIEW)
def sla_file() -> ResponseReturnValue:
    """The same as a table file with every promise."""
    asked = _asked()
    report, company = _report(asked), asked.company
    name = f"promises-{report.period.first:%Y-%m-%d}" + (f"-{company.id}" if company else "")
    data = to_xlsx(db_session(), report, company.short_name if company else "", reader())
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(data, mimetype=XLSX, headers=headers)


@dataclass(frozen=True)
class Asked:
    """What the address asks: a month or days, a customer, a contract."""

    first: date
    chosen: Period | None
    zone: ZoneInfo
    company: Company | None
    contract: Contract | None

    @property
    def last(self) -> date | None:
        """The last of the chosen days."""
        return self.chosen.after - timedelta(days=1) if self.chosen else None

    @property
    def address(self) -> dict[str, Any]:
        """The same as arguments of an address."""
        days = self.chosen
        return {
            "month": None if days else f"{self.first:%Y-%m}",
            "from": days.first.isoformat() if days else None,
            "until": self.last.isoformat() if self.last else None,
            "customer": self.company.id if self.company else None,
            "contract": self.contract.id if self.contract else None,
        }


def _asked() -> Asked:
    """Raises NotFound for a customer or a contract that is not there."""
    me, zone, args = reader(), home_zone(db_session()), request.args
    today = me.now.astimezone(zone).date()
    company, contract = _company(), None
    contract_id = asked_id("contract")
    if contract_id is not None:
        contract = get_contract(db_session(), current_actor(), contract_id)
        company = contract.company if company is None else company
        if contract.company_id != company.id:
            raise NotFound
    chosen = read_period(args.get("from"), args.get("until"), zone, today)
    return Asked(read_month(args.get("month"), today), chosen, zone, company, contract)


def _report(asked: Asked) -> SlaReport:
    company, contract = asked.company, asked.contract
    whose = Whose(company.id if company else None, contract.id if contract else None)
    return sla_report(
        db_session(), asked.first, asked.zone, reader().now, chosen=asked.chosen, whose=whose
    )


def _company() -> Company | None:
    """The company of the address; none when it names none. Raises NotFound for an unknown one."""
    if not request.args.get("customer"):
        return None
    asked = asked_id("customer")
    if asked is None:
        raise NotFound
    return get_company(db_session(), current_actor(), asked)


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
