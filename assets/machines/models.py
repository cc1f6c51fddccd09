"""Machines: one serialised unit each, with its model, companies, holds and life."""

import secrets
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Uuid, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets.machines.rules import (
    KIND_WORDS,
    Criticality,
    EventKind,
    Life,
    MeterUnit,
    ModelKind,
    warranty_end,
)
from service_app.core.db import Base, Json, Scaled, SortKey, UtcDateTime
from service_app.core.search import search_words, sort_key
from service_app.core.text import Text, verbatim
from service_app.core.text_index import searched
from service_app.customers.models import Company, Site


def new_token() -> str:
    """A random 128-bit token for a QR code, in 22 characters safe in an address."""
    return secrets.token_urlsafe(16)


class MachineModel(Base):
    """What machines of a kind share. ``max_per_day`` and ``typical_per_day`` are in meter units.

    ``technical_data`` is a list of ``[name, value]`` in the order of the maker's papers.
    """

    __tablename__ = "machine_model"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(80))
    english_name: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(20), default=ModelKind.OTHER.value)
    maker: Mapped[str] = mapped_column(String(120), default="")
    meter_unit: Mapped[str] = mapped_column(String(10), default=MeterUnit.HOURS.value)
    max_per_day: Mapped[Decimal | None] = mapped_column(Scaled(1))
    typical_per_day: Mapped[Decimal | None] = mapped_column(Scaled(1))
    technical_data: Mapped[list[Any]] = mapped_column(Json, default=list)
    sort_key: Mapped[str] = mapped_column(SortKey, default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("uq_machine_model_maker_name", "maker", "name", unique=True),
        Index("ix_machine_model_sort_key", "sort_key", "id"),
    )

    @property
    def kind_label(self) -> ModelKind:
        """The kind with its word and icon."""
        return ModelKind(self.kind)

    @property
    def unit(self) -> MeterUnit:
        """What its meters count."""
        return MeterUnit(self.meter_unit)

    def name_in(self, language: str) -> str:
        """``EG-230`` for a reader of English, ``ЭГ-230`` else."""
        return self.english_name if language == "en" and self.english_name else self.name


class Machine(Base):
    """One serialised unit, from release to disposal. ``status`` is a :class:`Life` value.

    A machine we did not sell may have ``model_words`` instead of a model, and no serial yet.
    ``qr_token`` opens the machine's page from its label; it can be reissued. ``company_version``
    is that of the operating company whose name is among ``search_words``.
    """

    __tablename__ = "machine"
    __journal_secrets__ = frozenset({"qr_token"})

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    model_id: Mapped[int | None] = mapped_column(ForeignKey("machine_model.id"))
    model_words: Mapped[str] = mapped_column(String(120), default="")
    serial: Mapped[str] = mapped_column(String(60), default="")
    inventory_number: Mapped[str] = mapped_column(String(40), default="")
    operating_company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    owner_company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    manufactured_on: Mapped[date | None]
    shipped_on: Mapped[date | None]
    commissioned_on: Mapped[date | None]
    warranty_months: Mapped[int | None]
    warranty_hours: Mapped[int | None]
    warranty_ends_on: Mapped[date | None]
    criticality: Mapped[str] = mapped_column(String(10), default=Criticality.NORMAL.value)
    status: Mapped[str] = mapped_column(String(20), default=Life.IN_OPERATION.value)
    technical_data: Mapped[list[Any]] = mapped_column(Json, default=list)
    notes: Mapped[str] = mapped_column(LongText, default="")
    qr_token: Mapped[str] = mapped_column(String(32), unique=True, default=new_token)
    sort_key: Mapped[str] = mapped_column(SortKey, default="")
    search_words: Mapped[str] = mapped_column(LongText, default="")
    company_version: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    model: Mapped[MachineModel | None] = relationship(lazy="joined")
    company: Mapped[Company] = relationship(foreign_keys=operating_company_id)
    owner: Mapped[Company] = relationship(foreign_keys=owner_company_id)
    site: Mapped[Site | None] = relationship()

    __table_args__ = (
        Index(
            "uq_machine_model_id_serial", "model_id", "serial", unique=True,
            sqlite_where=text("serial <> ''"), postgresql_where=text("serial <> ''"),
        ),
        Index("ix_machine_sort_key", "sort_key", "id"),
        Index("ix_machine_operating_company_id", "operating_company_id", "sort_key", "id"),
        Index("ix_machine_owner_company_id", "owner_company_id", "sort_key", "id"),
        Index("ix_machine_status", "status", "sort_key", "id"),
        Index("ix_machine_warranty_ends_on", "warranty_ends_on"),
        Index("ix_machine_serial", "serial"),
        CheckConstraint("model_id IS NOT NULL OR model_words <> ''", name="model"),
    )  # fmt: skip

    @property
    def model_name(self) -> str:
        """The model's name, or its words when the model is not ours."""
        return self.model.name if self.model else self.model_words

    @property
    def full_name(self) -> str:
        """``ЭГ-230 EG230-00417``: model and serial, without the word of the kind."""
        return " ".join(part for part in (self.model_name, self.serial) if part)

    def name_in(self, language: str) -> str:
        """The full name with the model as readers of ``language`` write it."""
        model = self.model.name_in(language) if self.model else self.model_words
        return " ".join(part for part in (model, self.serial) if part)

    @property
    def title(self) -> Text:
        """``Excavator ЭГ-230``: kind and model."""
        return self.title_in("ru")

    def title_in(self, language: str) -> Text:
        """The same with the model as readers of ``language`` write it."""
        name = self.model.name_in(language) if self.model else self.model_words
        if self.model is None or self.model.kind == ModelKind.OTHER:
            return verbatim(name)
        return Text("%(kind)s %(name)s", kind=self.model.kind_label.label, name=name)

    @property
    def icon(self) -> str:
        """The sprite's symbol for the kind."""
        return self.model.kind_label.icon if self.model else ModelKind.OTHER.icon

    @property
    def unit(self) -> MeterUnit:
        """What the meter counts; hours while the model is not known."""
        return self.model.unit if self.model else MeterUnit.HOURS

    @property
    def has_meter(self) -> bool:
        """Whether there is anything to read."""
        return self.unit is not MeterUnit.NONE

    @property
    def life(self) -> Life:
        """The status with its words."""
        return Life(self.status)

    @property
    def importance(self) -> Criticality:
        """The criticality with its words."""
        return Criticality(self.criticality)

    @property
    def warranty_starts_on(self) -> date | None:
        """Commissioning, else shipment."""
        return self.commissioned_on or self.shipped_on

    def make_findable(self) -> None:
        """Keep the search words and the sort key in step with what the machine is called."""
        model = self.model
        kinds = (model.kind, KIND_WORDS.get(model.kind_label, "")) if model else ()
        names = (model.name, model.english_name, model.maker) if model else (self.model_words,)
        self.search_words = search_words(
            *names, *kinds, self.serial, self.inventory_number, self.company.short_name
        )
        self.company_version = self.company.version
        self.sort_key = sort_key(f"{self.model_name} {self.serial}")

    def reckon_warranty(self) -> None:
        """Keep the stored end in step with its start and months."""
        self.warranty_ends_on = warranty_end(self.warranty_starts_on, self.warranty_months)


class MachineCompany(Base):
    """Who ran or owned a machine, from when to when.

    ``since_on`` is None when nobody knows; ``until_on`` is the day it ended.
    """

    __tablename__ = "machine_company"

    id: Mapped[int] = mapped_column(primary_key=True)
    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    is_owner: Mapped[bool]
    since_on: Mapped[date | None]
    until_on: Mapped[date | None]
    company: Mapped[Company] = relationship()


class MachineHold(Base):
    """A later record needs the machine kept as it is; the one who placed it lifts it."""

    __tablename__ = "machine_hold"

    id: Mapped[int] = mapped_column(primary_key=True)
    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"), index=True)
    text: Mapped[dict[str, Any]]
    ground_kind: Mapped[str] = mapped_column(String(40))
    ground_id: Mapped[int]
    ground_number: Mapped[str] = mapped_column(String(40), default="")
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_machine_hold_ground", "ground_kind", "ground_id"),)

    @property
    def words(self) -> Text:
        """Why the machine is held."""
        return Text.from_json(self.text)


class MachineEvent(Base):
    """A line of a machine's life: dated, append-only, with running hours, ground and person."""

    __tablename__ = "machine_event"
    __journal__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"))
    kind: Mapped[str] = mapped_column(String(20))
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    running_hours: Mapped[Decimal | None] = mapped_column(Scaled(1))
    text: Mapped[dict[str, Any]]
    ground_document: Mapped[str] = mapped_column(String(200), default="")
    ground_number: Mapped[str] = mapped_column(String(60), default="")
    ground_on: Mapped[date | None]
    by_user_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(String(200))

    __table_args__ = (Index("ix_machine_event_machine_id", "machine_id", "happened_on", "id"),)

    @property
    def words(self) -> Text:
        """What happened, in words."""
        return Text.from_json(self.text)

    @property
    def event_kind(self) -> EventKind:
        """The kind with its words and icon."""
        return EventKind(self.kind)


searched(Machine)
