"""Our own side: one legal entity, branch and team from the start, more when needed."""

import uuid

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service_app.core.db import Base
from service_app.files.models import StoredFile


class LegalEntity(Base):
    """Who signs, with the requisites papers need. ``brand`` is the name pages carry."""

    __tablename__ = "legal_entity"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    brand: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    english_name: Mapped[str] = mapped_column(String(200), default="")
    inn: Mapped[str] = mapped_column(String(12), default="")
    kpp: Mapped[str] = mapped_column(String(9), default="")
    ogrn: Mapped[str] = mapped_column(String(15), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    english_address: Mapped[str] = mapped_column(String(300), default="")
    bank_name: Mapped[str] = mapped_column(String(200), default="")
    bik: Mapped[str] = mapped_column(String(9), default="")
    account: Mapped[str] = mapped_column(String(20), default="")
    correspondent_account: Mapped[str] = mapped_column(String(20), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    is_vat_payer: Mapped[bool] = mapped_column(default=True)
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    service_rules: Mapped[str] = mapped_column(Text, default="")
    english_service_rules: Mapped[str] = mapped_column(Text, default="")
    simple_signature_agreement: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    logo: Mapped[StoredFile | None] = relationship()


class Branch(Base):
    """A place we work from: its zone gives monthly figures, its code may prefix numbers."""

    __tablename__ = "branch"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    legal_entity_id: Mapped[int] = mapped_column(ForeignKey("legal_entity.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    city: Mapped[str] = mapped_column(String(80), default="")
    number_prefix: Mapped[str] = mapped_column(String(6), default="", unique=True)
    zone: Mapped[str] = mapped_column(String(60), default="Europe/Moscow")
    phone: Mapped[str] = mapped_column(String(40), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    legal_entity: Mapped[LegalEntity] = relationship(lazy="joined")


class Team(Base):
    """People of a branch who work together."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    lead_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    branch: Mapped[Branch] = relationship()


class StaffMembership(Base):
    """A person of ours belongs to a branch and perhaps a team."""

    __tablename__ = "staff_membership"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}


class NumberSeries(Base):
    """The last number given out of a kind, a branch and a year: no gap, no double."""

    __tablename__ = "number_series"
    __journal__ = False

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"))
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("kind", "branch_id", "year"),)
