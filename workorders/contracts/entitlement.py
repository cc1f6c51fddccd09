"""Who pays for an order and by which level it is answered: one sentence with its reason. Pure.

The machine's own warranty comes first and pays everything; a contract pays what it covers, while
its hours last; the rest is the customer's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from service_app.core.text import N_, Text
from workorders.contracts.rules import FULL, NEAREST_FIRST, Cost, Coverage, Scope, Works, joined

WITHOUT = 0
"""Chosen instead of a contract: the warranty, or the customer, pays."""


@dataclass(frozen=True)
class Warranty:
    """The machine's warranty on a day; ``hours`` is its meter's total, ``unit`` its mark."""

    ends_on: date | None = None
    hours_limit: int | None = None
    hours: Decimal | None = None


@dataclass(frozen=True)
class Candidate:
    """A contract that covers the machine on the day. Minutes None: no package of hours.

    ``covers`` is empty for work it does not pay; ``only`` says which work it does.
    """

    id: int
    number: str
    scope: Scope
    covers: frozenset[Cost]
    ends_on: date | None
    only: Works | None = None
    company_id: int | None = None
    policy_id: int | None = None
    payer_id: int | None = None
    included_minutes: int | None = None
    left_minutes: int | None = None

    @property
    def is_used_up(self) -> bool:
        """Whether its hours are gone."""
        return self.left_minutes is not None and self.left_minutes <= 0


@dataclass(frozen=True)
class Entitlement:
    """What is promised and paid. ``others`` are contracts that cover the machine too."""

    payers: Mapping[Cost, Coverage]
    sentence: Text
    contract: Candidate | None = None
    others: tuple[Candidate, ...] = ()

    @property
    def is_to_be_chosen(self) -> bool:
        """Whether a person should choose: another pays as well, or promises something else."""
        taken = self.contract
        if taken is None:
            return False
        return any(
            bool(one.covers) or (not taken.covers and one.policy_id != taken.policy_id)
            for one in self.others
        )

    @property
    def coverage(self) -> Coverage:
        """Who pays the work: what an order without lines is taken for."""
        return self.payers[Cost.LABOUR]


def warranty_verdict(warranty: Warranty, today: date) -> tuple[bool, Text]:
    """Whether the machine is under warranty, and the sentence that says why.

    Months and running hours count whichever comes first.
    """
    ends, limit, hours = warranty.ends_on, warranty.hours_limit, warranty.hours
    if ends is None and limit is None:
        return False, N_("Not under warranty: no warranty is entered for this machine.")
    is_over_by_day = ends is not None and today > ends
    is_over_by_hours = limit is not None and hours is not None and hours > limit
    if is_over_by_day and is_over_by_hours:
        return False, Text(
            "Not under warranty: ended %(day)s, %(hours)s h of %(limit)s.",
            day=ends, hours=hours, limit=limit,
        )  # fmt: skip
    if is_over_by_day:
        return False, Text("Not under warranty: ended %(day)s.", day=ends)
    if is_over_by_hours:
        return False, Text(
            "Not under warranty: %(hours)s h of %(limit)s.", hours=hours, limit=limit
        )
    if ends is None:
        return True, Text(
            "Under warranty: %(hours)s h of %(limit)s.",
            hours=hours if hours is not None else 0, limit=limit,
        )  # fmt: skip
    return True, Text("Under warranty until %(day)s.", day=ends)


def ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that pay something first; the nearest of them: listed machines before a site before
    the whole company; then the one with hours left, the one that covers more, the newest."""
    return sorted(
        candidates,
        key=lambda c: (
            not c.covers,
            NEAREST_FIRST.index(c.scope),
            c.is_used_up,
            -len(c.covers),
            -c.id,
        ),
    )


def entitle(
    today: date,
    warranty: Warranty | None,
    candidates: Sequence[Candidate],
    *,
    chosen: int | None = None,
    lapsed: tuple[str, date] | None = None,
) -> Entitlement:
    """The answer for a day. ``warranty`` None: not asked (it is no repair).

    ``chosen`` is the contract a person chose among the candidates, or WITHOUT; ``lapsed`` number
    and last day of the one that covered the machine last.
    """
    order = ranked(candidates)
    taken = next((c for c in order if c.id == chosen), order[0] if order else None)
    if chosen == WITHOUT:
        taken = None
    others = tuple(c for c in order if c is not taken)
    is_covered, said = warranty_verdict(warranty, today) if warranty else (False, None)
    if is_covered and said is not None:
        payers: dict[Cost, Coverage] = dict.fromkeys(Cost, Coverage.WARRANTY)
        sentence = said
        if taken is not None:
            sentence = Text(
                "%(warranty)s Answered by contract %(number)s.", warranty=said, number=taken.number
            )
        return Entitlement(payers, sentence, taken, others)
    if taken is None:
        ended = N_("Without a contract: the customer pays.") if order else _lapsed(lapsed)
        sentence = Text("%(a)s %(b)s", a=said, b=ended) if said is not None else ended
        return Entitlement(dict.fromkeys(Cost, Coverage.CUSTOMER), sentence, None, others)
    return Entitlement(_payers(taken), _by_contract(taken), taken, others)


def _payers(taken: Candidate) -> dict[Cost, Coverage]:
    payers = {c: Coverage.CONTRACT if c in taken.covers else Coverage.CUSTOMER for c in Cost}
    if taken.is_used_up:
        payers[Cost.LABOUR] = Coverage.CUSTOMER
    return payers


def _lapsed(lapsed: tuple[str, date] | None) -> Text:
    if lapsed is None:
        return N_("No contract covers it: the customer pays.")
    return Text(
        "Contract %(number)s ended on %(day)s: the customer pays.",
        number=lapsed[0], day=lapsed[1],
    )  # fmt: skip


def _by_contract(taken: Candidate) -> Text:
    until = (
        Text("Contract %(number)s until %(day)s", number=taken.number, day=taken.ends_on)
        if taken.ends_on is not None
        else Text("Contract %(number)s", number=taken.number)
    )
    if not taken.covers and taken.only is not None:
        return Text(
            "%(contract)s is for another kind of work (%(only)s): the customer pays.",
            contract=until, only=taken.only.label,
        )  # fmt: skip
    if not taken.covers:
        return Text("%(contract)s covers nothing ahead: the customer pays.", contract=until)
    if taken.is_used_up:
        rest = taken.covers - {Cost.LABOUR}
        gone = Text(
            "%(contract)s: its %(included)s are used up, the customer pays the work.",
            contract=until, included=timedelta(minutes=taken.included_minutes or 0),
        )  # fmt: skip
        if not rest:
            return gone
        return Text("%(gone)s It still covers %(what)s.", gone=gone, what=joined(rest))
    if taken.covers == FULL:
        said = Text("%(contract)s covers everything.", contract=until)
    else:
        said = Text(
            "%(contract)s covers %(what)s; the customer pays %(rest)s.",
            contract=until, what=joined(taken.covers), rest=joined(FULL - taken.covers),
        )  # fmt: skip
    if taken.left_minutes is None:
        return said
    return Text(
        "%(said)s %(left)s of %(included)s are left.",
        said=said, left=timedelta(minutes=taken.left_minutes),
        included=timedelta(minutes=taken.included_minutes or 0),
    )  # fmt: skip
