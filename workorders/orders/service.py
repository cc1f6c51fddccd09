"""Verbs every later room builds on: open an order, append to its story, move it, let it wait."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from assets.faults import service as faults
from assets.faults.models import Fault
from assets.faults.rules import FaultStatus, Standing
from assets.machines.models import Machine
from assets.machines.rules import Ground
from service_app.accounts.permissions import Permission
from service_app.core.actor import Actor
from service_app.core.errors import Conflict, Invalid, NotAllowed
from service_app.core.search import search_words
from service_app.core.text import N_, Text
from service_app.customers.models import Company, Site
from service_app.organisation.models import Branch
from service_app.organisation.service import take_number
from workorders.contracts.entitlement import Entitlement
from workorders.orders import clocks, queries
from workorders.orders.heard import speaks_to_clocks
from workorders.orders.models import OrderEvent, WorkOrder
from workorders.orders.moves import Action, Move, Need, find_move, refusal
from workorders.orders.rules import (
    FINAL,
    MAY_WAIT,
    UNDO_WITHIN,
    Kind,
    Place,
    Priority,
    Source,
    Status,
    check_moment,
    format_number,
    phase_of,
)
from workorders.orders.story import Happening
from workorders.sla.queries import load
from workorders.sla.rules import WaitReason


@dataclass(frozen=True)
class Reporter:
    """Who called: a person of the company, or a guest at the machine."""

    name: str
    phone: str = ""
    user_id: int | None = None
    is_guest: bool = False
    follow_token: str | None = None


@dataclass(frozen=True)
class Told:
    """When something happened and how it was said; ``at`` None means now.

    ``late_reason`` is asked when it happened more than 72 hours ago.
    """

    at: datetime | None = None
    words: str = ""
    late_reason: str = ""


NOW = Told()


def open_order(
    session: Session,
    *,
    branch: Branch,
    kind: Kind,
    place: Place,
    source: Source,
    symptom: str,
    severity: str,
    priority: Priority,
    machine: Machine | None,
    machine_words: str = "",
    company: Company | None,
    payer: Company | None = None,
    site: Site | None = None,
    fault: Fault | None = None,
    hours: Decimal | None = None,
    entitled: Entitlement | None = None,
    policy_id: int | None = None,
    reporter: Reporter,
    status: Status = Status.RECEIVED,
    told: Told = NOW,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> tuple[WorkOrder, OrderEvent]:
    """Open an order and give it its number at once; with it the event its story begins with.

    ``uid`` is the form's: that it is new is for the caller to see. ``hours`` is the meter's total
    at intake, ``entitled`` who is likely to pay and why and by which contract it is answered,
    ``policy_id`` the level its promises follow (None: the contract's, else the usual one).
    ``status`` is RECEIVED, or SCHEDULED for an order made ahead. Raises Invalid for a moment that
    cannot be, or an order of neither a machine nor words.
    """
    happened_at = told.at or at
    _check(happened_at, at, not_before=None, told=told, by=by)
    zone = site.zone if site else branch.zone
    contract = entitled.contract if entitled else None
    if policy_id is None and contract is not None:
        policy_id = contract.policy_id
    year = happened_at.astimezone(ZoneInfo(branch.zone)).year
    ordinal = take_number(session, kind="order", branch_id=branch.id, year=year)
    order = WorkOrder(
        uid=uid,
        number=format_number(branch.number_prefix, year, ordinal),
        branch_id=branch.id,
        kind=kind,
        place=place,
        status=status,
        priority=int(priority),
        severity=severity,
        symptom=symptom,
        source=source,
        machine=machine,
        machine_words=machine_words,
        company=company,
        payer=payer or company,
        site=site,
        fault=fault,
        zone=zone,
        reporter_name=reporter.name,
        reporter_phone=reporter.phone,
        reporter_id=reporter.user_id,
        is_guest=reporter.is_guest,
        follow_token=reporter.follow_token,
        received_at=happened_at,
        phase_since=happened_at,
        policy_version=load(session).version_of(policy_id, happened_at),
        hours_at_intake=hours,
    )
    if entitled is not None:
        keep_entitlement(order, entitled)
        order.is_contract_open = entitled.is_to_be_chosen
    order.search_words = order_words(order)
    session.add(order)
    session.flush()  # the events need its id
    kind_of_event = Happening.RECEIVED if status is Status.RECEIVED else Happening.MADE_AHEAD
    event = _append(
        session,
        order,
        kind_of_event,
        told=Told(happened_at, symptom),
        to=status,
        data={
            "source": source.value,
            "priority": int(priority),
            "policy": order.policy_version,
            "criticality": machine.criticality if machine else "normal",
            "work": kind.value,
        },
        for_customer=True,
        by=by,
        at=at,
        is_checked=True,
    )
    clocks.start(session, order, event, at=at)
    return order, event


def keep_entitlement(order: WorkOrder, entitled: Entitlement) -> None:
    """The order keeps who pays, why, and its contract, whatever becomes of them later."""
    order.suggested_coverage = entitled.coverage
    order.verdict = entitled.sentence.to_json()
    order.payers = {cost.value: payer.value for cost, payer in entitled.payers.items()}
    order.contract_id = entitled.contract.id if entitled.contract else None


def order_words(order: WorkOrder) -> str:
    """The normalised words an order is found by."""
    machine, company = order.machine, order.company
    return search_words(
        order.number,
        order.symptom,
        machine.full_name if machine else order.machine_words,
        machine.inventory_number if machine else "",
        company.name if company else "",
        order.reporter_name,
        order.external_id or "",
    )


def append(
    session: Session,
    order: WorkOrder,
    kind: Happening,
    *,
    told: Told = NOW,
    data: dict[str, Any] | None = None,
    for_customer: bool = False,
    undoes: OrderEvent | None = None,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """Add one event that is no move to the story; the clocks hear it.

    Raises Invalid for a moment that cannot be.
    """
    event = _append(
        session, order, kind, told=told, data=data, for_customer=for_customer, undoes=undoes,
        uid=uid, by=by, at=at,
    )  # fmt: skip
    if speaks_to_clocks(event):
        clocks.refresh(session, order, at=at)
    return event


def _append(
    session: Session,
    order: WorkOrder,
    kind: Happening,
    *,
    told: Told = NOW,
    to: Status | None = None,
    reason: str | None = None,
    data: dict[str, Any] | None = None,
    for_customer: bool = False,
    undoes: OrderEvent | None = None,
    uid: uuid.UUID | None = None,
    is_checked: bool = False,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """Add one event to the story. Raises Invalid for a moment that cannot be."""
    happened_at = told.at or at
    if not is_checked:
        before = queries.last_move_at(session, order) if to is not None else order.received_at
        _check(happened_at, at, not_before=before, told=told, by=by)
    event = OrderEvent(
        uid=uid or uuid.uuid4(),
        order=order,
        kind=kind,
        happened_at=happened_at,
        recorded_at=at,
        by_user_id=by.user_id,
        by_name=by.name,
        is_customer=not by.is_staff,
        is_for_customer=for_customer,
        from_status=order.status if to is not None else None,
        to_status=to,
        reason=reason,
        undoes_id=undoes.id if undoes else None,
        words=told.words,
        data=(data or {}) | ({"late": told.late_reason} if told.late_reason else {}),
    )
    session.add(event)
    session.flush()  # replay and photos need its id
    return event


def move(
    session: Session,
    order: WorkOrder,
    action: Action,
    *,
    told: Told = NOW,
    fills: frozenset[Need] = frozenset(),
    data: dict[str, Any] | None = None,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """Make one move of the table; the same ``uid`` again changes nothing.

    ``fills`` names the needs the calling verb itself meets. Raises NotAllowed with a sentence
    naming what is missing, Conflict when somebody made the move a moment ago.
    """
    known = queries.find_event(session, uid) if uid else None
    if known is not None:
        return known
    facts = queries.facts_of(session, order, filled=fills)
    said_no = refusal(facts, action, by.can)
    if said_no is not None:
        _tell_who_was_first(session, order, action)
        raise NotAllowed(said_no)
    row = find_move(facts, action, by.can)
    assert row is not None  # refusal() would have said so
    happened_at = told.at or at
    event = _append(
        session,
        order,
        Happening(action.value),
        told=told,
        to=row.to,
        data=data,
        for_customer=row.to is not row.from_,
        uid=uid,
        by=by,
        at=at,
    )
    _apply(order, row, happened_at, told)
    _settle_waits(session, order, row, event, by=by, at=at)
    clocks.refresh(session, order, at=at)
    return event


def _apply(order: WorkOrder, row: Move, happened_at: datetime, told: Told) -> None:
    if phase_of(row.from_) is not phase_of(row.to):
        order.phase_since = happened_at
    order.status = row.to
    if row.to in FINAL:
        order.ended_at = happened_at
        order.end_words = told.words
        order.call_at = None


def _settle_waits(
    session: Session, order: WorkOrder, row: Move, event: OrderEvent, *, by: Actor, at: datetime
) -> None:
    """Quoted waits for approval by itself; leaving it, or ending, closes what is open.

    The wait's event names the move it came with, so that undoing the move undoes it too.
    """
    told = Told(event.happened_at)
    came_with = {"with": event.id}
    if order.wait_reason and row.from_ is not row.to:
        is_own_wait = row.from_ is Status.QUOTED and order.wait_reason == WaitReason.APPROVAL
        if is_own_wait or row.to not in MAY_WAIT:
            _close_wait(session, order, told, data=came_with, by=by, at=at)
    if row.to is Status.QUOTED and order.wait_reason is None:
        _open_wait(session, order, WaitReason.APPROVAL, None, told, data=came_with, by=by, at=at)


def undo(
    session: Session, order: WorkOrder, event: OrderEvent, *, by: Actor, at: datetime
) -> OrderEvent:
    """Take back one's own last move within ten minutes; the replay leaves both out.

    Raises NotAllowed when it is not the last move, somebody else's, or too old.
    """
    last = queries.last_move(session, order)
    if event.undoes_id is not None or last is None or last.id != event.id:
        raise NotAllowed(N_("Only the last step can be taken back."))
    if event.by_user_id != by.user_id or at - event.recorded_at > UNDO_WITHIN:
        raise NotAllowed(N_("Only the person who made the step can take it back, for 10 minutes."))
    if event.from_status is None or event.kind in (Happening.HAND_OVER, Happening.RECEIVED):
        raise NotAllowed(N_("This step cannot be taken back: it has papers. Make a new one."))
    back = Status(event.from_status)
    made = _append(
        session, order, Happening.UNDONE, undoes=event, data={"step": event.kind},
        for_customer=event.is_for_customer, by=by, at=at,
    )  # fmt: skip
    order.status = back
    order.ended_at = order.duplicate_of_id = None
    _restore_wait(session, order)
    if "fault" in event.data and order.fault is not None:
        before = Standing.from_json(event.data["fault"])
        faults.put_back(session, order.fault, before, by=by, at=at)
    clocks.refresh(session, order, at=at)
    return made


def ground_of(order: WorkOrder) -> Ground:
    """The order as earlier rooms keep it."""
    return Ground("order", order.id, order.number)


def moves_fault(order: WorkOrder, became: FaultStatus) -> dict[str, Any]:
    """What a move that changes the order's fault keeps in its event, so that undo puts it back."""
    return {"fault": order.fault.standing(became).to_json()} if order.fault is not None else {}


def open_wait(
    session: Session,
    order: WorkOrder,
    reason: WaitReason,
    *,
    until: datetime | None = None,
    told: Told = NOW,
    line_id: int | None = None,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """Let the order wait; one wait at a time. Raises NotAllowed outside accepted … ready."""
    known = queries.find_event(session, uid) if uid else None
    if known is not None:
        return known
    if Status(order.status) not in MAY_WAIT:
        text = N_("An order that is “%(status)s” cannot wait.")
        raise NotAllowed(text.with_values(status=Status(order.status).label))
    if order.wait_reason is not None:
        text = N_("The order is waiting already (%(reason)s). Resume it first.")
        raise NotAllowed(text.with_values(reason=WaitReason(order.wait_reason).label))
    if until is not None and until <= (told.at or at):
        raise Invalid(N_("A wait ends after it begins. Give a later moment."), "until")
    order.wait_line_id = line_id
    event = _open_wait(session, order, reason, until, told, uid=uid, by=by, at=at)
    clocks.refresh(session, order, at=at)
    return event


def close_wait(
    session: Session,
    order: WorkOrder,
    *,
    told: Told = NOW,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    """Go on. Raises NotAllowed when nothing is waiting."""
    known = queries.find_event(session, uid) if uid else None
    if known is not None:
        return known
    if order.wait_reason is None:
        raise NotAllowed(N_("The order is not waiting."))
    event = _close_wait(session, order, told, uid=uid, by=by, at=at)
    clocks.refresh(session, order, at=at)
    return event


def _open_wait(
    session: Session,
    order: WorkOrder,
    reason: WaitReason,
    until: datetime | None,
    told: Told,
    *,
    data: dict[str, Any] | None = None,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    order.wait_reason = reason
    order.wait_since = told.at or at
    order.wait_until = until
    data = (data or {}) | ({"until": until.isoformat()} if until else {})
    return _append(
        session, order, Happening.WAIT_OPENED, told=told, reason=reason, data=data,
        for_customer=True, uid=uid, by=by, at=at,
    )  # fmt: skip


def _close_wait(
    session: Session,
    order: WorkOrder,
    told: Told,
    *,
    data: dict[str, Any] | None = None,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> OrderEvent:
    moment = told.at or at
    if order.wait_since is not None and moment < order.wait_since:
        text = N_("The wait began at %(moment)s; it cannot end before.")
        raise Invalid(text.with_values(moment=order.wait_since), "happened_at")
    reason = order.wait_reason
    order.wait_reason = order.wait_since = order.wait_until = order.wait_line_id = None
    return _append(
        session, order, Happening.WAIT_CLOSED, told=told, reason=reason, data=data,
        for_customer=True, uid=uid, by=by, at=at,
    )  # fmt: skip


def set_priority(
    session: Session, order: WorkOrder, priority: Priority, *, reason: str, by: Actor, at: datetime
) -> None:
    """Change the priority with a reason; clocks follow, pauses stay."""
    if not reason.strip():
        raise Invalid(N_("Write why the priority changes."), "reason")
    if order.priority == priority:
        return
    data = {"from": order.priority, "priority": int(priority)}
    order.priority = int(priority)
    _append(
        session, order, Happening.PRIORITY_CHANGED, told=Told(words=reason), data=data, by=by, at=at
    )
    clocks.refresh(session, order, at=at)


def apply_policy(
    session: Session,
    order: WorkOrder,
    version_id: int,
    *,
    reason: str,
    uid: uuid.UUID | None = None,
    by: Actor,
    at: datetime,
) -> OrderEvent | None:
    """Let an open order follow another policy version from now on; pauses stay as they were.

    None when it follows it already. Raises NotAllowed for an order that has ended.
    """
    if order.policy_version == version_id:
        return None
    if order.ended_at is not None:
        raise NotAllowed(N_("An order that has ended keeps its promises."))
    promises = load(session)
    level = promises.level_of(version_id)
    data = {
        "policy": version_id, "from": order.policy_version, "level": level.name,
        "number": level.number_of(version_id),
    }  # fmt: skip
    order.policy_version = version_id
    event = _append(
        session, order, Happening.POLICY_CHANGED, told=Told(words=reason), data=data, uid=uid,
        is_checked=True, by=by, at=at,
    )  # fmt: skip
    clocks.refresh(session, order, at=at)
    return event


def _check(
    happened_at: datetime, at: datetime, *, not_before: datetime | None, told: Told, by: Actor
) -> None:
    wrong = check_moment(
        happened_at,
        recorded_at=at,
        not_before=not_before,
        may_backdate=by.can(Permission.ORDERS_BACKDATE),
        reason=told.late_reason,
    )
    if wrong is not None:
        raise Invalid(wrong, "happened_at")


def _tell_who_was_first(session: Session, order: WorkOrder, action: Action) -> None:
    """When the same move was just made by somebody else, say by whom and when."""
    last = queries.last_move(session, order)
    if last is not None and last.kind == action.value:
        text = Text(
            "Already done at %(moment)s by %(name)s.", moment=last.happened_at, name=last.by_name
        )
        raise Conflict(text)


def _restore_wait(session: Session, order: WorkOrder) -> None:
    """After a step is taken back, the wait stands as the events that count leave it."""
    order.wait_reason = order.wait_since = order.wait_until = order.wait_line_id = None
    for event in queries.list_waits(session, order):
        if event.kind == Happening.WAIT_OPENED:
            until = event.data.get("until")
            order.wait_reason, order.wait_since = event.reason, event.happened_at
            order.wait_until = datetime.fromisoformat(until) if until else None
        else:
            order.wait_reason = order.wait_since = order.wait_until = None


def note_paper(
    session: Session, order: WorkOrder, number: str, *, uid: uuid.UUID, by: Actor, at: datetime
) -> None:
    """A paper was issued for the order; told once per paper."""
    key = uuid.uuid5(uid, "paper")
    if queries.find_event(session, key) is None:
        _append(
            session, order, Happening.DOCUMENT, data={"document": number}, uid=key, by=by, at=at
        )
