"""Who pays, as far as the machine's own warranty tells: a suggestion with its reason in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from assets.machines.models import Machine
from assets.meters.queries import current_hours
from service_app.core.text import N_, Text
from workorders.orders.rules import Coverage


def suggest(session: Session, machine: Machine, *, at: datetime) -> tuple[Coverage, Text]:
    """The coverage suggested for an order's lines on this day, and the sentence that says why.

    Months and running hours count whichever comes first; a machine without warranty data is paid
    by the customer.
    """
    if machine.warranty_ends_on is None and machine.warranty_hours is None:
        return Coverage.CUSTOMER, N_("Not under warranty: no warranty is entered for this machine.")
    zone = ZoneInfo(machine.site.zone if machine.site else "Europe/Moscow")
    today = at.astimezone(zone).date()
    reading = current_hours(session, [machine.id]).get(machine.id)
    hours = reading.total if reading else None
    is_over_by_day = machine.warranty_ends_on is not None and today > machine.warranty_ends_on
    is_over_by_hours = (
        machine.warranty_hours is not None and hours is not None and hours > machine.warranty_hours
    )
    if is_over_by_day and is_over_by_hours:
        return Coverage.CUSTOMER, Text(
            "Not under warranty: ended %(day)s, %(hours)s h of %(limit)s.",
            day=machine.warranty_ends_on,
            hours=hours,
            limit=machine.warranty_hours,
        )
    if is_over_by_day:
        return Coverage.CUSTOMER, Text(
            "Not under warranty: ended %(day)s.", day=machine.warranty_ends_on
        )
    if is_over_by_hours:
        return Coverage.CUSTOMER, Text(
            "Not under warranty: %(hours)s h of %(limit)s.",
            hours=hours,
            limit=machine.warranty_hours,
        )
    if machine.warranty_ends_on is None:
        return Coverage.WARRANTY, Text(
            "Under warranty: %(hours)s h of %(limit)s.",
            hours=hours if hours is not None else 0,
            limit=machine.warranty_hours,
        )
    return Coverage.WARRANTY, Text("Under warranty until %(day)s.", day=machine.warranty_ends_on)
