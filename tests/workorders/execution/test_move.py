"""Setting out, arriving, starting, leaving: who may, when, twice, in two tabs."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.workorders.builders import make_assigned, make_machine, make_order
from workorders.execution.queries import running_for
from workorders.orders.countdown import shown_all
from workorders.orders.models import OrderEvent
from workorders.orders.queries import list_clocks
from workorders.orders.rules import Status
from workorders.planning.queries import list_for_order
from workorders.planning.rules import VisitStatus
from workorders.sla.queries import load
from workorders.sla.rules import Clock

MOVES = ("set-out", "arrive", "start", "leave", "runs-again")


def visit_of(session, order):
    return list_for_order(session, order.id)[0]


def count(session, order, kind) -> int:
    return session.scalar(
        select(func.count()).where(OrderEvent.order_id == order.id, OrderEvent.kind == kind)
    )


def page(answer) -> str:
    return answer.get_data(as_text=True)


def test_the_whole_visit(session, post, job):
    assert post(job, "set-out").status_code == 302
    assert visit_of(session, job).status == VisitStatus.ON_THE_WAY
    assert post(job, "start").status_code == 302
    assert job.status == Status.IN_WORK
    assert visit_of(session, job).status == VisitStatus.ON_SITE
    assert count(session, job, "arrived") == 1
    assert post(job, "leave").status_code == 302
    assert visit_of(session, job).status == VisitStatus.OVER


@pytest.mark.parametrize("verb", MOVES)
@pytest.mark.parametrize(
    ("who", "expected"), [("operator", 403), ("outsider", 403), ("storekeeper", 403)]
)
def test_others_may_not(session, people, sign_in_as, post, job, verb, who, expected):
    client = sign_in_as(getattr(people, who))
    assert post(job, verb, client=client).status_code == expected
    assert job.status == Status.SCHEDULED
    assert visit_of(session, job).status == VisitStatus.PLANNED


def test_the_dispatcher_may_for_the_engineer(people, sign_in_as, post, job, session):
    assert post(job, "set-out", client=sign_in_as(people.dispatcher)).status_code == 302
    assert visit_of(session, job).status == VisitStatus.ON_THE_WAY


def test_no_such_order_is_404(engineer):
    for verb in MOVES:
        assert engineer.post(f"/orders/26-9999/{verb}").status_code == 404


def test_same_form_twice_is_once(session, post, job):
    for verb, kind in (("set-out", "set_out"), ("start", "start"), ("leave", "left")):
        uid = uuid.uuid4()
        assert post(job, verb, uid=uid).status_code == 302
        assert post(job, verb, uid=uid).status_code == 302
        assert count(session, job, kind) == 1


def test_second_tab_is_told(session, post, job):
    post(job, "set-out")
    answer = post(job, "set-out")
    assert answer.status_code == 422
    assert "This visit has already begun." in page(answer)
    post(job, "start")
    answer = post(job, "start")
    assert answer.status_code == 422
    assert "Already done" in page(answer)
    assert count(session, job, "start") == 1


def test_a_moment_to_come_is_refused(session, post, job, now):
    answer = post(job, "set-out", happened_at=f"{now + timedelta(hours=9):%Y-%m-%dT%H:%M}")
    assert answer.status_code == 422
    assert "has not come yet" in page(answer)
    assert visit_of(session, job).status == VisitStatus.PLANNED


def test_four_days_late_needs_the_manager_and_a_reason(
    session, people, sign_in_as, post, job, later
):
    past = f"{job.received_at + timedelta(hours=4):%Y-%m-%dT%H:%M}"  # the site is at UTC + 3
    with later(days=4):
        answer = post(job, "set-out", happened_at=past)
        assert answer.status_code == 422
        assert "more than 72 hours ago" in page(answer)
        manager = sign_in_as(people.manager)
        answer = post(job, "set-out", client=manager, happened_at=past)
        assert "why it is entered only now" in page(answer)
        answer = post(
            job, "set-out", client=manager, happened_at=past, late_reason="The phone was lost"
        )
        assert answer.status_code == 302
    event = session.scalars(select(OrderEvent).where(OrderEvent.kind == "set_out")).one()
    assert event.happened_at == job.received_at + timedelta(hours=1)
    assert event.recorded_at == job.received_at + timedelta(days=4)
    assert event.data["late"] == "The phone was lost"


def test_arriving_before_setting_out_is_refused(session, post, job, later):
    with later(hours=1):
        post(job, "set-out")
        early = f"{job.received_at + timedelta(hours=3, minutes=30):%Y-%m-%dT%H:%M}"
        answer = post(job, "arrive", happened_at=early)
        assert "The engineer set out at" in page(answer)
    assert visit_of(session, job).status == VisitStatus.ON_THE_WAY


def test_leaving_before_arriving_is_refused(session, post, begun, later):
    with later(hours=1):
        early = f"{begun.received_at + timedelta(hours=2):%Y-%m-%dT%H:%M}"
        answer = post(begun, "leave", happened_at=early)
    assert answer.status_code == 422
    assert visit_of(session, begun).status == VisitStatus.ON_SITE


def test_arrival_meets_its_clock_and_running_again_the_restore_clock(session, post, job, now):
    def tones():
        rows = list_clocks(session, [job.id])[job.id]
        shown = shown_all(rows, load(session), now)
        return {c.clock: c.tone for c in shown}

    assert tones()[Clock.ARRIVAL] == ""
    post(job, "set-out")
    post(job, "arrive")
    assert tones()[Clock.ARRIVAL] == "met"
    assert tones()[Clock.RESTORE] == ""
    post(job, "runs-again")
    assert tones()[Clock.RESTORE] == "met"
    assert job.status == Status.SCHEDULED


def test_second_job_asks_and_pauses_the_first(session, people, post, begun, now):
    other = make_order(session, people, make_machine(session, people, now, "EG230-00418"), now)
    make_assigned(session, people, other, now, hours=5)
    answer = post(other, "start")
    assert answer.status_code == 422
    assert f"{begun.number} is still running. Pause it and start this one?" in page(answer)
    assert other.status == Status.SCHEDULED
    assert running_for(session, people.engineer.user_id).id == begun.id
    assert post(other, "start", pause_running="y").status_code == 302
    assert begun.wait_reason == "other"
    assert other.status == Status.IN_WORK
    assert running_for(session, people.engineer.user_id).id == other.id


def test_an_order_without_a_visit_says_so(session, post, begun):
    post(begun, "leave")
    answer = post(begun, "set-out")
    assert answer.status_code == 422
    assert "No visit is planned." in page(answer)


def test_back_leads_only_to_our_pages(post, job):
    answer = post(job, "set-out", back="/my-day")
    assert answer.location == "/my-day"
    for bad in ("https://evil.example", "//evil.example", "/\\evil.example"):
        answer = post(job, "leave" if bad == "https://evil.example" else "runs-again", back=bad)
        assert answer.location == f"/orders/{job.number}"
