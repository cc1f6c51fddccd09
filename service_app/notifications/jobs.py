"""Timed work of the inbox."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from service_app.accounts.permissions import Role
from service_app.core.text import Text
from service_app.notifications import service
from service_app.notifications.queries import staff_with_role
from service_app.outbox.queries import failed_since

LATELY = timedelta(days=1)


def tell_of_failed_letters(session: Session, *, now: datetime) -> int:
    """Tell administrators, once a day, that letters were given up; how many people were told."""
    failed = failed_since(session, now - LATELY)
    if not failed:
        return 0
    text = Text.plural(
        "%(n)s letter was not delivered. See who did not get it, and try again.",
        "%(n)s letters were not delivered. See who did not get them, and try again.",
        failed,
    )
    return service.notify(
        session,
        user_ids=staff_with_role(session, Role.ADMINISTRATOR),
        text=text,
        link=("jobs", ""),
        key=f"letters-failed-{now:%Y-%m-%d}",
        at=now,
        email=False,
    )


def sweep(session: Session, *, now: datetime) -> int:
    """Delete old notices; how many went."""
    return service.sweep(session, now=now)
