"""A machine's passport as it stood at the end of a day, read back from the journal."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import inspect
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assets.machines.models import Machine, MachineCompany, MachineModel
from service_app.core.db import Base
from service_app.customers.models import Company, Site
from service_app.journal.models import JournalLine
from service_app.journal.queries import list_changes_since


def as_of(
    session: Session,
    machine: Machine,
    day: date,
    *,
    zone: ZoneInfo,
    companies: Sequence[MachineCompany],
) -> Machine:
    """The machine with the passport it had at the end of ``day`` on the clock of ``zone``.

    What was entered later does not count, except ``companies``, who count by the day they ran and
    owned it. The answer is no record of the database; before the machine was entered it is what
    was entered first.
    """
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    kept = [record for record in (machine, machine.model) if record is not None]
    lines = list_changes_since(session, [(r.__tablename__, r.id) for r in kept], since=end)
    found = Machine(**_values_before(machine, lines))
    model = machine.model
    if found.model_id != machine.model_id:
        model = session.get(MachineModel, found.model_id) if found.model_id else None
        if model is not None:
            lines = list_changes_since(session, [(model.__tablename__, model.id)], since=end)
    if model is not None:
        set_committed_value(found, "model", MachineModel(**_values_before(model, lines)))
    is_moved = found.site_id != machine.site_id
    site = session.get(Site, found.site_id) if is_moved and found.site_id else machine.site
    set_committed_value(found, "site", site if found.site_id else None)
    runs, owns = (_company_on(companies, day, is_owner=is_owner) for is_owner in (False, True))
    set_committed_value(found, "company", runs or machine.company)
    set_committed_value(found, "owner", owns or machine.owner)
    return found


def _values_before(
    record: Machine | MachineModel, newest_first: Sequence[JournalLine]
) -> dict[str, Any]:
    """A record's columns with its changes taken back."""
    table: type[Base] = type(record)
    columns = {attribute.key for attribute in inspect(table).column_attrs}
    hidden: frozenset[str] = getattr(table, "__journal_secrets__", frozenset())
    values = {key: getattr(record, key) for key in columns - hidden}
    for line in newest_first:
        if (line.table, line.record_id) != (table.__tablename__, record.id):
            continue
        for key, (old, _new) in line.changes.items():
            if key in values:
                values[key] = date.fromisoformat(old) if old and key.endswith("_on") else old
    return values


def _company_on(
    newest_first: Sequence[MachineCompany], day: date, *, is_owner: bool
) -> Company | None:
    """Who ran or owned it on a day; before the first of them, the first."""
    oldest_first = [r for r in reversed(newest_first) if r.is_owner is is_owner]
    since = [r for r in oldest_first if r.since_on is None or r.since_on <= day]
    found = since[-1:] or oldest_first[:1]
    return found[0].company if found else None
