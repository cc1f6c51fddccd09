"""Issued papers: append-only but for the PDF that is made of them once."""

import uuid
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service_app.core.db import Base, BigId, Json, UtcDateTime
from service_app.core.text import Text
from service_app.documents.rules import DocumentState, kind_label, revive
from service_app.files.models import StoredFile


class IssuedDocument(Base):
    """A number, a frozen snapshot and its hash; ``ground_*`` name what it was issued for.

    ``state``: pending until a worker has made the PDF, then rendered; failed after too many tries.
    ``company_id`` is whose paper it is; people of other companies do not find it.
    """

    __tablename__ = "issued_document"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(40))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    ground_kind: Mapped[str] = mapped_column(String(20))
    ground_ref: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(2))
    zone: Mapped[str] = mapped_column(String(60))
    template: Mapped[str] = mapped_column(String(100))
    template_version: Mapped[str] = mapped_column(String(16))
    snapshot: Mapped[dict[str, Any]] = mapped_column(Json)
    content_sha256: Mapped[str] = mapped_column(String(64))
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    pdf_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    state: Mapped[str] = mapped_column(String(10), default="pending")
    tries: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(String(300), default="")
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_user_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(String(200))

    pdf: Mapped[StoredFile | None] = relationship()

    @property
    def state_kind(self) -> DocumentState:
        """Where the PDF is, with label and tone."""
        return DocumentState(self.state)

    @property
    def issued_on(self) -> date:
        """The day on the paper's own clock."""
        return self.issued_at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def title(self) -> Text:
        """``Act No. 26-0402/5``."""
        return Text("%(kind)s No. %(number)s", kind=kind_label(self.kind), number=self.number)

    @property
    def ground_name(self) -> Text | str:
        """What people call the record it was issued for: its number, or what the paper calls it."""
        said: Text | str = revive(self.snapshot.get("ground_name")) or self.ground_ref
        return said

    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_issued_document_ground", "ground_kind", "ground_ref", "id"),
        Index("ix_issued_document_company_id", "company_id", "id"),
        Index("ix_issued_document_state", "state", "id"),
    )
