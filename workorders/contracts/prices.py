"""Price lists: agreed prices that contracts refer to."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import Conflict, Invalid
from service_app.core.text import N_
from workorders.contracts.models import PriceItem, PriceList

MOST_ITEMS = 500


@dataclass(frozen=True)
class Price:
    """One row: ``kind`` as an order's line has it, the price without VAT."""

    kind: str
    description: str
    unit: str
    net_price: Decimal
    article: str = ""


def make_list(
    session: Session,
    name: str,
    currency: str,
    prices: Sequence[Price],
    *,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> PriceList:
    """A new price list; the same form sent twice gives the same one."""
    known = made_before(session, PriceList, uid)
    if known is not None:
        return known
    _check(session, name, prices, own=None)
    made = PriceList(uid=uid, name=name.strip(), currency=currency)
    session.add(made)
    session.flush()  # for the id
    _fill(session, made, prices)
    return made


def change_list(
    session: Session,
    price_list: PriceList,
    name: str,
    currency: str,
    prices: Sequence[Price],
    *,
    is_active: bool,
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """Other prices for lines to come; lines there are keep theirs."""
    if price_list.version != version:
        raise Conflict
    _check(session, name, prices, own=price_list.id)
    price_list.name, price_list.currency = name.strip(), currency
    price_list.is_active = is_active
    session.execute(delete(PriceItem).where(PriceItem.price_list_id == price_list.id))
    _fill(session, price_list, prices)


def _check(session: Session, name: str, prices: Sequence[Price], *, own: int | None) -> None:
    if not name.strip():
        raise Invalid(N_("Give it a name."), "name")
    same = select(PriceList.id).where(PriceList.name == name.strip())
    if own is not None:
        same = same.where(PriceList.id != own)
    if session.scalar(same.limit(1)) is not None:
        raise Invalid(N_("There is a price list of that name already."), "name")
    if len(prices) > MOST_ITEMS:
        raise Invalid(N_("A price list has 500 rows at most."), "name")
    if any(price.net_price < 0 for price in prices):
        raise Invalid(N_("A price cannot be negative; give a discount instead."))


def _fill(session: Session, price_list: PriceList, prices: Sequence[Price]) -> None:
    session.add_all(
        PriceItem(price_list_id=price_list.id, position=n, **asdict(price))
        for n, price in enumerate(prices, start=1)
    )
