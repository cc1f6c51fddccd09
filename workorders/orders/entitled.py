"""Which contract an order is answered by: taken when its machine is known, chosen by a person."""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.errors import Invalid, NotAllowed
from service_app.core.text import N_
from service_app.customers.models import Company
from workorders.contracts import hours
from workorders.contracts.entitlement import WITHOUT, Entitlement
from workorders.contracts.models import Contract
from workorders.contracts.queries import candidates_for, entitled
from workorders.orders import service as orders
from workorders.orders.models import WorkOrder
from workorders.orders.queries import find_event
from workorders.orders.rules import FINAL, Status, work_of
from workorders.orders.service import Told
from workorders.orders.story import Happening
from workorders.sla.queries import load


def day_of(order: WorkOrder) -> date:
    """The day the request came, on the site's clock: what counted then counts for the order."""
    return order.received_at.astimezone(ZoneInfo(order.zone)).date()


def choices(session: Session, order: WorkOrder, chosen: int | None = None) -> Entitlement:
    """What is taken without a person, or with the one chosen, and every other contract there is."""
    return entitled(
        session, order.machine, company_id=order.company_id, day=day_of(order),
        work=work_of(order.kind_kind), chosen=chosen,
    )  # fmt: skip


def may_choose(order: WorkOrder) -> bool:
    """Whether a person may still decide by which contract it is answered."""
    return Status(order.status) not in FINAL and not order.is_past


def take_entitlement(
    session: Session, order: WorkOrder, answer: Entitlement, *, by: Actor, at: datetime
) -> None:
    """Who pays, now that the machine is known; the level of its contract counts from now on."""
    orders.keep_entitlement(order, answer)
    order.is_contract_open = answer.is_to_be_chosen
    _follow(session, order, reason="", by=by, at=at)


def choose_contract(
    session: Session,
    order: WorkOrder,
    contract_id: int,
    *,
    reason: str,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """A person decides by which contract the order is answered; the reason is kept.

    ``contract_id`` is one that covers the machine, or WITHOUT. Hours its labour took go over to
    the new contract. Raises Invalid for another contract or without a reason.
    """
    if uid is not None and find_event(session, uid) is not None:
        return
    if not may_choose(order):
        raise NotAllowed(N_("An order that has ended keeps its contract."))
    if not reason.strip():
        raise Invalid(N_("Write why."), "reason")
    if contract_id != WITHOUT:
        found, _ = candidates_for(session, order.machine, order.company_id, day_of(order))
        if contract_id not in {one.id for one in found}:
            raise Invalid(N_("Choose one of the list."), "contract_id")
    orders.keep_entitlement(order, choices(session, order, chosen=contract_id))
    order.is_contract_open = False
    contract = session.get(Contract, order.contract_id) if order.contract_id else None
    payer_id = contract.payer_id if contract else None
    order.payer = session.get(Company, payer_id) if payer_id else order.company
    hours.move_to(session, contract, orders.ground_of(order), by=by, at=at)
    orders.append(
        session, order, Happening.CONTRACT_CHOSEN, told=Told(words=reason.strip()),
        data={"contract": contract.number if contract else ""}, uid=uid, by=by, at=at,
    )  # fmt: skip
    _follow(session, order, reason=reason.strip(), by=by, at=at)


def _follow(session: Session, order: WorkOrder, *, reason: str, by: Actor, at: datetime) -> None:
    """Let the order follow its contract's level, as it was when the request came."""
    contract = session.get(Contract, order.contract_id) if order.contract_id else None
    policy_id = contract.policy_id if contract else None
    version = load(session).version_of(policy_id, order.received_at)
    orders.apply_policy(session, order, version, reason=reason, by=by, at=at)
