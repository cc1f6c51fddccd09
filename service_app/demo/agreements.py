"""The demo's contracts, price lists, and hours that were bought."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from service_app.core.actor import Actor
from service_app.demo.stage import Stage, key
from workorders.contracts import hours, prices, service
from workorders.contracts.models import Contract, PriceList
from workorders.contracts.prices import Price
from workorders.contracts.rules import (
    FULL,
    Act,
    ContractKind,
    Cost,
    Per,
    Renewal,
    Scope,
    Works,
    last_day,
    renewed_until,
)
from workorders.contracts.service import Terms
from workorders.sla.queries import list_levels

PRICES = (
    Price("work", "Работа инженера", "ч", Decimal(3200)),
    Price("work", "Работа инженера ночью и в выходной", "ч", Decimal(4800)),
    Price("travel", "Выезд до 50 км", "выезд", Decimal(3500)),
    Price("travel", "Пробег сверх 50 км", "км", Decimal(45)),
    Price("part", "Фильтр масляный", "шт", Decimal("1840.00"), "LF-3349"),
)
RENTED = "VK55-1190"
"""Rented out, and served besides by its company's own contract: two contracts for one machine."""


def build(stage: Stage) -> None:
    """What was agreed before the first request."""
    by = stage.actors["manager"]
    listed = stage.do(
        prices.make_list, "Основной прайс-лист", "RUB", PRICES, uid=key("prices"), by=by,
        at=stage.begins + timedelta(hours=13),
    )  # fmt: skip
    for customer, number, began in (
        ("quarry", "118/25", date(2025, 2, 20)),
        ("glass", "114/25", date(2025, 3, 3)),
        ("build", "131/25", date(2025, 6, 16)),
        ("steppe", "7/26", date(2026, 1, 19)),
        ("agro", "АП-3/25", date(2025, 4, 1)),
    ):
        _sign(stage, by, customer, _yearly(stage, listed, number, began))
    _sign(stage, by, "glass", _package(stage, listed))
    _sign(stage, by, "agro", _ending(stage, listed))
    _sign(stage, by, "build", _rental(stage), machines=(RENTED,))
    _sign(stage, by, "build", _hours_for_one(stage, listed), machines=(RENTED,))
    _sign(stage, by, "pack", _lapsed(stage, listed))


def _yearly(stage: Stage, listed: PriceList, number: str, began: date) -> Terms:
    """Scheduled services for a monthly fee, year after year."""
    first = last_day(began, 12)
    ends = first if first >= stage.day else renewed_until(first, 12, stage.day)
    return Terms(
        number, ContractKind.SERVICE, began, ends, signed_on=began, scope=Scope.COMPANY,
        renewal=Renewal.AUTOMATIC, works=Works.SERVICES, covers=FULL, price_list_id=listed.id,
        fee=Decimal(84_000), parts_discount_percent=Decimal(5),
    )  # fmt: skip


def _package(stage: Stage, listed: PriceList) -> Terms:
    began = stage.begins.date()
    return Terms(
        "П-22/25", ContractKind.PREPAID, began, last_day(began, 24), signed_on=began,
        scope=Scope.COMPANY, works=Works.REPAIRS, covers=frozenset({Cost.LABOUR}),
        price_list_id=listed.id, included_hours=Decimal(30), included_per=Per.QUARTER,
        fee=Decimal(90_000), fee_per=Per.QUARTER,
    )  # fmt: skip


def _ending(stage: Stage, listed: PriceList) -> Terms:
    ends = stage.day + timedelta(days=12)
    return Terms(
        "АП-9/26", ContractKind.PREPAID, stage.begins.date(), ends, scope=Scope.COMPANY,
        works=Works.REPAIRS, covers=frozenset({Cost.LABOUR}), price_list_id=listed.id,
        included_hours=Decimal(25), fee=Decimal(170_000), fee_per=Per.PERIOD,
    )  # fmt: skip


def _rental(stage: Stage) -> Terms:
    around = next(level for level in list_levels(stage.session) if not level.is_default)
    began = stage.day - timedelta(days=100)
    return Terms(
        "Р-4/26", ContractKind.RENTAL, began, last_day(began, 24), signed_on=began, covers=FULL,
        policy_id=around.id, fee=Decimal(140_000),
    )  # fmt: skip


def _hours_for_one(stage: Stage, listed: PriceList) -> Terms:
    began = stage.day - timedelta(days=60)
    return Terms(
        "П-5/26", ContractKind.PREPAID, began, last_day(began, 12), signed_on=began,
        covers=frozenset({Cost.LABOUR}), price_list_id=listed.id, included_hours=Decimal(20),
    )  # fmt: skip


def _lapsed(stage: Stage, listed: PriceList) -> Terms:
    began = stage.begins.date()
    return Terms(
        "Л-9/25", ContractKind.SERVICE, began, stage.day - timedelta(days=50),
        scope=Scope.COMPANY, works=Works.SERVICES, covers=FULL, price_list_id=listed.id,
        fee=Decimal(36_000),
    )  # fmt: skip


def _sign(
    stage: Stage,
    by: Actor,
    customer: str,
    terms: Terms,
    *,
    machines: tuple[str, ...] = (),
) -> Contract:
    at = stage.begins + timedelta(hours=14)
    company = stage.companies[customer]
    made = stage.do(service.make, company, terms, uid=key("contract", terms.number), by=by, at=at)
    for serial in machines:
        stage.do(service.name_machine, made, stage.machines[serial], by=by, at=at)
    for contact in stage.contacts[customer][:1]:
        stage.do(service.add_contact, made, contact, about="", by=by, at=at)
    stage.session.flush()
    stage.do(service.act, made, Act.SIGN, version=made.version, by=by, at=at)
    return made


def buy_hours(stage: Stage) -> None:
    """The customer bought hours in addition last week."""
    contract = stage.session.scalars(
        select(Contract).where(Contract.uid == key("contract", "П-22/25"))
    ).one()
    stage.do(
        hours.buy, contract, 10 * 60, on=stage.day - timedelta(days=6),
        words="Счёт № 318", uid=key("hours", "bought"), by=stage.actors["manager"],
        at=stage.now - timedelta(days=6),
    )  # fmt: skip
