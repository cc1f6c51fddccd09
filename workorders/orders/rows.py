"""Lists of orders: the columns they show and nothing else. A whole entity costs ten times a row."""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Executable, Select, bindparam, func, select
from sqlalchemy.orm import Session

from assets.faults.rules import Severity
from assets.machines.models import Machine, MachineModel
from assets.machines.rules import ModelKind
from service_app.accounts.models import User
from service_app.core.actor import Actor
from service_app.core.names import short_name
from service_app.core.paging import PAGE_SIZE, Order, Page, fetch_page
from service_app.core.text import Text
from service_app.customers.models import Company
from workorders.orders.models import OrderClock, WorkOrder
from workorders.orders.queries import Filters, narrowed
from workorders.orders.rules import (
    DIAGNOSIS,
    FINDING_CAUSE,
    Kind,
    Status,
    is_wait_said,
    operator_label,
    shown_number,
)
from workorders.sla.rules import ClockState, WaitReason

_COLUMNS = (
    WorkOrder.id, WorkOrder.number, WorkOrder.external_id, WorkOrder.is_past, WorkOrder.status,
    WorkOrder.kind, WorkOrder.severity, WorkOrder.symptom, WorkOrder.received_at,
    WorkOrder.is_day_only, WorkOrder.wait_reason, WorkOrder.machine_id, WorkOrder.machine_words,
    Machine.serial, Machine.model_words, MachineModel.name, MachineModel.english_name,
    MachineModel.kind, WorkOrder.company_id, Company.short_name, WorkOrder.is_finding_cause,
    User.family_name, User.first_name, User.middle_name,
)  # fmt: skip
_NEWEST_FIRST = (
    Order(WorkOrder.received_at, is_descending=True),
    Order(WorkOrder.id, is_descending=True),
)


class OrderRow(NamedTuple):
    """One order as lists show it; the fields are the columns above, in their order."""

    id: int
    number: str
    external_id: str | None
    is_past: bool
    status: str
    kind: str
    severity: str
    symptom: str
    received_at: datetime
    is_day_only: bool
    wait_reason: str | None
    machine_id: int | None
    machine_words: str
    serial: str | None
    model_words: str | None
    own_model: str | None
    english_model: str | None
    model_kind: str | None
    company_id: int | None
    company: str | None
    is_finding_cause: bool
    family_name: str | None
    first_name: str | None
    middle_name: str | None

    @property
    def status_kind(self) -> Status:
        """The status with its words."""
        return Status(self.status)

    @property
    def operator_status(self) -> Text:
        """The status in the customer's words."""
        return operator_label(Status(self.status))

    @property
    def kind_kind(self) -> Kind:
        """The kind with its words."""
        return Kind(self.kind)

    @property
    def severity_kind(self) -> Severity:
        """The severity with its words."""
        return Severity(self.severity)

    @property
    def is_diagnosis(self) -> bool:
        """Whether an engineer is finding the cause: a wording of accepted or in work."""
        has_engineer = self.family_name is not None
        return self.is_finding_cause and has_engineer and self.status_kind in FINDING_CAUSE

    @property
    def status_label(self) -> Text:
        """The status as staff say it."""
        return DIAGNOSIS[0] if self.is_diagnosis else self.status_kind.label

    @property
    def status_icon(self) -> str:
        """Its icon."""
        return DIAGNOSIS[1] if self.is_diagnosis else self.status_kind.icon

    @property
    def shown_wait(self) -> WaitReason | None:
        """The open wait, unless the status says it already."""
        if self.wait_reason is None or is_wait_said(self.status_kind, self.wait_reason):
            return None
        return WaitReason(self.wait_reason)

    @property
    def title(self) -> str | Text:
        """What it is about; imported history may say no more than its kind."""
        return self.symptom or self.kind_kind.label

    @property
    def shown_number(self) -> str:
        """The number people say aloud."""
        return shown_number(self.number, self.external_id, is_past=self.is_past)

    def model_in(self, language: str) -> str:
        """The model as readers of the language write it; its words when it is not ours."""
        own = self.english_model if language == "en" else ""
        return own or self.own_model or self.model_words or ""

    def title_in(self, language: str) -> Text | str:
        """``Excavator EG-230``: kind and model; the caller's words when no machine is named."""
        if self.machine_id is None:
            return self.machine_words
        name = self.model_in(language)
        if self.model_kind in (None, ModelKind.OTHER):
            return name
        return Text("%(kind)s %(name)s", kind=ModelKind(str(self.model_kind)).label, name=name)

    @property
    def engineer(self) -> str:
        """``Ковалёв А. С.``, empty while nobody is named."""
        if self.family_name is None:
            return ""
        return short_name(self.family_name, self.first_name, self.middle_name)


class ClockRow(NamedTuple):
    """A running or paused clock as its countdown needs it."""

    order_id: int
    clock: str
    number: int
    label: str
    policy_version: int
    state: str
    due_at: datetime | None
    allowed_seconds: int
    used_seconds: int
    met_at: datetime | None = None
    breached_at: datetime | None = None
    late_seconds: int = 0


def list_page(
    session: Session,
    actor: Actor,
    filters: Filters,
    *,
    key: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[OrderRow]:
    """Orders under the filters, newest first, after ``key``."""
    found = as_rows(narrowed(actor, filters))
    page = fetch_page(session, found, order=_NEWEST_FIRST, key=key, size=size)
    return Page([OrderRow._make(row) for row in page.rows], page.next_key)


def as_rows(orders: Select[WorkOrder]) -> Select[Any]:
    """The same orders as the columns of :class:`OrderRow`."""
    columns: Select[Any] = orders.with_only_columns(*_COLUMNS, maintain_column_froms=True)  # type: ignore[assignment]
    return (
        columns.outerjoin(Machine, Machine.id == WorkOrder.machine_id)
        .outerjoin(MachineModel, MachineModel.id == Machine.model_id)
        .outerjoin(Company, Company.id == WorkOrder.company_id)
        .outerjoin(User, User.id == WorkOrder.engineer_id)
    )


def nearest_clocks(session: Session, order_ids: Collection[int]) -> dict[int, ClockRow]:
    """By order, the open clock that burns first: the earliest deadline, else one at rest."""
    if not order_ids:
        return {}
    found = session.execute(_nearest(), {"orders": list(order_ids)})
    return {row[0]: ClockRow(*row) for row in found}


@lru_cache(maxsize=1)
def _nearest() -> Executable:
    """Built once, like every statement that pages ask all day."""
    place = func.row_number().over(
        partition_by=OrderClock.order_id, order_by=(OrderClock.due_at.is_(None), OrderClock.due_at)
    )
    ranked = (
        select(
            OrderClock.order_id, OrderClock.clock, OrderClock.number, OrderClock.label,
            OrderClock.policy_version,
            OrderClock.state, OrderClock.due_at, OrderClock.allowed_seconds,
            OrderClock.used_seconds, place.label("place"),
        )
        .where(
            OrderClock.order_id.in_(bindparam("orders", expanding=True)),
            OrderClock.state.in_([ClockState.RUNNING.value, ClockState.PAUSED.value]),
        )
        .subquery()
    )  # fmt: skip
    columns = [column for column in ranked.c if column.name != "place"]
    return select(*columns).where(ranked.c.place == 1)
