"""Count the chances anew every night."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from workorders.risk.models import RiskModel
from workorders.risk.service import refit

EVERY = timedelta(hours=20)


def refresh(session: Session, *, now: datetime) -> int:
    """Once a day; the promises counted, 0 when today's counting is there."""
    last = session.scalar(select(func.max(RiskModel.fitted_at)))
    if last is not None and now - last < EVERY:
        return 0
    return refit(session, by=SYSTEM, at=now).promises
