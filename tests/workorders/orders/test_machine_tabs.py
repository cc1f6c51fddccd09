"""What orders give to a machine's page: the open one, the tab of orders, the tab of papers."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from assets.faults import service as faults
from assets.faults.models import Fault
from assets.faults.rules import Severity
from assets.machines import service as machines
from assets.machines.models import Machine
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.documents import service as documents
from service_app.documents.models import IssuedDocument
from tests.workorders.builders import make_machine, make_order
from workorders.intake import service as intake
from workorders.intake.document import receipt
from workorders.orders.models import WorkOrder


def issue(session: Session, order: WorkOrder, company_id: int | None, now) -> IssuedDocument:
    """An intake receipt, as the dispatcher issues it."""
    ground = ("order", order.number)
    with transaction(session, by=SYSTEM, at=now):
        return documents.issue(
            session, kind="receipt", number=documents.next_number(session, ground),
            branch_id=order.branch_id, company_id=company_id, ground=ground, language="en",
            zone=order.zone, template="workorders/intake/pdf/receipt.html",
            snapshot=receipt(session, order), uid=uuid.uuid4(), by=SYSTEM, at=now,
        )  # fmt: skip


def tab(client, machine: Machine, name: str) -> str:
    answer = client.get(f"/machines/{machine.id}/{name}")
    assert answer.status_code == 200
    return answer.text


def test_papers_of_its_orders_and_of_no_other(
    session, people, sign_in_as, machine, order, now
) -> None:
    other = make_order(session, people, make_machine(session, people, now, "OTHER-1"), now)
    own = issue(session, order, people.company.id, now)
    issue(session, other, people.company.id, now)
    for name in ("dispatcher", "engineer", "operator"):
        page = tab(sign_in_as(getattr(people, name)), machine, "documents")
        assert f'href="/documents/{own.id}"' in page
        assert own.number in page
        assert other.number not in page
    assert sign_in_as(people.outsider).get(f"/machines/{machine.id}/documents").status_code == 404


def test_papers_of_the_former_owner_stay_theirs(
    session, people, sign_in_as, machine, order, now
) -> None:
    """The new company sees the machine, neither the former one's orders nor their papers."""
    theirs = issue(session, order, people.company.id, now)
    with transaction(session, by=people.manager, at=now):
        machines.transfer(
            session, machine, company=people.other_company, owner=people.other_company, site=None,
            on=now.date(), version=machine.version, by=people.manager, at=now,
        )  # fmt: skip
    client = sign_in_as(people.outsider)
    for name in ("documents", "orders"):
        page = tab(client, machine, name)
        assert theirs.number not in page
        assert order.number not in page
    assert "Open order" in client.get(f"/machines/{machine.id}").text
    assert order.number not in client.get(f"/machines/{machine.id}").text
    assert theirs.number in tab(sign_in_as(people.dispatcher), machine, "documents")


def test_a_paper_for_staff_alone_is_not_shown_to_the_company(
    session, people, sign_in_as, machine, order, now
) -> None:
    inner = issue(session, order, None, now)
    assert inner.number in tab(sign_in_as(people.engineer), machine, "documents")
    page = tab(sign_in_as(people.operator), machine, "documents")
    assert inner.number not in page
    assert "No papers yet." in page


def test_the_machine_names_its_open_order(session, people, sign_in_as, machine, order, now) -> None:
    client = sign_in_as(people.dispatcher)
    path = f"/machines/{machine.id}"
    for page in (client.get(path).text, client.get("/machines").text):
        assert f'href="/orders/{order.number}"' in page
    with transaction(session, by=people.dispatcher, at=now):
        order.term_at = datetime.fromisoformat("2026-11-25T12:00:00+00:00")
    assert "runs by" in client.get(path).text
    with transaction(session, by=people.dispatcher, at=now):
        order.term_at = None
        intake.cancel(session, order, reason="Sold", uid=uuid.uuid4(), by=people.dispatcher, at=now)
    assert f'href="/orders/{order.number}"' not in client.get(path).text


def test_the_tabs_say_how_much_they_hold(session, people, sign_in_as, machine, order, now) -> None:
    issue(session, order, people.company.id, now)
    page = sign_in_as(people.operator).get(f"/machines/{machine.id}").text
    for label in ("Faults", "Orders", "Documents"):
        assert f'{label}<span class="s-n">1</span>' in page


def test_the_operator_reports_from_the_machine(people, sign_in_as, machine) -> None:
    page = sign_in_as(people.operator).get(f"/machines/{machine.id}").text
    assert f'href="/machines/{machine.id}/report"' in page
    page = sign_in_as(people.dispatcher).get(f"/machines/{machine.id}").text
    assert f'href="/orders/new?machine={machine.id}"' in page


def test_every_tab_runs_few_queries(
    session, people, sign_in_as, machine, order, now, count_queries
) -> None:
    for _ in range(12):
        make_order(session, people, machine, now)
        issue(session, order, people.company.id, now)
    for actor in (people.dispatcher, people.operator):
        client = sign_in_as(actor)
        for name in ("", "hours", "faults", "orders", "documents"):
            client.get(f"/machines/{machine.id}/{name}".rstrip("/"))
            session.expunge_all()
            with count_queries() as seen:
                assert client.get(f"/machines/{machine.id}/{name}".rstrip("/")).status_code == 200
            assert len(seen) <= 13, (actor.name, name, seen)


@pytest.fixture
def ailing(session, people, now) -> dict[str, Machine]:
    """Three machines by what is wrong with them; one more was wrong and is fixed."""
    found = {}
    for severity in (*Severity, None):
        kind = severity or Severity.STOPPED
        one = make_machine(session, people, now, f"S-{severity.value if severity else 'fixed'}")
        with transaction(session, by=people.engineer, at=now):
            fault = faults.report(
                session, one, severity=kind, symptom="x", happened_at=now - timedelta(hours=1),
                running_hours=None, photos=[], reporter="x", uid=uuid.uuid4(), by=people.engineer,
                at=now,
            )  # fmt: skip
            if severity is None:
                faults.resolve(
                    session, fault, cause="", remedy="x", ended_at=now, by=people.engineer, at=now
                )  # fmt: skip
        found[one.serial] = one
    return found


@pytest.mark.parametrize(
    ("asked", "serials"),
    [
        ("stopped", {"S-stopped"}),
        ("degraded", {"S-degraded"}),
        ("minor", {"S-minor"}),
        ("any", {"S-stopped", "S-degraded", "S-minor"}),
        ("nonsense", {"S-stopped", "S-degraded", "S-minor", "S-fixed"}),
        ("", {"S-stopped", "S-degraded", "S-minor", "S-fixed"}),
    ],
)
def test_the_fleet_by_what_is_wrong(session, people, sign_in_as, ailing, asked, serials) -> None:
    page = sign_in_as(people.dispatcher).get(f"/machines?fault={asked}").text
    assert {serial for serial in ailing if f">{serial}<" in page} == serials
    assert session.query(Fault).count() == 4


def test_an_empty_answer_of_the_filter_offers_to_clear_it(people, sign_in_as, machine) -> None:
    page = sign_in_as(people.dispatcher).get("/machines?fault=stopped").text
    assert "Nothing under these filters." in page
