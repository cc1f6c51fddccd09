"""Letters on their way."""

from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from service_app.core.errors import NotFound
from service_app.core.paging import Order, Page, fetch_page
from service_app.outbox.models import OutboxMessage
from service_app.outbox.rules import LetterState


def has_due(session: Session, now: datetime) -> bool:
    """Whether a letter's time has come."""
    return bool(session.scalar(select(exists().where(OutboxMessage.next_try_at <= now))))


def list_undelivered(
    session: Session, state: LetterState, *, key: str | None
) -> Page[OutboxMessage]:
    """Letters of a state, newest first."""
    return fetch_page(
        session,
        select(OutboxMessage).where(OutboxMessage.state == state.value),
        order=[Order(OutboxMessage.id, is_descending=True)],
        key=key,
    )


def get_letter(session: Session, letter_id: int) -> OutboxMessage:
    """One letter; raises :class:`NotFound`."""
    found = session.get(OutboxMessage, letter_id)
    if found is None:
        raise NotFound
    return found


def failed_since(session: Session, since: datetime) -> int:
    """How many letters were given up since a moment."""
    return (
        session.scalar(
            select(func.count(OutboxMessage.id)).where(
                OutboxMessage.state == LetterState.FAILED.value, OutboxMessage.failed_at >= since
            )
        )
        or 0
    )
