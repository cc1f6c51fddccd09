"""People who sign in."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service_app.accounts.permissions import Role, permissions_of
from service_app.accounts.rules import search_text
from service_app.core.db import Base, BigId, SortKey, UtcDateTime
from service_app.core.names import short_name


class User(Base):
    """A person with a log-in: staff, or a customer's operator. Companies are tied elsewhere."""

    __tablename__ = "user_account"
    __journal_secrets__ = frozenset({"password_hash", "session_epoch"})

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    email: Mapped[str | None] = mapped_column(String(200), unique=True)
    family_name: Mapped[str] = mapped_column(String(80))
    first_name: Mapped[str] = mapped_column(String(80))
    middle_name: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[str] = mapped_column(String(120), default="")
    signing_ground: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(2), default="ru")
    theme: Mapped[str] = mapped_column(String(5), default="auto")
    zone: Mapped[str] = mapped_column(String(60), default="Europe/Moscow")
    are_keys_on: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    session_epoch: Mapped[int] = mapped_column(default=0)
    uid: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    sort_key: Mapped[str] = mapped_column(SortKey, default="")
    search_words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (Index("ix_user_account_sort_key", "sort_key", "id"),)

    role_rows: Mapped[list["UserRole"]] = relationship(
        lazy="joined", cascade="all, delete-orphan", order_by="UserRole.role"
    )

    @property
    def roles(self) -> frozenset[Role]:
        """What this person is in the service."""
        return frozenset(Role(row.role) for row in self.role_rows)

    @property
    def permissions(self) -> frozenset[str]:
        """Everything the roles give."""
        return permissions_of(self.roles)

    @property
    def is_staff(self) -> bool:
        """Somebody of ours; a customer's person has the operator role only."""
        return bool(self.roles - {Role.OPERATOR})

    @property
    def full_name(self) -> str:
        """``Ковалёв Андрей Сергеевич``."""
        return " ".join(p for p in (self.family_name, self.first_name, self.middle_name) if p)

    @property
    def name(self) -> str:
        """``Андрей Ковалёв``: how people speak of each other."""
        return f"{self.first_name} {self.family_name}".strip()

    @property
    def short_name(self) -> str:
        """``Ковалёв А. С.``: how lists and papers name people."""
        return short_name(self.family_name, self.first_name, self.middle_name)

    @property
    def initials(self) -> str:
        """Two letters for the disc."""
        return (self.first_name[:1] + self.family_name[:1]).upper()


@event.listens_for(User, "before_insert")
@event.listens_for(User, "before_update")
def _make_searchable(_mapper: Any, _connection: Any, user: User) -> None:
    user.sort_key = search_text(user.full_name)
    user.search_words = search_text(
        user.full_name, user.login, user.email, user.phone, user.position
    )


class UserRole(Base):
    """One role of one person."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)

    __table_args__ = (Index("ix_user_role_role", "role", "user_id"),)

    @property
    def role_kind(self) -> Role:
        """The role with its label and icon."""
        return Role(self.role)


class SignInAttempt(Base):
    """A failed try, counted by every worker alike; old rows are swept."""

    __tablename__ = "sign_in_attempt"
    __journal__ = False

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_sign_in_attempt_subject", "subject", "at"),)


class ResetLink(Base):
    """A single-use, time-limited link to choose a new password; only its hash is kept."""

    __tablename__ = "reset_link"
    __journal__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(Text, unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
