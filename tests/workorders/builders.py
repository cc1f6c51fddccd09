"""Rows the tests of orders start from."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from assets.faults.rules import Severity
from assets.machines.models import Machine, MachineModel
from service_app.accounts.models import User
from service_app.core.db import transaction
from service_app.core.money import VatRate
from workorders.contracts.rules import Coverage
from workorders.intake import reporting
from workorders.intake import service as intake
from workorders.orders.lines import LineValues, add_line
from workorders.orders.models import WorkOrder
from workorders.orders.rules import Expectation, LineKind, Source
from workorders.orders.service import Reporter
from workorders.planning import service as planning


def make_machine(session: Session, people, at: datetime, serial: str = "EG230-00417") -> Machine:
    """An excavator of the operator's company."""
    with transaction(session, by=people.administrator, at=at):
        model = session.query(MachineModel).first() or MachineModel(
            name="ЭГ-230", english_name="EG-230", kind="excavator", maker="Экскав"
        )
        machine = Machine(
            model=model,
            serial=serial,
            company=people.company,
            owner=people.company,
            site=people.site,
            inventory_number="12",
        )
        machine.make_findable()
        session.add(machine)
    return machine


def make_order(session: Session, people, machine: Machine, at: datetime) -> WorkOrder:
    """A request the operator made from the QR code."""
    with transaction(session, by=people.operator, at=at):
        return reporting.report(
            session,
            machine,
            reporting.Report(Severity.STOPPED, "Boom drops by itself"),
            source=Source.QR,
            reporter=Reporter("Иван Петров", "+7 912", people.operator.user_id),
            uid=uuid.uuid4(),
            by=people.operator,
            at=at,
        )


def make_line(session: Session, order: WorkOrder, by, at: datetime, price: str = "100") -> None:
    """A line the customer pays for."""
    values = LineValues(
        LineKind.WORK,
        Coverage.CUSTOMER,
        "Repair",
        "h",
        Decimal(2),
        Decimal(price),
        VatRate.STANDARD_22,
    )
    add_line(session, order, values, uid=uuid.uuid4(), by=by, at=at)


def make_quotable(session: Session, people, order: WorkOrder, at: datetime) -> None:
    """Accepted, with the expectation agreed and a line."""
    with transaction(session, by=people.dispatcher, at=at):
        intake.accept(session, order, by=people.dispatcher, at=at)
        intake.agree_expectation(
            session,
            order,
            Expectation.MAKE_IT_RUN,
            acknowledged_how="by phone",
            by=people.dispatcher,
            at=at,
        )
        make_line(session, order, people.dispatcher, at)


def make_assigned(
    session: Session, people, order: WorkOrder, at: datetime, hours: int = 1, crew=()
) -> None:
    """Nothing for the customer to pay; the engineer's visit begins in ``hours``."""
    with transaction(session, by=people.dispatcher, at=at):
        intake.accept(session, order, by=people.dispatcher, at=at)
        order.suggested_coverage = Coverage.WARRANTY
        planning.assign(
            session,
            order,
            session.get_one(User, people.engineer.user_id),
            crew=crew,
            planned_from=at + timedelta(hours=hours),
            planned_to=at + timedelta(hours=hours + 2),
            purpose="Gate pass ordered",
            even_if_busy=True,
            uid=uuid.uuid4(),
            by=people.dispatcher,
            at=at,
        )
