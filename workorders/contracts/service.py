"""Verbs over contracts: make, change, put in force, suspend, renew, end; machines and contacts."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from service_app.core.search import search_words
from service_app.core.text import N_, Text
from service_app.customers.models import Company, Contact
from service_app.organisation.queries import default_branch, home_day
from service_app.organisation.service import take_number
from workorders.contracts import queries
from workorders.contracts.models import (
    Contract,
    ContractContact,
    ContractEvent,
    ContractMachine,
)
from workorders.contracts.rules import (
    MOST_MONTHS,
    MOVES,
    Act,
    ContractKind,
    Cost,
    Happened,
    Per,
    Renewal,
    Scope,
    State,
    Works,
    period_problem,
)


@dataclass(frozen=True)
class Terms:
    """What a contract says. ``number`` empty: the next of our own."""

    number: str
    kind: ContractKind
    starts_on: date
    ends_on: date | None
    signed_on: date | None = None
    payer_id: int | None = None
    scope: Scope = Scope.MACHINES
    site_id: int | None = None
    first_months: int | None = None
    renewal: Renewal = Renewal.NONE
    renewal_months: int = 12
    remind_days: int = 30
    policy_id: int | None = None
    works: Works = Works.ALL
    covers: frozenset[Cost] = frozenset()
    price_list_id: int | None = None
    parts_discount_percent: Decimal = Decimal(0)
    fee: Decimal | None = None
    fee_per: Per = Per.MONTH
    currency: str = "RUB"
    included_hours: Decimal | None = None
    included_per: Per = Per.PERIOD
    counts_travel: bool = False
    notes: str = ""


def make(
    session: Session,
    company: Company,
    terms: Terms,
    *,
    uid: uuid.UUID,
    by: Actor,
    at: datetime,
) -> Contract:
    """A draft; the same form sent twice gives the same one. Raises Invalid beside the field."""
    known = made_before(session, Contract, uid)
    if known is not None:
        return known
    _check(session, company, terms, contract=None)
    contract = Contract(uid=uid, company=company, state=State.DRAFT)
    _fill(contract, terms)
    if not contract.number:
        branch = default_branch(session)
        ordinal = take_number(session, kind="contract", branch_id=branch.id, year=at.year)
        contract.number = f"{branch.number_prefix}C{at.year % 100:02d}-{ordinal:04d}"
    _make_findable(contract)
    session.add(contract)
    session.flush()  # for the id
    _tell(session, contract, Happened.MADE, by=by, at=at)
    return contract


def change(
    session: Session,
    contract: Contract,
    terms: Terms,
    *,
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """Other terms: orders from now on follow them, those there are keep what they froze."""
    if contract.version != version:
        raise Conflict
    _refuse_over(contract)
    _check(session, contract.company, terms, contract=contract)
    number = terms.number or contract.number
    _fill(contract, terms)
    contract.number = number
    if contract.state_kind is State.ACTIVE:
        _refuse_incomplete(session, contract)
    _make_findable(contract)
    _tell(session, contract, Happened.CHANGED, by=by, at=at)


def _fill(contract: Contract, terms: Terms) -> None:
    contract.number, contract.kind = terms.number.strip(), terms.kind
    contract.signed_on = terms.signed_on
    contract.starts_on, contract.ends_on = terms.starts_on, terms.ends_on
    contract.payer_id, contract.scope = terms.payer_id, terms.scope
    contract.site_id = terms.site_id if terms.scope is Scope.SITE else None
    contract.first_months = terms.first_months if terms.kind is ContractKind.INCLUDED else None
    contract.renewal, contract.renewal_months = terms.renewal, terms.renewal_months
    contract.remind_days, contract.policy_id = terms.remind_days, terms.policy_id
    contract.works = terms.works
    contract.covers_labour = Cost.LABOUR in terms.covers
    contract.covers_material = Cost.MATERIAL in terms.covers
    contract.covers_travel = Cost.TRAVEL in terms.covers
    contract.price_list_id = terms.price_list_id
    contract.parts_discount_percent = terms.parts_discount_percent
    contract.fee, contract.fee_per, contract.currency = terms.fee, terms.fee_per, terms.currency
    contract.included_hours, contract.included_per = terms.included_hours, terms.included_per
    contract.counts_travel, contract.notes = terms.counts_travel, terms.notes


def _make_findable(contract: Contract) -> None:
    contract.search_words = search_words(
        contract.number, contract.company.short_name, contract.company.name
    )


def _check(session: Session, company: Company, terms: Terms, *, contract: Contract | None) -> None:
    wrong = period_problem(terms.starts_on, terms.ends_on)
    if wrong is not None:
        raise Invalid(wrong[1], wrong[0])
    if terms.renewal is Renewal.AUTOMATIC and terms.ends_on is None:
        raise Invalid(N_("Without a last day there is nothing to go on after."), "ends_on")
    if not 1 <= terms.renewal_months <= MOST_MONTHS:
        raise Invalid(N_("Between 1 and 600 months."), "renewal_months")
    if not 0 <= terms.remind_days <= 365:
        raise Invalid(N_("Between 0 and 365 days."), "remind_days")
    if terms.scope is Scope.SITE and terms.site_id is None:
        raise Invalid(N_("Choose the site."), "site_id")
    if terms.kind is ContractKind.INCLUDED and not terms.first_months:
        raise Invalid(N_("Say for how many months after the beginning."), "first_months")
    if terms.first_months is not None and not 1 <= terms.first_months <= MOST_MONTHS:
        raise Invalid(N_("Between 1 and 600 months."), "first_months")
    if terms.kind is ContractKind.PREPAID and not terms.included_hours:
        raise Invalid(N_("Say how many hours are bought."), "included_hours")
    if terms.included_hours is not None and not 0 < terms.included_hours <= 100_000:
        raise Invalid(N_("Between 0.1 and 100,000 hours."), "included_hours")
    if terms.included_hours is not None and Cost.LABOUR not in terms.covers:
        raise Invalid(
            N_("Included hours pay labour: tick it among what is covered."), "covers_labour"
        )
    if terms.fee is not None and terms.fee < 0:
        raise Invalid(N_("A price cannot be negative; give a discount instead."), "fee")
    if not 0 <= terms.parts_discount_percent <= 100:
        raise Invalid(N_("A discount lies between 0 and 100 percent."), "parts_discount_percent")
    if terms.number.strip():
        same = select(Contract.id).where(
            Contract.company_id == company.id, Contract.number == terms.number.strip()
        )
        if contract is not None:
            same = same.where(Contract.id != contract.id)
        if session.scalar(same.limit(1)) is not None:
            raise Invalid(N_("This company has a contract of that number already."), "number")


def _refuse_incomplete(session: Session, contract: Contract) -> None:
    """A contract about listed machines names one at least."""
    if contract.scope_kind is Scope.MACHINES and not queries.list_machines(session, contract.id):
        raise NotAllowed(N_("Name a machine first: the contract is about the machines listed."))


def act(
    session: Session,
    contract: Contract,
    what: Act,
    *,
    version: int,
    day: date | None = None,
    words: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """One move of the table. ``day``: the last day of an end, or the new last day of a renewal.

    Ending and suspending need a word why. An open order keeps the contract it came under.
    """
    if contract.version != version:
        raise Conflict
    state = contract.state_kind
    to = MOVES[state].get(what)
    if to is None:
        text = N_("“%(action)s” is not possible while the contract is “%(state)s”.")
        raise NotAllowed(text.with_values(action=what.label, state=state.label))
    if what in (Act.END, Act.SUSPEND) and not words.strip():
        raise Invalid(N_("Write why."), "words")
    if what is Act.SIGN:
        _refuse_incomplete(session, contract)
    if what is Act.RENEW:
        _renew(contract, day)
    if what is Act.END and _end(contract, day, home_day(session, at)):
        to = state  # a later last day: it runs until then
    contract.state = to
    said = day if what in (Act.RENEW, Act.END) else None
    _tell(session, contract, Happened(what.value), words=words.strip(), day=said, by=by, at=at)


def _renew(contract: Contract, day: date | None) -> None:
    last = contract.last_on
    if day is None or last is None:
        raise Invalid(N_("Give the new last day."), "day")
    if day <= last:
        raise Invalid(Text("It runs until %(day)s already. Give a later day.", day=last), "day")
    wrong = period_problem(contract.starts_on, day)
    if wrong is not None:
        raise Invalid(wrong[1], "day")
    contract.ends_on, contract.ended_on = day, None


def _end(contract: Contract, day: date | None, today: date) -> bool:
    """Set the last day; True when it is still to come, and the contract runs until then."""
    if day is None:
        raise Invalid(N_("Give the last day."), "day")
    if day < contract.starts_on:
        raise Invalid(Text("It began on %(day)s.", day=contract.starts_on), "day")
    if contract.ends_on is not None and day > contract.ends_on:
        raise Invalid(Text("It ends on %(day)s anyway.", day=contract.ends_on), "day")
    if day > today:
        contract.ends_on, contract.renewal = day, Renewal.NONE
        return True
    contract.ended_on = day
    return False


def run_out(session: Session, contract: Contract, *, by: Actor, at: datetime) -> None:
    """The period is over and nobody renewed it."""
    contract.state, contract.ended_on = State.ENDED, contract.ends_on
    _tell(session, contract, Happened.RAN_OUT, day=contract.ends_on, by=by, at=at)


def go_on(session: Session, contract: Contract, until: date, *, by: Actor, at: datetime) -> None:
    """The period is over and it goes on by itself."""
    contract.ends_on = until
    _tell(session, contract, Happened.WENT_ON, day=until, by=by, at=at)


def name_machine(
    session: Session,
    contract: Contract,
    machine: Machine,
    *,
    since_on: date | None = None,
    by: Actor,
    at: datetime,
) -> ContractMachine:
    """A machine the contract is about from a day on (its beginning when None).

    Raises Invalid for a machine the company neither runs nor owns, or one named already.
    """
    _refuse_over(contract)
    if contract.company_id not in (machine.operating_company_id, machine.owner_company_id):
        raise Invalid(N_("The company neither runs nor owns this machine."), "machine_id")
    since = since_on or contract.starts_on
    if since < contract.starts_on:
        raise Invalid(Text("It began on %(day)s.", day=contract.starts_on), "since_on")
    named = select(ContractMachine).where(
        ContractMachine.contract_id == contract.id, ContractMachine.machine_id == machine.id
    )
    for row in session.scalars(named):
        if row.until_on is None or row.until_on >= since:
            raise Invalid(N_("The contract names this machine already."), "machine_id")
    row = ContractMachine(contract_id=contract.id, machine=machine, since_on=since)
    session.add(row)
    _tell(session, contract, Happened.MACHINE, about=machine.full_name, by=by, at=at)
    return row


def drop_machine(
    session: Session, contract: Contract, row_id: int, *, until_on: date, by: Actor, at: datetime
) -> None:
    """The contract is not about a machine any more after a day."""
    row = session.get(ContractMachine, row_id)
    if row is None or row.contract_id != contract.id:
        raise NotFound
    if row.until_on is not None:
        return
    _tell(session, contract, Happened.MACHINE_OUT, about=row.machine.full_name, by=by, at=at)
    if until_on < row.since_on or contract.state_kind is State.DRAFT:
        session.delete(row)
        return
    row.until_on = until_on


def _refuse_over(contract: Contract) -> None:
    if contract.state_kind in (State.ENDED, State.DISCARDED):
        raise NotAllowed(
            N_("A contract that has ended stays as it was. Renew it, or make a new one.")
        )


def add_contact(
    session: Session, contract: Contract, contact: Contact, *, about: str, by: Actor, at: datetime
) -> None:
    """Somebody we write to about the contract; naming twice changes what for."""
    if contact.company_id not in (contract.company_id, contract.payer_id):
        raise Invalid(N_("Choose one of the list."), "contact_id")
    rows = queries.list_contacts(session, contract.id)
    for row in rows:
        if row.contact_id == contact.id:
            row.about = about.strip()
            return
    place = max((row.place for row in rows), default=0) + 1
    session.add(
        ContractContact(
            contract_id=contract.id, contact_id=contact.id, place=place, about=about.strip()
        )
    )


def drop_contact(
    session: Session, contract: Contract, row_id: int, *, by: Actor, at: datetime
) -> None:
    """Write to them no more."""
    row = session.get(ContractContact, row_id)
    if row is None or row.contract_id != contract.id:
        raise NotFound
    session.delete(row)


def _tell(
    session: Session,
    contract: Contract,
    kind: Happened,
    *,
    words: str = "",
    day: date | None = None,
    about: str = "",
    by: Actor,
    at: datetime,
) -> None:
    session.add(
        ContractEvent(
            contract_id=contract.id, kind=kind, recorded_at=at, by_name=by.name, words=words,
            day=day, about=about,
        )
    )  # fmt: skip
