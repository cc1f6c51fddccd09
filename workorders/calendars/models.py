"""Calendars with their versions and dated exceptions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service_app.core.db import Base, Json, UtcDateTime


class WorkCalendar(Base):
    """A named calendar; its week and zone stand in versions."""

    __tablename__ = "work_calendar"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    versions: Mapped[list["CalendarVersion"]] = relationship(
        order_by="CalendarVersion.since", lazy="selectin", cascade="all, delete-orphan"
    )
    days: Mapped[list["CalendarDay"]] = relationship(
        order_by="CalendarDay.on", lazy="selectin", cascade="all, delete-orphan"
    )
    revision: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": revision}


class CalendarVersion(Base):
    """A week from a moment on: ``week`` is seven lists of [start, end] minutes."""

    __tablename__ = "calendar_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("work_calendar.id"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    zone: Mapped[str] = mapped_column(String(60))
    week: Mapped[list[Any]] = mapped_column(Json)


class CalendarDay(Base):
    """One dated exception: its own intervals instead of the weekday's."""

    __tablename__ = "calendar_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("work_calendar.id"))
    on: Mapped[date]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120), default="")
    intervals: Mapped[list[Any]] = mapped_column(Json, default=list)

    __table_args__ = (UniqueConstraint("calendar_id", "on"),)
