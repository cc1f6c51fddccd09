"""The signed result of an order: who gave, who took, how it was signed, with what remarks."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service_app.core.db import Base, BigId, Json, UtcDateTime
from workorders.orders.models import WorkOrder


class HandoverAct(Base):
    """One attempt to hand a machine over; append-only but for the paper's way back.

    ``giver`` and ``taker`` hold full name, position and ground as they stood on the day.
    """

    __tablename__ = "handover_act"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"))
    visit_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("visit.id"), index=True)
    result: Mapped[str] = mapped_column(String(20))
    way: Mapped[str] = mapped_column(String(14))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    giver: Mapped[dict[str, Any]] = mapped_column(Json)
    taker: Mapped[dict[str, Any]] = mapped_column(Json)
    giver_signature_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    taker_signature_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    outside_number: Mapped[str] = mapped_column(String(80), default="")
    remarks: Mapped[str] = mapped_column(Text, default="")
    refusal: Mapped[str] = mapped_column(Text, default="")
    demonstration: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("issued_document.id"))
    original_received_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    order: Mapped[WorkOrder] = relationship()

    __table_args__ = (Index("ix_handover_act_order_id", "order_id", "id"),)
