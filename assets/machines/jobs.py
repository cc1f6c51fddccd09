"""Timed work over machines."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from assets.machines.models import Machine
from service_app.customers.models import Company

BATCH = 500


def refresh_words(session: Session, *, now: datetime) -> int:
    """Let machines be found by the new name of their company; how many were refreshed.

    Neither the machine's version nor its journal moves: nothing of it changed.
    """
    stale = (
        select(Machine)
        .join(Company, Company.id == Machine.operating_company_id)
        .where(Machine.company_version != Company.version)
        .options(joinedload(Machine.company))
        .order_by(Machine.id)
        .limit(BATCH)
    )
    with session.no_autoflush:
        rows = []
        for machine in session.scalars(stale):
            machine.make_findable()
            rows.append((machine.id, machine.search_words, machine.company_version))
            session.expire(machine)
    for machine_id, words, version in rows:
        values = {"search_words": words, "company_version": version}
        session.execute(update(Machine).where(Machine.id == machine_id).values(values))
    return len(rows)
