"""Contracts as pages, intake and jobs need them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from assets.machines.models import Machine
from assets.machines.queries import visible_to as visible_machines
from assets.meters.queries import current_hours
from service_app.core.actor import Actor
from service_app.core.errors import NotFound
from service_app.core.paging import PAGE_SIZE, Order, Page, fetch_page
from service_app.core.search import query_terms
from service_app.customers.models import Contact
from workorders.contracts.entitlement import Candidate, Entitlement, Warranty, entitle
from workorders.contracts.models import (
    Contract,
    ContractContact,
    ContractEvent,
    ContractMachine,
    ContractUse,
    PriceItem,
    PriceList,
)
from workorders.contracts.rules import (
    Balance,
    ContractKind,
    Per,
    Scope,
    Shown,
    State,
    Used,
    Works,
    balance_of,
    last_day,
    window,
)

LAPSED_DAYS = 365
"""How long ago a contract may have ended to be named as the reason why the customer pays."""
MOST_READ = 1_000
_BOUND = (State.ACTIVE, State.ENDED)


def visible_to(actor: Actor) -> Select[Contract]:
    """Contracts this person may see: staff all, a customer's person those signed with it."""
    found = select(Contract)
    if actor.company_ids is None:
        return found
    return found.where(
        Contract.company_id.in_(actor.company_ids),
        Contract.state.not_in((State.DRAFT, State.DISCARDED)),
    )


def contract_number(session: Session, actor: Actor, contract_id: int | None) -> str | None:
    """The number of a contract this person may see; None when there is none."""
    if contract_id is None:
        return None
    found = visible_to(actor).where(Contract.id == contract_id)
    return session.scalar(found.with_only_columns(Contract.number))


def get_contract(session: Session, actor: Actor, contract_id: int) -> Contract:
    """One contract this person may see; raises NotFound."""
    found = visible_to(actor).where(Contract.id == contract_id)
    contract = session.scalars(found).one_or_none()
    if contract is None:
        raise NotFound
    return contract


@dataclass(frozen=True)
class ContractRow:
    """A contract in a list: how many machines it names, the balance of its hours."""

    contract: Contract
    machine_count: int
    balance: Balance | None


def in_force(day: date) -> ColumnElement[bool]:
    """Contracts in force on a day."""
    return and_(
        Contract.state == State.ACTIVE,
        Contract.starts_on <= day,
        or_(Contract.ends_on.is_(None), Contract.ends_on >= day),
    )


def _shown(shown: Shown, today: date) -> ColumnElement[bool]:
    if shown is Shown.DRAFT:
        return Contract.state.in_((State.DRAFT, State.SUSPENDED))
    if shown is Shown.OVER:
        ran_out = and_(Contract.state == State.ACTIVE, Contract.ends_on < today)
        return or_(Contract.state.in_((State.ENDED, State.DISCARDED)), ran_out)
    if shown is Shown.ENDING:
        soon = today + timedelta(days=60)
        return and_(in_force(today), Contract.ends_on <= soon)
    if shown is Shown.USED_UP:
        return and_(in_force(today), Contract.included_hours.is_not(None))
    return or_(in_force(today), and_(Contract.state == State.ACTIVE, Contract.starts_on > today))


def list_contracts(
    session: Session,
    actor: Actor,
    *,
    shown: Shown,
    today: date,
    words: str = "",
    kind: ContractKind | None = None,
    company_id: int | None = None,
    key: str | None = None,
) -> Page[ContractRow]:
    """Contracts, the newest beginning first, fifty at a time."""
    found = visible_to(actor).where(_shown(shown, today))
    for term in query_terms(words) if words.strip() else ():
        found = found.where(Contract.search_words.contains(term, autoescape=True))
    if words.strip() and not query_terms(words):
        found = found.where(false())
    if kind is not None:
        found = found.where(Contract.kind == kind)
    if company_id is not None:
        found = found.where(Contract.company_id == company_id)
    found = found.options(joinedload(Contract.company), joinedload(Contract.level))
    newest = (
        Order(Contract.starts_on, is_descending=True),
        Order(Contract.id, is_descending=True),
    )
    is_narrowed = shown is Shown.USED_UP  # the balance is no column: more are read than shown
    size = MOST_READ if is_narrowed else PAGE_SIZE
    page = fetch_page(session, found, order=newest, key=key, size=size)
    rows = _rows(session, page.rows, today)
    if is_narrowed:
        rows = [r for r in rows if r.balance is not None and r.balance.is_nearly_used]
    return Page(rows, page.next_key)


def _rows(session: Session, found: Sequence[Contract], today: date) -> list[ContractRow]:
    ids = [contract.id for contract in found]
    named = select(ContractMachine.contract_id, func.count()).where(
        ContractMachine.contract_id.in_(ids), _named_on(today)
    )
    counted = session.execute(named.group_by(ContractMachine.contract_id))
    counts = {row[0]: row[1] for row in counted}
    balances = balances_on(session, found, today)
    return [ContractRow(c, counts.get(c.id, 0), balances.get(c.id)) for c in found]


def of_company(session: Session, actor: Actor, company_id: int, today: date) -> list[ContractRow]:
    """The contracts of a company in force or to come, at most twenty."""
    found = (
        visible_to(actor)
        .where(Contract.company_id == company_id, _shown(Shown.RUNNING, today))
        .options(joinedload(Contract.level))
        .order_by(Contract.starts_on.desc(), Contract.id.desc())
        .limit(20)
    )
    return _rows(session, session.scalars(found).all(), today)


def has_contracts(session: Session) -> bool:
    """Whether there is any contract at all."""
    return session.scalar(select(Contract.id).limit(1)) is not None


def contract_choices(
    session: Session, actor: Actor, company_id: int | None = None
) -> list[tuple[int, str]]:
    """Signed contracts for a select: id and number, of one company or of all (200 at most)."""
    found = visible_to(actor).where(Contract.state.in_((*_BOUND, State.SUSPENDED)))
    if company_id is not None:
        found = found.where(Contract.company_id == company_id)
    narrow = found.with_only_columns(Contract.id, Contract.number)
    rows = session.execute(narrow.order_by(Contract.number, Contract.id).limit(200))
    return [(n, number) for n, number in rows]


def list_machines(session: Session, contract_id: int) -> Sequence[ContractMachine]:
    """The machines a contract names or named, those of today first."""
    return session.scalars(
        select(ContractMachine)
        .where(ContractMachine.contract_id == contract_id)
        .options(joinedload(ContractMachine.machine))
        .order_by(
            ContractMachine.until_on.is_not(None), ContractMachine.since_on, ContractMachine.id
        )
    ).all()


def list_contacts(session: Session, contract_id: int) -> Sequence[ContractContact]:
    """Whom we write to, in the order of asking."""
    return session.scalars(
        select(ContractContact)
        .where(ContractContact.contract_id == contract_id)
        .options(joinedload(ContractContact.contact))
        .order_by(ContractContact.place, ContractContact.id)
    ).all()


def contacts_by_contract(
    session: Session, contract_ids: Collection[int]
) -> dict[int, list[Contact]]:
    """The contacts of many contracts, in their order; those who left are left out."""
    out: dict[int, list[Contact]] = {n: [] for n in contract_ids}
    found = (
        select(ContractContact.contract_id, Contact)
        .join(Contact, Contact.id == ContractContact.contact_id)
        .where(ContractContact.contract_id.in_(contract_ids), Contact.is_active)
        .order_by(ContractContact.place, ContractContact.id)
    )
    for contract_id, contact in session.execute(found):
        out[contract_id].append(contact)
    return out


def list_events(session: Session, contract_id: int) -> Sequence[ContractEvent]:
    """A contract's story, newest first."""
    return session.scalars(
        select(ContractEvent)
        .where(ContractEvent.contract_id == contract_id)
        .order_by(ContractEvent.id.desc())
        .limit(200)
    ).all()


def machine_choices(session: Session, actor: Actor, contract: Contract) -> list[tuple[int, str]]:
    """Machines of the contract's company it does not name yet, for a select."""
    named = exists().where(
        ContractMachine.contract_id == contract.id,
        ContractMachine.machine_id == Machine.id,
        ContractMachine.until_on.is_(None),
    )
    found = session.scalars(
        visible_machines(actor)
        .where(
            or_(
                Machine.operating_company_id == contract.company_id,
                Machine.owner_company_id == contract.company_id,
            ),
            ~named,
        )
        .order_by(Machine.sort_key, Machine.id)
        .limit(500)
    ).unique()
    return [(m.id, " · ".join(filter(None, (m.full_name, m.inventory_number)))) for m in found]


def balances_on(session: Session, contracts: Iterable[Contract], day: date) -> dict[int, Balance]:
    """The balance on a day of every contract with a package, by id; one query for all."""
    packages = [c for c in contracts if c.included_hours is not None]
    lines: dict[int, list[Used]] = {c.id: [] for c in packages}
    if packages:
        since = min(window(c.starts_on, Per(c.included_per), day)[0] for c in packages)
        found = select(
            ContractUse.contract_id, ContractUse.on, ContractUse.kind, ContractUse.minutes
        ).where(ContractUse.contract_id.in_(list(lines)), ContractUse.on >= since)
        for contract_id, on, kind, minutes in session.execute(found):
            lines[contract_id].append(Used(on, kind, minutes))
    return {
        c.id: balance_of(
            c.starts_on, Per(c.included_per), c.included_minutes or 0, lines[c.id], day
        )
        for c in packages
    }


def _named_on(day: date) -> ColumnElement[bool]:
    return and_(
        ContractMachine.since_on <= day,
        or_(ContractMachine.until_on.is_(None), ContractMachine.until_on >= day),
    )


def _covering(machine: Machine, day: date) -> ColumnElement[bool]:
    named = exists().where(
        ContractMachine.contract_id == Contract.id,
        ContractMachine.machine_id == machine.id,
        _named_on(day),
    )
    scopes = [
        Contract.scope == Scope.COMPANY,
        and_(Contract.scope == Scope.MACHINES, named),
    ]
    if machine.site_id is not None:
        scopes.append(and_(Contract.scope == Scope.SITE, Contract.site_id == machine.site_id))
    return or_(*scopes)


def candidates_for(
    session: Session,
    machine: Machine | None,
    company_id: int | None,
    day: date,
    work: Works = Works.REPAIRS,
) -> tuple[list[Candidate], tuple[str, date] | None]:
    """Contracts that cover a machine, or a company's machine we do not know, on a day.

    Beside them number and last day of the one that covered it last, within a year. A contract
    counts for machines its company runs or owns.
    """
    companies = {company_id} if company_id is not None else set()
    if machine is not None:
        companies = {machine.operating_company_id, machine.owner_company_id}
    if not companies:
        return [], None
    about = _covering(machine, day) if machine else Contract.scope == Scope.COMPANY
    found = session.scalars(
        select(Contract).where(
            Contract.company_id.in_(companies),
            Contract.state.in_(_BOUND),
            Contract.starts_on <= day,
            about,
        )
    ).all()
    lasts = {c.id: _last_on(c, machine) for c in found}
    live = [c for c in found if (last := lasts[c.id]) is None or last >= day]
    balances = balances_on(session, live, day)
    over = [
        (last, c.number)
        for c in found
        if (last := lasts[c.id]) is not None and day - timedelta(days=LAPSED_DAYS) <= last < day
    ]
    lapsed = max(over, default=None)
    return (
        [_candidate(c, lasts[c.id], balances.get(c.id), work) for c in live],
        (lapsed[1], lapsed[0]) if lapsed else None,
    )


def _last_on(contract: Contract, machine: Machine | None) -> date | None:
    """The last day a contract is about a machine; included support counts from commissioning."""
    last = contract.last_on
    if contract.kind != ContractKind.INCLUDED or not contract.first_months:
        return last
    began = machine.warranty_starts_on if machine else None
    own = last_day(began, contract.first_months) if began else date.min
    return own if last is None else min(own, last)


def _candidate(
    contract: Contract, last: date | None, balance: Balance | None, work: Works
) -> Candidate:
    is_paid = contract.works_kind in (Works.ALL, work)
    return Candidate(
        id=contract.id,
        number=contract.number,
        scope=contract.scope_kind,
        covers=contract.covers if is_paid else frozenset(),
        only=None if is_paid else contract.works_kind,
        ends_on=last,
        company_id=contract.company_id,
        policy_id=contract.policy_id,
        payer_id=contract.payer_id,
        included_minutes=balance.included if balance else None,
        left_minutes=balance.left if balance else None,
    )


def entitled(
    session: Session,
    machine: Machine | None,
    *,
    company_id: int | None = None,
    day: date,
    work: Works,
    chosen: int | None = None,
) -> Entitlement:
    """Who pays for an order of this day and by which contract it is answered.

    ``work`` is what is to be done; a warranty is asked of repairs only. ``day`` is on the site's
    clock.
    """
    found, lapsed = candidates_for(session, machine, company_id, day, work)
    is_repair = work is Works.REPAIRS
    warranty = _warranty(session, machine) if machine is not None and is_repair else None
    return entitle(day, warranty, found, chosen=chosen, lapsed=lapsed)


def _warranty(session: Session, machine: Machine) -> Warranty:
    if machine.warranty_ends_on is None and machine.warranty_hours is None:
        return Warranty()
    reading = current_hours(session, [machine.id]).get(machine.id)
    total = reading.total if reading else None
    return Warranty(machine.warranty_ends_on, machine.warranty_hours, total)


def list_uses(
    session: Session, contract_id: int, since: date, until: date | None
) -> Sequence[ContractUse]:
    """Lines of the ledger between two days, in the order they happened."""
    found = select(ContractUse).where(
        ContractUse.contract_id == contract_id, ContractUse.on >= since
    )
    if until is not None:
        found = found.where(ContractUse.on <= until)
    return session.scalars(found.order_by(ContractUse.on, ContractUse.id)).all()


def list_price_lists(session: Session) -> Sequence[PriceList]:
    """Price lists, those in use first."""
    order = (PriceList.is_active.desc(), PriceList.name)
    return session.scalars(select(PriceList).order_by(*order)).all()


def price_list_choices(session: Session, kept: int | None = None) -> list[tuple[int, str]]:
    """Price lists in use, and the one kept, for a select."""
    return [
        (row.id, row.name) for row in list_price_lists(session) if row.is_active or row.id == kept
    ]


def get_price_list(session: Session, price_list_id: int) -> PriceList:
    """One price list; raises NotFound."""
    found = session.get(PriceList, price_list_id)
    if found is None:
        raise NotFound
    return found


def list_prices(session: Session, price_list_id: int) -> Sequence[PriceItem]:
    """The prices of a list in their order."""
    return session.scalars(
        select(PriceItem)
        .where(PriceItem.price_list_id == price_list_id)
        .order_by(PriceItem.position, PriceItem.id)
    ).all()


def prices_of(
    session: Session, contract_id: int | None
) -> tuple[Contract | None, Sequence[PriceItem]]:
    """A contract and the prices of its list."""
    contract = session.get(Contract, contract_id) if contract_id is not None else None
    if contract is None or contract.price_list_id is None:
        return contract, ()
    return contract, list_prices(session, contract.price_list_id)
