"""My day, my week and the step: the right job first, few queries, other people's left out."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from service_app.accounts.models import User, UserRole
from service_app.accounts.permissions import Role
from service_app.core.db import transaction
from service_app.core.reader import Reader
from service_app.customers.queries import actor_for
from tests.workorders.builders import make_assigned, make_machine, make_order
from workorders.execution import day
from workorders.execution.rules import Step, next_step
from workorders.orders import service as orders
from workorders.orders.rules import Kind, Place, Status
from workorders.planning import service as planning
from workorders.planning.rules import VisitStatus
from workorders.sla.rules import WaitReason


def page(answer) -> str:
    return answer.get_data(as_text=True)


def another(session, people, now, serial, hours):
    order = make_order(session, people, make_machine(session, people, now, serial), now)
    make_assigned(session, people, order, now, hours=hours)
    return order


def load(session, people, now, zone="Europe/Moscow") -> day.MyDay:
    return day.my_day(session, people.engineer, Reader("en", ZoneInfo(zone), now))


def test_empty_day_says_so(engineer):
    answer = engineer.get("/my-day")
    assert answer.status_code == 200
    assert "Nothing for today." in page(answer)


def test_empty_day_names_tomorrow(session, people, engineer, now):
    another(session, people, now, "A-1", 26)
    another(session, people, now, "A-2", 29)
    text = page(engineer.get("/my-day"))
    assert "Nothing for today." in text
    assert "Tomorrow: 2 orders, first at 12:42" in text


def test_the_running_job_comes_before_an_earlier_visit(session, people, post, begun, now):
    earlier = another(session, people, now, "A-1", 0)
    found = load(session, people, now)
    assert found.present.job.order.id == begun.id
    assert found.present.job.step is Step.FINISH
    assert [j.order.id for j in found.later] == [earlier.id]


def test_a_waiting_job_gives_way(session, people, post, begun, now):
    other = another(session, people, now, "A-1", 3)
    post(begun, "leave")
    with transaction(session, by=people.engineer, at=now):
        orders.open_wait(session, begun, WaitReason.PARTS, by=people.engineer, at=now)
    found = load(session, people, now)
    assert found.present.job.order.id == other.id
    assert [j.order.id for j in found.without_time] == [begun.id]
    assert found.without_time[0].step is Step.RESUME


def test_a_visit_of_yesterday_not_over_is_still_there(session, people, post, begun, now):
    found = load(session, people, now + timedelta(days=1))
    assert found.present.job.order.id == begun.id


def test_the_day_is_the_readers(session, people, now):
    late = another(session, people, now, "A-1", 12)  # 22:42 in Moscow, tomorrow in Vladivostok
    assert load(session, people, now).present.job.order.id == late.id
    there = load(session, people, now, zone="Asia/Vladivostok")
    assert there.present is None
    assert [v.order_id for v in there.tomorrow] == [late.id]


def test_done_work_waits_for_the_handover(session, people, engineer, post, begun, now):
    post(begun, "finish", words="Done", value="6481", minutes="20", no_photo="camera")
    found = load(session, people, now)
    assert found.present is None
    assert [o.id for o in found.ready] == [begun.id]
    assert "To hand over" in page(engineer.get("/my-day"))


def test_what_became_of_a_promise_while_waiting(session, people, engineer, begun, now, later):
    """A wait for access stops the restore clock: hours later the same time is left."""
    with transaction(session, by=people.engineer, at=now):
        orders.open_wait(session, begun, WaitReason.ACCESS, by=people.engineer, at=now)
    shown = load(session, people, now).present
    after = load(session, people, now + timedelta(hours=3)).present
    assert shown.pill.tone == after.pill.tone == "paused"
    assert shown.pill.seconds == after.pill.seconds > 0
    with later(hours=3):
        text = page(engineer.get("/my-day"))
    assert "Go on" in text
    assert "s-st-violet" in text  # it is the customer's turn


def test_how_long_it_runs_is_working_time(session, people, begun, now):
    found = load(session, people, now + timedelta(minutes=62))
    assert found.present.running == timedelta(minutes=62)


def test_crew_sees_the_visit_and_others_do_not(session, people, sign_in_as, job, now):
    with transaction(session, by=people.administrator, at=now):
        mate = User(
            login="mate", email="mate@example.org", family_name="Орлов", first_name="Лев",
            language="en", role_rows=[UserRole(role=Role.ENGINEER.value)],
        )  # fmt: skip
        session.add(mate)
        session.flush()
    with transaction(session, by=people.dispatcher, at=now):
        planning.assign(
            session, job, job.engineer, crew=[mate.id],
            planned_from=now + timedelta(hours=2), planned_to=now + timedelta(hours=3),
            uid=uuid.uuid4(), by=people.dispatcher, at=now,
        )  # fmt: skip
    reader = Reader("en", ZoneInfo("Europe/Moscow"), now)
    assert day.my_day(session, actor_for(session, mate), reader).present.job.order.id == job.id
    assert day.my_day(session, people.dispatcher, reader).present is None


def test_ten_visits_in_twelve_queries(session, people, engineer, now, count_queries):
    for n in range(10):
        another(session, people, now, f"A-{n}", n)
    session.expunge_all()
    engineer.get("/my-day")
    with count_queries() as seen:
        text = page(engineer.get("/my-day"))
    assert text.count("s-nx") == 9
    assert len(seen) <= 12, "\n".join(seen)


def test_a_visit_next_week_is_not_without_a_time(session, people, now):
    another(session, people, now, "A-1", 24 * 5)
    found = load(session, people, now)
    assert found.present is None
    assert not found.without_time


def test_week_lists_days(session, people, engineer, now):
    first, second = (another(session, people, now, f"A-{h}", h) for h in (2, 50))
    text = page(engineer.get("/my-week"))
    assert text.index(first.number) < text.index(second.number)
    assert "Thursday 26\u00a0November" in text
    assert "Nothing planned." in text


@pytest.mark.parametrize("path", ["/my-day", "/my-week", "/orders/{}/step", "/orders/{}/labour"])
@pytest.mark.parametrize(
    ("who", "expected"),
    [("engineer", 200), ("dispatcher", 200), ("operator", 403), ("outsider", 403)],
)
def test_who_may_look(people, sign_in_as, job, path, who, expected):
    client = sign_in_as(getattr(people, who))
    assert client.get(path.format(job.number)).status_code == expected


def test_the_step_page_offers_the_next_action(engineer, post, job):
    text = page(engineer.get(f"/orders/{job.number}/step"))
    assert f'action="/orders/{job.number}/set-out"' in text
    assert "Gate pass ordered" in text
    post(job, "set-out")
    text = page(engineer.get(f"/orders/{job.number}/step"))
    assert f'action="/orders/{job.number}/start"' in text
    post(job, "start")
    text = page(engineer.get(f"/orders/{job.number}/step"))
    assert f'href="/orders/{job.number}/finish"' in text


def test_a_note_goes_to_whom_it_is_meant(session, people, engineer, post, begun):
    assert "Who may read it" in page(engineer.get(f"/orders/{begun.number}/note"))
    answer = post(begun, "notes", words="Pin is worn", audience="staff", back="/my-day")
    assert answer.location == "/my-day"


S, V = Status, VisitStatus


@pytest.mark.parametrize(
    ("status", "visit", "is_waiting", "place", "kind", "expected"),
    [
        (S.SCHEDULED, V.PLANNED, False, Place.ON_SITE, Kind.REPAIR, Step.SET_OUT),
        (S.SCHEDULED, V.PLANNED, True, Place.ON_SITE, Kind.REPAIR, Step.RESUME),
        (S.SCHEDULED, V.PLANNED, False, Place.WORKSHOP, Kind.REPAIR, Step.START),
        (S.SCHEDULED, V.ON_THE_WAY, False, Place.ON_SITE, Kind.REPAIR, Step.ARRIVE),
        (S.SCHEDULED, V.ON_SITE, False, Place.ON_SITE, Kind.REPAIR, Step.START),
        (S.SCHEDULED, None, False, Place.WORKSHOP, Kind.REPAIR, Step.START),
        (S.ACCEPTED, V.ON_SITE, False, Place.ON_SITE, Kind.REPAIR, Step.LEAVE),
        (S.ACCEPTED, None, False, Place.WORKSHOP, Kind.REPAIR, Step.NOTHING),
        (S.IN_WORK, V.ON_SITE, False, Place.ON_SITE, Kind.REPAIR, Step.FINISH),
        (S.IN_WORK, V.PLANNED, False, Place.ON_SITE, Kind.REPAIR, Step.SET_OUT),
        (S.IN_WORK, None, True, Place.ON_SITE, Kind.REPAIR, Step.RESUME),
        (S.DONE, V.ON_SITE, False, Place.ON_SITE, Kind.REPAIR, Step.HAND_OVER),
        (S.DONE, V.ON_SITE, False, Place.ON_SITE, Kind.TRAINING, Step.LEAVE),
        (S.READY, None, False, Place.WORKSHOP, Kind.REPAIR, Step.HAND_OVER),
        (S.HANDED_OVER, V.ON_SITE, False, Place.ON_SITE, Kind.REPAIR, Step.LEAVE),
        (S.QUOTED, V.ON_SITE, True, Place.ON_SITE, Kind.REPAIR, Step.LEAVE),
        (S.CLOSED, V.OVER, False, Place.ON_SITE, Kind.REPAIR, Step.NOTHING),
        (S.RECEIVED, None, False, Place.ON_SITE, Kind.REPAIR, Step.NOTHING),
    ],
)
def test_next_step(status, visit, is_waiting, place, kind, expected):
    assert next_step(status, visit, is_waiting=is_waiting, place=place, kind=kind) is expected
