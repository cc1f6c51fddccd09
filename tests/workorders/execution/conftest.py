"""An order the engineer goes to today."""

import uuid
from datetime import timedelta

import pytest

from service_app.core import clock
from tests.workorders.builders import make_assigned
from workorders.orders.models import WorkOrder


@pytest.fixture
def job(session, people, order, now) -> WorkOrder:
    """Assigned, the visit begins in an hour."""
    make_assigned(session, people, order, now)
    return order


@pytest.fixture
def engineer(sign_in_as, people):
    return sign_in_as(people.engineer)


@pytest.fixture
def post(engineer, session):
    """``post(job, "set-out", key=value)`` presses a button of the engineer's and answers."""

    def press(order, verb, *, client=engineer, uid=None, **fields):
        fields.setdefault("uid", str(uid or uuid.uuid4()))
        answer = client.post(f"/orders/{order.number}/{verb}", data=fields)
        session.expire_all()
        return answer

    return press


@pytest.fixture
def begun(post, job) -> WorkOrder:
    """The work has begun on site."""
    assert post(job, "set-out").status_code == 302
    assert post(job, "start").status_code == 302
    return job


@pytest.fixture
def later(now):
    """``with later(minutes=5):`` the clock stands there inside."""
    return lambda **shift: clock.frozen(now + timedelta(**shift))
