"""What papers say of us and of the other side, as plain values."""

from typing import Any

from sqlalchemy.orm import Session

from service_app.core.text import Text
from service_app.customers.models import Company
from service_app.organisation.queries import our_entity


def issuer(session: Session, language: str) -> dict[str, Any]:
    """Our legal entity for the letterhead; empty strings while it is not filled in.

    Keys: brand, name, inn, kpp, ogrn, address, bank_name, bik, account, correspondent_account,
    phone, email, logo (key of a stored file or None), is_vat_payer, currency, service_rules,
    simple_signature_agreement.
    """
    entity = our_entity(session)
    same = ("brand", "inn", "kpp", "ogrn", "bank_name", "bik", "account", "correspondent_account",
            "phone", "email", "currency", "simple_signature_agreement")  # fmt: skip
    found = {name: str(getattr(entity, name, "") or "") for name in same}
    for name in ("name", "address", "service_rules"):
        own = str(getattr(entity, name, "") or "")
        english = str(getattr(entity, f"english_{name}", "") or "")
        found[name] = english or own if language == "en" else own
    logo = entity.logo if entity is not None else None
    return {
        **found,
        "logo": logo.key if logo is not None else None,
        "is_vat_payer": entity is None or entity.is_vat_payer,
    }


def party(company: Company) -> dict[str, Any]:
    """The other side: name, short_name, inn, kpp, ogrn, address, bank, phone, email, contract."""
    names = ("name", "short_name", "inn", "kpp", "ogrn", "address", "bank_name", "bik", "account",
             "correspondent_account", "phone", "email", "contract_note")  # fmt: skip
    return {name: getattr(company, name) for name in names}


def signer(
    *,
    heading: Text,
    name: str,
    position: str = "",
    ground: str = "",
    signature: str | None = None,
    note: Text | str = "",
) -> dict[str, Any]:
    """One signature block: who signs as what, by which ground; ``signature`` is a file's key."""
    return {
        "heading": heading,
        "name": name,
        "position": position,
        "ground": ground,
        "signature": signature,
        "note": note,
    }
