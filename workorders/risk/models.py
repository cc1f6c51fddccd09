"""The chances' tables as they were counted last, and how they fared when tried."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from service_app.core.db import Base, Json, UtcDateTime


class RiskModel(Base):
    """One counting: ``tables`` of :func:`workorders.risk.rules.tabulate`, and its ``trial``."""

    __tablename__ = "risk_model"
    __journal__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    fitted_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    promises: Mapped[int]
    tables: Mapped[dict[str, Any]] = mapped_column(Json)
    cut_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trial: Mapped[dict[str, Any] | None] = mapped_column(Json)
