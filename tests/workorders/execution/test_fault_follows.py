"""The fault goes with its order: into work, fixed, and back when a step is taken back."""

import uuid

import pytest
from sqlalchemy import select

from assets.faults import service as faults
from assets.faults.models import Fault
from assets.faults.rules import Detection, FaultStatus
from assets.machines.rules import Ground
from service_app.core.db import transaction
from tests.workorders.builders import make_order
from tests.workorders.execution.test_finish import FULL
from workorders.handover import service as handover
from workorders.intake import service as intake
from workorders.orders import service as orders
from workorders.orders.models import WorkOrder
from workorders.orders.queries import last_move
from workorders.orders.rules import Kind, Status

TOLD = FULL | {"cause": "The seal went hard"}


def fault_of(session, order: WorkOrder) -> Fault:
    session.expire_all()
    return session.get_one(Fault, order.fault_id)


def take_back(post, session, order: WorkOrder) -> None:
    event = last_move(session, order)
    assert post(order, f"undo/{event.id}").status_code == 302


def test_the_finish_taken_back_opens_the_fault_again(session, post, begun) -> None:
    post(begun, "finish", **TOLD)
    fault = fault_of(session, begun)
    assert (fault.status, fault.remedy) == (FaultStatus.FIXED, FULL["words"])
    assert fault.ended_at is not None
    take_back(post, session, begun)
    fault = fault_of(session, begun)
    assert begun.status == Status.IN_WORK
    assert (fault.status, fault.cause, fault.remedy) == (FaultStatus.IN_WORK, "", "")
    assert fault.ended_at is None
    assert post(begun, "finish", **(TOLD | {"words": "Hose replaced"})).status_code == 302
    assert fault_of(session, begun).remedy == "Hose replaced"


def test_the_start_taken_back_leaves_it_open(session, post, begun) -> None:
    assert fault_of(session, begun).status == FaultStatus.IN_WORK
    take_back(post, session, begun)
    assert fault_of(session, begun).status == FaultStatus.OPEN


def test_a_fault_fixed_before_the_finish_stays_fixed(session, people, post, begun, now) -> None:
    with transaction(session, by=people.engineer, at=now):
        faults.resolve(
            session, begun.fault, cause="", remedy="By hand", ended_at=now, by=people.engineer,
            at=now,
        )  # fmt: skip
    post(begun, "finish", **TOLD)
    take_back(post, session, begun)
    fault = fault_of(session, begun)
    assert (fault.status, fault.remedy) == (FaultStatus.FIXED, "By hand")


def test_a_fault_moved_on_since_stays_where_it_is(session, people, post, begun, now) -> None:
    post(begun, "finish", **TOLD)
    with transaction(session, by=people.dispatcher, at=now):
        faults.confirm(session, fault_of(session, begun), by=people.dispatcher, at=now)
    take_back(post, session, begun)
    fault = fault_of(session, begun)
    assert (fault.status, fault.remedy) == (FaultStatus.CONFIRMED, FULL["words"])


@pytest.mark.parametrize("way", ["refused", "returned"])
def test_work_not_accepted_is_a_fault_not_fixed(session, people, post, begun, now, way) -> None:
    post(begun, "finish", **TOLD)
    by, uid = people.engineer, uuid.uuid4()
    for _ in range(2):  # the same form twice
        with transaction(session, by=by, at=now):
            if way == "refused":
                handover.refuse(
                    session, begun, reason="Still drops", taker="Громов", uid=uid, by=by, at=now
                )
            else:
                handover.return_to_work(
                    session, begun, reason="Still drops", uid=uid, by=by, at=now
                )
    fault = fault_of(session, begun)
    assert (fault.status, fault.ended_at) == (FaultStatus.IN_WORK, None)
    take_back(post, session, begun)
    fault = fault_of(session, begun)
    assert begun.status == Status.DONE
    assert (fault.status, fault.cause) == (FaultStatus.FIXED, TOLD["cause"])
    assert fault.ended_at is not None


def test_a_repeated_request_repeats_the_fault(session, people, machine, order, now) -> None:
    again, by, uid = make_order(session, people, machine, now), people.dispatcher, uuid.uuid4()
    for _ in range(2):
        with transaction(session, by=by, at=now):
            event = intake.mark_duplicate(session, again, order, uid=uid, by=by, at=now)
    fault = fault_of(session, again)
    assert (fault.status, fault.duplicate_of_id) == (FaultStatus.DUPLICATE, order.fault_id)
    with transaction(session, by=by, at=now):
        orders.undo(session, again, event, by=by, at=now)
    fault = fault_of(session, again)
    assert (fault.status, fault.duplicate_of_id) == (FaultStatus.OPEN, None)
    assert (again.status, again.duplicate_of_id) == (Status.RECEIVED, None)


def test_a_repeat_of_an_order_without_a_fault_keeps_its_own(
    session, people, machine, order, now
) -> None:
    other, by = make_order(session, people, machine, now), people.dispatcher
    with transaction(session, by=by, at=now):
        order.fault = None
        intake.mark_duplicate(session, other, order, uid=uuid.uuid4(), by=by, at=now)
    assert fault_of(session, other).status == FaultStatus.OPEN
    assert session.scalar(select(Fault.duplicate_of_id).where(Fault.id == other.fault_id)) is None


def test_the_fault_names_the_order_it_came_with(sign_in_as, people, machine, order) -> None:
    path = f"/machines/{machine.id}/faults"
    assert order.fault.ground == Ground("order", order.id, order.number)
    page = sign_in_as(people.engineer).get(path).text
    assert "Reported from the machine" in page
    assert f'href="/orders/{order.number}"' in page
    page = sign_in_as(people.operator).get(path).text
    assert order.number in page


@pytest.mark.parametrize(
    ("kind", "detection"),
    [
        (Kind.REPAIR, Detection.WORK),
        (Kind.SCHEDULED_SERVICE, Detection.SERVICE),
        (Kind.INSPECTION, Detection.INSPECTION),
    ],
)
def test_a_fault_found_at_work_says_at_which(
    session, people, post, begun, now, kind, detection
) -> None:
    with transaction(session, by=people.dispatcher, at=now):
        begun.kind = kind
    fields = {"fault-severity": "degraded", "fault-symptom": "Hose chafed"}
    assert post(begun, "fault-found", **fields).status_code == 302
    fault = session.scalars(select(Fault).where(Fault.symptom == "Hose chafed")).one()
    assert fault.detection_kind is detection
    assert fault.ground == Ground("order", begun.id, begun.number)
