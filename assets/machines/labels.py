"""QR labels of machines: what stands on them, and the paper the worker prints them on."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.machines.rules import LabelLayout
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import NotAllowed
from service_app.core.text import N_
from service_app.documents import service as documents
from service_app.documents.models import IssuedDocument
from service_app.documents.render import template_version
from service_app.documents.rules import DocumentKind, content_sha256, plain
from service_app.organisation.queries import default_branch, our_entity
from service_app.organisation.service import take_number

MOST = 240
"""Labels on one sheet of paper and screen: ten A4 pages."""
KIND = DocumentKind.LABELS.value
TEMPLATE = "assets/machines/pdf/labels.html"
SAME_LABELS = uuid.UUID("5b1d1f0e-6a52-4a43-9c0a-7f2b7a1d6c11")
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
    version = template_version(TEMPLATE)
    content = plain({"snapshot": snapshot, "language": language, "template_version": version})
    uid = uuid.uuid5(SAME_LABELS, content_sha256(content))
    known = made_before(session, IssuedDocument, uid)
    if known is not None:
        return known
    branch = default_branch(session)
    ordinal = take_number(session, kind=KIND, branch_id=branch.id, year=at.year)
    number = f"{branch.number_prefix}QR{at.year % 100:02d}-{ordinal:04d}"
    return documents.issue(
        session, kind=KIND, number=number, branch_id=branch.id, company_id=None,
        ground=("machine", str(only.id)) if only else (KIND, number), language=language,
        zone=branch.zone, template=TEMPLATE, snapshot=snapshot, uid=uid, by=by, at=at,
    )  # fmt: skip
