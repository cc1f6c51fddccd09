"""Verbs over machines, on both databases."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.machines import catalogue, queries, service
from assets.machines.models import Machine, MachineCompany
from assets.machines.rules import Ground, Life, MeterUnit, ModelKind, Paper
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from service_app.core.text import Text
from service_app.customers.models import Site
from service_app.journal.models import JournalLine
from tests.assets.builders import make_machine, make_model

TODAY = date(2026, 11, 24)


def test_the_same_form_twice_makes_one_machine(session: Session, people, now: datetime) -> None:
    uid = uuid.uuid4()
    passport = service.Passport(model_words="Пресс")
    with transaction(session, by=SYSTEM, at=now):
        one = service.add(session, passport, company=people.company, uid=uid, by=SYSTEM, at=now)
    with transaction(session, by=SYSTEM, at=now):
        two = service.add(session, passport, company=people.company, uid=uid, by=SYSTEM, at=now)
    assert one.id == two.id
    assert session.scalar(select(func.count()).select_from(Machine)) == 1


def test_a_new_machine_has_companies_a_token_and_a_first_line(
    session: Session, people, now: datetime
) -> None:
    machine = make_machine(
        session, people.company, now, owner=people.other_company, commissioned_on=date(2025, 5, 1)
    )
    held = {
        (row.company_id, row.is_owner, row.since_on)
        for row in session.scalars(select(MachineCompany))
    }
    assert held == {
        (people.company.id, False, date(2025, 5, 1)),
        (people.other_company.id, True, date(2025, 5, 1)),
    }
    assert len(machine.qr_token) == 22
    assert [e.kind for e in queries.list_events(session, machine.id)] == ["added"]


def test_the_token_stays_out_of_the_journal(session: Session, people, now: datetime) -> None:
    machine = make_machine(session, people.company, now)
    line = session.scalars(select(JournalLine).where(JournalLine.table == "machine")).one()
    assert machine.qr_token not in str(line.changes)


@pytest.mark.parametrize(
    ("passport", "field"),
    [
        ({"model_words": ""}, "model_id"),
        ({"manufactured_on": date(2027, 1, 1)}, "manufactured_on"),
        ({"shipped_on": date(2025, 2, 1), "commissioned_on": date(2025, 1, 1)}, "commissioned_on"),
    ],
)
def test_passports_that_cannot_be(
    session: Session, people, now: datetime, passport: dict, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make_machine(session, people.company, now, **passport)
    assert refused.value.field == field


def test_a_serial_is_unique_within_the_model_only(session: Session, people, now: datetime) -> None:
    model, other = make_model(session, now), make_model(session, now, "ЭГ-300")
    make_machine(session, people.company, now, model=model)
    make_machine(session, people.company, now, model=other)
    make_machine(session, people.company, now, model=model, serial="")
    make_machine(session, people.company, now, model=model, serial="")
    with pytest.raises(Invalid, match="in the register already") as refused:
        make_machine(session, people.company, now, model=model)
    assert refused.value.field == "serial"


def test_a_site_of_another_company_is_refused(session: Session, people, now: datetime) -> None:
    with pytest.raises(Invalid, match="not a site of"):
        make_machine(session, people.other_company, now, site=people.site)


def test_a_changed_passport_keeps_its_ground(session: Session, people, now: datetime) -> None:
    machine = make_machine(session, people.company, now)
    paper = Paper("Акт", "17", date(2026, 11, 20))
    passport = service.Passport(
        model_words="Пресс", commissioned_on=date(2025, 1, 31), warranty_months=13
    )
    with transaction(session, by=SYSTEM, at=now):
        service.change(
            session, machine, passport, site=people.site, version=machine.version, paper=paper,
            by=SYSTEM, at=now,
        )  # fmt: skip
    assert machine.warranty_ends_on == date(2026, 2, 28)
    first = queries.list_events(session, machine.id)[0]
    assert (first.ground_document, first.ground_number) == ("Акт", "17")


def test_a_stale_version_is_told(session: Session, people, now: datetime) -> None:
    machine = make_machine(session, people.company, now)
    with pytest.raises(Conflict), transaction(session, by=SYSTEM, at=now):
        service.change(
            session, machine, service.Passport(model_words="X"), site=None,
            version=machine.version - 1, by=SYSTEM, at=now,
        )  # fmt: skip


def transfer(session: Session, machine: Machine, company, now: datetime, **given) -> None:
    values = {"owner": company, "site": None, "on": TODAY, "version": machine.version} | given
    with transaction(session, by=SYSTEM, at=now):
        service.transfer(session, machine, company=company, by=SYSTEM, at=now, **values)


def test_a_transferred_machine_is_seen_by_its_new_company_alone(
    session: Session, people, now: datetime
) -> None:
    machine = make_machine(session, people.company, now, site=people.site)
    transfer(session, machine, people.other_company, now)
    assert queries.get_machine(session, people.outsider, machine.id).site is None
    with pytest.raises(NotFound):
        queries.get_machine(session, people.operator, machine.id)
    rows = session.scalars(select(MachineCompany).where(MachineCompany.until_on == TODAY)).all()
    assert {row.company_id for row in rows} == {people.company.id}
    assert len(rows) == 2


@pytest.mark.parametrize("days", [1, -4000])
def test_transfers_on_impossible_days(session: Session, people, now: datetime, days: int) -> None:
    machine = make_machine(session, people.company, now, commissioned_on=date(2020, 1, 1))
    with pytest.raises(Invalid) as refused:
        transfer(session, machine, people.other_company, now, on=TODAY + timedelta(days=days))
    assert refused.value.field == "on"


def test_a_transfer_to_where_it_is_changes_nothing(session: Session, people, now: datetime) -> None:
    machine = make_machine(session, people.company, now)
    with pytest.raises(Invalid, match="Nothing changes"):
        transfer(session, machine, people.company, now)


def test_a_held_machine_stays(session: Session, people, now: datetime) -> None:
    machine = make_machine(session, people.company, now)
    ground = Ground("order", 7, "26-0007")
    text = Text("order %(number)s is open", number="26-0007")
    for _ in range(2):
        with transaction(session, by=SYSTEM, at=now):
            service.hold(session, machine, text=text, ground=ground, by=SYSTEM, at=now)
    assert len(queries.open_holds(session, machine.id)) == 1
    with pytest.raises(NotAllowed, match="order 26-0007 is open"):
        transfer(session, machine, people.other_company, now)
    with pytest.raises(NotAllowed, match="26-0007"):
        service.move_life(session, machine, Life.DECOMMISSIONED, on=TODAY, by=SYSTEM, at=now)
    with transaction(session, by=SYSTEM, at=now):
        service.lift(session, ground, by=SYSTEM, at=now)
    transfer(session, machine, people.other_company, now)


def test_a_held_machine_may_change_its_site(session: Session, people, now: datetime) -> None:
    machine = make_machine(session, people.company, now)
    with transaction(session, by=SYSTEM, at=now):
        service.hold(session, machine, text=Text("x"), ground=Ground("order", 1), by=SYSTEM, at=now)
    transfer(session, machine, people.company, now, site=people.site)
    assert machine.site_id == people.site.id


def test_life_moves_by_the_table(session: Session, people, now: datetime) -> None:
    machine = make_machine(session, people.company, now, warranty_months=12)
    with transaction(session, by=SYSTEM, at=now):
        service.move_life(
            session, machine, Life.IN_STORAGE, on=TODAY, words="зима", by=SYSTEM, at=now
        )
        service.move_life(session, machine, Life.IN_OPERATION, on=TODAY, by=SYSTEM, at=now)
    assert machine.commissioned_on == TODAY
    assert machine.warranty_ends_on == date(2027, 11, 24)
    kinds = [e.kind for e in queries.list_events(session, machine.id)]
    assert kinds == ["moved", "moved", "added"]
    with pytest.raises(NotAllowed, match="cannot go to"):
        service.move_life(session, machine, Life.DISPOSED, on=TODAY, by=SYSTEM, at=now)


def test_today_is_the_sites_today(session: Session, people, now: datetime) -> None:
    with transaction(session, by=SYSTEM, at=now):
        far = Site(company_id=people.company.id, name="Камчатка", zone="Asia/Kamchatka")
        session.add(far)
    machine = make_machine(session, people.company, now, site=far)
    evening = datetime.fromisoformat("2026-11-24T20:00+00:00")
    tomorrow = date(2026, 11, 25)
    with transaction(session, by=SYSTEM, at=evening):
        service.move_life(session, machine, Life.IN_REPAIR, on=tomorrow, by=SYSTEM, at=evening)
    assert machine.life is Life.IN_REPAIR


def test_a_new_token_ends_the_old_label(session: Session, people, now: datetime) -> None:
    machine = make_machine(session, people.company, now)
    old = machine.qr_token
    with transaction(session, by=SYSTEM, at=now):
        service.reissue_token(session, machine, by=SYSTEM, at=now)
    assert queries.find_by_token(session, old) is None
    assert queries.find_by_token(session, machine.qr_token) is machine


@pytest.mark.parametrize(
    ("words", "is_found"),
    [("эг230", True), ("eg-230", True), ("экскаватор", True), ("excavators", True),
     ("00417", True), ("карьер", True), ("INV-9", True), ("компрессор", False)],
)  # fmt: skip
def test_machines_are_found_by_what_people_call_them(
    session: Session, people, now: datetime, words: str, is_found: bool
) -> None:
    model = make_model(session, now)
    machine = make_machine(session, people.company, now, model=model, inventory_number="INV-9")
    found = queries.search(session, people.dispatcher, words)
    assert list(found) == ([machine] if is_found else [])


def test_a_renamed_model_is_found_by_its_new_name(session: Session, people, now: datetime) -> None:
    model = make_model(session, now)
    machine = make_machine(session, people.company, now, model=model)
    facts = catalogue.ModelFacts(name="ЭК-18", kind=ModelKind.EXCAVATOR)
    with transaction(session, by=SYSTEM, at=now):
        catalogue.change_model(session, model, facts, version=model.version, by=SYSTEM, at=now)
    assert list(queries.search(session, people.dispatcher, "эк18")) == [machine]
    assert list(queries.search(session, people.dispatcher, "эг230")) == []


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": "ЭГ-230", "maker": "ТЗЭ"}, "name"),
        ({"name": "A", "max_per_day": 25}, "max_per_day"),
        ({"name": "A", "max_per_day": -1}, "max_per_day"),
        ({"name": "A", "typical_per_day": 30}, "typical_per_day"),
    ],
)
def test_models_that_cannot_be(
    session: Session, people, now: datetime, facts: dict, field: str
) -> None:
    make_model(session, now)
    with pytest.raises(DomainError) as refused:
        catalogue.add_model(
            session, catalogue.ModelFacts(**facts), uid=uuid.uuid4(), by=SYSTEM, at=now
        )
    assert refused.value.field == field


def test_the_unit_stays_while_machines_count_in_it(session: Session, people, now: datetime) -> None:
    model = make_model(session, now)
    make_machine(session, people.company, now, model=model)
    facts = catalogue.ModelFacts(name="ЭГ-230", meter_unit=MeterUnit.KILOMETRES)
    with pytest.raises(NotAllowed) as refused:
        catalogue.change_model(session, model, facts, version=model.version, by=SYSTEM, at=now)
    assert refused.value.field == "meter_unit"


def test_lists_show_a_company_its_own(session: Session, people, now: datetime) -> None:
    own = make_machine(session, people.company, now)
    owned = make_machine(session, people.other_company, now, owner=people.company)
    foreign = make_machine(session, people.other_company, now)
    page = queries.list_page(session, people.operator, queries.Filters(), today=TODAY)
    assert {m.id for m in page} == {own.id, owned.id}
    assert queries.count_visible(session, people.dispatcher) == 3
    with pytest.raises(NotFound):
        queries.get_machine(session, people.operator, foreign.id)


def test_filters_and_pages(session: Session, people, now: datetime) -> None:
    model = make_model(session, now)
    made = [
        make_machine(session, people.company, now, model=model, serial=f"N-{n}") for n in range(5)
    ]
    make_machine(
        session, people.other_company, now, commissioned_on=date(2025, 12, 10), warranty_months=12
    )
    narrow = queries.Filters
    seen, key = [], None
    while True:
        page = queries.list_page(
            session, people.dispatcher, narrow(model_id=model.id), today=TODAY, key=key, size=2
        )
        seen += [m.id for m in page]
        key = page.next_key
        if key is None:
            break
    assert seen == [m.id for m in made]
    for filters, count in [
        (narrow(company_id=people.company.id), 5),
        (narrow(status=Life.IN_REPAIR), 0),
        (narrow(is_warranty_ending=True), 1),
        (narrow(words="N-3"), 1),
        (narrow(site_id=people.site.id), 0),
    ]:
        assert len(queries.list_page(session, people.dispatcher, filters, today=TODAY)) == count
