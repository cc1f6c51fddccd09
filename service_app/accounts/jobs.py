"""Timed work of accounts."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from service_app.accounts import service

KEEP = timedelta(days=7)


def sweep(session: Session, *, now: datetime) -> int:
    """Delete tries and links that have lost their meaning; how many rows."""
    return service.sweep(session, before=now - KEEP)
