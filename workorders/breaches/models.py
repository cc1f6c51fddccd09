"""Breaches: never deleted; one that later facts no longer support is withdrawn."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service_app.accounts.models import User
from service_app.core.db import Base, BigId, Json, UtcDateTime
from service_app.core.text import Text as Words
from workorders.breaches.rules import BreachState, Cause
from workorders.orders.models import WorkOrder
from workorders.sla.rules import Clock, ClockKey, name_of


class Breach(Base):
    """A promise of an order that was missed.

    ``late_seconds`` is the length in working time as of ``counted_at``; it grows while the clock
    runs (``is_running``). ``suggested`` and ``shares`` are per cent by cause; ``shares`` is empty
    until somebody gave the cause. ``withdrawn_why`` is a Text naming the event.
    """

    __tablename__ = "breach"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("work_order.id"))
    clock: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column(BigId, default=0)
    label: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(10), default=BreachState.OPEN.value)
    breached_at: Mapped[datetime] = mapped_column(UtcDateTime)
    late_seconds: Mapped[int] = mapped_column(default=0)
    is_running: Mapped[bool] = mapped_column(default=True)
    suggested: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    shares: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    comment: Mapped[str] = mapped_column(Text, default="")
    action: Mapped[str] = mapped_column(String(500), default="")
    action_owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    action_on: Mapped[date | None]
    action_done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    action_done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    action_result: Mapped[str] = mapped_column(String(500), default="")
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_why: Mapped[dict[str, Any] | None] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    order: Mapped[WorkOrder] = relationship()
    action_owner: Mapped[User | None] = relationship(foreign_keys=action_owner_id)
    action_done_by: Mapped[User | None] = relationship(foreign_keys=action_done_by_id)
    reviewed_by: Mapped[User | None] = relationship(foreign_keys=reviewed_by_id)

    __table_args__ = (
        UniqueConstraint("order_id", "clock", "number"),
        Index("ix_breach_breached_at", "breached_at", "id"),
        Index(
            "ix_breach_action",
            "action_on",
            "id",
            sqlite_where=text("action_on IS NOT NULL AND action_done_at IS NULL"),
            postgresql_where=text("action_on IS NOT NULL AND action_done_at IS NULL"),
        ),
        Index("ix_breach_state", "state", "reviewed_at", "breached_at"),
    )

    @property
    def clock_kind(self) -> Clock:
        """The promise with its words."""
        return Clock(self.clock)

    @property
    def key(self) -> ClockKey:
        """Which clock of the order it is."""
        return ClockKey(Clock(self.clock), self.number)

    @property
    def clock_name(self) -> Words:
        """What the promise is called."""
        return name_of(self.clock, self.label)

    @property
    def state_kind(self) -> BreachState:
        """The state with its words."""
        return BreachState(self.state)

    @property
    def is_withdrawn(self) -> bool:
        """Whether it has left the figures."""
        return self.state == BreachState.WITHDRAWN

    @property
    def has_cause(self) -> bool:
        """Whether somebody gave the cause."""
        return self.reviewed_at is not None

    @property
    def causes(self) -> dict[Cause, int]:
        """The given shares, largest first; what the story suggests while none was given."""
        return shares_of(self.shares if self.has_cause else self.suggested)

    @property
    def why_withdrawn(self) -> Words | None:
        """The sentence that names the event."""
        return Words.from_json(self.withdrawn_why) if self.withdrawn_why else None


def shares_of(stored: Mapping[str, Any]) -> dict[Cause, int]:
    """A stored dict of shares as causes, the largest first."""
    found = {Cause(name): int(share) for name, share in stored.items() if int(share) > 0}
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))
