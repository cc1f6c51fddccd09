"""Contracts: kinds, states and their moves, periods, included hours. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assets.machines.rules import months_later
from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, P_, Text

MOST_MONTHS = 600
MOST_MINUTES = 10_000_000
ENDING_DAYS = 30
NEARLY_USED = 80
"""Per cent of the included hours from which people are reminded."""


class Coverage(Labelled):
    """Who pays for a line."""

    CUSTOMER = "customer", N_("Customer"), Tone.VIOLET
    WARRANTY = "warranty", N_("Warranty"), Tone.PETROL
    CONTRACT = "contract", N_("Contract"), Tone.PETROL
    GOODWILL = "goodwill", N_("Goodwill"), Tone.SLATE
    INTERNAL = "internal", N_("Internal"), Tone.SLATE


class Cost(Labelled):
    """What an order costs, as contracts and warranties divide it."""

    LABOUR = "labour", P_("cost", "labour"), Tone.PETROL, "tool"
    MATERIAL = "material", P_("cost", "parts and material"), Tone.PETROL, "package"
    TRAVEL = "travel", P_("cost", "travel"), Tone.PETROL, "truck-delivery"


class ContractKind(Labelled):
    """What sort of agreement it is."""

    SERVICE = "service", N_("Service contract with a fee"), Tone.PETROL, "file-text"
    PREPAID = "prepaid", N_("Prepaid package of hours"), Tone.PETROL, "clock"
    WARRANTY = "warranty", N_("Warranty support"), Tone.PETROL, "checks"
    INCLUDED = "included", N_("Support included after purchase"), Tone.PETROL, "key"
    RENTAL = "rental", N_("Rental with full support"), Tone.PETROL, "building"
    ONE_OFF = "one_off", N_("One-off"), Tone.PETROL, "receipt"


@dataclass(frozen=True)
class Practice:
    """What is usual for a kind: the form begins with it, and ``sentence`` says it."""

    covers: frozenset[Cost]
    sentence: Text


FULL = frozenset(Cost)
PRACTICE: dict[ContractKind, Practice] = {
    ContractKind.SERVICE: Practice(
        frozenset({Cost.LABOUR, Cost.TRAVEL}),
        N_("A fee every month; work and travel are covered, parts are paid by the price list."),
    ),
    ContractKind.PREPAID: Practice(
        frozenset({Cost.LABOUR}),
        N_("Hours are bought ahead; every order takes from them until they are used up."),
    ),
    ContractKind.WARRANTY: Practice(
        FULL, N_("We keep the maker's warranty: defects are repaired at no cost to the customer.")
    ),
    ContractKind.INCLUDED: Practice(
        frozenset({Cost.LABOUR, Cost.TRAVEL}),
        N_("The first months after a machine began to work are in its price."),
    ),
    ContractKind.RENTAL: Practice(
        FULL, N_("The machine is ours; keeping it running is part of the rent.")
    ),
    ContractKind.ONE_OFF: Practice(
        frozenset(), N_("One job at an agreed price list; nothing is covered ahead.")
    ),
}


class Works(Labelled):
    """Which work it pays; of an order: which work it is (ALL: neither of the two)."""

    ALL = "all", N_("All work"), Tone.PETROL, "checks"
    SERVICES = "services", N_("Scheduled services and inspections"), Tone.PETROL, "calendar-month"
    REPAIRS = "repairs", N_("Repairs"), Tone.PETROL, "tool"


class Scope(Labelled):
    """Which machines it is about."""

    MACHINES = "machines", N_("The machines listed"), Tone.PETROL, "backhoe"
    SITE = "site", N_("Every machine of a site"), Tone.PETROL, "map-pin"
    COMPANY = "company", N_("Every machine of the company"), Tone.PETROL, "building"


NEAREST_FIRST = (Scope.MACHINES, Scope.SITE, Scope.COMPANY)


class Renewal(Labelled):
    """What happens when the period is over."""

    NONE = "none", N_("it ends"), Tone.PLAIN
    AUTOMATIC = "automatic", N_("it goes on by itself"), Tone.PLAIN


class Per(Labelled):
    """For which time a fee or the included hours are."""

    PERIOD = "period", P_("per", "the whole period"), Tone.PLAIN
    MONTH = "month", P_("per", "each month"), Tone.PLAIN
    QUARTER = "quarter", P_("per", "each quarter"), Tone.PLAIN
    YEAR = "year", P_("per", "each year"), Tone.PLAIN


_MONTHS = {Per.MONTH: 1, Per.QUARTER: 3, Per.YEAR: 12}


class State(Labelled):
    """What people made of a contract."""

    DRAFT = "draft", P_("contract", "Draft"), Tone.PETROL_OPEN, "pencil"
    ACTIVE = "active", P_("contract", "In force"), Tone.PETROL, "checks"
    SUSPENDED = "suspended", P_("contract", "Suspended"), Tone.SLATE, "player-pause"
    ENDED = "ended", P_("contract", "Ended"), Tone.PLAIN, "lock"
    DISCARDED = "discarded", P_("contract", "Discarded"), Tone.PLAIN, "ban"


class Act(Labelled):
    """What people do with it."""

    SIGN = "sign", P_("contract", "Put in force"), Tone.PETROL, "checks"
    DISCARD = "discard", P_("contract", "Discard the draft"), Tone.PLAIN, "ban"
    SUSPEND = "suspend", P_("contract", "Suspend"), Tone.SLATE, "player-pause"
    RESUME = "resume", P_("contract", "Go on"), Tone.PETROL, "player-play"
    RENEW = "renew", P_("contract", "Renew"), Tone.PETROL, "refresh"
    END = "end", P_("contract", "End"), Tone.PLAIN, "lock"


MOVES: dict[State, dict[Act, State]] = {
    State.DRAFT: {Act.SIGN: State.ACTIVE, Act.DISCARD: State.DISCARDED},
    State.ACTIVE: {
        Act.RENEW: State.ACTIVE, Act.SUSPEND: State.SUSPENDED, Act.END: State.ENDED,
    },
    State.SUSPENDED: {Act.RESUME: State.ACTIVE, Act.END: State.ENDED},
    State.ENDED: {Act.RENEW: State.ACTIVE},
    State.DISCARDED: {},
}  # fmt: skip
"""The whole life of a contract."""


class Happened(Labelled):
    """A line of a contract's own story."""

    MADE = "made", N_("%(who)s made the contract."), Tone.PLAIN, "pencil"
    CHANGED = "changed", N_("%(who)s changed the terms."), Tone.PLAIN, "pencil"
    SIGN = "sign", N_("%(who)s put it in force."), Tone.PETROL, "checks"
    DISCARD = "discard", N_("%(who)s discarded the draft."), Tone.PLAIN, "ban"
    SUSPEND = "suspend", N_("%(who)s suspended it."), Tone.SLATE, "player-pause"
    RESUME = "resume", N_("%(who)s let it go on."), Tone.PETROL, "player-play"
    RENEW = "renew", N_("%(who)s renewed it until %(day)s."), Tone.PETROL, "refresh"
    END = "end", N_("%(who)s ended it on %(day)s."), Tone.PLAIN, "lock"
    RAN_OUT = "ran_out", N_("It ran out on %(day)s."), Tone.PLAIN, "lock"
    WENT_ON = "went_on", N_("It went on by itself until %(day)s."), Tone.PETROL, "refresh"
    MACHINE = "machine", N_("%(who)s added %(machine)s."), Tone.PLAIN, "backhoe"
    MACHINE_OUT = "machine_out", N_("%(who)s took %(machine)s out."), Tone.PLAIN, "backhoe"


class UseKind(Labelled):
    """Why the balance of hours changed."""

    WORK = "work", P_("hours", "work"), Tone.PETROL, "tool"
    BACK = "back", P_("hours", "taken out again"), Tone.PLAIN, "refresh"
    BOUGHT = "bought", P_("hours", "bought in addition"), Tone.GREEN, "plus"
    CORRECTION = "correction", P_("hours", "correction"), Tone.SLATE, "pencil"


class Shown(Labelled):
    """Which contracts a list shows."""

    RUNNING = "running", N_("In force"), Tone.PETROL
    ENDING = "ending", N_("Ending soon"), Tone.AMBER
    USED_UP = "used_up", N_("Hours nearly used up"), Tone.AMBER
    DRAFT = "draft", N_("Drafts and suspended"), Tone.PLAIN
    OVER = "over", N_("Ended"), Tone.PLAIN


def last_day(starts_on: date, months: int) -> date:
    """The last day of so many months that begin on a day."""
    return months_later(starts_on, months) - timedelta(days=1)


def window(starts_on: date, per: Per, day: date) -> tuple[date, date | None]:
    """First and last day of the stretch of included hours a day lies in.

    Months are counted from the day the contract began: one of the 16th has months from the 16th.
    The last is None for the whole period.
    """
    if per is Per.PERIOD:
        return starts_on, None
    size = _MONTHS[per]
    passed = (day.year - starts_on.year) * 12 + day.month - starts_on.month
    number = max(0, passed // size)
    if months_later(starts_on, number * size) > day and number > 0:
        number -= 1
    while months_later(starts_on, (number + 1) * size) <= day:
        number += 1
    first = months_later(starts_on, number * size)
    return first, months_later(starts_on, (number + 1) * size) - timedelta(days=1)


@dataclass(frozen=True)
class Balance:
    """Included hours of a stretch, in minutes; ``until_on`` None: of the whole period."""

    since_on: date
    until_on: date | None
    included: int
    used: int

    @property
    def left(self) -> int:
        """What may still be used."""
        return max(0, self.included - self.used)

    @property
    def beyond(self) -> int:
        """What was used beyond, which the customer pays."""
        return max(0, self.used - self.included)

    @property
    def percent(self) -> int:
        """How much is used, whole per cent; 100 when nothing is included."""
        return 100 if self.included <= 0 else max(0, self.used * 100 // self.included)

    @property
    def is_nearly_used(self) -> bool:
        """Whether people should be reminded."""
        return self.percent >= NEARLY_USED


@dataclass(frozen=True, slots=True)
class Used:
    """One line of the ledger as the arithmetic needs it; ``kind`` is a :class:`UseKind`."""

    on: date
    kind: str
    minutes: int


def balance_of(
    starts_on: date, per: Per, included: int, lines: Iterable[Used], day: date
) -> Balance:
    """The balance of the stretch a day lies in. Hours bought in addition count in their stretch."""
    since, until = window(starts_on, per, day)
    inside = [u for u in lines if u.on >= since and (until is None or u.on <= until)]
    bought = sum(u.minutes for u in inside if u.kind == UseKind.BOUGHT)
    used = sum(u.minutes for u in inside if u.kind != UseKind.BOUGHT)
    return Balance(since, until, included + bought, used)


def period_problem(starts_on: date, ends_on: date | None) -> tuple[str, Text] | None:
    """(field, sentence) when the period cannot be."""
    if ends_on is not None and ends_on < starts_on:
        return "ends_on", Text("It ends before it begins on %(day)s.", day=starts_on)
    if ends_on is not None and ends_on > months_later(starts_on, MOST_MONTHS):
        return "ends_on", N_("A contract is for 50 years at most.")
    return None


def renewed_until(ends_on: date, months: int, today: date) -> date:
    """The end after so many whole renewals that it lies on today or later."""
    first, number = ends_on + timedelta(days=1), 1
    while last_day(first, months * number) < today:
        number += 1
    return last_day(first, months * number)


def joined(costs: Sequence[Cost] | frozenset[Cost]) -> Text:
    """``labour and travel``; the words of costs in their order."""
    words = [cost.label for cost in Cost if cost in costs]
    if not words:
        return N_("nothing")
    if len(words) == 1:
        return words[0]
    first = words[0] if len(words) == 2 else Text("%(a)s, %(b)s", a=words[0], b=words[1])
    return Text("%(a)s and %(b)s", a=first, b=words[-1])
