"""Files handed in, newest first."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core.errors import NotFound
from service_app.transfers.models import ImportRun

SHOWN = 20


def list_newest(session: Session) -> Sequence[ImportRun]:
    """What was handed in last."""
    return session.scalars(select(ImportRun).order_by(ImportRun.id.desc()).limit(SHOWN)).all()


def get_run(session: Session, run_id: int) -> ImportRun:
    """One file with how far it is; raises :class:`NotFound`."""
    run = session.get(ImportRun, run_id)
    if run is None:
        raise NotFound
    return run
