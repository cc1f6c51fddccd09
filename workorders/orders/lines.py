"""Lines of an order: adding, changing, taking out, and freezing them for papers."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.errors import Invalid, NotAllowed, NotFound
from service_app.core.money import Sums, VatRate, by_rate, line_sums, total
from service_app.core.text import N_
from workorders.contracts.rules import Coverage
from workorders.orders import service as orders
from workorders.orders.models import OrderLine, WorkOrder
from workorders.orders.queries import money_line
from workorders.orders.rules import FINAL, LineKind, Status
from workorders.orders.story import Happening


@dataclass(frozen=True)
class LineValues:
    """What a line says. Prices are net, discount in percent."""

    kind: LineKind
    coverage: Coverage
    description: str
    unit: str
    quantity: Decimal
    net_price: Decimal
    vat_rate: VatRate
    discount_percent: Decimal = Decimal(0)
    article: str = ""
    is_done: bool = False
    is_off_books: bool = False


def add_line(
    session: Session,
    order: WorkOrder,
    values: LineValues,
    *,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> OrderLine:
    """A new line at the end; the same uid gives the same line."""
    known = session.scalars(select(OrderLine).where(OrderLine.uid == uid)).one_or_none()
    if known is not None:
        return known
    _refuse_ended(order)
    _check(values)
    last = session.scalar(
        select(func.max(OrderLine.position)).where(OrderLine.order_id == order.id)
    )
    line = OrderLine(uid=uid, order_id=order.id, position=int(last or 0) + 1)
    _fill(line, values)
    session.add(line)
    session.flush()
    orders.append(
        session, order, Happening.LINE, data={"line": values.description, "line_id": line.id},
        by=by, at=at,
    )  # fmt: skip
    return line


def change_line(
    session: Session,
    order: WorkOrder,
    line: OrderLine,
    values: LineValues,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Change a line; what was quoted stands in the quote's frozen copy."""
    _refuse_ended(order)
    _check(values)
    _fill(line, values)


def remove_line(
    session: Session, order: WorkOrder, line: OrderLine, *, by: Actor, at: datetime
) -> None:
    """Take a line out; it stays in the journal."""
    _refuse_ended(order)
    line.is_removed = True


def get_line(session: Session, order: WorkOrder, line_id: int) -> OrderLine:
    """A line of this order."""
    line = session.get(OrderLine, line_id)
    if line is None or line.order_id != order.id or line.is_removed:
        raise NotFound
    return line


def _refuse_ended(order: WorkOrder) -> None:
    if Status(order.status) in FINAL | {Status.HANDED_OVER}:
        raise NotAllowed(N_("The order is signed or ended; its lines stand as they are."))


def _check(values: LineValues) -> None:
    if values.quantity <= 0:
        raise Invalid(N_("The quantity must be more than 0."), "quantity")
    if values.net_price < 0:
        raise Invalid(N_("A price cannot be negative; give a discount instead."), "net_price")
    if not 0 <= values.discount_percent <= 100:
        raise Invalid(N_("A discount lies between 0 and 100 percent."), "discount_percent")


def _fill(line: OrderLine, values: LineValues) -> None:
    line.kind, line.coverage = values.kind, values.coverage
    line.description, line.article = values.description, values.article
    line.unit, line.quantity = values.unit, values.quantity
    line.net_price, line.discount_percent = values.net_price, values.discount_percent
    line.vat_rate = values.vat_rate
    line.is_done, line.is_off_books = values.is_done, values.is_off_books


@dataclass(frozen=True)
class OrderSums:
    """What an order comes to: all lines, what the customer pays, VAT by rate of that."""

    everything: Sums
    customer: Sums
    vat: dict[VatRate, Sums]


def sums_of(lines: Iterable[OrderLine], currency: str) -> OrderSums:
    """Totals of rounded lines."""
    listed = list(lines)
    paid = [money_line(line) for line in listed if line.coverage == Coverage.CUSTOMER]
    return OrderSums(
        total((money_line(line) for line in listed), currency),
        total(paid, currency),
        by_rate(paid, currency),
    )


def sums_by_line(lines: Iterable[OrderLine], currency: str) -> dict[int, Sums]:
    """Net, VAT and gross of each line, by its id."""
    return {line.id: line_sums(money_line(line), currency) for line in lines}


def frozen_lines(lines: Iterable[OrderLine], currency: str = "RUB") -> list[dict[str, Any]]:
    """Lines as plain values for a quote or a paper."""
    out = []
    for line in lines:
        sums = line_sums(money_line(line), currency)
        out.append(
            {
                "description": line.description,
                "article": line.article,
                "kind": line.kind,
                "coverage": line.coverage,
                "unit": line.unit,
                "quantity": str(line.quantity.normalize()),
                "net_price": str(line.net_price),
                "discount_percent": str(line.discount_percent.normalize()),
                "vat_rate": line.vat_rate,
                "net": str(sums.net),
                "vat": str(sums.vat),
                "gross": str(sums.gross),
            }
        )
    return out
