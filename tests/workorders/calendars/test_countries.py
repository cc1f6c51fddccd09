"""Several calendars, and holidays of countries as days a person may edit."""

import csv
import io
import os
import re
from datetime import date, datetime
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from service_app.core.db import transaction
from workorders.calendars.countries import countries, days_of
from workorders.calendars.models import WorkCalendar
from workorders.calendars.queries import build, list_calendars
from workorders.calendars.rules import ExceptionKind
from workorders.calendars.seed import FIRST_YEAR, LAST_YEAR
from workorders.calendars.service import make_standard

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))


def test_russia_is_the_published_calendar_day_by_day() -> None:
    path = SHARED / "ru_production_calendar" / "ru_calendar.csv"
    if not path.exists():
        pytest.skip("the published calendar is not on this machine")
    with path.open(encoding="utf-8") as stream:
        published = {date.fromisoformat(row["date"]): row for row in csv.DictReader(stream)}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        ours = days_of("RU", year)
        for day, row in published.items():
            if day.year != year:
                continue
            is_open = bool(ours[day][1]) if day in ours else day.weekday() < 5
            assert is_open == (row["day_type"] in ("work", "short")), day
            assert (ours.get(day, (None,))[0] is ExceptionKind.SHORT) == (
                row["day_type"] == "short"
            ), day


@pytest.mark.parametrize(
    ("country", "day"),
    [("DE", date(2026, 10, 3)), ("KZ", date(2026, 12, 16)), ("US", date(2026, 11, 26)),
     ("RU", date(2030, 6, 12))],
)  # fmt: skip
def test_other_countries_come_from_the_package(country: str, day: date) -> None:
    found = days_of(country, day.year)
    assert (day in found) is (day.weekday() < 5)
    assert all(one.weekday() < 5 for one in found)
    assert country in countries()


@pytest.fixture
def stored(session, people, now) -> WorkCalendar:
    by = people.administrator
    with transaction(session, by=by, at=now):
        return make_standard(session, name="Будни", zone="Europe/Moscow", by=by, at=now)


@pytest.fixture
def client(sign_in_as, people):
    return sign_in_as(people.administrator)


def test_a_calendar_is_added_renamed_and_looked_at(client, session, stored) -> None:
    for name, said in (("", "Give the calendar a name"), ("будни", "of this name")):
        answer = client.post("/admin/calendars/add", data={"name": name}, follow_redirects=True)
        assert said in answer.get_data(as_text=True)
    client.post("/admin/calendars/add", data={"name": "Круглосуточно", "week": "always"})
    (_, (made, name)) = list_calendars(session)
    assert name == "Круглосуточно"
    always = build(session.get_one(WorkCalendar, made))
    assert always.is_open(stored.versions[0].since.replace(year=2026, hour=23))
    page = client.get(f"/admin/calendars?calendar={made}").get_data(as_text=True)
    assert "00:00–24:00" in page
    client.post(f"/admin/calendars/rename?calendar={made}", data={"name": "24 × 7"})
    assert list_calendars(session)[1] == (made, "24 × 7")
    for bad in ("0", "x", "²", "99999999999999999999"):
        assert client.get(f"/admin/calendars?calendar={bad}").status_code == 404


def enter(client, page: str):
    """Press the button under the days that were looked at: those ticked, with their names."""
    ticked = re.findall(r'name="day"[^>]*value="([^"]+)" (checked|disabled)', page)
    names = dict(re.findall(r'name="(name\.[0-9-]+)" value="([^"]*)"', page))
    names = {name: unescape(value) for name, value in names.items()}
    days = [value for value, how in ticked if how == "checked"]
    client.post("/admin/calendars/holidays/enter", data={"day": days, "year": "2026", **names})
    return days


def test_holidays_are_looked_at_then_entered_once_and_only_ahead(client, session, stored) -> None:
    data = {"country": "DE", "year": "2026"}
    before = {d.on for d in stored.days}
    page = client.post("/admin/calendars/holidays", data=data).text
    session.expire_all()
    assert {d.on for d in session.scalars(select(WorkCalendar)).one().days} == before
    assert len(enter(client, page)) == 1
    session.expire_all()
    days = {d.on for d in session.scalars(select(WorkCalendar)).one().days}
    assert date(2026, 12, 25) in days
    assert date(2026, 4, 6) not in days  # Easter Monday has begun, and was counted
    assert enter(client, client.post("/admin/calendars/holidays", data=data).text) == []
    session.expire_all()
    assert {d.on for d in session.scalars(select(WorkCalendar)).one().days} == days
    for rubbish in ({"country": "XX", "year": "2027"}, {"country": "", "year": "²"}):
        answer = client.post("/admin/calendars/holidays", data=rubbish, follow_redirects=True)
        assert "are not known" in answer.get_data(as_text=True)


ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//x//EN
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20261228
DTEND;VALUE=DATE:20261231
SUMMARY:Plant stands <still>
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20001209
RRULE:FREQ=YEARLY
SUMMARY:Founders' day
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART:20261210T100000Z
SUMMARY:A meeting is no holiday
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTART;VALUE=DATE:18991225
SUMMARY:Another century
END:VEVENT
END:VCALENDAR
"""


def send(client, content: bytes, year: str = "2026", **more):
    data = {"year": year, "file": (io.BytesIO(content), "plant.ics"), **more}
    return client.post(
        "/admin/calendars/holidays", data=data, content_type="multipart/form-data",
        follow_redirects=True,
    )  # fmt: skip


def test_a_calendar_file_brings_days_with_their_names(client, session, stored) -> None:
    page = send(client, ICS.encode(), country="DE").text
    assert "Plant stands &lt;still&gt;" in page
    assert "A meeting" not in page
    assert len(enter(client, page)) == 4
    session.expire_all()
    named = {d.on: d.name for d in session.scalars(select(WorkCalendar)).one().days}
    assert named[date(2026, 12, 9)] == "Founders' day"
    assert named[date(2026, 12, 28)] == named[date(2026, 12, 30)] == "Plant stands <still>"
    assert date(2026, 12, 31) not in named or named[date(2026, 12, 31)] == ""
    assert "Founders&#39; day" in client.get("/admin/calendars?year=2026").text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no iCalendar file"),
        (b"not a calendar", "no iCalendar file"),
        (b"\xff\xfe\x00" * 50, "no iCalendar file"),
        (b"x" * 2_000_001, "larger than 2 MB"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "no whole-day entry"),
        (ICS.replace("2026", "1726").replace("RRULE:FREQ=YEARLY\n", "").encode(), "1726"),
        (ICS.replace("20261228", "20261399").encode(), "no iCalendar file"),
    ],
)
def test_files_that_cannot_be(client, session, stored, content: bytes, said: str) -> None:
    answer = send(client, content)
    assert answer.status_code == 200
    assert said in unescape(answer.text)


@pytest.mark.parametrize(
    "day",
    [
        "", "x", "2026-12-09", "2026-12-09/party/", "2026-12-09/holiday/1-2/3",
        "2026-12-09/short/900-600", "2026-12-09/short/540-700,600-800",
        "2026-12-09/short/0-99999", "2026-12-09/short/²-³", "9999-12-31/short/-5-3",
    ],
)  # fmt: skip
def test_days_typed_by_hand_that_cannot_be(client, session, stored, day: str) -> None:
    before = {d.on for d in stored.days}
    answer = client.post(
        "/admin/calendars/holidays/enter", data={"day": day, "year": "2026"}, follow_redirects=True
    )
    assert answer.status_code == 200
    session.expire_all()
    assert {d.on for d in session.scalars(select(WorkCalendar)).one().days} == before


def test_a_week_may_begin_later(client, session, stored) -> None:
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), "10:00–12:00")
    form = {"zone": "Europe/Moscow", "version": str(stored.revision), **week}
    late = client.post("/admin/calendars/week", data=form | {"since_on": "2026-11-24"})
    assert late.status_code == 422
    assert "has begun" in late.text
    client.post("/admin/calendars/week", data=form | {"since_on": "2026-12-07"})
    session.expire_all()
    calendar = build(session.scalars(select(WorkCalendar)).one())
    moscow = ZoneInfo("Europe/Moscow")
    assert calendar.is_open(datetime(2026, 12, 4, 15, tzinfo=moscow))
    assert not calendar.is_open(datetime(2026, 12, 7, 15, tzinfo=moscow))
    assert calendar.is_open(datetime(2026, 12, 7, 11, tzinfo=moscow))
    assert "Weeks by when they began" in client.get("/admin/calendars").text
