"""Issued papers a person may see."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from service_app.core.actor import Actor
from service_app.core.errors import NotFound
from service_app.core.paging import Order, Page, fetch_page
from service_app.documents.models import IssuedDocument
from service_app.documents.rules import address_of, words_in
from service_app.files.models import StoredFile


def visible_to(actor: Actor) -> Select[IssuedDocument]:
    """Staff see every paper, a customer's person those of the own companies."""
    found = select(IssuedDocument)
    if actor.company_ids is None:
        return found
    return found.where(IssuedDocument.company_id.in_(actor.company_ids))


def get_document(session: Session, actor: Actor, document_id: int) -> IssuedDocument:
    """One paper with its PDF; raises :class:`NotFound` for a foreign one too."""
    found = session.scalar(
        visible_to(actor)
        .where(IssuedDocument.id == document_id)
        .options(joinedload(IssuedDocument.pdf))
    )
    if found is None:
        raise NotFound
    return found


def list_for_ground(
    session: Session, kind: str, ref: str, *, actor: Actor | None = None
) -> Sequence[IssuedDocument]:
    """Every paper issued for a record, newest first; with an actor only those open to them."""
    found = select(IssuedDocument) if actor is None else visible_to(actor)
    return session.scalars(
        found.where(IssuedDocument.ground_kind == kind, IssuedDocument.ground_ref == ref)
        .order_by(IssuedDocument.id.desc())
        .options(joinedload(IssuedDocument.pdf))
    ).all()


def get_file(session: Session, document: IssuedDocument, key: str) -> StoredFile:
    """A picture the paper shows; raises :class:`NotFound` for any other file."""
    found = None
    if key in words_in(document.snapshot):
        found = session.scalar(select(StoredFile).where(StoredFile.key == key))
    if found is None:
        raise NotFound
    return found


def find_by_address(session: Session, number: str) -> IssuedDocument | None:
    """The paper of a number as it is printed or as an address carries it."""
    if "\0" in number:
        return None  # no text of ours; PostgreSQL would refuse it
    candidates = {number, "/".join(number.rsplit("-", 1))}
    rows = session.scalars(select(IssuedDocument).where(IssuedDocument.number.in_(candidates)))
    return next((row for row in rows if address_of(row.number) == address_of(number)), None)


def list_page(session: Session, actor: Actor, *, key: str | None = None) -> Page[IssuedDocument]:
    """Papers this person may see, newest first."""
    order = (Order(IssuedDocument.id, is_descending=True),)
    return fetch_page(session, visible_to(actor), order=order, key=key)
