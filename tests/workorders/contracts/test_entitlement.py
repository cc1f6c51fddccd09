"""Who pays, by the table."""

from datetime import date
from decimal import Decimal

import pytest

from workorders.contracts.entitlement import (
    WITHOUT,
    Candidate,
    Warranty,
    entitle,
    ranked,
    warranty_verdict,
)
from workorders.contracts.rules import FULL, Cost, Coverage, Scope, Works

TODAY = date(2026, 11, 27)
WORK = frozenset({Cost.LABOUR, Cost.TRAVEL})
UNDER = Warranty(date(2027, 1, 1), 4000, Decimal(100))
OVER = Warranty(date(2026, 1, 1), None, None)
C1, OUT = "Contract C-1 until 2026-12-31", "Not under warranty: ended 2026-01-01."
PART = f"{C1} covers labour and travel; the customer pays parts and material."
LEFT = "2:30:00 of 20:00:00 are left."
OTHER_WORK = (
    f"{C1} is for another kind of work (Scheduled services and inspections): the customer pays."
)
GONE = {"included_minutes": 600, "left_minutes": 0}
USED_UP = f"{C1}: its 10:00:00 are used up, the customer pays the work."
NOTHING = frozenset()


def contract(n: int = 1, covers=WORK, scope=Scope.COMPANY, **values) -> Candidate:
    return Candidate(
        n, f"C-{n}", scope, covers, values.pop("ends_on", date(2026, 12, 31)), **values
    )


@pytest.mark.parametrize(
    ("warranty", "is_under"),
    [
        (Warranty(), False),
        (Warranty(TODAY), True),
        (Warranty(date(2026, 11, 26)), False),
        (Warranty(date(2027, 1, 1), 4000, Decimal("4000.1")), False),
        (Warranty(date(2027, 1, 1), 4000, Decimal(4000)), True),
        (Warranty(date(2027, 1, 1), 4000, None), True),
        (Warranty(None, 4000, None), True),
        (Warranty(date(2026, 1, 1), 4000, Decimal(5000)), False),
    ],
)
def test_warranty_counts_whichever_comes_first(warranty: Warranty, is_under: bool) -> None:
    assert warranty_verdict(warranty, TODAY)[0] is is_under


@pytest.mark.parametrize(
    ("warranty", "contracts", "payers", "said"),
    [
        (UNDER, [], "www", "Under warranty until 2027-01-01."),
        (UNDER, [contract()], "www", "Under warranty until 2027-01-01. Answered by contract C-1."),
        (None, [], "ccc", "No contract covers it: the customer pays."),
        (OVER, [], "ccc", f"{OUT} No contract covers it: the customer pays."),
        (OVER, [contract()], "kck", PART),
        (None, [contract(covers=FULL)], "kkk", f"{C1} covers everything."),
        (None, [contract(covers=NOTHING)], "ccc", f"{C1} covers nothing ahead: the customer pays."),
        (None, [contract(covers=NOTHING, only=Works.SERVICES)], "ccc", OTHER_WORK),
        (None, [contract(included_minutes=1200, left_minutes=150)], "kck", f"{PART} {LEFT}"),
        (None, [contract(**GONE)], "cck", f"{USED_UP} It still covers travel."),
        (None, [contract(covers=frozenset({Cost.LABOUR}), **GONE)], "ccc", USED_UP),
    ],
)
def test_who_pays(warranty, contracts, payers: str, said: str) -> None:
    answer = entitle(TODAY, warranty, contracts)
    names = {"w": Coverage.WARRANTY, "c": Coverage.CUSTOMER, "k": Coverage.CONTRACT}
    assert [answer.payers[cost] for cost in Cost] == [names[letter] for letter in payers]
    assert str(answer.sentence) == said


def test_a_contract_that_ended_is_named_as_the_reason() -> None:
    answer = entitle(TODAY, None, [], lapsed=("118/25", date(2026, 11, 1)))
    assert str(answer.sentence) == "Contract 118/25 ended on 2026-11-01: the customer pays."


def test_the_nearest_contract_is_taken_and_the_others_are_named() -> None:
    company, site = contract(1), contract(2, scope=Scope.SITE)
    machine = contract(3, scope=Scope.MACHINES)
    spent = contract(4, scope=Scope.MACHINES, included_minutes=60, left_minutes=0)
    nothing = contract(5, scope=Scope.MACHINES, covers=frozenset())
    assert [c.id for c in ranked([nothing, company, spent, site, machine])] == [3, 4, 2, 1, 5]
    answer = entitle(TODAY, None, [company, site, machine])
    assert answer.contract is machine
    assert [c.id for c in answer.others] == [2, 1]
    assert answer.is_to_be_chosen


def test_a_contract_for_other_work_asks_nobody() -> None:
    pays, other = contract(1), contract(2, covers=frozenset(), only=Works.SERVICES)
    assert not entitle(TODAY, None, [pays, other]).is_to_be_chosen
    faster = contract(3, covers=frozenset(), policy_id=7)
    assert entitle(TODAY, None, [other, faster]).is_to_be_chosen
    assert not entitle(TODAY, None, [other]).is_to_be_chosen


def test_a_person_chooses_another_one_or_none() -> None:
    near, far = contract(1, scope=Scope.MACHINES), contract(2, covers=FULL)
    assert entitle(TODAY, None, [near, far], chosen=2).contract is far
    answer = entitle(TODAY, OVER, [near, far], chosen=WITHOUT)
    assert answer.contract is None
    assert answer.coverage is Coverage.CUSTOMER
    assert "Without a contract" in str(answer.sentence)
    assert entitle(TODAY, UNDER, [near], chosen=WITHOUT).coverage is Coverage.WARRANTY
