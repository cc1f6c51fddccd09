"""Faults of machines and the photos that show them."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assets.faults.rules import OPEN, Detection, FaultStatus, Severity, Standing
from assets.machines.models import Machine
from assets.machines.rules import Ground
from service_app.core.db import Base, BigId, Scaled, UtcDateTime
from service_app.files.models import StoredFile


class Fault(Base):
    """The state of a machine that cannot do its work, from ``happened_at`` to ``ended_at``.

    ``ground_*`` name the later record it came with or was found by, as plain values.
    """

    __tablename__ = "fault"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"))
    severity: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(15), default=FaultStatus.OPEN.value)
    detection: Mapped[str] = mapped_column(String(12), default=Detection.REPORT.value)
    symptom: Mapped[str] = mapped_column(String(500))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    running_hours: Mapped[Decimal | None] = mapped_column(Scaled(1))
    reporter: Mapped[str] = mapped_column(String(200), default="")
    reporter_id: Mapped[int | None]
    cause: Mapped[str] = mapped_column(LongText, default="")
    remedy: Mapped[str] = mapped_column(LongText, default="")
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("fault.id"), index=True)
    ground_kind: Mapped[str] = mapped_column(String(20), default="")
    ground_id: Mapped[int | None] = mapped_column(BigId)
    ground_number: Mapped[str] = mapped_column(String(40), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_fault_machine_id", "machine_id", "happened_at", "id"),
        Index("ix_fault_status", "status", "machine_id"),
        Index("ix_fault_severity", "severity", "status", "machine_id"),
    )

    machine: Mapped[Machine] = relationship()

    @property
    def severity_kind(self) -> Severity:
        """The severity with its words."""
        return Severity(self.severity)

    @property
    def status_kind(self) -> FaultStatus:
        """The status with its words."""
        return FaultStatus(self.status)

    @property
    def detection_kind(self) -> Detection:
        """How it was found, in words."""
        return Detection(self.detection)

    @property
    def ground(self) -> Ground | None:
        """The order it came with or was found by; None when it stands alone."""
        if self.ground_id is None:
            return None
        return Ground(self.ground_kind, self.ground_id, self.ground_number)

    @property
    def is_open(self) -> bool:
        """Whether the fault is still there."""
        return self.status_kind in OPEN

    def standing(self, became: FaultStatus) -> Standing:
        """How it stands now, to be kept by the step that makes it ``became``."""
        return Standing(became, self.status_kind, self.cause, self.remedy, self.ended_at)


class FaultPhoto(Base):
    """A picture of a fault; served only by the fault's own route."""

    __tablename__ = "fault_photo"
    __journal__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    fault_id: Mapped[int] = mapped_column(ForeignKey("fault.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    __table_args__ = (UniqueConstraint("fault_id", "file_id"),)

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
