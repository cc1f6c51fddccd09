"""What an outside company may be to us, and what we ask of it, its sites and people."""

import re
from dataclasses import dataclass, field

from service_app.core.enums import Labelled, Tone
from service_app.core.search import query_terms
from service_app.core.text import N_
from service_app.organisation.rules import Requisites


class CompanyRole(Labelled):
    """What a company is to us; it may be several at once."""

    OPERATING = "operating", N_("Operating company"), Tone.PETROL, "building"
    OWNER = "owner", N_("Owner"), Tone.PLAIN, "key"
    PAYER = "payer", N_("Payer"), Tone.PLAIN, "receipt"
    SUPPLIER = "supplier", N_("Supplier"), Tone.PLAIN, "package"
    MAKER = "maker", N_("Maker"), Tone.PLAIN, "tool"


CUSTOMER_ROLES = frozenset({CompanyRole.OPERATING, CompanyRole.OWNER, CompanyRole.PAYER})
"""What makes a company a customer, rather than somebody we buy from."""


class CompanyState(Labelled):
    """Which companies a list shows."""

    SERVED = "served", N_("Served now")
    FORMER = "former", N_("Served no more")


@dataclass(frozen=True)
class CompanyFacts:
    """What a company is asked for; texts are stripped, numbers without blanks."""

    name: str
    short_name: str
    roles: frozenset[CompanyRole] = CUSTOMER_ROLES
    requisites: Requisites = field(default_factory=Requisites)
    address: str = ""
    bank_name: str = ""
    phone: str = ""
    email: str = ""
    language: str = "ru"
    allows_guest_reports: bool = False
    contract_note: str = ""
    notes: str = ""


@dataclass(frozen=True)
class SiteFacts:
    """What a site is asked for; ``zone`` is an IANA name."""

    name: str
    address: str = ""
    zone: str = "Europe/Moscow"
    access_notes: str = ""


@dataclass(frozen=True)
class ContactFacts:
    """What a contact is asked for."""

    family_name: str
    first_name: str = ""
    middle_name: str = ""
    position: str = ""
    phone: str = ""
    email: str = ""
    signing_ground: str = ""
    decides_on_price: bool = False


def phone_digits(phones: str) -> str:
    """The figures of phone numbers as a search compares them: ``8 495 …`` becomes ``7495…``."""
    found = ("".join(c for c in one if c.isdigit()) for one in re.split(r"[,;/]", phones))
    return " ".join(f"7{d[1:]}" if len(d) == 11 and d[0] == "8" else d for d in found if d)


def sought_words(typed: str) -> list[str]:
    """What must stand in the search column with a blank put before it, every one of them.

    A word is sought at the beginning of words. A phone or an INN typed in groups is one number,
    sought anywhere: people know the last figures of a phone.
    """
    if re.fullmatch(r"[\d\s()+\-–.]{5,}", typed.strip()):
        digits = phone_digits(typed)
        return [digits] if digits else []
    return [f" {term}" for term in query_terms(typed)]
