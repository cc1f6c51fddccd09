"""Making, changing and ending contracts; what is refused."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from service_app.core.db import transaction
from service_app.core.errors import Conflict, Invalid, NotAllowed
from tests.workorders.builders import make_machine
from tests.workorders.contracts.builders import PACKAGE, YEAR, make_contract
from workorders.contracts import queries, service
from workorders.contracts.rules import Act, ContractKind, Cost, Renewal, Scope, Shown, State


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": date(2025, 12, 31)}, "ends_on"),
        ({"ends_on": None, "renewal": Renewal.AUTOMATIC}, "ends_on"),
        ({"renewal_months": 0}, "renewal_months"),
        ({"remind_days": 400}, "remind_days"),
        ({"scope": Scope.SITE}, "site_id"),
        ({"kind": ContractKind.INCLUDED}, "first_months"),
        ({"kind": ContractKind.PREPAID}, "included_hours"),
        ({"included_hours": Decimal(-1)}, "included_hours"),
        ({"included_hours": Decimal(5), "covers": frozenset({Cost.TRAVEL})}, "covers_labour"),
        ({"fee": Decimal(-1)}, "fee"),
        ({"parts_discount_percent": Decimal(101)}, "parts_discount_percent"),
    ],
)
def test_terms_that_cannot_be(session, people, now, changes, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_contract(session, people, now, replace(YEAR, **changes))
    assert refused.value.field == field


def test_a_number_is_ones_own_within_a_company(session, people, now) -> None:
    make_contract(session, people, now)
    with pytest.raises(Invalid) as refused:
        make_contract(session, people, now)
    assert refused.value.field == "number"
    make_contract(session, people, now, company=people.other_company)


def test_without_a_number_it_gets_the_next_of_ours(session, people, now) -> None:
    one = make_contract(session, people, now, replace(YEAR, number=""))
    two = make_contract(session, people, now, replace(YEAR, number=""))
    assert (one.number, two.number) == ("C26-0001", "C26-0002")


def test_the_same_form_twice_makes_one(session, people, now) -> None:
    uid = uuid.uuid4()
    with transaction(session, by=people.manager, at=now):
        made = [
            service.make(session, people.company, YEAR, uid=uid, by=people.manager, at=now)
            for _ in range(2)
        ]
    assert made[0] is made[1]


def test_a_contract_about_listed_machines_needs_one(session, people, now, machine) -> None:
    terms = replace(YEAR, scope=Scope.MACHINES)
    with pytest.raises(NotAllowed):
        make_contract(session, people, now, terms)
    signed = make_contract(session, people, now, replace(terms, number="2"), machines=[machine])
    assert signed.state == State.ACTIVE


def test_a_machine_of_somebody_else_is_refused(session, people, now, machine) -> None:
    other = make_contract(
        session, people, now, replace(YEAR, scope=Scope.MACHINES), company=people.other_company,
        is_signed=False,
    )  # fmt: skip
    with pytest.raises(Invalid), transaction(session, by=people.manager, at=now):
        service.name_machine(session, other, machine, by=people.manager, at=now)


def test_a_machine_is_named_once_until_it_is_taken_out(session, people, now, machine) -> None:
    terms = replace(YEAR, scope=Scope.MACHINES)
    contract = make_contract(session, people, now, terms, machines=[machine])
    by, today = people.manager, now.date()
    with pytest.raises(Invalid), transaction(session, by=by, at=now):
        service.name_machine(session, contract, machine, by=by, at=now)
    row = queries.list_machines(session, contract.id)[0]
    with transaction(session, by=by, at=now):
        service.drop_machine(session, contract, row.id, until_on=today, by=by, at=now)
    assert queries.candidates_for(session, machine, None, today)[0]
    assert not queries.candidates_for(session, machine, None, today + timedelta(days=1))[0]
    with transaction(session, by=by, at=now):
        tomorrow = today + timedelta(days=1)
        service.name_machine(session, contract, machine, since_on=tomorrow, by=by, at=now)
    assert queries.candidates_for(session, machine, None, tomorrow)[0]


def test_moves_that_the_table_lacks(session, people, now) -> None:
    contract = make_contract(session, people, now)
    with pytest.raises(NotAllowed), transaction(session, by=people.manager, at=now):
        service.act(
            session, contract, Act.RESUME, version=contract.version, by=people.manager, at=now
        )


def test_somebody_was_first(session, people, now) -> None:
    contract = make_contract(session, people, now)
    with pytest.raises(Conflict), transaction(session, by=people.manager, at=now):
        service.act(session, contract, Act.END, version=0, by=people.manager, at=now)


def _act(session, people, contract, what: Act, now, **values) -> None:
    with transaction(session, by=people.manager, at=now):
        service.act(
            session, contract, what, version=contract.version, by=people.manager, at=now, **values
        )


@pytest.mark.parametrize(
    ("day", "words"),
    [(None, "why"), (date(2025, 1, 1), "why"), (date(2027, 1, 1), "why"), (date(2026, 11, 20), "")],
)
def test_an_end_that_cannot_be(session, people, now, day, words: str) -> None:
    contract = make_contract(session, people, now)
    with pytest.raises(Invalid):
        _act(session, people, contract, Act.END, now, day=day, words=words)


def test_an_end_to_come_lets_it_run_until_then(session, people, now, machine) -> None:
    contract = make_contract(session, people, now)
    later = now.date() + timedelta(days=5)
    _act(session, people, contract, Act.END, now, day=later, words="sold the fleet")
    assert (contract.state, contract.ends_on) == (State.ACTIVE, later)
    assert queries.candidates_for(session, machine, None, later)[0]
    assert not queries.candidates_for(session, machine, None, later + timedelta(days=1))[0]


def test_an_ended_contract_still_covers_its_days_and_can_be_renewed(
    session, people, now, machine
) -> None:
    contract, last = make_contract(session, people, now), now.date() - timedelta(days=3)
    _act(session, people, contract, Act.END, now, day=last, words="not paid")
    assert contract.state == State.ENDED
    assert queries.candidates_for(session, machine, None, last)[0]
    found, lapsed = queries.candidates_for(session, machine, None, now.date())
    assert (found, lapsed) == ([], ("118/25", last))
    with pytest.raises(NotAllowed), transaction(session, by=people.manager, at=now):
        service.change(session, contract, YEAR, version=contract.version, by=people.manager, at=now)
    _act(session, people, contract, Act.RENEW, now, day=date(2027, 12, 31))
    assert contract.state == State.ACTIVE
    assert queries.candidates_for(session, machine, None, now.date())[0]


def test_suspended_it_covers_nothing(session, people, now, machine) -> None:
    contract = make_contract(session, people, now)
    _act(session, people, contract, Act.SUSPEND, now, words="not paid")
    assert not queries.candidates_for(session, machine, None, now.date())[0]
    _act(session, people, contract, Act.RESUME, now)
    assert queries.candidates_for(session, machine, None, now.date())[0]


def test_support_after_purchase_counts_for_each_machine(session, people, now, machine) -> None:
    terms = replace(YEAR, kind=ContractKind.INCLUDED, first_months=6)
    make_contract(session, people, now, terms)
    young = make_machine(session, people, now, "EG230-00999")
    with transaction(session, by=people.administrator, at=now):
        machine.commissioned_on = date(2025, 1, 1)
        young.commissioned_on = date(2026, 8, 1)
    assert not queries.candidates_for(session, machine, None, now.date())[0]
    found = queries.candidates_for(session, young, None, now.date())[0]
    assert found[0].ends_on == date(2026, 12, 31)
    assert not queries.candidates_for(session, young, None, date(2027, 2, 1))[0]


def test_a_sold_machine_leaves_the_contract_of_its_old_company(
    session, people, now, machine
) -> None:
    make_contract(session, people, now, replace(YEAR, scope=Scope.MACHINES), machines=[machine])
    with transaction(session, by=people.administrator, at=now):
        machine.company = machine.owner = people.other_company
    assert not queries.candidates_for(session, machine, None, now.date())[0]


def test_the_balance_of_a_list_is_one_query(session, people, now, count_queries) -> None:
    for n in range(5):
        make_contract(session, people, now, replace(PACKAGE, number=str(n)))
    session.expunge_all()
    with count_queries() as seen:
        page = queries.list_contracts(
            session, people.manager, shown=Shown.RUNNING, today=now.date()
        )
    assert len(page) == 5
    assert len(seen) == 3, seen


def test_a_long_list_has_a_next_page_and_shows_each_once(session, people, sign_in_as, now) -> None:
    for n in range(120):
        start = date(2026, 1, 1) + timedelta(days=n // 3)
        make_contract(session, people, now, replace(YEAR, number=f"N{n}", starts_on=start))
    seen: list[str] = []
    key = None
    for _ in range(3):
        page = queries.list_contracts(
            session, people.manager, shown=Shown.RUNNING, today=now.date(), key=key
        )
        seen += [row.contract.number for row in page]
        key = page.next_key
    assert key is None
    assert len(seen) == len(set(seen)) == 120
    client = sign_in_as(people.manager)
    assert "Next 50" in client.get("/contracts").text
    for odd in ("eyJ4IjoxfQ", "W3siYXQiOiJ4In0sMV0", "x" * 4000):
        assert client.get(f"/contracts?after={odd}").status_code == 200
