"""Assigning: a busy engineer is told, a visit moves, two moments, the same form twice."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from service_app.accounts.models import User, UserRole
from service_app.accounts.permissions import Role
from service_app.core.db import transaction
from tests.workorders.builders import make_assigned, make_machine, make_order
from workorders.contracts.rules import Coverage
from workorders.intake import service as intake
from workorders.orders.models import WorkOrder
from workorders.orders.rules import Status
from workorders.planning.models import Visit
from workorders.planning.queries import list_for_order
from workorders.planning.rules import VisitStatus, plan_problem


def page(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def accepted(session, people, order, now) -> WorkOrder:
    with transaction(session, by=people.dispatcher, at=now):
        intake.accept(session, order, by=people.dispatcher, at=now)
        order.suggested_coverage = Coverage.WARRANTY
    return order


@pytest.fixture
def mate(session, people, now) -> User:
    with transaction(session, by=people.administrator, at=now):
        made = User(
            login="mate", email="mate@example.org", family_name="Орлов", first_name="Лев",
            language="en", role_rows=[UserRole(role=Role.ENGINEER.value)],
        )  # fmt: skip
        session.add(made)
    return made


@pytest.fixture
def assign(session, people, sign_in_as, now):
    """Fills the page in as the dispatcher; hours are from now."""

    def fill(order, *, who="dispatcher", start=1, end=3, uid=None, **more):
        site = timedelta(hours=3)  # Moscow
        fields = {
            "engineer": str(people.engineer.user_id),
            "planned_from": f"{now + site + timedelta(hours=start):%Y-%m-%dT%H:%M}",
            "planned_to": f"{now + site + timedelta(hours=end):%Y-%m-%dT%H:%M}",
            "uid": str(uid or uuid.uuid4()),
            "back": "/",
        }
        client = sign_in_as(getattr(people, who))
        answer = client.post(f"/orders/{order.number}/assign", data=fields | more)
        session.expire_all()
        return answer

    return fill


def test_assigning_plans_the_visit_on_the_sites_clock(session, people, assign, accepted, now):
    assert assign(accepted).status_code == 302
    assert accepted.status == Status.SCHEDULED
    assert accepted.engineer_id == people.engineer.user_id
    visit = list_for_order(session, accepted.id)[0]
    assert visit.planned_from == now + timedelta(hours=1)


def test_a_busy_engineer_is_told_and_may_be_assigned_anyway(session, people, assign, accepted, now):
    other = make_order(session, people, make_machine(session, people, now, "A-1"), now)
    make_assigned(session, people, other, now, hours=2)
    answer = assign(accepted)
    assert answer.status_code == 422
    assert "is busy until" in page(answer)
    assert f"({other.number}). Tick to assign anyway." in page(answer)
    assert accepted.status == Status.ACCEPTED
    assert assign(accepted, start=4, end=5).status_code == 302
    assert assign(accepted, even_if_busy="y").status_code == 302


def test_a_busy_second_engineer_is_told_too(session, people, assign, accepted, mate, now):
    other = make_order(session, people, make_machine(session, people, now, "A-1"), now)
    make_assigned(session, people, other, now, hours=2, crew=[mate.id])
    third = make_order(session, people, make_machine(session, people, now, "A-2"), now)
    with transaction(session, by=people.dispatcher, at=now):
        intake.accept(session, third, by=people.dispatcher, at=now)
        third.suggested_coverage = Coverage.WARRANTY
    answer = assign(third, engineer=str(mate.id))
    assert answer.status_code == 422
    assert mate.family_name in page(answer)
    answer = assign(accepted, start=4, end=5, second=str(mate.id))
    assert answer.status_code == 302


def test_assigning_again_moves_the_planned_visit(session, assign, accepted, now):
    assign(accepted)
    assert assign(accepted, start=5, end=6).status_code == 302
    visits = list_for_order(session, accepted.id)
    assert [v.planned_from for v in visits] == [now + timedelta(hours=5)]


def test_same_form_twice_is_one_visit(session, assign, accepted):
    uid = uuid.uuid4()
    assert assign(accepted, uid=uid).status_code == 302
    assert assign(accepted, uid=uid).status_code == 302
    assert session.scalar(select(func.count()).select_from(Visit)) == 1


@pytest.mark.parametrize(
    ("who", "expected"), [("engineer", 403), ("operator", 403), ("outsider", 403), ("manager", 302)]
)
def test_who_may(assign, accepted, who, expected):
    assert assign(accepted, who=who).status_code == expected


def test_no_such_order_is_404(people, sign_in_as):
    assert sign_in_as(people.dispatcher).get("/orders/26-9999/assign").status_code == 404


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (3, 1, "A visit ends after it begins."),
        (1, 1, "A visit ends after it begins."),
        (1, 24 * 15, "A visit longer than two weeks is several visits."),
        (-5, -2, "has passed"),
    ],
)
def test_a_visit_that_cannot_be(session, assign, accepted, start, end, said):
    answer = assign(accepted, start=start, end=end)
    assert answer.status_code == 422
    assert said in page(answer)
    assert session.scalar(select(func.count()).select_from(Visit)) == 0
    assert accepted.status == Status.ACCEPTED


def test_the_customer_pays_so_price_comes_first(session, people, assign, order, now):
    with transaction(session, by=people.dispatcher, at=now):
        intake.accept(session, order, by=people.dispatcher, at=now)
    answer = assign(order)
    assert answer.status_code == 422
    assert "The customer pays for this: tell term and price first." in page(answer)
    assert order.engineer_id is None


def test_calling_off(session, people, sign_in_as, assign, accepted):
    assign(accepted)
    visit = list_for_order(session, accepted.id)[0]
    url = f"/orders/{accepted.number}/visits/{visit.id}/call-off"
    assert sign_in_as(people.engineer).post(url).status_code == 403
    dispatcher = sign_in_as(people.dispatcher)
    assert dispatcher.post(url, data={"back": "/"}).status_code == 302
    session.expire_all()
    assert list_for_order(session, accepted.id)[0].status == VisitStatus.CANCELLED
    other = f"/orders/{accepted.number}/visits/{visit.id + 1}/call-off"
    assert dispatcher.post(other).status_code == 404


def test_plan_problem_at_the_edges(now):
    assert plan_problem(now - timedelta(hours=1), now, now) is None
    assert plan_problem(now, now + timedelta(days=14), now) is None
    assert plan_problem(now, now + timedelta(days=14, seconds=1), now) is not None
