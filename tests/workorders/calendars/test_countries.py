"""Several calendars, and holidays of countries as days a person may edit."""

import csv
import os
from datetime import date
from pathlib import Path

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


def test_holidays_are_entered_once_and_only_ahead(client, session, stored) -> None:
    data = {"country": "DE", "year": "2026"}
    client.post("/admin/calendars/holidays", data=data)
    session.expire_all()
    days = {d.on for d in session.scalars(select(WorkCalendar)).one().days}
    assert date(2026, 12, 25) in days
    assert date(2026, 4, 6) not in days  # Easter Monday has begun, and was counted
    for _ in range(2):
        client.post("/admin/calendars/holidays", data=data)
    session.expire_all()
    assert {d.on for d in session.scalars(select(WorkCalendar)).one().days} == days
    for rubbish in ({"country": "XX", "year": "2027"}, {"country": "", "year": "²"}):
        answer = client.post("/admin/calendars/holidays", data=rubbish, follow_redirects=True)
        assert "are not known" in answer.get_data(as_text=True)
