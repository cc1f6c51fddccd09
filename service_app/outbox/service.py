"""Letters are rows of the sender's own transaction; a job delivers them afterwards."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service_app.core.text import Text, verbatim
from service_app.outbox.models import OutboxMessage
from service_app.outbox.rules import KEEP_FAILED, KEEP_SENT, LEASE, LetterState, next_try_at

ZONE = "Europe/Moscow"


def send(
    session: Session,
    *,
    to: str,
    subject: Text,
    body: Text,
    language: str,
    at: datetime,
    not_before: datetime | None = None,
    zone: str = ZONE,
) -> OutboxMessage:
    """Put a letter out: it goes if and only if the caller's transaction is kept.

    It waits until ``not_before``. Moments in it are written on the clock of ``zone``.
    """
    message = OutboxMessage(
        to=to,
        subject=subject.to_json(),
        body=body.to_json(),
        language=language,
        zone=zone,
        made_at=at,
        next_try_at=max(at, not_before or at),
    )
    session.add(message)
    return message


def claim_due(session: Session, *, now: datetime, most: int) -> list[OutboxMessage]:
    """Take letters whose time has come, the longest waiting first; nobody else gets them.

    A letter taken by a worker that was killed comes back when the lease is over.
    """
    is_due = OutboxMessage.next_try_at <= now
    due = (
        select(OutboxMessage.id)
        .where(is_due)
        .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    taken = session.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(due.scalar_subquery()), is_due)
        .values(next_try_at=now + LEASE, tries=OutboxMessage.tries + 1)
        .returning(OutboxMessage),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).all()
    return sorted(taken, key=lambda message: message.id)


def mark_sent(session: Session, message: OutboxMessage, *, at: datetime) -> None:
    """The carrier has taken it; its words are forgotten, for they may hold a secret link."""
    message.state, message.sent_at, message.next_try_at = LetterState.SENT.value, at, None
    message.body, message.last_error = verbatim("").to_json(), ""
    session.add(message)


def mark_refused(
    session: Session, message: OutboxMessage, error: str, *, is_final: bool, at: datetime
) -> None:
    """The carrier did not take it: again after a pause, or given up."""
    message.last_error = error[:300]
    message.next_try_at = None if is_final else next_try_at(message.tries, at)
    if message.next_try_at is None:
        message.state, message.failed_at = LetterState.FAILED.value, at
    session.add(message)


def give_back(session: Session, message: OutboxMessage, error: str, *, at: datetime) -> None:
    """The letter was never offered (the carrier is away): it waits like the tried ones."""
    mark_refused(session, message, error, is_final=False, at=at)


def try_again(session: Session, message: OutboxMessage, *, at: datetime) -> None:
    """Begin anew with a letter that waits or was given up; a delivered one stays as it is.

    One that is being delivered just now may be delivered twice, the second time marked.
    """
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message.id, OutboxMessage.state != LetterState.SENT.value)
        .values(state=LetterState.WAITING.value, next_try_at=at, failed_at=None)
    )


def sweep(session: Session, *, now: datetime) -> int:
    """Delete letters delivered two weeks ago or given up three months ago; how many went."""
    is_old = (OutboxMessage.sent_at < now - KEEP_SENT) | (
        OutboxMessage.failed_at < now - KEEP_FAILED
    )
    result = session.execute(delete(OutboxMessage).where(is_old))
    return int(getattr(result, "rowcount", 0))
