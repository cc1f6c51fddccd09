"""One import: the file, how it is read, how far it is, what came of it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from service_app.core.db import Base, Json, UtcDateTime
from service_app.core.text import Text
from service_app.transfers.rules import Options, RunState


class ImportRun(Base):
    """A file handed in on the page; it lies in the folder of uploads under ``uid``.

    ``state`` is a :class:`RunState`. ``report`` holds the counts and at most 1,000 rejected rows as
    plain values, ``error`` a Text. ``claimed_at`` is whose turn it is: who stores must still hold
    the claim it began with.
    """

    __tablename__ = "import_run"
    __journal__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    kind: Mapped[str] = mapped_column(String(12))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default=RunState.DRAFT.value)
    mapping: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    constants: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    zone: Mapped[str] = mapped_column(String(60), default="")
    skip_rejected: Mapped[bool] = mapped_column(default=False)
    dry_run: Mapped[bool] = mapped_column(default=False)
    report: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    error: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_user_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(String(200))
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_import_run_state", "state", "id"),)

    @property
    def state_kind(self) -> RunState:
        """The state with its words."""
        return RunState(self.state)

    @property
    def is_stored(self) -> bool:
        """Whether its rows are in the tables."""
        return bool(self.report.get("is_stored"))

    @property
    def options(self) -> Options:
        """How the file is to be read."""
        return Options(
            mapping=self.mapping,
            constants=self.constants,
            zone=self.zone or None,
            skip_rejected=self.skip_rejected,
            dry_run=self.dry_run,
        )

    @property
    def why(self) -> Text | None:
        """What refused the whole file, or broke it off."""
        return Text.from_json(self.error) if self.error else None
