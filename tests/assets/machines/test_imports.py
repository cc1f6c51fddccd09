"""Lists of machines: what is made, what is found, what is refused."""

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from assets.machines.models import Machine, MachineModel
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.customers.models import Company, Site
from service_app.journal.models import JournalLine
from tests.importing import FLEET, Take, reasons, taker

HEAD = (
    "model,serial,customer,site,inventory_number,manufactured_on,commissioned_on,"
    "warranty_months,warranty_hours\n"
)


@pytest.fixture
def take(session, people, now: datetime, tmp_path: Path) -> Take:
    return taker(session, tmp_path, with_fleet=False)


def count(session, model) -> int:
    return session.scalar(select(func.count()).select_from(model))


def test_companies_sites_and_models_are_made_once(session, take, people) -> None:
    report = take(
        "machines",
        HEAD
        + "ЭГ-230,1,«Новый  карьер»,Забой,17-04,2021-03-12,20.05.2021,24,4000\n"
        + "эг–230,2,новый карьер,забой,,,,,\n"
        + "ЭГ-230,3,АО Карьер северный,Участок 2,,,,,\n"
        + "ЭГ-230,4,Карьер Северный,участок 2,,,,,\n",
        zone="Asia/Yekaterinburg",
    )
    assert (report.written, report.known, reasons(report)) == (4, 0, [])
    assert count(session, MachineModel) == 1
    first, second, third, fourth = session.scalars(select(Machine).order_by(Machine.serial))
    assert first.company is second.company
    assert first.site is second.site
    assert first.site.zone == "Asia/Yekaterinburg"
    assert third.company is fourth.company is people.company
    assert third.site is fourth.site is people.site
    assert first.model.kind == "other"
    assert (first.inventory_number, first.warranty_months, first.warranty_hours) == (
        "17-04",
        24,
        4000,
    )
    assert (first.manufactured_on, first.commissioned_on) == (date(2021, 3, 12), date(2021, 5, 20))
    assert first.warranty_ends_on is not None
    assert "эг" in first.search_words


def test_the_same_list_again_changes_nothing(session, take) -> None:
    take("machines", FLEET)
    before = session.execute(select(Machine.id, Machine.version)).all()
    report = take("machines", FLEET)
    assert (report.written, report.known, report.is_stored) == (0, 5, True)
    assert session.execute(select(Machine.id, Machine.version)).all() == before


def test_a_file_is_one_line_of_the_journal(session, take) -> None:
    take("machines", FLEET)
    lines = session.scalars(select(JournalLine).where(JournalLine.change == "imported")).all()
    assert [(line.table, line.changes["written"]) for line in lines] == [("machine", 5)]
    made = select(func.count()).where(JournalLine.table == "machine", JournalLine.change == "added")
    assert session.scalar(made) == 0


def test_what_is_wrong_is_said_by_line(session, take) -> None:
    report = take(
        "machines",
        HEAD
        + "M,1,First,,,,,,\n"
        + "M,1,First,,,,,,\n"
        + ",2,First,,,,,,\n"
        + "M,,First,,,,,,\n"
        + "M,3,,,,,,,\n"
        + "M,4,First,,,2030-01-01,,,\n"
        + "M,5,First,,,,,x,\n"
        + "M,6,Lost,,,2030-01-01,,,\n"
        + "M,7,First,,,,31.02.2021,,\n"
        + "M,8,First,,,,,9999999,\n",
        skip_rejected=True,
    )
    said = {line: (column, text) for line, column, text in reasons(report)}
    assert said[3] == ("serial", "The same machine stands in line 2 already.")
    assert said[4] == ("model", "The cell is empty, it is needed.")
    assert said[5][0] == "serial"
    assert said[6][0] == "customer"
    assert said[7][0] == "manufactured_on"
    assert said[8] == ("warranty_months", "x is not a number")
    assert said[10] == ("commissioned_on", "31.02.2021 is not a day")
    assert said[11] == ("warranty_months", "9999999 is too large")
    assert report.written == 1
    names = set(session.scalars(select(Company.short_name)))
    assert "Lost" not in names  # made for a row that was refused
    assert "First" in names


def test_one_bad_row_stores_nothing(session, take) -> None:
    report = take("machines", "model,serial,customer\nM,1,New\nM,2,\n")
    assert (report.is_stored, len(report.rejected)) == (False, 1)
    assert count(session, Machine) == 0
    assert "New" not in set(session.scalars(select(Company.short_name)))


def test_a_dry_run_stores_nothing(session, take) -> None:
    report = take("machines", FLEET, dry_run=True)
    assert (report.written, report.is_stored) == (5, False)
    assert count(session, Machine) == 0
    assert count(session, Site) == 1


@pytest.mark.parametrize("name", ["=1+1", "+7", "@x", "<b>x</b>"])
def test_a_formula_is_a_text(session, take, name: str) -> None:
    take("machines", f"model,serial,customer\n{name},1,New\n")
    assert session.scalar(select(MachineModel.name)) == name


def test_a_name_two_companies_share(session, take, people, now) -> None:
    with transaction(session, by=SYSTEM, at=now):
        session.add(Company(name="ООО «Чужое»", short_name="Другое"))
    report = take("machines", "model,serial,customer\nM,1,ООО Чужое\nM,2,Другое\n")
    assert [(line, column) for line, column, _ in reasons(report)] == [(2, "customer")]
