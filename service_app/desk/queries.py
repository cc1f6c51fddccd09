"""What a new company has done already and what comes next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from service_app.accounts.models import User, UserRole
from service_app.accounts.permissions import Role
from service_app.core.text import N_, Text
from service_app.customers.queries import count_companies
from service_app.organisation.queries import missing_in_company, our_entity
from workorders.orders.models import WorkOrder


@dataclass(frozen=True)
class State:
    """How far a step is, as a sentence."""

    is_done: bool
    text: Text


@dataclass(frozen=True)
class Step:
    """One thing to do before the first request; ``endpoint`` is the page where it is done.

    ``other`` is a second way: (words of the link, endpoint).
    """

    label: Text
    button: Text
    endpoint: str
    icon: str
    state: Callable[[Session], State]
    other: tuple[Text, str] | None = None
    phone_hint: Text | None = None


@dataclass(frozen=True)
class ShownStep:
    """A step with its state; one at most is next."""

    step: Step
    state: State
    is_next: bool


def company_state(session: Session) -> State:
    """Whether papers have a letterhead."""
    entity, missing = our_entity(session), missing_in_company(session)
    if entity is None:
        return State(is_done=False, text=missing or N_("Not filled in yet."))
    return State(is_done=True, text=missing or Text("%(name)s, all filled in.", name=entity.brand))


def people_state(session: Session) -> State:
    """Whether somebody takes requests in and somebody does the work."""
    counts = _people_by_role(session)
    dispatchers, engineers = counts.get(Role.DISPATCHER, 0), counts.get(Role.ENGINEER, 0)
    said = Text(
        "%(dispatchers)s, %(engineers)s.",
        dispatchers=Text.plural("%(n)s dispatcher", "%(n)s dispatchers", dispatchers),
        engineers=Text.plural("%(n)s engineer", "%(n)s engineers", engineers),
    )
    if dispatchers and engineers:
        return State(is_done=True, text=said)
    return State(
        is_done=False,
        text=Text("%(now)s One of each is needed to take a request in and do it.", now=said),
    )


def promises_state(_session: Session) -> State:
    """Calendar and promises are good from the start; a page changes them."""
    return State(
        is_done=True, text=N_("Good by default: Mon–Fri 09–18, lunch 13–14, Russian holidays.")
    )


def machines_state(session: Session) -> State:
    """Whether there is a company with a machine."""
    companies, machines = count_companies(session), _count_machines(session)
    said = Text(
        "%(companies)s, %(machines)s.",
        companies=Text.plural("%(n)s company", "%(n)s companies", companies),
        machines=Text.plural("%(n)s machine", "%(n)s machines", machines),
    )
    return State(is_done=machines > 0, text=said)


def labels_state(session: Session) -> State:
    """Labels are proven by the first request that came; before it they wait to be printed."""
    if _has_live_order(session):
        return State(is_done=True, text=N_("Every machine has its code; print again any time."))
    if _count_machines(session) == 0:
        return State(is_done=False, text=N_("Every machine gets a code of its own."))
    return State(is_done=False, text=N_("Codes are ready. Print them and put them on machines."))


def trial_state(session: Session) -> State:
    """Whether any request came in; imported past does not count."""
    if _has_live_order(session):
        return State(is_done=True, text=N_("The first request is in."))
    return State(is_done=False, text=N_("Point the phone's camera at a label and report a fault."))


def _count_machines(session: Session) -> int:
    return session.scalar(select(func.count(Machine.id))) or 0


def _has_live_order(session: Session) -> bool:
    live = select(WorkOrder.id).where(WorkOrder.is_past.is_(False)).limit(1)
    return session.scalar(live) is not None


def _people_by_role(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(UserRole.role, func.count(UserRole.user_id))
        .join(User, User.id == UserRole.user_id)
        .where(User.is_active.is_(True))
        .group_by(UserRole.role)
    )
    return {row.role: row[1] for row in rows}


STEPS: tuple[Step, ...] = (
    Step(
        N_("Company and letterhead"),
        N_("Fill in the company"),
        "organisation.company",
        "building",
        company_state,
    ),
    Step(
        N_("Working calendar and promises"),
        N_("See the calendar"),
        "calendars.index",
        "calendar",
        promises_state,
    ),
    Step(N_("People"), N_("Add people"), "people.add", "users", people_state),
    Step(
        N_("Customers and machines, import or by hand"),
        N_("Import a list"),
        "imports.index",
        "upload",
        machines_state,
        other=(N_("Add by hand"), "machines.add"),
        phone_hint=N_("A desk is handier for this."),
    ),
    Step(
        N_("Print QR labels"),
        N_("Print labels"),
        "machines.labels",
        "qrcode",
        labels_state,
        phone_hint=N_("A desk is handier for this."),
    ),
    Step(
        N_("Send a trial request from your phone"),
        N_("Choose a machine"),
        "machines.index",
        "send",
        trial_state,
    ),
)
"""Before the first request; a room that comes later adds its step here."""


def shown_steps(session: Session, steps: Sequence[Step] = STEPS) -> list[ShownStep]:
    """Every step with its state; the first undone one is next."""
    states = [step.state(session) for step in steps]
    first = next((n for n, state in enumerate(states) if not state.is_done), None)
    return [
        ShownStep(step, state, is_next=n == first)
        for n, (step, state) in enumerate(zip(steps, states, strict=True))
    ]
