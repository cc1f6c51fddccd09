"""The work order: one record from the first call to the signed act, and its append-only story."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets.faults.models import Fault
from assets.faults.rules import Severity
from assets.machines.models import Machine
from service_app.accounts.models import User
from service_app.core.db import Base, BigId, Json, Scaled, UtcDateTime
from service_app.core.money import VatRate
from service_app.core.text import Text as Words
from service_app.core.text_index import searched
from service_app.customers.models import Company, Site
from service_app.files.models import StoredFile
from service_app.organisation.models import Branch
from workorders.contracts.models import Contract
from workorders.contracts.rules import Coverage
from workorders.orders.rules import (
    COST_OF,
    DIAGNOSIS,
    FINAL,
    FINDING_CAUSE,
    Expectation,
    Kind,
    LineKind,
    Phase,
    Place,
    Status,
    Turn,
    is_wait_said,
    operator_label,
    phase_of,
    shown_number,
    turn_of,
)
from workorders.sla.rules import Clock, ClockKey, WaitReason, name_of


class WorkOrder(Base):
    """One job. ``status`` is what its events replay to; waits stand beside it.

    ``company_id`` (who runs the machine) and ``payer_id`` are frozen at intake. ``zone`` is the
    site's IANA zone at intake. ``is_past`` marks imported history: no clock, no notice, no board.
    """

    __tablename__ = "work_order"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    kind: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(15))
    priority: Mapped[int] = mapped_column(default=3)
    severity: Mapped[str] = mapped_column(String(10), default="minor")
    symptom: Mapped[str] = mapped_column(String(500))
    source: Mapped[str] = mapped_column(String(12))

    machine_id: Mapped[int | None] = mapped_column(ForeignKey("machine.id"))
    machine_words: Mapped[str] = mapped_column(String(200), default="")
    fault_id: Mapped[int | None] = mapped_column(ForeignKey("fault.id"), index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    zone: Mapped[str] = mapped_column(String(60))

    reporter_name: Mapped[str] = mapped_column(String(120), default="")
    reporter_phone: Mapped[str] = mapped_column(String(40), default="")
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    is_guest: Mapped[bool] = mapped_column(default=False)
    follow_token: Mapped[str | None] = mapped_column(String(64), unique=True)

    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_day_only: Mapped[bool] = mapped_column(default=False)
    dispatcher_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    engineer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    is_finding_cause: Mapped[bool] = mapped_column(default=False)
    expectation: Mapped[str | None] = mapped_column(String(20))
    rules_acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rules_acknowledged_how: Mapped[str] = mapped_column(String(200), default="")
    verdict: Mapped[dict[str, Any] | None] = mapped_column(Json)
    suggested_coverage: Mapped[str] = mapped_column(String(10), default="customer")
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    payers: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    is_contract_open: Mapped[bool] = mapped_column(default=False)
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    term_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_promised_on: Mapped[date | None]
    call_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    call_about: Mapped[str] = mapped_column(String(200), default="")

    wait_reason: Mapped[str | None] = mapped_column(String(10))
    wait_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wait_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wait_line_id: Mapped[int | None]

    question_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_original_awaited: Mapped[bool] = mapped_column(default=False)

    hours_at_intake: Mapped[Decimal | None] = mapped_column(Scaled(1))
    hours_at_handover: Mapped[Decimal | None] = mapped_column(Scaled(1))
    meter_unread: Mapped[str | None] = mapped_column(String(12))
    runs_again_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    papers_to_bring: Mapped[str] = mapped_column(Text, default="")
    demonstration: Mapped[str] = mapped_column(String(500), default="")
    end_words: Mapped[str] = mapped_column(String(1000), default="")
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("work_order.id"))
    original_received_on: Mapped[date | None]
    phase_since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    policy_version: Mapped[int] = mapped_column(default=1)

    is_past: Mapped[bool] = mapped_column(default=False)
    external_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    past_cost: Mapped[Decimal | None] = mapped_column(Scaled(2))
    search_words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    branch: Mapped[Branch] = relationship()
    machine: Mapped[Machine | None] = relationship()
    fault: Mapped[Fault | None] = relationship()
    company: Mapped[Company | None] = relationship(foreign_keys=company_id)
    payer: Mapped[Company | None] = relationship(foreign_keys=payer_id)
    site: Mapped[Site | None] = relationship()
    contract: Mapped[Contract | None] = relationship()
    engineer: Mapped[User | None] = relationship(foreign_keys=engineer_id)
    dispatcher: Mapped[User | None] = relationship(foreign_keys=dispatcher_id)
    reporter: Mapped[User | None] = relationship(foreign_keys=reporter_id)
    twin: Mapped["WorkOrder | None"] = relationship(remote_side=[id])

    __table_args__ = (
        Index("ix_work_order_machine_id", "machine_id", "received_at"),
        Index("ix_work_order_company_id", "company_id", "received_at", "id"),
        Index("ix_work_order_status", "is_past", "status", "received_at"),
        Index("ix_work_order_engineer_id", "engineer_id", "status"),
        Index("ix_work_order_received_at", "received_at", "id"),
        Index("ix_work_order_call_at", "call_at"),
        Index("ix_work_order_contract_id", "contract_id", "received_at", "id"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
    )

    @property
    def status_kind(self) -> Status:
        """The status with its words."""
        return Status(self.status)

    @property
    def shown_wait(self) -> WaitReason | None:
        """The open wait, unless the status says it already."""
        return None if is_wait_said(self.status_kind, self.wait_reason) else self.wait_kind

    @property
    def is_diagnosis(self) -> bool:
        """Whether an engineer is finding the cause: a wording of accepted or in work."""
        has_engineer = self.engineer_id is not None
        return self.is_finding_cause and has_engineer and self.status_kind in FINDING_CAUSE

    @property
    def status_label(self) -> Words:
        """The status as staff say it."""
        return DIAGNOSIS[0] if self.is_diagnosis else self.status_kind.label

    @property
    def status_icon(self) -> str:
        """Its icon."""
        return DIAGNOSIS[1] if self.is_diagnosis else self.status_kind.icon

    def coverage_for(self, kind: LineKind) -> Coverage:
        """Who is likely to pay a line of this kind."""
        return Coverage(self.payers.get(COST_OF[kind].value, self.suggested_coverage))

    @property
    def kind_kind(self) -> Kind:
        """The kind with its words."""
        return Kind(self.kind)

    @property
    def place_kind(self) -> Place:
        """The place with its words."""
        return Place(self.place)

    @property
    def severity_kind(self) -> Severity:
        """The severity with its words."""
        return Severity(self.severity)

    @property
    def operator_status(self) -> Words:
        """The status in the customer's words."""
        return operator_label(self.status_kind)

    @property
    def expectation_kind(self) -> Expectation | None:
        """What the customer expects, with its words."""
        return Expectation(self.expectation) if self.expectation else None

    @property
    def phase(self) -> Phase:
        """The phase the order is in."""
        return phase_of(self.status_kind)

    @property
    def shown_number(self) -> str:
        """The number people say aloud; imported history shows the number it had, if any."""
        return shown_number(self.number, self.external_id, is_past=self.is_past)

    @property
    def title(self) -> str | Words:
        """What it is about; imported history may say no more than its kind."""
        return self.symptom or self.kind_kind.label

    @property
    def turn(self) -> Turn:
        """Whose turn it is now; a change we asked about waits for the customer's answer."""
        asked = WaitReason.APPROVAL if self.question_since is not None else None
        return turn_of(self.status_kind, asked or self.wait_kind)

    @property
    def may_change_lines(self) -> bool:
        """Lines stand as they are once signed or ended."""
        return not self.is_past and self.status_kind not in FINAL | {Status.HANDED_OVER}

    @property
    def wait_kind(self) -> WaitReason | None:
        """The reason of the open wait, if one is open."""
        return WaitReason(self.wait_reason) if self.wait_reason else None


class OrderEvent(Base):
    """Something that happened to an order. ``happened_at`` is given, ``recorded_at`` is when it
    became known. Never changed, never deleted; a mistake is undone by a later event naming it.

    ``data`` holds plain values by the kind (see ``orders.story``); ``words`` what somebody wrote.
    """

    __tablename__ = "order_event"
    __journal__ = False

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"))
    kind: Mapped[str] = mapped_column(String(24))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_user_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(String(200))
    is_customer: Mapped[bool] = mapped_column(default=False)
    is_for_customer: Mapped[bool] = mapped_column(default=False)
    from_status: Mapped[str | None] = mapped_column(String(15))
    to_status: Mapped[str | None] = mapped_column(String(15))
    reason: Mapped[str | None] = mapped_column(String(12))
    undoes_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("order_event.id"), unique=True)
    words: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    order: Mapped[WorkOrder] = relationship()

    __table_args__ = (Index("ix_order_event_order_id", "order_id", "happened_at", "id"),)


class OrderPhoto(Base):
    """A photo or file in the order's story."""

    __tablename__ = "order_photo"
    __journal__ = False

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"), index=True)
    event_id: Mapped[int] = mapped_column(BigId, ForeignKey("order_event.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    stage: Mapped[str] = mapped_column(String(10), default="during")

    file: Mapped[StoredFile] = relationship(lazy="joined")


class OrderLine(Base):
    """Work, part, travel or other: what it costs, who covers it, whether it was done."""

    __tablename__ = "order_line"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    coverage: Mapped[str] = mapped_column(String(10))
    description: Mapped[str] = mapped_column(String(300))
    article: Mapped[str] = mapped_column(String(60), default="")
    unit: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[Decimal] = mapped_column(Scaled(3))
    net_price: Mapped[Decimal] = mapped_column(Scaled(2))
    discount_percent: Mapped[Decimal] = mapped_column(Scaled(2), default=Decimal(0))
    vat_rate: Mapped[str] = mapped_column(String(6))
    is_quoted: Mapped[bool] = mapped_column(default=False)
    is_done: Mapped[bool] = mapped_column(default=False)
    is_removed: Mapped[bool] = mapped_column(default=False)
    is_off_books: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    order: Mapped[WorkOrder] = relationship()

    @property
    def kind_kind(self) -> LineKind:
        """What the line is for, with its words."""
        return LineKind(self.kind)

    @property
    def coverage_kind(self) -> Coverage:
        """Who pays, with its words."""
        return Coverage(self.coverage)

    @property
    def vat_kind(self) -> VatRate:
        """The VAT rate with its words."""
        return VatRate(self.vat_rate)

    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("discount_percent BETWEEN 0 AND 10000", name="discount"),
    )


def _only(condition: str, *, on_sqlite: str = "") -> dict[str, Any]:
    """Rows an index holds: a sweep then costs by what it has to find."""
    return {"sqlite_where": text(on_sqlite or condition), "postgresql_where": text(condition)}


class OrderClock(Base):
    """The stored index of a clock's replay: found by what is due, told of once.

    ``due_at`` and ``warn_at`` are None unless the clock runs, so that a sweep never meets others.
    ``clock`` and ``number`` are the key of the replay (:class:`~workorders.sla.rules.ClockKey`);
    ``label`` is what an own clock is called. ``policy_version`` is the one it counts by.
    ``tell_at`` is when people are told that it is late: the deadline, or the opening after it.
    ``step_at`` is when the next escalation step falls, ``steps_taken`` which were
    (``clocks.step_key``). ``is_breach_changed`` waits for those who keep what a breach was about
    (``take_changed``).
    """

    __tablename__ = "order_clock"
    __journal__ = False

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"))
    clock: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column(BigId, default=0)
    label: Mapped[str] = mapped_column(String(60), default="")
    policy_version: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    allowed_seconds: Mapped[int]
    used_seconds: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    met_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    breached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    late_seconds: Mapped[int] = mapped_column(default=0)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tell_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_breach_changed: Mapped[bool] = mapped_column(default=False)
    step_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    steps_taken: Mapped[list[Any]] = mapped_column(Json, default=list)

    order: Mapped[WorkOrder] = relationship()

    __table_args__ = (
        UniqueConstraint("order_id", "clock", "number"),
        Index("ix_order_clock_due_at", "state", "due_at"),
        Index("ix_order_clock_untold", "tell_at", **_only("told_at IS NULL")),
        Index("ix_order_clock_unwarned", "warn_at", **_only("warned_at IS NULL")),
        Index("ix_order_clock_kept", "met_at", "breached_at", "clock", "order_id"),
        Index(
            "ix_order_clock_missed",
            "breached_at",
            "clock",
            "order_id",
            **_only("breached_at IS NOT NULL"),
        ),
        Index("ix_order_clock_step", "step_at", **_only("step_at IS NOT NULL")),
        Index(
            "ix_order_clock_changed",
            "id",
            **_only("is_breach_changed", on_sqlite="is_breach_changed = 1"),
        ),
    )

    @property
    def key(self) -> ClockKey:
        """Which clock of the order it is."""
        return ClockKey(Clock(self.clock), self.number)

    @property
    def name(self) -> Words:
        """What the promise is called."""
        return name_of(self.clock, self.label)


searched(WorkOrder)
