"""What every paper of an order says: the machine, the sides, the lines, the sums. Plain values."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from service_app.core.currency import SYMBOLS
from service_app.core.money import line_sums
from service_app.core.text import N_, Text
from service_app.documents.snapshots import issuer, party
from workorders.contracts.rules import Coverage
from workorders.orders.lines import sums_of
from workorders.orders.models import OrderLine, WorkOrder
from workorders.orders.queries import money_line
from workorders.orders.rules import LineKind


def language_of(order: WorkOrder) -> str:
    """Papers speak the customer's language."""
    return order.company.language if order.company else "ru"


def common(session: Session, order: WorkOrder) -> dict[str, Any]:
    """Letterhead, both sides, the machine, the request."""
    machine = order.machine
    payer = order.payer or order.company
    return {
        "issuer": issuer(session, language_of(order)),
        "customer": party(payer) if payer else {"name": order.reporter_name},
        "contract": _contract(order),
        "city": order.branch.city,
        "order": {
            "number": order.number,
            "received_at": order.received_at,
            "symptom": order.symptom,
            "severity": order.severity_kind.label,
            "kind": order.kind_kind.label,
            "place": order.place_kind.label,
            "expectation": order.expectation_kind.label if order.expectation_kind else None,
            "rules_how": order.rules_acknowledged_how,
            "term_at": order.term_at,
            "runs_again_at": order.runs_again_at,
            "reporter": order.reporter_name,
            "reporter_phone": order.reporter_phone,
            "verdict": Text.from_json(order.verdict) if order.verdict else None,
            "engineer": order.engineer.full_name if order.engineer else "",
        },
        "machine": {
            "title": machine.title_in(language_of(order)) if machine else order.machine_words,
            "serial": machine.serial if machine else "",
            "inventory_number": machine.inventory_number if machine else "",
            "site": order.site.name if order.site else "",
            "address": order.site.address if order.site else "",
            "access": order.site.access_notes if order.site else "",
            "hours_at_intake": order.hours_at_intake,
            "hours_at_handover": order.hours_at_handover,
            "unit": machine.unit.mark if machine else "",
        },
    }


def _contract(order: WorkOrder) -> dict[str, Any] | None:
    """The contract that pays some of this order; papers of others refer to the company's note."""
    pays = any(order.coverage_for(kind) == Coverage.CONTRACT for kind in LineKind)
    if order.contract is None or not pays:
        return None
    return {
        "number": order.contract.number, "day": order.contract.signed_on or order.contract.starts_on
    }  # fmt: skip


def money(order: WorkOrder, lines: Sequence[OrderLine]) -> dict[str, Any]:
    """The lines the customer pays and those others cover, with sums and VAT by rate."""
    paid = [line for line in lines if line.coverage == Coverage.CUSTOMER]
    others = [line for line in lines if line.coverage != Coverage.CUSTOMER]
    sums = sums_of(lines, order.currency)
    vat = [
        (Text("including %(rate)s", rate=rate.label), part.vat)
        for rate, part in sums.vat.items()
        if part.vat
    ]
    return {
        "currency": order.currency,
        "symbol": SYMBOLS.get(order.currency, order.currency),
        "lines": [_row(line, order.currency) for line in paid],
        "covered": [_row(line, order.currency) for line in others],
        "totals": {"gross": sums.customer.gross, "vat": vat or [(N_("without VAT"), None)]},
    }


def _row(line: OrderLine, currency: str) -> dict[str, Any]:
    covered = line.coverage != Coverage.CUSTOMER
    return {
        "name": line.description,
        "note": line.coverage_kind.label if covered else line.article,
        "unit": line.unit,
        "quantity": line.quantity,
        "net_price": line.net_price,
        "discount_percent": line.discount_percent or None,
        "vat": line.vat_kind.short,
        "gross": line_sums(money_line(line), currency).gross,
    }
