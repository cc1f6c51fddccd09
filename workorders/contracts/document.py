"""The statement of hours as a paper for the customer and as a table file."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.reader import Reader
from service_app.core.text import N_, P_, Text
from service_app.documents import service as documents
from service_app.documents.models import IssuedDocument
from service_app.documents.rules import DocumentKind
from service_app.documents.snapshots import issuer, party, signer
from service_app.organisation.queries import default_branch
from service_app.organisation.service import take_number
from service_app.transfers.sheets import Row, Sheets
from workorders.contracts.hours import Statement
from workorders.contracts.models import ContractUse

TEMPLATE = "workorders/contracts/pdf/statement.html"
MARK = "HS"


def issue_statement(
    session: Session, statement: Statement, *, today: date, by: Actor, at: datetime
) -> IssuedDocument:
    """The statement as a paper; the same figures again are the same paper."""
    contract, branch = statement.contract, default_branch(session)
    company = contract.payer or contract.company
    content = snapshot(session, statement, today)
    uid = documents.key_of_content(
        DocumentKind.STATEMENT, content, template=TEMPLATE, language=company.language,
        company_id=company.id,
    )  # fmt: skip
    known = made_before(session, IssuedDocument, uid)
    if known is not None:
        return known
    kind = DocumentKind.STATEMENT.value
    ordinal = take_number(session, kind=kind, branch_id=branch.id, year=at.year)
    return documents.issue(
        session, kind=kind,
        number=f"{branch.number_prefix}{MARK}{at.year % 100:02d}-{ordinal:04d}",
        branch_id=branch.id, company_id=company.id, ground=("contract", str(contract.id)),
        language=company.language, zone=branch.zone, template=TEMPLATE, snapshot=content, uid=uid,
        by=by, at=at,
    )  # fmt: skip


def snapshot(session: Session, statement: Statement, today: date) -> dict[str, Any]:
    """Everything the paper says, in plain values."""
    contract, balance = statement.contract, statement.balance
    company = contract.payer or contract.company
    us = issuer(session, company.language)
    until = balance.until_on or min(today, contract.last_on or today)
    return {
        "issuer": us,
        "customer": party(company),
        "contract": contract.number,
        "signed_on": contract.signed_on,
        "first": balance.since_on,
        "last": until,
        "included": _hours(balance.included),
        "used": _hours(balance.used),
        "left": _hours(balance.left),
        "beyond": _hours(balance.beyond),
        "lines": [
            {
                "on": row.on,
                "order": row.ground_number,
                "what": _what(row),
                "who": row.who,
                "hours": _hours(_signed(row)),
                "left": _hours(left),
            }
            for row, left in statement.lines
        ],
        "signers": [
            signer(heading=Text("For %(name)s", name=us["name"] or us["brand"]), name=""),
            signer(heading=Text("For %(name)s", name=company.short_name), name=""),
        ],
    }


def _signed(row: ContractUse) -> int:
    """Minutes as the balance feels them: below 0 is taken, above 0 is given."""
    return row.minutes if row.kind == "bought" else -row.minutes


def _what(row: ContractUse) -> Text | str:
    if not row.words:
        return row.use_kind.label
    return Text("%(kind)s: %(words)s", kind=row.use_kind.label, words=row.words)


def _hours(minutes: int) -> Decimal:
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def to_xlsx(statement: Statement, me: Reader) -> bytes:
    """The statement as a table file."""
    contract, balance = statement.contract, statement.balance
    sheets = Sheets(me)
    sheets.add(
        N_("Summary"),
        (N_("Figure"), N_("Value")),
        (
            (N_("Contract"), contract.number),
            (N_("Customer"), contract.company.short_name),
            (N_("From"), balance.since_on),
            (N_("Until"), balance.until_on or contract.last_on),
            (N_("Included, hours"), balance.included / 60),
            (N_("Used, hours"), balance.used / 60),
            (N_("Left, hours"), balance.left / 60),
            (N_("Beyond the package, hours"), balance.beyond / 60),
        ),
    )
    heads = (
        N_("Day"), N_("Order"), N_("What"), P_("labour", "Who"), P_("labour", "Hours"),
        N_("Left, hours"),
    )  # fmt: skip
    sheets.add(N_("Statement of hours"), heads, _rows(statement))
    return sheets.close()


def _rows(statement: Statement) -> Iterable[Row]:
    for row, left in statement.lines:
        yield row.on, row.ground_number, _what(row), row.who, _signed(row) / 60, left / 60
