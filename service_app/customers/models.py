"""Companies outside, their sites and people."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, Uuid, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from service_app.core.db import Base, SortKey
from service_app.core.names import short_name
from service_app.core.search import search_words, sort_key
from service_app.customers.rules import CompanyRole, phone_digits


class Company(Base):
    """Any outside company; it may run, own and pay for machines, supply parts, make machines."""

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(80))
    is_operating: Mapped[bool] = mapped_column(default=True)
    is_owner: Mapped[bool] = mapped_column(default=True)
    is_payer: Mapped[bool] = mapped_column(default=True)
    is_supplier: Mapped[bool] = mapped_column(default=False)
    is_maker: Mapped[bool] = mapped_column(default=False)
    inn: Mapped[str] = mapped_column(String(12), default="")
    kpp: Mapped[str] = mapped_column(String(9), default="")
    ogrn: Mapped[str] = mapped_column(String(15), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    bank_name: Mapped[str] = mapped_column(String(200), default="")
    bik: Mapped[str] = mapped_column(String(9), default="")
    account: Mapped[str] = mapped_column(String(20), default="")
    correspondent_account: Mapped[str] = mapped_column(String(20), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(2), default="ru")
    allows_guest_reports: Mapped[bool] = mapped_column(default=False)
    contract_note: Mapped[str] = mapped_column(String(200), default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    sort_key: Mapped[str] = mapped_column(SortKey, default="")
    search_words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index("ix_company_sort_key", "is_active", "sort_key", "id"),
        Index("ix_company_inn", "inn", "kpp"),
    )

    @property
    def roles(self) -> frozenset[CompanyRole]:
        """What the company is to us."""
        return frozenset(role for role in CompanyRole if getattr(self, f"is_{role.value}"))


class Site(Base):
    """A place of a company where machines work; moments there are in its zone."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(300), default="")
    zone: Mapped[str] = mapped_column(String(60), default="Europe/Moscow")
    access_notes: Mapped[str] = mapped_column(Text, default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    company: Mapped[Company] = relationship()


class Contact(Base):
    """A person of a company we talk to; may have a log-in."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, default=uuid.uuid4)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    family_name: Mapped[str] = mapped_column(String(80))
    first_name: Mapped[str] = mapped_column(String(80), default="")
    middle_name: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    signing_ground: Mapped[str] = mapped_column(String(200), default="")
    decides_on_price: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    search_words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    @property
    def full_name(self) -> str:
        """``Громов Алексей Петрович``."""
        return " ".join(p for p in (self.family_name, self.first_name, self.middle_name) if p)

    @property
    def short_name(self) -> str:
        """``Громов А. П.``"""
        return short_name(self.family_name, self.first_name, self.middle_name)

    @property
    def initials(self) -> str:
        """Two letters for the disc."""
        return (self.first_name[:1] + self.family_name[:1]).upper()


@event.listens_for(Company, "before_insert")
@event.listens_for(Company, "before_update")
def _make_company_searchable(_mapper: Any, _connection: Any, one: Company) -> None:
    one.sort_key = sort_key(one.short_name)
    one.search_words = search_words(
        one.name, one.short_name, one.inn, phone_digits(one.phone or ""), one.email
    )


@event.listens_for(Contact, "before_insert")
@event.listens_for(Contact, "before_update")
def _make_contact_searchable(_mapper: Any, _connection: Any, one: Contact) -> None:
    one.search_words = search_words(one.full_name, phone_digits(one.phone or ""), one.email)


class CompanyMembership(Base):
    """A person who signs in belongs to a company; may be let decide on price."""

    __tablename__ = "company_membership"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True, index=True)
    decides_on_price: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
