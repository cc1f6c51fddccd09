"""Timed work of contracts: periods that are over, reminders before an end and of hours gone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.accounts.permissions import Role
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.text import N_, Text
from service_app.customers.models import Company, Contact
from service_app.notifications.queries import staff_with_role
from service_app.notifications.service import notify
from service_app.organisation.queries import home_day
from service_app.outbox.service import send
from workorders.contracts import queries, service
from workorders.contracts.models import Contract, ContractReminder
from workorders.contracts.rules import (
    NEARLY_USED,
    Balance,
    Renewal,
    State,
    renewed_until,
)

BATCH = 100
HOURS_NEAR = N_("Contract %(number)s, %(company)s: %(percent)s %% of the included hours are used.")
HOURS_GONE = N_("Contract %(number)s, %(company)s: the included hours are used up.")
ENDS = N_("Contract %(number)s, %(company)s, ends on %(day)s.")
GOES_ON = N_("Contract %(number)s, %(company)s, goes on by itself after %(day)s.")


def look_after(session: Session, *, now: datetime) -> int:
    """Turn what is over, remind of what ends; how many contracts had something."""
    today = home_day(session, now)
    return _turn(session, today, now) + _remind(session, today, now)


def _turn(session: Session, today: date, now: datetime) -> int:
    """Contracts whose last day has passed go on by themselves or end."""
    total = 0
    while True:
        with transaction(session, by=SYSTEM, at=now):
            found = session.scalars(
                select(Contract)
                .where(
                    Contract.state.in_((State.ACTIVE, State.SUSPENDED)), Contract.ends_on < today
                )
                .order_by(Contract.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            ).all()
            for contract in found:
                _turn_one(session, contract, today, now)
        total += len(found)
        if len(found) < BATCH:
            return total


def _turn_one(session: Session, contract: Contract, today: date, now: datetime) -> None:
    assert contract.ends_on is not None  # the query asked
    if contract.renewal == Renewal.AUTOMATIC and contract.state == State.ACTIVE:
        until = renewed_until(contract.ends_on, contract.renewal_months, today)
        service.go_on(session, contract, until, by=SYSTEM, at=now)
    else:
        service.run_out(session, contract, by=SYSTEM, at=now)


def _remind(session: Session, today: date, now: datetime) -> int:
    """Tell managers and write to the customer, once for each end and each mark of hours."""
    with transaction(session, by=SYSTEM, at=now):
        found = session.scalars(select(Contract).where(queries.in_force(today))).all()
        due = [c for c in found if _ends_soon(c, today) or c.included_hours is not None]
        balances = queries.balances_on(session, due, today)
        wanted = [
            (contract, key, text)
            for contract in due
            for key, text in _reminders(contract, balances.get(contract.id), today)
        ]
        told = _told(session, [contract.id for contract, _, _ in wanted])
        fresh = [one for one in wanted if (one[0].id, one[1]) not in told]
        contacts = queries.contacts_by_contract(session, {c.id for c, _, _ in fresh})
        managers = staff_with_role(session, Role.MANAGER) if fresh else []
        for contract, key, text in fresh:
            _tell(session, contract, key, text, contacts[contract.id], managers, now)
    return len(fresh)


def _ends_soon(contract: Contract, today: date) -> bool:
    last = contract.ends_on
    return last is not None and last - timedelta(days=contract.remind_days) <= today


def _reminders(contract: Contract, balance: Balance | None, today: date) -> list[tuple[str, Text]]:
    values = {"number": contract.number, "company": contract.company.short_name}
    out = []
    if _ends_soon(contract, today):
        words = GOES_ON if contract.renewal == Renewal.AUTOMATIC else ENDS
        text = words.with_values(day=contract.ends_on, **values)
        out.append((f"ends {contract.ends_on}", text))
    if balance is not None and balance.percent >= 100:
        key = f"gone {balance.since_on} {balance.included}"
        out.append((key, HOURS_GONE.with_values(**values)))
    elif balance is not None and balance.percent >= NEARLY_USED:
        key = f"near {balance.since_on} {balance.included}"
        out.append((key, HOURS_NEAR.with_values(percent=balance.percent, **values)))
    return out


def _told(session: Session, contract_ids: Sequence[int]) -> set[tuple[int, str]]:
    found = select(ContractReminder.contract_id, ContractReminder.key).where(
        ContractReminder.contract_id.in_(set(contract_ids))
    )
    return {(n, key) for n, key in session.execute(found)}


def _tell(
    session: Session,
    contract: Contract,
    key: str,
    text: Text,
    contacts: Sequence[Contact],
    managers: Sequence[int],
    now: datetime,
) -> None:
    notify(
        session, user_ids=managers, text=text, link=("contract", str(contract.id)),
        key=f"contract:{contract.id}:{key}", at=now,
    )  # fmt: skip
    company = contract.company
    addresses = [c.email for c in contacts if c.email] or [company.email]
    told = [address for address in dict.fromkeys(addresses) if address]
    for address in told:
        _write(session, address, text, company, now)
    session.add(ContractReminder(contract_id=contract.id, key=key, sent_at=now, told=told))


def _write(session: Session, to: str, text: Text, company: Company, now: datetime) -> None:
    body = Text("%(text)s\n\n%(hint)s", text=text, hint=N_("Answer us if you wish to go on."))
    send(session, to=to, subject=text, body=body, language=company.language, at=now)
