"""What our side is asked for; requisites of a Russian company and how their check digits add up.

Check digits: INN by the Federal Tax Service's order of 29.06.2012 ММВ-7-6/435@, OGRN by its
order of 30.10.2017 СА-7-14/842@, account numbers by the Bank of Russia's rule 515 of 08.09.1997.
A KPP and a BIK carry none. Asking returns a sentence or None; nothing here raises.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from service_app.core.enums import Labelled
from service_app.core.text import N_, Text

INN_TEN = (2, 4, 10, 3, 5, 9, 4, 6, 8)
INN_ELEVENTH = (7, *INN_TEN)
INN_TWELFTH = (3, *INN_ELEVENTH)
ACCOUNT = (7, 1, 3) * 7 + (7, 1)
CENTRAL_BANK_UNITS = frozenset({"000", "001", "002"})
KPP = re.compile(r"\d{4}[\dA-Z]{2}\d{3}", re.ASCII)
EMAIL = re.compile(r"[^\s@<>,;\"']+@[^\s@<>,;\"']+\.[^\s@<>,;\"'.]{2,}")
LONGEST_PREFIX = 6
PREFIX = re.compile(r"[0-9A-ZА-ЯЁ]{0,6}")

AGAINST_PAPERS = N_("Check it against the papers.")


class Currency(Labelled):
    """Currencies an order may be in."""

    RUB = "RUB", N_("Russian rouble, ₽")
    KZT = "KZT", N_("Kazakhstani tenge, ₸")
    BYN = "BYN", N_("Belarusian rouble, Br")
    USD = "USD", N_("US dollar, $")
    EUR = "EUR", N_("Euro, €")
    AUD = "AUD", N_("Australian dollar, A$")
    GBP = "GBP", N_("Pound sterling, £")


@dataclass(frozen=True)
class Requisites:
    """What papers and banks need of a company; each may be empty, as a foreign one has none."""

    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    bik: str = ""
    account: str = ""
    correspondent_account: str = ""


@dataclass(frozen=True)
class EntityFacts:
    """What a legal entity is asked for; texts are stripped, numbers without blanks."""

    brand: str
    name: str
    english_name: str = ""
    requisites: Requisites = field(default_factory=Requisites)
    address: str = ""
    english_address: str = ""
    bank_name: str = ""
    phone: str = ""
    email: str = ""
    currency: str = "RUB"
    is_vat_payer: bool = True
    service_rules: str = ""
    english_service_rules: str = ""
    simple_signature_agreement: str = ""


@dataclass(frozen=True)
class BranchFacts:
    """What a branch is asked for; ``zone`` is an IANA name."""

    name: str
    city: str = ""
    zone: str = "Europe/Moscow"
    number_prefix: str = ""
    phone: str = ""


def without_blanks(number: str) -> str:
    """A number as stored: people type and paste blanks and dashes between its groups."""
    return re.sub(r"[\s\u00a0\-–—]", "", number).upper()


def problems_with(requisites: Requisites) -> Iterator[tuple[str, Text]]:
    """(field, sentence) of everything that cannot be true, one at most for each field."""
    one = requisites
    found = {
        "inn": problem_with_inn(one.inn),
        "kpp": problem_with_kpp(one.kpp, inn=one.inn),
        "ogrn": problem_with_ogrn(one.ogrn, inn=one.inn),
        "bik": problem_with_bik(one.bik),
    }
    if found["bik"] is None:
        found["account"] = problem_with_account(one.account, bik=one.bik)
        found["correspondent_account"] = problem_with_correspondent_account(
            one.correspondent_account, bik=one.bik
        )
    yield from ((field, text) for field, text in found.items() if text is not None)


def problem_with_inn(inn: str) -> Text | None:
    """Why this is no taxpayer's number: 10 digits of a company, 12 of a person."""
    if not inn:
        return None
    if not _is_digits(inn) or len(inn) not in (10, 12):
        return Text(
            "%(inn)s is not an INN: it has 10 digits, for an entrepreneur 12.", inn=inn[:40]
        )
    if len(inn) == 10:
        right = inn[:9] + _by_eleven(inn, INN_TEN)
    else:
        eleventh = _by_eleven(inn, INN_ELEVENTH)
        right = inn[:10] + eleventh + _by_eleven(inn[:10] + eleventh, INN_TWELFTH)
    return None if right == inn else _does_not_add_up(inn)


def problem_with_kpp(kpp: str, *, inn: str = "") -> Text | None:
    """Why this is no registration code, or why this taxpayer cannot have one."""
    if not kpp:
        return None
    if not KPP.fullmatch(kpp):
        return Text("%(kpp)s is not a KPP: it has 9 digits.", kpp=kpp[:40])
    if len(inn) == 12:
        return N_("An entrepreneur (an INN of 12 digits) has no KPP. Clear it, or check the INN.")
    return None


def problem_with_ogrn(ogrn: str, *, inn: str = "") -> Text | None:
    """Why this is no registration number: 13 digits of a company, 15 of an entrepreneur."""
    if not ogrn:
        return None
    if not _is_digits(ogrn) or len(ogrn) not in (13, 15):
        return Text(
            "%(ogrn)s is not an OGRN: it has 13 digits, for an entrepreneur 15.", ogrn=ogrn[:40]
        )
    divisor = len(ogrn) - 2
    if int(ogrn[:-1]) % divisor % 10 != int(ogrn[-1]):
        return _does_not_add_up(ogrn)
    if (len(inn), len(ogrn)) in {(10, 15), (12, 13)}:
        return N_(
            "INN and OGRN are of different kinds: 10 and 13 digits of a company,"
            " 12 and 15 of an entrepreneur."
        )
    return None


def problem_with_bik(bik: str) -> Text | None:
    """Why this is no bank's code: 9 digits, the first a zero; it has no check digit."""
    if not bik or (_is_digits(bik) and len(bik) == 9 and bik[0] == "0"):
        return None
    return Text("%(bik)s is not a BIK: it has 9 digits and begins with 0.", bik=bik[:40])


def problem_with_account(account: str, *, bik: str) -> Text | None:
    """Why this cannot be an account at this bank. Treasury accounts begin with 0 and go by
    other rules; of them only the length is looked at."""
    if not account:
        return None
    if (short := _problem_with_length(account, bik)) is not None:
        return short
    if account[0] == "0":
        return None
    head = f"0{bik[4:6]}" if bik[-3:] in CENTRAL_BANK_UNITS else bik[-3:]
    return None if _account_adds_up(head, account) else _not_at_this_bank(account, bik)


def problem_with_correspondent_account(account: str, *, bik: str) -> Text | None:
    """Why this cannot be the bank's own account at the Bank of Russia."""
    if not account:
        return None
    if (short := _problem_with_length(account, bik)) is not None:
        return short
    return None if _account_adds_up(f"0{bik[4:6]}", account) else _not_at_this_bank(account, bik)


def problem_with_email(address: str) -> Text | None:
    """Why no letter would arrive there."""
    if not address or EMAIL.fullmatch(address):
        return None
    return Text(
        "%(address)s is not an e-mail address; write it like name@company.ru.",
        address=address[:80],
    )


def problem_with_prefix(prefix: str) -> Text | None:
    """Why numbers cannot begin so: they are said aloud and stand in addresses of pages."""
    if PREFIX.fullmatch(prefix):
        return None
    return Text(
        "%(prefix)s cannot begin a number: use at most six capital letters or digits.",
        prefix=prefix[:40],
    )


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _by_eleven(digits: str, weights: tuple[int, ...]) -> str:
    total = sum(int(d) * w for d, w in zip(digits, weights, strict=False))
    return str(total % 11 % 10)


def _account_adds_up(head: str, account: str) -> bool:
    return sum(int(d) * w for d, w in zip(head + account, ACCOUNT, strict=True)) % 10 == 0


def _problem_with_length(account: str, bik: str) -> Text | None:
    if not _is_digits(account) or len(account) != 20:
        return Text("%(account)s is not an account: it has 20 digits.", account=account[:40])
    if not bik:
        return N_("An account is checked together with its bank. Enter the BIK too.")
    return None


def _does_not_add_up(number: str) -> Text:
    return Text(
        "The check digits of %(number)s do not add up, one digit is wrong. %(advice)s",
        number=number,
        advice=AGAINST_PAPERS,
    )


def _not_at_this_bank(account: str, bik: str) -> Text:
    return Text(
        "Account %(account)s does not fit BIK %(bik)s, a digit in one of them is wrong. %(advice)s",
        account=account,
        bik=bik,
        advice=AGAINST_PAPERS,
    )
