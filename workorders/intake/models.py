"""What was proposed to the customer (a quote, or a change while work goes on), and the answer."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service_app.core.db import Base, BigId, Json, Scaled, UtcDateTime
from service_app.core.reader import Reader
from workorders.orders.models import WorkOrder


class Proposal(Base):
    """A term and a price put to the customer: a quote, or a change with its difference.

    ``lines`` is the frozen list of what it is for. ``answer`` is None while it is open.
    """

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"))
    ordinal: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(Text, default="")
    amount: Mapped[Decimal] = mapped_column(Scaled(2))
    vat_amount: Mapped[Decimal] = mapped_column(Scaled(2), default=Decimal(0))
    lines: Mapped[list[Any]] = mapped_column(Json, default=list)
    term_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    extra_minutes: Mapped[int] = mapped_column(default=0)
    valid_until: Mapped[date | None]
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("issued_document.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answer: Mapped[str | None] = mapped_column(String(8))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    answered_how: Mapped[str] = mapped_column(String(12), default="")
    answer_words: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    order: Mapped[WorkOrder] = relationship()

    def difference(self, reader: Reader) -> str:
        """``+6,200 ₽, +1 h``: what a change adds, or takes off, as a reader sees it."""
        sign = "+" if self.amount > 0 else ""
        parts = [sign + reader.money(self.amount, self.order.currency)]
        if self.extra_minutes:
            sign = "+" if self.extra_minutes > 0 else "−"
            parts.append(sign + reader.duration(self.extra_minutes * 60))
        return ", ".join(parts)

    __table_args__ = (
        UniqueConstraint("order_id", "ordinal"),
        Index("ix_proposal_answer", "answer", "asked_at"),
    )
