"""An order under a contract: who pays, whose level, hours taken and given back, choosing."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from service_app.accounts.models import User
from service_app.core.db import transaction
from service_app.core.errors import Invalid, NotAllowed
from tests.workorders.builders import make_order
from tests.workorders.contracts.builders import PACKAGE, YEAR, make_contract
from workorders.calendars.service import make_standard
from workorders.contracts import hours, queries, service
from workorders.contracts.entitlement import WITHOUT
from workorders.contracts.models import ContractUse
from workorders.contracts.rules import Act, Coverage
from workorders.execution.entitled import choose_contract
from workorders.execution.labour import Spent, enter_labour, remove_labour
from workorders.execution.rules import LabourKind, LabourRate
from workorders.intake import service as intake
from workorders.orders.document import common
from workorders.orders.models import OrderEvent
from workorders.orders.queries import list_clocks
from workorders.orders.rules import LineKind
from workorders.orders.story import Happening
from workorders.sla.policy import DEFAULT_LIMITS, STANDARD, Policy
from workorders.sla.queries import forget, load
from workorders.sla.service import add_level, add_version


@pytest.fixture
def fast(session, people, now):
    """A level twice as fast as the usual one."""
    with transaction(session, by=people.administrator, at=now):
        by = people.administrator
        week = make_standard(session, name="Week", zone="Europe/Moscow", by=by, at=now)
        long_ago = now - timedelta(days=400)
        usual = add_level(session, name="Usual", by=by, at=now)
        add_version(session, STANDARD, level=usual, calendar=week, since=long_ago, by=by, at=now)
        level = add_level(session, name="Fast", by=by, at=now)
        half = Policy(limits={key: minutes // 2 for key, minutes in DEFAULT_LIMITS.items()})
        add_version(session, half, level=level, calendar=week, since=long_ago, by=by, at=now)
        forget(session)
    return level


def _labour(session, people, order, now, minutes: int = 90, kind=LabourKind.WORK):
    with transaction(session, by=people.engineer, at=now):
        return enter_labour(
            session, order, session.get_one(User, people.engineer.user_id),
            Spent(kind, LabourRate.NORMAL, minutes, now.date()), uid=uuid.uuid4(),
            by=people.engineer, at=now,
        )  # fmt: skip


def _left(session, contract, now) -> int:
    return queries.balances_on(session, [contract], now.date())[contract.id].left


def test_the_order_keeps_who_pays_and_follows_the_level(
    session, people, now, machine, fast
) -> None:
    contract = make_contract(session, people, now, replace(YEAR, policy_id=fast.id))
    order = make_order(session, people, machine, now)
    assert order.contract_id == contract.id
    assert order.coverage_for(LineKind.WORK) is Coverage.CONTRACT
    assert order.coverage_for(LineKind.PART) is Coverage.CUSTOMER
    assert load(session).level_of(order.policy_version).id == fast.id
    assert "118/25" in str(order.verdict)


def test_ending_the_contract_leaves_the_open_order_alone(session, people, now, machine) -> None:
    contract = make_contract(session, people, now)
    order = make_order(session, people, machine, now)
    before = (order.contract_id, order.verdict, order.policy_version)
    clocks = [(c.due_at, c.state) for c in list_clocks(session, [order.id])[order.id]]
    with transaction(session, by=people.manager, at=now):
        service.act(
            session, contract, Act.END, version=contract.version, day=now.date() - timedelta(1),
            words="not paid", by=people.manager, at=now,
        )  # fmt: skip
    assert (order.contract_id, order.verdict, order.policy_version) == before
    assert [(c.due_at, c.state) for c in list_clocks(session, [order.id])[order.id]] == clocks
    assert make_order(session, people, machine, now).contract_id is None


def test_labour_takes_hours_and_taken_out_gives_them_back(session, people, now, machine) -> None:
    contract = make_contract(session, people, now, PACKAGE)
    order = make_order(session, people, machine, now)
    labour = _labour(session, people, order, now)
    _labour(session, people, order, now, 60, LabourKind.TRAVEL)
    assert _left(session, contract, now) == 600 - 90
    with transaction(session, by=people.engineer, at=now):
        remove_labour(session, order, labour, by=people.engineer, at=now)
        hours.give_back(session, labour.uid, by=people.engineer, at=now)
    assert _left(session, contract, now) == 600


def test_the_same_labour_takes_once(session, people, now, machine) -> None:
    contract = make_contract(session, people, now, PACKAGE)
    order = make_order(session, people, machine, now)
    uid, user = uuid.uuid4(), session.get_one(User, people.engineer.user_id)
    spent = Spent(LabourKind.WORK, LabourRate.NORMAL, 45, now.date())
    for _ in range(2):
        with transaction(session, by=people.engineer, at=now):
            enter_labour(session, order, user, spent, uid=uid, by=people.engineer, at=now)
    assert _left(session, contract, now) == 600 - 45


def test_travel_takes_hours_where_the_contract_says_so(session, people, now, machine) -> None:
    contract = make_contract(session, people, now, replace(PACKAGE, counts_travel=True))
    order = make_order(session, people, machine, now)
    _labour(session, people, order, now, 60, LabourKind.TRAVEL)
    _labour(session, people, order, now, 20, LabourKind.WAITING)
    assert _left(session, contract, now) == 600 - 60


def test_the_warranty_takes_no_hours(session, people, now, machine) -> None:
    contract = make_contract(session, people, now, PACKAGE)
    with transaction(session, by=people.administrator, at=now):
        machine.warranty_ends_on = date(2027, 1, 1)
    order = make_order(session, people, machine, now)
    assert order.coverage_for(LineKind.PART) is Coverage.WARRANTY
    _labour(session, people, order, now)
    assert _left(session, contract, now) == 600


def test_hours_used_up_are_the_customers(session, people, now, machine) -> None:
    contract = make_contract(session, people, now, PACKAGE)
    first = make_order(session, people, machine, now)
    _labour(session, people, first, now, 700)
    second = make_order(session, people, machine, now)
    assert second.coverage_for(LineKind.WORK) is Coverage.CUSTOMER
    assert queries.balances_on(session, [contract], now.date())[contract.id].beyond == 100


@pytest.fixture
def two(session, people, now, machine):
    """Two packages for the machine; the order follows the newer one."""
    old = make_contract(session, people, now, PACKAGE)
    new = make_contract(session, people, now, replace(PACKAGE, number="P-2"))
    return old, new


def _choose(session, people, order, contract_id: int, now, reason: str = "agreed") -> None:
    with transaction(session, by=people.dispatcher, at=now):
        choose_contract(session, order, contract_id, reason=reason, by=people.dispatcher, at=now)


def test_a_person_chooses_and_the_reason_is_kept(session, people, now, machine, two) -> None:
    old, new = two
    order = make_order(session, people, machine, now)
    assert (order.contract_id, order.is_contract_open) == (new.id, True)
    _labour(session, people, order, now)
    _choose(session, people, order, old.id, now, "the fleet manager asked so")
    assert (order.contract_id, order.is_contract_open) == (old.id, False)
    assert (_left(session, old, now), _left(session, new, now)) == (510, 600)
    event = session.query(OrderEvent).filter_by(kind=Happening.CONTRACT_CHOSEN).one()
    assert (event.words, event.data["contract"]) == ("the fleet manager asked so", "P-1")


def test_there_and_back_moves_the_hours_each_time(session, people, now, machine, two) -> None:
    old, new = two
    order = make_order(session, people, machine, now)
    labour = _labour(session, people, order, now)
    for contract in (old, new, old, new):
        _choose(session, people, order, contract.id, now)
    assert (_left(session, old, now), _left(session, new, now)) == (600, 510)
    with transaction(session, by=people.engineer, at=now):
        remove_labour(session, order, labour, by=people.engineer, at=now)
    assert (_left(session, old, now), _left(session, new, now)) == (600, 600)


def test_labour_of_before_takes_from_the_contract_chosen_later(
    session, people, now, machine, two
) -> None:
    old, _ = two
    order = make_order(session, people, machine, now)
    _choose(session, people, order, WITHOUT, now)
    assert order.contract_id is None
    _labour(session, people, order, now, 120)
    assert session.query(ContractUse).count() == 0
    _choose(session, people, order, old.id, now)
    assert _left(session, old, now) == 480


@pytest.mark.parametrize(("asked", "reason"), [(999, "why"), (-1, "why"), (None, "")])
def test_choices_that_cannot_be(session, people, now, machine, two, asked, reason: str) -> None:
    order = make_order(session, people, machine, now)
    with pytest.raises(Invalid):
        _choose(session, people, order, asked or two[0].id, now, reason)


def test_another_companys_contract_is_not_in_the_list(session, people, now, machine) -> None:
    theirs = make_contract(session, people, now, company=people.other_company)
    order = make_order(session, people, machine, now)
    with pytest.raises(Invalid):
        _choose(session, people, order, theirs.id, now)


def test_choosing_another_level_moves_the_deadlines_and_says_so(
    session, people, now, machine, fast
) -> None:
    slow = make_contract(session, people, now, PACKAGE)
    quick = make_contract(session, people, now, replace(PACKAGE, number="P-2", policy_id=fast.id))
    order = make_order(session, people, machine, now)
    assert order.contract_id == quick.id
    due = {c.clock: c.due_at for c in list_clocks(session, [order.id])[order.id]}
    _choose(session, people, order, slow.id, now)
    later = {c.clock: c.due_at for c in list_clocks(session, [order.id])[order.id]}
    assert later["restore"] > due["restore"]
    assert session.query(OrderEvent).filter_by(kind=Happening.POLICY_CHANGED).count() == 1


def test_an_order_that_ended_keeps_its_contract(session, people, now, machine, two) -> None:
    order = make_order(session, people, machine, now)
    with transaction(session, by=people.dispatcher, at=now):
        intake.cancel(
            session, order, reason="twice", uid=uuid.uuid4(), by=people.dispatcher, at=now
        )
    with pytest.raises(NotAllowed):
        _choose(session, people, order, two[0].id, now)


def test_today_is_where_the_company_is(session, people, now, machine) -> None:
    """At 00:30 in Moscow it is still yesterday in UTC: today's hours are taken all the same."""
    contract, by = make_contract(session, people, now, PACKAGE), people.manager
    night = datetime(2026, 11, 30, 21, 30, tzinfo=UTC)
    with transaction(session, by=by, at=night):
        hours.buy(
            session, contract, 60, on=date(2026, 12, 1), words="", uid=uuid.uuid4(), by=by, at=night
        )
    with pytest.raises(Invalid), transaction(session, by=by, at=night):
        hours.buy(
            session, contract, 60, on=date(2026, 12, 2), words="", uid=uuid.uuid4(), by=by, at=night
        )


def test_hours_by_hand(session, people, now, machine) -> None:
    contract, by = make_contract(session, people, now, PACKAGE), people.manager
    uid = uuid.uuid4()
    with transaction(session, by=by, at=now):
        for _ in range(2):
            hours.buy(session, contract, 300, on=now.date(), words="", uid=uid, by=by, at=now)
        hours.correct(
            session, contract, -60, on=now.date(), words="we erred", uid=uuid.uuid4(), by=by,
            at=now,
        )  # fmt: skip
    assert _left(session, contract, now) == 960
    said = hours.statement(session, contract, now.date())
    assert [left for _, left in said.lines] == [900, 960]
    for minutes, on, words in (
        (0, now.date(), "why"), (60, now.date(), ""), (60, date(2025, 1, 1), "why"),
        (60, date(2027, 1, 1), "why"), (10**9, now.date(), "why"),
    ):  # fmt: skip
        with pytest.raises(Invalid), transaction(session, by=by, at=now):
            hours.correct(
                session, contract, minutes, on=on, words=words, uid=uuid.uuid4(), by=by, at=now
            )
    plain = make_contract(session, people, now)
    with pytest.raises(NotAllowed), transaction(session, by=by, at=now):
        hours.buy(session, plain, 60, on=now.date(), words="", uid=uuid.uuid4(), by=by, at=now)


def test_a_payer_of_the_contract_pays_the_order(session, people, now, machine) -> None:
    make_contract(session, people, now, replace(YEAR, payer_id=people.other_company.id))
    assert make_order(session, people, machine, now).payer_id == people.other_company.id


def test_papers_name_the_contract_that_pays(session, people, now, machine) -> None:
    """One that pays nothing of the order is not referred to: the company's note is."""
    make_contract(session, people, now, replace(YEAR, signed_on=date(2025, 12, 20)))
    order = make_order(session, people, machine, now)
    assert common(session, order)["contract"] == {"number": "118/25", "day": date(2025, 12, 20)}
    with transaction(session, by=people.dispatcher, at=now):
        order.payers = dict.fromkeys(order.payers, Coverage.CUSTOMER.value)
        order.suggested_coverage = Coverage.CUSTOMER.value
    assert common(session, order)["contract"] is None
