"""Meters of machines, their segments and readings."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets.machines.models import Machine
from assets.meters.rules import ReadingSource, UnreadReason
from service_app.core.db import Base, BigId, Scaled, UtcDateTime


class Meter(Base):
    """What counts a machine's work. ``revision`` grows with every change of its readings."""

    __tablename__ = "meter"
    __journal__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"), unique=True)
    revision: Mapped[int] = mapped_column(default=0)

    machine: Mapped[Machine] = relationship()


class MeterSegment(Base):
    """One physical meter: from ``starts_at``, when it showed ``start_value``.

    ``offset`` is reckoned so that total = offset + value goes on without a step. A segment whose
    every reading was voided never was (``is_void``).
    """

    __tablename__ = "meter_segment"

    id: Mapped[int] = mapped_column(primary_key=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey("meter.id"))
    ordinal: Mapped[int]
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    start_value: Mapped[Decimal] = mapped_column(Scaled(1), default=Decimal(0))
    offset: Mapped[Decimal] = mapped_column(Scaled(1), default=Decimal(0))
    ground: Mapped[str] = mapped_column(String(300), default="")
    is_void: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("meter_id", "ordinal"),)


class Reading(Base):
    """What a meter showed at ``read_at``. Never edited or deleted; a wrong one is voided.

    ``total`` is the life's running hours (segment's offset + value). ``uid`` is the idempotency
    key of a form or a device; imported rows have none.
    """

    __tablename__ = "reading"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[uuid.UUID | None] = mapped_column(Uuid, unique=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey("meter.id"))
    segment_id: Mapped[int] = mapped_column(ForeignKey("meter_segment.id"), index=True)
    value: Mapped[Decimal] = mapped_column(Scaled(1))
    total: Mapped[Decimal] = mapped_column(Scaled(1))
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(12))
    by_user_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(String(200))
    is_correction: Mapped[bool] = mapped_column(default=False)
    ground: Mapped[str] = mapped_column(String(300), default="")
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by: Mapped[str] = mapped_column(String(200), default="")
    void_reason: Mapped[str] = mapped_column(String(300), default="")

    segment: Mapped[MeterSegment] = relationship()

    __table_args__ = (Index("ix_reading_meter_id", "meter_id", "read_at", "id"),)

    @property
    def is_voided(self) -> bool:
        """Whether it counts no more."""
        return self.voided_at is not None

    @property
    def source_kind(self) -> ReadingSource:
        """The source with its words."""
        return ReadingSource(self.source)


class UnreadMeter(Base):
    """Somebody should have read the meter and could not: the reason is the answer."""

    __tablename__ = "unread_meter"
    __journal__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True)
    meter_id: Mapped[int] = mapped_column(ForeignKey("meter.id"))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(300), default="")
    by_user_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(String(200))

    __table_args__ = (Index("ix_unread_meter_meter_id", "meter_id", "seen_at"),)

    @property
    def reason_kind(self) -> UnreadReason:
        """The reason with its words."""
        return UnreadReason(self.reason)
