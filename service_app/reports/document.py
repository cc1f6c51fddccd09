"""The month's report as a paper for the customer: numbered, frozen, signed by us."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.reader import Reader
from service_app.core.text import N_, Text
from service_app.customers.models import Company
from service_app.documents import service as documents
from service_app.documents.models import IssuedDocument
from service_app.documents.rules import DocumentKind
from service_app.documents.snapshots import issuer, party, signer
from service_app.organisation.queries import default_branch
from service_app.organisation.service import take_number
from service_app.reports import plots
from service_app.reports.figures import TARGET, Kept
from service_app.reports.queries import BreachRow
from service_app.reports.sla_report import SlaReport
from workorders.contracts.models import Contract
from workorders.sla.rules import CLOCK_RULES

TEMPLATE = "service_app/reports/pdf/sla.html"
MARK = "SR"


def issue_report(
    session: Session,
    report: SlaReport,
    company: Company,
    *,
    contract: Contract | None = None,
    with_comments: bool,
    by: Actor,
    at: datetime,
) -> IssuedDocument:
    """The report as a paper of this company; the same figures again are the same paper.

    ``with_comments`` prints what we wrote about each breach; without it causes stand alone.
    """
    language, branch = company.language, default_branch(session)
    content = snapshot(session, report, company, with_comments=with_comments, zone=branch.zone)
    content["contract"] = contract.number if contract else ""
    uid = documents.key_of_content(
        DocumentKind.SLA_REPORT, content, template=TEMPLATE, language=language,
        company_id=company.id,
    )  # fmt: skip
    known = made_before(session, IssuedDocument, uid)
    if known is not None:
        return known
    kind = DocumentKind.SLA_REPORT.value
    ordinal = take_number(session, kind=kind, branch_id=branch.id, year=at.year)
    number = f"{branch.number_prefix}{MARK}{at.year % 100:02d}-{ordinal:04d}"
    return documents.issue(
        session, kind=kind, number=number, branch_id=branch.id, company_id=company.id,
        ground=("company", str(company.id)), language=language, zone=branch.zone,
        template=TEMPLATE, snapshot=content, uid=uid, by=by, at=at,
    )  # fmt: skip


def snapshot(
    session: Session, report: SlaReport, company: Company, *, with_comments: bool, zone: str
) -> dict[str, Any]:
    """Everything the paper says, in plain values; nobody of ours is named for a delay."""
    language = company.language
    me = Reader(language, ZoneInfo(zone), report.period.end)
    us = issuer(session, language)
    return {
        "issuer": us,
        "customer": party(company),
        "first": report.period.first,
        "last": report.period.after - timedelta(days=1),
        "target": TARGET,
        "kept": _kept(report.kept),
        "net": _kept(report.net),
        "before": _kept(report.before),
        "clocks": [
            {
                "name": row.clock.label,
                "kept": _kept(row.kept),
                "net": _kept(row.net),
                "before": _kept(row.before),
            }
            for row in report.clocks
        ],
        "definitions": [
            (row.clock.label, CLOCK_RULES[row.clock].sentence)
            for row in report.clocks
            if row.clock in CLOCK_RULES
        ],
        "trend": _lines(plots.trend(report, me)),
        "used": _bars(plots.used(report, me)),
        "causes": [
            {
                "name": row.cause.label if row.cause else N_("No cause yet"),
                "hours": _tenths(row.seconds / 3600),
                "share": _tenths(row.share),
                "together": _tenths(row.together),
            }
            for row in report.causes
        ],
        "late_hours": _tenths(report.late.total / 3600),
        "their_hours": _tenths(report.late.customers / 3600),
        "is_month": report.is_month,
        "waits": [
            {
                "reason": reason.label,
                "count": found.count,
                "hours": _tenths(found.seconds / 3600),
            }
            for reason, found in report.waits
        ],
        "worst": [_breach(row, language, with_comments=with_comments) for row in report.worst],
        "breaches": len(report.breaches),
        "withdrawn": len(report.withdrawn),
        "signers": [
            signer(heading=Text("For %(name)s", name=us["name"] or us["brand"]), name=""),
            signer(heading=Text("For %(name)s", name=company.short_name), name=""),
        ],
    }


def _kept(kept: Kept) -> dict[str, Any]:
    share = None if kept.share is None else _tenths(kept.share)
    return {"kept": kept.kept, "missed": kept.missed, "total": kept.total, "share": share}


def _breach(row: BreachRow, language: str, *, with_comments: bool) -> dict[str, Any]:
    return {
        "number": row.number,
        "machine": row.machine_in(language),
        "clock": row.label or row.clock.label,
        "due": row.breached_at,
        "late": timedelta(seconds=row.late_seconds),
        "causes": [(cause.label, share) for cause, share in row.shares.items()],
        "comment": row.comment if with_comments else "",
    }


def _tenths(value: float) -> Decimal:
    return Decimal(str(round(value, 1)))


def _places(value: Any) -> Any:
    """Places of a plot for the snapshot: exact to a thousandth."""
    if isinstance(value, float):
        return Decimal(str(round(value, 3)))
    if isinstance(value, list | tuple):
        return [_places(one) for one in value]
    return value


def _lines(found: plots.Lines | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "series": _places(found.series), "x": _places(found.x), "y": _places(found.y),
        "target": _places(found.target), "label": found.label,
    }  # fmt: skip


def _bars(found: plots.Bars | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "rows": _places(found.rows), "x": _places(found.x), "y": _places(found.y),
        "label": found.label,
    }  # fmt: skip
