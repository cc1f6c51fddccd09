"""Contracts, the machines and people they name, their story, hours used, price lists."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets.machines.models import Machine
from service_app.core.db import Base, BigId, Json, Scaled, UtcDateTime
from service_app.core.text import Text as Words
from service_app.customers.models import Company, Contact, Site
from workorders.contracts.rules import (
    ContractKind,
    Cost,
    Happened,
    Per,
    Renewal,
    Scope,
    State,
    UseKind,
    Works,
)
from workorders.sla.models import SlaPolicy


class PriceList(Base):
    """Agreed prices, without VAT, that contracts refer to."""

    __tablename__ = "price_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class PriceItem(Base):
    """A price of a list: ``kind`` is that of an order's line (work, part, travel, other)."""

    __tablename__ = "price_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    price_list_id: Mapped[int] = mapped_column(ForeignKey("price_list.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    article: Mapped[str] = mapped_column(String(60), default="")
    description: Mapped[str] = mapped_column(String(300))
    unit: Mapped[str] = mapped_column(String(20))
    net_price: Mapped[Decimal] = mapped_column(Scaled(2))

    __table_args__ = (CheckConstraint("net_price >= 0", name="net_price"),)


class Contract(Base):
    """What one company has agreed with us: for how long, for which machines, what it pays.

    ``ends_on`` is its last day, None while nobody set one; ``ended_on`` the last day it was really
    in force. ``first_months`` counts from each machine's commissioning. ``included_hours`` are
    for the time ``included_per``; ``parts_discount_percent`` is off the prices of parts.
    """

    __tablename__ = "contract"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    number: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=State.DRAFT.value)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    scope: Mapped[str] = mapped_column(String(10), default=Scope.MACHINES.value)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    signed_on: Mapped[date | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    first_months: Mapped[int | None]
    renewal: Mapped[str] = mapped_column(String(10), default=Renewal.NONE.value)
    renewal_months: Mapped[int] = mapped_column(default=12)
    remind_days: Mapped[int] = mapped_column(default=30)
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("sla_policy.id"), index=True)
    works: Mapped[str] = mapped_column(String(10), default=Works.ALL.value)
    covers_labour: Mapped[bool] = mapped_column(default=False)
    covers_material: Mapped[bool] = mapped_column(default=False)
    covers_travel: Mapped[bool] = mapped_column(default=False)
    price_list_id: Mapped[int | None] = mapped_column(ForeignKey("price_list.id"), index=True)
    parts_discount_percent: Mapped[Decimal] = mapped_column(Scaled(2), default=Decimal(0))
    fee: Mapped[Decimal | None] = mapped_column(Scaled(2))
    fee_per: Mapped[str] = mapped_column(String(8), default=Per.MONTH.value)
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    included_hours: Mapped[Decimal | None] = mapped_column(Scaled(1))
    included_per: Mapped[str] = mapped_column(String(8), default=Per.PERIOD.value)
    counts_travel: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[str] = mapped_column(Text, default="")
    search_words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    company: Mapped[Company] = relationship(foreign_keys=company_id)
    payer: Mapped[Company | None] = relationship(foreign_keys=payer_id)
    site: Mapped[Site | None] = relationship()
    level: Mapped[SlaPolicy | None] = relationship()
    price_list: Mapped[PriceList | None] = relationship()

    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        Index("ix_contract_state", "state", "ends_on", "id"),
        Index("ix_contract_starts_on", "starts_on", "id"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="period"),
        CheckConstraint("included_hours IS NULL OR included_hours > 0", name="included_hours"),
    )

    @property
    def kind_kind(self) -> ContractKind:
        """The kind with its words."""
        return ContractKind(self.kind)

    @property
    def state_kind(self) -> State:
        """The state with its words."""
        return State(self.state)

    @property
    def scope_kind(self) -> Scope:
        """Which machines, with its words."""
        return Scope(self.scope)

    @property
    def renewal_kind(self) -> Renewal:
        """What happens at the end, with its words."""
        return Renewal(self.renewal)

    @property
    def included_per_kind(self) -> Per:
        """For which time the hours are, with its words."""
        return Per(self.included_per)

    @property
    def fee_per_kind(self) -> Per:
        """For which time the fee is, with its words."""
        return Per(self.fee_per)

    @property
    def works_kind(self) -> Works:
        """Which work it pays, with its words."""
        return Works(self.works)

    @property
    def covers(self) -> frozenset[Cost]:
        """What it pays of an order."""
        ticked = {
            Cost.LABOUR: self.covers_labour,
            Cost.MATERIAL: self.covers_material,
            Cost.TRAVEL: self.covers_travel,
        }
        return frozenset(cost for cost, is_on in ticked.items() if is_on)

    @property
    def included_minutes(self) -> int | None:
        """The included hours in minutes; None: no package."""
        return None if self.included_hours is None else int(self.included_hours * 60)

    @property
    def last_on(self) -> date | None:
        """The last day it is, or was, in force."""
        return self.ended_on or self.ends_on


class ContractMachine(Base):
    """A machine a contract names, from when to when; None: from its beginning, to its end."""

    __tablename__ = "contract_machine"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"), index=True)
    since_on: Mapped[date]
    until_on: Mapped[date | None]

    machine: Mapped[Machine] = relationship()
    contract: Mapped[Contract] = relationship()

    __table_args__ = (CheckConstraint("until_on IS NULL OR until_on >= since_on", name="period"),)


class ContractContact(Base):
    """Whom we write to about a contract and its late promises; ``place`` is the order of asking."""

    __tablename__ = "contract_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    place: Mapped[int]
    about: Mapped[str] = mapped_column(String(120), default="")

    contact: Mapped[Contact] = relationship()

    __table_args__ = (UniqueConstraint("contract_id", "contact_id"),)


class ContractEvent(Base):
    """A line of a contract's story; append-only."""

    __tablename__ = "contract_event"
    __journal__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_name: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(String(1000), default="")
    day: Mapped[date | None]
    about: Mapped[str] = mapped_column(String(200), default="")

    @property
    def sentence(self) -> Words:
        """What happened, in words."""
        return Happened(self.kind).label.with_values(
            who=self.by_name, day=self.day, machine=self.about
        )

    @property
    def icon(self) -> str:
        """Its icon."""
        return Happened(self.kind).icon

    @property
    def tone(self) -> str:
        """Its colour."""
        return str(Happened(self.kind).tone)


class ContractUse(Base):
    """Minutes taken from the included hours, or given; append-only, a mistake is given back.

    ``uid`` is the form's, so that the same one counts once; ``cause`` is the labour whose minutes
    came, went back, or went over to another contract. The ground is its order, as plain values.
    """

    __tablename__ = "contract_use"
    __journal__ = False

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    kind: Mapped[str] = mapped_column(String(10))
    minutes: Mapped[int]
    on: Mapped[date] = mapped_column("used_on")
    cause: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)
    ground_kind: Mapped[str] = mapped_column(String(40), default="")
    ground_id: Mapped[int | None]
    ground_number: Mapped[str] = mapped_column(String(40), default="")
    who: Mapped[str] = mapped_column(String(200), default="")
    words: Mapped[str] = mapped_column(String(500), default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_name: Mapped[str] = mapped_column(String(200))

    __table_args__ = (
        Index("ix_contract_use_contract_id", "contract_id", "used_on", "id"),
        Index("ix_contract_use_ground", "ground_kind", "ground_id"),
    )

    @property
    def use_kind(self) -> UseKind:
        """Why, with its words."""
        return UseKind(self.kind)


class ContractReminder(Base):
    """People were reminded of something once: an end that nears, hours that run out."""

    __tablename__ = "contract_reminder"
    __journal__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    key: Mapped[str] = mapped_column(String(60))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told: Mapped[list[Any]] = mapped_column(Json, default=list)

    __table_args__ = (UniqueConstraint("contract_id", "key"),)
