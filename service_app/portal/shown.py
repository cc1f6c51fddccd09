"""A customer's requests in the customer's words: whose turn it is, until when, what is asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from service_app.core.currency import Amount
from service_app.core.reader import Reader
from service_app.core.text import N_, Text, verbatim
from service_app.desk import order_page
from service_app.desk.order_page import ShownPhase
from service_app.portal.queries import OwnMachine, OwnRequest
from workorders.intake.models import Proposal
from workorders.intake.rules import Answer, ProposalKind
from workorders.orders import countdown
from workorders.orders.countdown import ShownClock
from workorders.orders.models import WorkOrder
from workorders.orders.rules import DIAGNOSIS, Status, operator_label
from workorders.planning.models import Visit
from workorders.planning.rules import VisitStatus
from workorders.sla.rules import Clock, WaitReason

PROMISED = {
    Clock.RESPONSE: N_("The dispatcher answers by %(moment)s"),
    Clock.QUOTE: N_("We tell term and price by %(moment)s"),
    Clock.ARRIVAL: N_("The engineer arrives by %(moment)s"),
    Clock.RESTORE: N_("The machine runs by %(moment)s"),
    Clock.AGREED: N_("The machine runs by %(moment)s"),
    Clock.UPDATE: N_("You hear from us by %(moment)s"),
    Clock.CALL: N_("We call you by %(moment)s"),
    Clock.PRICE: N_("We tell term and price by %(moment)s"),
    Clock.VISIT: N_("The engineer arrives by %(moment)s"),
    Clock.PART: N_("The part is there by %(moment)s"),
}
OWN = N_("%(name)s: by %(moment)s")
LATE = N_("We promised by %(moment)s and are late. The manager knows.")
AGREED = frozenset({Status.APPROVED, Status.SCHEDULED, Status.IN_WORK})


def status_words(order: WorkOrder) -> Text:
    """The status as the customer says it; an open wait says for what."""
    if order.is_diagnosis:
        return DIAGNOSIS[0]
    return operator_label(order.status_kind)


def turn_words(order: WorkOrder) -> Text | None:
    """What the customer is to do now; None when it is our turn or nobody's."""
    if order.ended_at is not None:
        return None
    if order.status_kind is Status.QUOTED:
        return N_("Your turn: the quote waits for your answer")
    if order.question_since is not None:
        return N_("Your turn: we asked you something")
    if order.status_kind is Status.READY:
        return N_("Your turn: take the machine back")
    if order.wait_kind is WaitReason.CUSTOMER:
        return N_("Your turn: we wait for you")
    if order.wait_kind is WaitReason.ACCESS:
        return N_("Your turn: there is no access to the machine")
    return None


def visit_words(visit: Visit | None, reader: Reader) -> Text | None:
    """``Engineer: Thu 26 Nov, 09:00–11:00``."""
    if visit is None:
        return None
    if visit.status == VisitStatus.ON_THE_WAY:
        return N_("The engineer is on the way")
    if visit.status == VisitStatus.ON_SITE:
        return N_("The engineer is at the machine")
    until = reader.clock_time(visit.planned_to)
    same_day = reader.local(visit.planned_from).date() == reader.local(visit.planned_to).date()
    if not same_day:
        until = reader.short_moment(visit.planned_to)
    return Text("Engineer: %(start)s–%(end)s", start=visit.planned_from, end=until)


def machine_words(order: WorkOrder, reader: Reader) -> Text:
    """``Excavator EG-230, inv. No. 12``, or the words the request came with."""
    machine = order.machine
    if machine is None:
        return verbatim(order.machine_words)
    title = machine.title_in(reader.language)
    if not machine.inventory_number:
        return title
    return Text("%(machine)s, inv. No. %(number)s", machine=title, number=machine.inventory_number)


@dataclass(frozen=True)
class RequestRow:
    """An open request as a row; ``line`` is violet when it is the customer's turn."""

    number: str
    url: str
    icon: str
    machine: Text
    symptom: str
    severity: Any
    is_stopped: bool
    line: Text
    is_theirs: bool


def request_row(found: OwnRequest, reader: Reader) -> RequestRow:
    """The machine, how bad it is, and what happens next."""
    order, theirs = found.order, turn_words(found.order)
    local = reader.in_zone(ZoneInfo(order.zone))
    line = theirs or visit_words(found.visit, local) or status_words(order)
    if theirs is None and order.wait_kind is not None:
        line = Text("%(status)s. %(reason)s", status=line, reason=order.wait_kind.to_customer)
    return RequestRow(
        order.number, url_for("orders.show", number=order.number),
        order.machine.icon if order.machine else "settings", machine_words(order, reader),
        order.symptom, order.severity_kind, order.severity == "stopped", line, theirs is not None,
    )  # fmt: skip


@dataclass(frozen=True)
class MachineRow:
    """A machine nothing is open about; ``hours_url`` when it is time to enter its hours."""

    url: str
    icon: str
    title: Text
    inventory_number: str
    serial: str
    line: Text | None
    hours_url: str | None


def machine_row(found: OwnMachine, reader: Reader) -> MachineRow:
    """Hours and their age, or that they are missing."""
    machine, reading, days = found.machine, found.reading, found.days_without
    line: Text | None = None
    if days is not None and reading is None:
        line = N_("No reading yet")
    elif days is not None:
        line = Text.plural("No reading for %(n)s day", "No reading for %(n)s days", days)
    elif reading is not None:
        line = Text(
            "%(hours)s %(unit)s, %(moment)s", hours=reading.total, unit=machine.unit.mark,
            moment=reader.short_moment(reading.read_at),
        )  # fmt: skip
    asks = days is not None
    return MachineRow(
        url_for("machines.show", machine_id=machine.id), machine.icon,
        machine.title_in(reader.language), machine.inventory_number, machine.serial, line,
        url_for("meters.record", machine_id=machine.id) if asks else None,
    )  # fmt: skip


@dataclass(frozen=True)
class WaitingDecision:
    """A card of the first page: what is asked, and where it is decided."""

    url: str
    icon: str
    sentence: Text
    second: Text | None


def waiting_decision(proposal: Proposal, reader: Reader) -> WaitingDecision:
    """``Quote 84,600 ₽ for excavator EG-230``, and what the answer sets going."""
    order = proposal.order
    sum_, kind = Amount(proposal.amount, order.currency), ProposalKind(proposal.kind)
    machine = machine_words(order, reader)
    if kind is ProposalKind.CHANGE:
        asked = Text("%(words)s %(sum)s", words=proposal.words, sum=proposal.difference(reader))
        return WaitingDecision(
            url_for("orders.show", number=order.number), kind.icon, asked,
            Text("%(machine)s. Work goes on meanwhile.", machine=machine),
        )  # fmt: skip
    second = N_("Until you answer, the work has not begun.")
    if proposal.term_at is not None:
        local = reader.in_zone(ZoneInfo(order.zone))
        second = Text(
            "Runs by %(moment)s. Until you answer, the work has not begun.",
            moment=until(proposal.term_at, local),
        )
    sentence = Text("Quote %(sum)s: %(machine)s", sum=sum_, machine=machine)
    return WaitingDecision(
        url_for("portal.quote", number=order.number), kind.icon, sentence, second
    )


@dataclass(frozen=True)
class Promise:
    """The next promised moment in one sentence, and a second line."""

    sentence: Text
    second: Text | None
    icon: str
    left: str | None = None


def next_promise(
    order: WorkOrder, shown: Sequence[ShownClock], proposals: Iterable[Proposal], reader: Reader
) -> Promise | None:
    """What we promise next: what is late first, then what was agreed, then the nearest clock.

    ``reader`` looks at the clock of the order's site.
    """
    if order.ended_at is not None:
        return Promise(verbatim(order.end_words), None, "info-circle") if order.end_words else None
    late = next((c for c in shown if c.is_late and c.due_at is not None), None)
    if late is not None:
        return Promise(_by(LATE, late.due_at, reader), late.name, "clock-exclamation")
    if order.term_at is not None and order.status_kind in AGREED:
        sentence = _by(PROMISED[Clock.AGREED], order.term_at, reader)
        return Promise(sentence, _agreed(proposals, reader), "flag-check")
    if order.answer_promised_on is not None:
        day = Text("We tell term and price on %(day)s", day=order.answer_promised_on)
        return Promise(day, None, "flag-check")
    nearest = countdown.nearest([c for c in shown if c.due_at is not None])
    if nearest is None:
        return None
    left = reader.duration(nearest.seconds)
    second = Text("%(time)s of working time left", time=left)
    words = PROMISED.get(nearest.clock) or OWN.with_values(name=nearest.name)
    sentence = _by(words, nearest.due_at, reader)
    return Promise(sentence, second, "clock", left)


def _by(sentence: Text, moment: datetime | None, reader: Reader) -> Text:
    return sentence.with_values(moment=until(moment, reader) if moment else "")


def until(moment: datetime, reader: Reader) -> str:
    """A moment after the word "by": the hour alone when it is today."""
    is_today = reader.local(moment).date() == reader.today
    return reader.clock_time(moment) if is_today else reader.moment(moment)


def _agreed(proposals: Iterable[Proposal], reader: Reader) -> Text | None:
    given = next((p for p in proposals if p.answer == Answer.YES and p.term_at is not None), None)
    if given is None or given.answered_at is None:
        return None
    day = reader.local(given.answered_at).date()
    return Text("Agreed on %(day)s with %(name)s", day=day, name=given.answered_by)


def own_phases(order: WorkOrder, reader: Reader) -> list[ShownPhase]:
    """The three bars with the status in the customer's words."""
    words = reader.say(status_words(order))
    shown = order_page.shown_phases(order, reader)
    return [replace(phase, line=words) if phase.line else phase for phase in shown]
