"""What contracts say on a machine's page."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.machines.page import Fact
from service_app.core.actor import Actor
from service_app.core.text import N_, Text
from service_app.customers.queries import zone_of_site
from workorders.contracts import queries
from workorders.contracts.entitlement import ranked
from workorders.contracts.rules import joined


def facts(session: Session, actor: Actor, machine: Machine, now: datetime) -> Sequence[Fact]:
    """The nearest contract of today, what it covers, and how many more there are."""
    zone = ZoneInfo(machine.site.zone) if machine.site else zone_of_site(session, None)
    day = now.astimezone(zone).date()
    found, _ = queries.candidates_for(session, machine, None, day)
    if actor.company_ids is not None:
        found = [one for one in found if one.company_id in actor.company_ids]
    if not found:
        return (Fact(N_("Contract"), N_("none")),) if actor.is_staff else ()
    nearest = ranked(found)[0]
    line = (
        Text("until %(day)s, covers %(what)s", day=nearest.ends_on, what=joined(nearest.covers))
        if nearest.ends_on
        else Text("covers %(what)s", what=joined(nearest.covers))
    )
    name = (
        Text("%(number)s and %(n)s more", number=nearest.number, n=len(found) - 1)
        if len(found) > 1
        else nearest.number
    )
    url = url_for("contracts.show", contract_id=nearest.id)
    return (Fact(N_("Contract"), name, line, url),)
