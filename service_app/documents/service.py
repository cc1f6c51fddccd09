"""Issuing papers."""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.documents.models import IssuedDocument
from service_app.documents.render import template_version
from service_app.documents.rules import DocumentState, content_sha256, plain

SAME_CONTENT = uuid.UUID("5b1d1f0e-6a52-4a43-9c0a-7f2b7a1d6c11")


def next_number(session: Session, ground: tuple[str, str]) -> str:
    """The number of the next paper of a record: ``26-0402/5`` is the fifth of 26-0402.

    Papers are never deleted and a twin waits for the caller's commit, so there is no gap and no
    double; a rolled-back transaction gives its number back.
    """
    kind, ref = ground
    if session.get_bind().dialect.name == "postgresql":
        digest = hashlib.sha256(f"paper {kind} {ref}".encode()).digest()
        lock = int.from_bytes(digest[:8], "big", signed=True)
        session.execute(select(func.pg_advisory_xact_lock(lock)))
    count = select(func.count(IssuedDocument.id)).where(
        IssuedDocument.ground_kind == kind, IssuedDocument.ground_ref == ref
    )
    return f"{ref}/{(session.scalar(count) or 0) + 1}"


def key_of_content(
    kind: str, snapshot: Mapping[str, Any], *, template: str, language: str, company_id: int | None
) -> uuid.UUID:
    """The key of papers that may be asked for at any time: the same words are the same paper."""
    content = {
        "kind": kind,
        "snapshot": plain(snapshot),
        "template_version": template_version(template),
        "language": language,
        "company_id": company_id,
    }
    return uuid.uuid5(SAME_CONTENT, content_sha256(content))


def issue(
    session: Session,
    *,
    kind: str,
    number: str,
    branch_id: int,
    company_id: int | None,
    ground: tuple[str, str],
    language: str,
    zone: str,
    template: str,
    snapshot: Mapping[str, Any],
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> IssuedDocument:
    """Freeze a paper: number, snapshot and hash now; the worker makes its PDF afterwards.

    ``snapshot`` holds plain values, Texts, Decimals, Amounts, dates and moments; files by their
    store key. The same ``uid`` gives the paper issued before.
    """
    known = made_before(session, IssuedDocument, uid)
    if known is not None:
        return known
    version = template_version(template)
    frozen = plain(snapshot)
    content = {
        "kind": kind,
        "number": number,
        "language": language,
        "zone": zone,
        "template": template,
        "template_version": version,
        "issued_at": at.isoformat(),
        "snapshot": frozen,
    }
    document = IssuedDocument(
        uid=uid,
        kind=kind,
        number=number,
        branch_id=branch_id,
        company_id=company_id,
        ground_kind=ground[0],
        ground_ref=ground[1],
        language=language,
        zone=zone,
        template=template,
        template_version=version,
        snapshot=frozen,
        content_sha256=content_sha256(content),
        issued_at=at,
        by_user_id=by.user_id,
        by_name=by.name,
    )
    session.add(document)
    session.flush()  # for the id
    return document


def try_again(session: Session, document: IssuedDocument, *, by: Actor, at: datetime) -> None:
    """Let the worker make a PDF that could not be made; one that exists stays as it is."""
    if document.state == DocumentState.FAILED.value:
        document.state = DocumentState.PENDING.value
        document.tries, document.claimed_until = 0, None
