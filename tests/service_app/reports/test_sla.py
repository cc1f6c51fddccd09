"""The month's report: figures by hand, whose data it shows, the paper, the table file."""

from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import event, select

from service_app.core.db import transaction
from service_app.documents.models import IssuedDocument
from service_app.documents.render import render_html
from service_app.reports.figures import Kept, Waited
from service_app.reports.queries import Whose
from service_app.reports.sla_report import sla_report
from tests.workorders.builders import make_machine, make_order
from tests.workorders.contracts.builders import make_contract
from workorders.breaches import jobs as breach_jobs
from workorders.breaches import service as breaches
from workorders.breaches.models import Breach
from workorders.breaches.rules import Cause
from workorders.intake import service as intake
from workorders.orders import service as order_verbs
from workorders.orders.models import WorkOrder
from workorders.sla.rules import Clock, WaitReason

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture
def orders(session, people, now) -> list[WorkOrder]:
    """Three requests a day ago: answered in time, ten minutes late, an hour late."""
    machine = make_machine(session, people, now - timedelta(days=2))
    made = []
    for minutes in (10, 40, 90):
        received = now - timedelta(days=1)
        order = make_order(session, people, machine, received)
        at = received + timedelta(minutes=minutes)
        with transaction(session, by=people.dispatcher, at=at):
            intake.accept(session, order, by=people.dispatcher, at=at)
        breach_jobs.pull(session, now=at)
        made.append(order)
    return made


def the_report(session, now: datetime, company_id: int | None = None):
    return sla_report(session, now.date().replace(day=1), MOSCOW, now, whose=Whose(company_id))


def give(session, people, breach: Breach, shares: dict[Cause, int], at: datetime) -> None:
    with transaction(session, by=people.manager, at=at):
        breaches.give_cause(
            session, breach, shares=shares, comment="=HYPERLINK(1)", action=breaches.Action(),
            version=breach.version, by=people.manager, at=at,
        )  # fmt: skip


def test_figures_are_those_counted_by_hand(session, people, orders, now) -> None:
    longest = session.scalars(select(Breach).order_by(Breach.late_seconds.desc())).first()
    give(session, people, longest, {Cause.ACCESS: 60, Cause.DISPATCH: 40}, now)
    report = the_report(session, now)
    response = next(row for row in report.clocks if row.clock is Clock.RESPONSE)
    assert (response.kept, response.net) == (Kept(1, 2), Kept(2, 1))
    assert [b.late_seconds for b in report.breaches] == [3600, 600]
    assert report.late.total == 4200
    assert [(r.cause, r.seconds) for r in report.causes] == [
        (Cause.ACCESS, 2160), (Cause.DISPATCH, 1440), (None, 600)
    ]  # fmt: skip
    assert report.trend[Clock.RESPONSE][-1] == Kept(1, 2)
    assert [row.kept for row in report.branches] == [report.kept]


def test_a_withdrawn_breach_leaves_the_figures_and_stays_listed(
    session, people, orders, now
) -> None:
    breach = session.scalars(select(Breach).order_by(Breach.late_seconds)).first()
    with transaction(session, by=people.manager, at=now):
        breach.state = "withdrawn"
    report = the_report(session, now)
    assert [b.late_seconds for b in report.breaches] == [3600]
    assert [b.id for b in report.withdrawn] == [breach.id]


def test_a_company_sees_its_own_alone(session, people, orders, now) -> None:
    own, other = orders[0].company_id, people.other_company.id
    assert the_report(session, now, own).kept.total == the_report(session, now).kept.total
    empty = the_report(session, now, other)
    assert (empty.kept.total, list(empty.breaches), list(empty.engineers)) == (0, [], [])


def test_the_page_says_it_with_few_queries(sign_in_as, people, session, orders, now) -> None:
    client = sign_in_as(people.manager)
    client.get("/reports/sla")
    seen: list[str] = []

    def count(conn, cursor, statement, *rest) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(session.get_bind().engine, "before_cursor_execute", count)
    answer = client.get("/reports/sla")
    event.remove(session.get_bind().engine, "before_cursor_execute", count)
    page = unescape(answer.get_data(as_text=True))
    assert "33.3" in page
    assert orders[2].number in page
    assert len(seen) <= 14, seen


@pytest.mark.parametrize(
    "address",
    ["/reports/sla?month=2026-13", "/reports/sla?month=9999-01", "/reports/sla?month=1999-01"],
)
def test_a_month_that_cannot_be_is_this_one(sign_in_as, people, now, address) -> None:
    answer = sign_in_as(people.manager).get(address)
    assert answer.status_code == 200
    assert "November 2026" in answer.get_data(as_text=True)


@pytest.mark.parametrize("customer", ["0", "-1", "x", "99999999999999999999", "424242"])
def test_an_unknown_customer_is_not_found(sign_in_as, people, now, customer) -> None:
    assert sign_in_as(people.manager).get(f"/reports/sla?customer={customer}").status_code == 404


def test_the_paper_is_of_one_customer_and_made_once(
    sign_in_as, session, people, orders, now
) -> None:
    client, own = sign_in_as(people.manager), orders[0].company_id
    assert client.post("/reports/sla").headers["Location"].startswith("/reports/sla")
    for _ in range(2):
        assert client.post(f"/reports/sla?customer={own}").status_code == 302
    paper = session.scalars(select(IssuedDocument)).one()
    assert (paper.kind, paper.company_id, paper.number) == ("sla_report", own, "SR26-0001")
    html = render_html(paper)
    assert orders[2].number in html
    assert "33,3" in html or "33.3" in html
    assert sign_in_as(people.operator).get(f"/documents/{paper.id}").status_code == 200
    assert sign_in_as(people.outsider).get(f"/documents/{paper.id}").status_code == 404


def test_the_table_file_holds_every_promise_and_no_formula(
    sign_in_as, session, people, orders, now, tmp_path
) -> None:
    give(session, people, session.scalars(select(Breach)).first(), {Cause.PARTS: 100}, now)
    answer = sign_in_as(people.manager).get("/reports/sla.xlsx")
    assert answer.status_code == 200
    file = tmp_path / "report.xlsx"
    file.write_bytes(answer.data)
    book = CalamineWorkbook.from_path(str(file))
    listed = book.get_sheet_by_name("Every promise").to_python()
    assert len(listed) == 1 + the_report(session, now).kept.total
    texts = [cell for row in book.get_sheet_by_name("Breaches").to_python() for cell in row]
    assert "=HYPERLINK(1)" in texts


def test_days_that_somebody_chooses(session, people, orders, sign_in_as, now) -> None:
    yesterday = (now - timedelta(days=1)).date().isoformat()
    client = sign_in_as(people.manager)
    page = client.get(f"/reports/sla?from={yesterday}&until={yesterday}")
    assert page.status_code == 200
    assert "As many days before" in page.text
    assert "1 of 3" in unescape(page.text)
    today = now.date().isoformat()
    assert "no promise was decided" in client.get(f"/reports/sla?from={today}&until={today}").text
    for odd in (
        "from=2026-11-24&until=2026-11-01", "from=x&until=y", "from=1066-01-01&until=9999-01-01"
    ):  # fmt: skip
        odd_page = client.get(f"/reports/sla?{odd}")
        assert odd_page.status_code == 200
        assert "The month before" in odd_page.text


def test_one_contracts_promises_alone(session, people, sign_in_as, now) -> None:
    at = now - timedelta(days=1)
    machine = make_machine(session, people, at)
    contract = make_contract(session, people, at)
    under = make_order(session, people, machine, at)
    with transaction(session, by=people.manager, at=at):
        contract.state = "suspended"
    make_order(session, people, machine, at)
    later = at + timedelta(minutes=10)
    for order in session.scalars(select(WorkOrder)):
        with transaction(session, by=people.dispatcher, at=later):
            intake.accept(session, order, by=people.dispatcher, at=later)
    whose = Whose(people.company.id, contract.id)
    report = sla_report(session, now.date().replace(day=1), MOSCOW, now, whose=whose)
    assert under.contract_id == contract.id
    assert report.kept == Kept(1, 0)
    assert the_report(session, now).kept == Kept(2, 0)
    client = sign_in_as(people.manager)
    page = client.get(f"/reports/sla?contract={contract.id}")
    assert "118/25" in page.text
    theirs = make_contract(session, people, at, company=people.other_company)
    odd = f"/reports/sla?contract={theirs.id}&customer={people.company.id}"
    assert client.get(odd).status_code == 404
    assert client.get("/reports/sla?contract=99999").status_code == 404
    sent = client.post(f"/reports/sla?contract={contract.id}", data={})
    paper = session.get(IssuedDocument, int(sent.location.rsplit("/", 1)[1]))
    assert paper.snapshot["contract"] == "118/25"


def test_what_orders_waited_for(session, people, now) -> None:
    start = now - timedelta(days=1)
    machine = make_machine(session, people, start)
    by = people.dispatcher
    for n, reason in enumerate((WaitReason.PARTS, WaitReason.PARTS, WaitReason.ACCESS)):
        order = make_order(session, people, machine, start)
        with transaction(session, by=by, at=start):
            intake.accept(session, order, by=by, at=start)
            order_verbs.open_wait(session, order, reason, by=by, at=start)
        if n < 2:
            at = start + timedelta(minutes=30 * (n + 1))
            with transaction(session, by=by, at=at):
                order_verbs.close_wait(session, order, by=by, at=at)
    waits = dict(the_report(session, now).waits)
    assert waits[WaitReason.PARTS] == Waited(2, 5400)
    assert waits[WaitReason.ACCESS].count == 1
    assert waits[WaitReason.ACCESS].seconds > 5 * 3600
