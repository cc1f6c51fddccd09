"""A machine and an order for every test that asks."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from tests.workorders.builders import make_machine, make_order
from workorders.orders.models import WorkOrder


@pytest.fixture
def machine(session: Session, people, now: datetime) -> Machine:
    return make_machine(session, people, now)


@pytest.fixture
def order(session: Session, people, machine: Machine, now: datetime) -> WorkOrder:
    return make_order(session, people, machine, now)
