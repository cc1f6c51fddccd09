"""How often a guest may report or add to a report."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service_app.accounts.rules import throttle_subject
from service_app.core.errors import NotAllowed
from service_app.core.text import N_, Text
from service_app.organisation.queries import our_entity
from service_app.portal.models import GuestTry

WINDOW = timedelta(hours=1)
PER_ADDRESS = 10
PER_MACHINE = 5
PER_REQUEST = 12
KEEP = timedelta(days=1)


def count_report(session: Session, *, address: str, machine_id: int, at: datetime) -> None:
    """Note a guest's report. Raises NotAllowed past ten an hour per address, five per machine."""
    _count(session, throttle_subject("address", address), PER_ADDRESS, at=at)
    _count(session, f"machine:{machine_id}", PER_MACHINE, at=at)


def count_detail(session: Session, *, order_id: int, at: datetime) -> None:
    """Note a guest's addition. Raises NotAllowed past twelve an hour per request."""
    _count(session, f"request:{order_id}", PER_REQUEST, at=at)


def _count(session: Session, subject: str, limit: int, *, at: datetime) -> None:
    tries = session.scalar(
        select(func.count())
        .select_from(GuestTry)
        .where(GuestTry.subject == subject, GuestTry.at > at - WINDOW)
    )
    if (tries or 0) >= limit:
        raise NotAllowed(_too_many(session))
    session.add(GuestTry(subject=subject, at=at))


def _too_many(session: Session) -> Text:
    entity = our_entity(session)
    if entity is None or not entity.phone:
        return N_("Too many requests came from here within an hour. Wait, or call us.")
    return Text(
        "Too many requests came from here within an hour. Wait, or call us: %(phone)s.",
        phone=entity.phone,
    )


def sweep(session: Session, *, now: datetime) -> int:
    """Forget tries older than a day; how many rows."""
    result = session.execute(delete(GuestTry).where(GuestTry.at < now - KEEP))
    return int(getattr(result, "rowcount", 0))
