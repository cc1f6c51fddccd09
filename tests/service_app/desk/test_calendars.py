"""Calendars and policies on their pages: what is saved, what is refused, who is let in."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service_app.core.db import transaction
from tests.workorders.builders import make_machine, make_order
from workorders.calendars.models import WorkCalendar
from workorders.calendars.queries import find_default
from workorders.calendars.rules import Interval, read_hours, say_hours
from workorders.orders.models import OrderClock
from workorders.sla.models import PolicyVersion
from workorders.sla.policy import Subject
from workorders.sla.queries import forget, load
from workorders.sla.rules import Clock, ClockKey, WaitReason

OFFICE = "09:00–13:00, 14:00–18:00"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


@pytest.fixture
def client(people, sign_in_as):
    return sign_in_as(people.administrator)


@pytest.fixture
def stored(client, session) -> WorkCalendar:
    client.post("/admin/calendars/set-up")
    found = find_default(session)
    assert found is not None
    return found


def week(stored: WorkCalendar, **changes: str) -> dict[str, str]:
    typed = {"version": str(stored.revision), "zone": "Europe/Moscow", "saturday": "", "sunday": ""}
    return {**typed, **dict.fromkeys(DAYS, OFFICE), **changes}


def again(session) -> WorkCalendar:
    session.expire_all()
    forget(session)
    found = find_default(session)
    assert found is not None
    return found


@pytest.mark.parametrize("address", ["/admin/calendars", "/admin/policies"])
@pytest.mark.parametrize(("who", "status"), [("administrator", 200), ("manager", 403)])
def test_who_sets_promises(people, sign_in_as, address, who, status) -> None:
    assert sign_in_as(getattr(people, who)).get(address).status_code == status


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("09:00–13:00, 14:00–18:00", "09:00–13:00, 14:00–18:00"),
        ("9-13,14-18", "09:00–13:00, 14:00–18:00"),
        ("9.30 — 12.00", "09:30–12:00"),
        ("22:00-06:00", "22:00–06:00"),
        ("00:00–24:00", "00:00–24:00"),
        ("", ""),
    ],
)
def test_hours_as_people_type_them(typed, said) -> None:
    assert say_hours(read_hours(typed)) == said
    assert read_hours(said) == read_hours(typed)


@pytest.mark.parametrize("typed", ["nine to five", "9", "25:00–26:00", "9-", "9:99-10"])
def test_hours_that_are_none(typed) -> None:
    with pytest.raises(ValueError):
        read_hours(typed)


def test_setting_up_twice_makes_one(client, session, stored) -> None:
    client.post("/admin/calendars/set-up")
    assert len(session.scalars(select(WorkCalendar)).all()) == 1
    assert len(session.scalars(select(PolicyVersion)).all()) == 1


def test_before_set_up_the_default_is_named_and_tried(client) -> None:
    page = client.get("/admin/calendars?start=2026-11-27T17:00&add=2").get_data(as_text=True)
    assert "Set up the standard calendar and promises" in page
    assert "Mon\u00a030\u00a0Nov" in page or "Mon 30\u00a0Nov, 10:00" in page


def test_a_new_week_counts_open_orders_anew(client, session, people, stored, now) -> None:
    order = make_order(session, people, make_machine(session, people, now), now)
    due = select(OrderClock.due_at).where(
        OrderClock.order_id == order.id, OrderClock.clock == "restore"
    )
    before = session.scalar(due)
    long = dict.fromkeys(DAYS, "08:00–20:00")
    answer = client.post("/admin/calendars/week", data=week(stored, **long), follow_redirects=True)
    assert "1 open order was counted anew" in answer.get_data(as_text=True)
    session.expire_all()
    after = session.scalar(due)
    assert before is not None
    assert after is not None
    assert after < before


def test_a_week_without_working_time_is_refused(client, session, stored) -> None:
    empty = week(stored, **dict.fromkeys(DAYS, ""))
    answer = client.post("/admin/calendars/week", data=empty)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "This calendar has no working time; a deadline could never come." in page
    assert len(again(session).versions) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nine to five", "is not like 09:00–13:00, 14:00–18:00."),
        ("09:00–14:00, 13:00–18:00", "Intervals of one day overlap."),
    ],
)
def test_a_week_that_cannot_be_keeps_what_was_typed(client, stored, typed, said) -> None:
    answer = client.post("/admin/calendars/week", data=week(stored, monday=typed))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert f'value="{typed}"' in page


def test_two_people_on_one_week(client, session, stored) -> None:
    opened = week(stored, friday="09:00–16:00")
    client.post("/admin/calendars/week", data=opened)
    answer = client.post("/admin/calendars/week", data=opened)
    assert answer.status_code == 422
    assert "Somebody changed this while you were writing." in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("kind", "hours", "expected"),
    [
        ("holiday", "", []),
        ("short", "", [Interval(540, 780), Interval(840, 1020)]),
        ("working", "10:00–12:00", [Interval(600, 720)]),
        ("day_off", "10:00–12:00", []),
    ],
)
def test_a_day_that_differs(client, session, stored, kind, hours, expected) -> None:
    data = {"on": "2026-12-02", "kind": kind, "hours": hours}
    assert client.post("/admin/calendars/days", data=data).status_code == 302
    day = next(d for d in again(session).days if d.on == date(2026, 12, 2))
    assert [Interval(a, b) for a, b in day.intervals] == expected
    client.post("/admin/calendars/days/2026-12-02/remove")
    assert all(d.on != date(2026, 12, 2) for d in again(session).days)


def test_a_day_that_has_begun_stays(client, session, stored) -> None:
    data = {"on": "2026-11-24", "kind": "holiday", "hours": ""}
    answer = client.post("/admin/calendars/days", data=data)
    assert answer.status_code == 422
    assert "has begun: deadlines were counted with it." in answer.get_data(as_text=True)
    answer = client.post("/admin/calendars/days/2026-11-04/remove", follow_redirects=True)
    assert "has begun" in answer.get_data(as_text=True)
    assert any(d.on == date(2026, 11, 4) for d in again(session).days)


def limits(client_page_changes: dict[str, str] | None = None) -> dict[str, str]:
    rows = {
        "response": (30, 30, 60, 120), "quote": (240, 240, 480, 960),
        "arrival": (240, 480, 960, 2400), "restore": (480, 960, 2400, 4800),
    }  # fmt: skip
    typed = {f"{c}.{n}": str(m) for c, row in rows.items() for n, m in enumerate(row, 1)}
    for reason in ("customer", "access", "approval"):
        typed |= {f"{reason}.{c}": "on" for c in ("quote", "arrival", "restore")}
    return {**typed, "version": "1", **(client_page_changes or {})}


def test_a_change_is_shown_before_it_is_saved(client, session, people, stored, now) -> None:
    make_order(session, people, make_machine(session, people, now), now)
    changed = limits({"response.2": "240", "parts.restore": "on"})
    page = client.post("/admin/policies", data=changed).get_data(as_text=True)
    assert "Response, priority 2, high: 30\u00a0min → 4\u00a0h" in page
    assert "Restore stands still: waiting for parts" in page
    assert "1 open order keeps the old promise, new ones get the new one." in page
    assert len(session.scalars(select(PolicyVersion)).all()) == 1
    client.post("/admin/policies", data={**changed, "confirm": "1"})
    session.expire_all()
    forget(session)
    promises = load(session)
    assert promises.levels[promises.default_id].versions[-1][2] == 2
    policy = promises.usual_at(now)
    assert policy.seconds(ClockKey(Clock.RESPONSE), Subject(2)) == 240 * 60
    assert policy.halts(WaitReason.PARTS, ClockKey(Clock.RESTORE))


def test_open_orders_keep_their_promise(client, session, people, stored, now) -> None:
    machine = make_machine(session, people, now)
    old = make_order(session, people, machine, now)
    client.post("/admin/policies", data={**limits({"response.2": "240"}), "confirm": "1"})
    session.expire_all()
    forget(session)
    new = make_order(session, people, machine, now + timedelta(minutes=1))
    by_order = {
        row.order_id: row.allowed_seconds
        for row in session.scalars(select(OrderClock).where(OrderClock.clock == "response"))
    }
    assert (by_order[old.id], by_order[new.id]) == (30 * 60, 240 * 60)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"response.1": "soon"}, "“soon” is not a number of minutes."),
        ({"response.1": "0"}, "must be more than 0 minutes."),
        ({"response.1": ""}, "Response has no limit for priority 1."),
        ({"response.1": "-5"}, "“-5” is not a number of minutes."),
    ],
)
def test_limits_that_cannot_be(client, session, stored, changes, said) -> None:
    answer = client.post("/admin/policies", data={**limits(changes), "confirm": "1"})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert len(session.scalars(select(PolicyVersion)).all()) == 1


def test_the_same_save_twice_makes_one_version(client, session, stored) -> None:
    changed = {**limits({"response.2": "240"}), "confirm": "1"}
    client.post("/admin/policies", data=changed)
    assert client.post("/admin/policies", data=changed).status_code == 422
    assert len(session.scalars(select(PolicyVersion)).all()) == 2


def test_without_a_calendar_the_reason_is_said(client) -> None:
    answer = client.post("/admin/policies", data={**limits({"response.2": "9"}), "confirm": "1"})
    assert answer.status_code == 422
    assert "Set the standard calendar up first" in answer.get_data(as_text=True)


def test_open_clocks_come_from_the_stored_calendar(session, people, stored, now) -> None:
    with transaction(session, by=people.administrator, at=now):
        forget(session)
    promises = load(session)
    assert [v[2] for v in promises.levels[promises.default_id].versions] == [1]
