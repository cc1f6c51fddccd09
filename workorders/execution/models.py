"""Labour: what people spent, per person and visit."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service_app.accounts.models import User
from service_app.core.db import Base, BigId
from workorders.execution.rules import LabourKind, LabourRate
from workorders.orders.models import WorkOrder


class Labour(Base):
    """Minutes of one person on one day: work, travel or our waiting; normal, overtime or night."""

    __tablename__ = "labour"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("visit.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    rate: Mapped[str] = mapped_column(String(8))
    minutes: Mapped[int]
    worked_on: Mapped[date]
    words: Mapped[str] = mapped_column(String(300), default="")
    is_removed: Mapped[bool] = mapped_column(default=False)

    order: Mapped[WorkOrder] = relationship()
    user: Mapped[User] = relationship()

    @property
    def kind_kind(self) -> LabourKind:
        """What the time was spent on, with its words."""
        return LabourKind(self.kind)

    @property
    def rate_kind(self) -> LabourRate:
        """How it is paid, with its words."""
        return LabourRate(self.rate)

    __table_args__ = (CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),)
