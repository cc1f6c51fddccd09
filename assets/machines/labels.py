"""QR labels of machines: what stands on them, and the paper the worker prints them on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.machines.papers import issue_once
from assets.machines.rules import LabelLayout
from service_app.core.actor import Actor
from service_app.core.errors import NotAllowed
from service_app.core.text import N_
from service_app.documents.models import IssuedDocument
from service_app.documents.rules import DocumentKind
from service_app.organisation.queries import our_entity

MOST = 240
"""Labels on one sheet of paper and screen: ten A4 pages."""
TEMPLATE = "assets/machines/pdf/labels.html"
NO_ADDRESS = N_(
    "Labels lead to the address phones reach us at, and none is set yet. Set PUBLIC_URL, for"
    " example https://service.example.org, and start the program again."
)


def labels_of(
    machines: Sequence[Machine], *, public_url: str, language: str
) -> list[dict[str, str]]:
    """What stands on each label; empty while there is no public address for phones to reach.

    Keys: name, serial, inventory_number, address (what the code holds).
    """
    base = public_url.rstrip("/")
    if not base:
        return []
    return [
        {
            "name": one.model.name_in(language) if one.model else one.model_words,
            "serial": one.serial,
            "inventory_number": one.inventory_number,
            "address": f"{base}/q/{one.qr_token}",
        }
        for one in machines
    ]


def issue_labels(
    session: Session,
    machines: Sequence[Machine],
    *,
    layout: LabelLayout,
    public_url: str,
    language: str,
    by: Actor,
    at: datetime,
) -> IssuedDocument:
    """A paper of labels for the worker to print; the same labels again are the same paper.

    Raises :class:`NotAllowed` without a machine or without a public address.
    """
    if not machines:
        raise NotAllowed(N_("No machine, no label"))
    labels = labels_of(machines[:MOST], public_url=public_url, language=language)
    if not labels:
        raise NotAllowed(NO_ADDRESS)
    entity, only = our_entity(session), machines[0] if len(machines) == 1 else None
    snapshot: dict[str, Any] = {
        "ground_name": only.name_in(language) if only else N_("QR labels"),
        "brand": entity.brand if entity else "",
        "layout": layout.value,
        "labels": labels,
    }
    return issue_once(
        session, DocumentKind.LABELS, snapshot, template=TEMPLATE, language=language, machine=only,
        company_id=None, by=by, at=at,
    )  # fmt: skip
