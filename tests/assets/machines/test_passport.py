"""The passport on any day, on the screen and on paper."""

import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.machines import catalogue, service
from assets.machines.models import Machine
from assets.machines.past import as_of
from assets.machines.queries import list_companies
from service_app.core.db import transaction
from service_app.documents import jobs
from service_app.documents.models import IssuedDocument
from service_app.files import store
from service_app.journal.models import JournalLine
from tests.assets.builders import make_machine, make_model

DAY = timedelta(days=1)


@pytest.fixture
def machine(session: Session, people, now: datetime) -> Machine:
    """Entered ten days ago; its number and data changed five days ago, its company today."""
    then, later = now - 10 * DAY, now - 5 * DAY
    model = make_model(session, then, technical_data=(("Двигатель", "Д-245"),))
    made = make_machine(
        session, people.company, then, model=model, site=people.site, inventory_number="12",
        commissioned_on=date(2024, 3, 1),
    )  # fmt: skip
    with transaction(session, by=people.dispatcher, at=later):
        passport = service.Passport(
            model_id=model.id, serial=made.serial, inventory_number="77",
            commissioned_on=date(2024, 3, 15), technical_data=(("Ковш", "1,2 м³"),),
        )  # fmt: skip
        service.change(
            session, made, passport, site=people.site, version=made.version, by=people.dispatcher,
            at=later,
        )  # fmt: skip
        facts = catalogue.ModelFacts(
            name="ЭГ-231", kind=model.kind, technical_data=(("Двигатель", "Д-260"),)
        )
        catalogue.change_model(
            session, model, facts, version=model.version, by=people.dispatcher, at=later
        )
    with transaction(session, by=people.manager, at=now):
        service.transfer(
            session, made, company=people.other_company, owner=people.other_company, site=None,
            on=now.date() - DAY, version=made.version, by=people.manager, at=now,
        )  # fmt: skip
    return made


def stood(session: Session, machine: Machine, day: date) -> Machine:
    companies = list_companies(session, machine.id)
    return as_of(session, machine, day, zone=ZoneInfo("Europe/Moscow"), companies=companies)


def test_every_change_is_taken_back_to_the_day(session, people, now, machine) -> None:
    before = stood(session, machine, (now - 6 * DAY).date())
    assert (before.inventory_number, before.commissioned_on) == ("12", date(2024, 3, 1))
    assert before.technical_data == []
    assert before.model is not None
    assert (before.model.name, before.model.technical_data) == ("ЭГ-230", [["Двигатель", "Д-245"]])
    assert (before.company, before.owner, before.site) == (
        people.company, people.company, people.site,
    )  # fmt: skip
    after = stood(session, machine, (now - 5 * DAY).date())
    assert (after.inventory_number, after.commissioned_on) == ("77", date(2024, 3, 15))
    assert after.model is not None
    assert after.model.name == "ЭГ-231"
    session.flush()
    assert len(session.scalars(select(Machine)).all()) == 1  # what was is no new record
    assert machine.inventory_number == "77"


def test_companies_count_by_the_day_they_ran_it(session, people, now, machine) -> None:
    """The transfer was entered today and holds since yesterday."""
    assert stood(session, machine, (now - 2 * DAY).date()).company is people.company
    assert stood(session, machine, (now - DAY).date()).company is people.other_company


def test_the_journal_tells_a_change_of_site(session, people, now, machine) -> None:
    lines = session.scalars(select(JournalLine).where(JournalLine.table == "machine"))
    assert [people.site.id, None] in [line.changes.get("site_id") for line in lines]


def test_the_page_shows_the_day(sign_in_as, people, session, now, machine, count_queries) -> None:
    client, path = sign_in_as(people.dispatcher), f"/machines/{machine.id}/passport"
    today = client.get(path).text
    assert "77" in today
    assert "Чужое" in today
    session.expunge_all()
    with count_queries() as seen:
        past = client.get(f"{path}?on=2026-11-18").text
    assert len(seen) <= 12, seen
    assert "As it stood on 18\u00a0November" in past
    assert "Д-245" in past
    assert "1,2 м³" not in past
    early = client.get(f"{path}?on=2020-01-01").text
    assert "in the register since" in early


@pytest.mark.parametrize(
    ("asked", "said"), [("2026-11-25", "has not come yet"), ("soon", "soon is not a day")]
)
def test_a_day_that_cannot_be(sign_in_as, people, session, machine, asked, said) -> None:
    client, path = sign_in_as(people.engineer), f"/machines/{machine.id}/passport?on={asked}"
    assert said in client.get(path).text
    answer = client.post(path)
    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalars(select(IssuedDocument)).all() == []


@pytest.mark.parametrize(("language", "said"), [("ru", "Состояние на"), ("en", "State on")])
def test_the_passport_is_printed_once_a_state(
    sign_in_as, people, session, now, machine, language, said
) -> None:
    with transaction(session, by=people.manager, at=now):
        people.other_company.language = language
    client, path = sign_in_as(people.engineer), f"/machines/{machine.id}/passport"
    one, two = (client.post(path).location for _ in range(2))
    other = client.post(f"{path}?on=2026-11-18").location
    assert one == two != other
    first, second = session.scalars(select(IssuedDocument).order_by(IssuedDocument.id))
    assert (first.number, second.number) == ("P26-0001", "P26-0002")
    assert jobs.render_pending(session, now=now) == 2
    session.expire_all()
    assert first.pdf is not None
    pages = pypdf.PdfReader(io.BytesIO(store.read(first.pdf.key))).pages
    text = "".join(page.extract_text() for page in pages).replace("\u00a0", " ")
    for words in (said, "EG230-00417", "77", "1,2 м³", "Чужое"):
        assert words in text
    assert first.number in client.get(f"/machines/{machine.id}/documents").text


def test_the_paper_is_for_the_company_that_asked(sign_in_as, people, session, now, machine) -> None:
    """The owner's person prints it too, and the former company finds neither."""
    with transaction(session, by=people.manager, at=now):
        service.transfer(
            session, machine, company=people.company, owner=people.other_company, site=None,
            on=now.date(), version=machine.version, by=people.manager, at=now,
        )  # fmt: skip
    path = f"/machines/{machine.id}/passport"
    client = sign_in_as(people.outsider)
    owners = client.post(path).location
    assert client.get(owners).status_code == 200
    assert sign_in_as(people.operator).get(owners).status_code == 404
    runs = sign_in_as(people.operator).post(path).location
    assert sign_in_as(people.operator).get(runs).status_code == 200
    assert owners != runs


def test_another_companys_passport_is_not_found(sign_in_as, people, session, machine) -> None:
    client = sign_in_as(people.operator)  # of the former company
    assert client.post(f"/machines/{machine.id}/passport").status_code == 404
    assert session.scalars(select(IssuedDocument)).all() == []
