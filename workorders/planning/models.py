"""Visits: one coming of a crew for an order; several visits may make one trip."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service_app.accounts.models import User
from service_app.core.db import Base, BigId, UtcDateTime
from workorders.orders.models import WorkOrder
from workorders.planning.rules import VisitStatus


class Trip(Base):
    """Several visits in one journey."""

    __tablename__ = "trip"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    leader_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    begins_at: Mapped[datetime] = mapped_column(UtcDateTime)
    notes: Mapped[str] = mapped_column(String(300), default="")


class Visit(Base):
    """Planned from–to, then set out, arrived, left. ``status`` follows the last of them."""

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"), index=True)
    trip_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("trip.id"), index=True)
    leader_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    status: Mapped[str] = mapped_column(String(10), default="planned")
    planned_from: Mapped[datetime] = mapped_column(UtcDateTime)
    planned_to: Mapped[datetime] = mapped_column(UtcDateTime)
    set_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purpose: Mapped[str] = mapped_column(String(300), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    order: Mapped[WorkOrder] = relationship()
    leader: Mapped[User] = relationship()
    crew: Mapped[list["VisitPerson"]] = relationship(cascade="all, delete-orphan")

    @property
    def status_kind(self) -> VisitStatus:
        """How far the visit is, with its words."""
        return VisitStatus(self.status)

    __table_args__ = (
        Index("ix_visit_leader_id", "leader_id", "planned_from"),
        Index("ix_visit_planned_from", "planned_from"),
        CheckConstraint("planned_to > planned_from", name="planned"),
    )


class VisitPerson(Base):
    """One of the crew besides the leader."""

    __tablename__ = "visit_person"

    visit_id: Mapped[int] = mapped_column(BigId, ForeignKey("visit.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, index=True
    )
