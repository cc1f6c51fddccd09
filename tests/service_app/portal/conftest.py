"""A machine of the operator's company, a request, a quote, a photo."""

import io
from datetime import datetime

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from tests.service_app.portal.builders import make_quote
from tests.workorders.builders import make_machine, make_order
from workorders.intake.models import Proposal
from workorders.orders.models import WorkOrder


@pytest.fixture
def machine(session: Session, people, now: datetime) -> Machine:
    return make_machine(session, people, now)


@pytest.fixture
def order(session: Session, people, machine: Machine, now: datetime) -> WorkOrder:
    return make_order(session, people, machine, now)


@pytest.fixture
def quote(session: Session, people, order: WorkOrder, now: datetime) -> Proposal:
    return make_quote(session, people, order, now)


@pytest.fixture
def for_guests(session: Session, people, machine: Machine, now: datetime) -> Machine:
    """The same machine, of a company that lets guests report."""
    with transaction(session, by=SYSTEM, at=now):
        people.company.allows_guest_reports = True
    return machine


@pytest.fixture
def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#5B5348").save(out, "JPEG")
    return out.getvalue()
