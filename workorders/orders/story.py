"""What can happen to an order, and the sentence that tells it. Pure.

A sentence starts with the person; the customer's own words stand below it as a quote.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from assets.machines.rules import MeterUnit
from service_app.core.currency import Amount
from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, Text, verbatim
from workorders.orders.moves import Action
from workorders.orders.rules import AnswerWay, Expectation, Priority, Source
from workorders.sla.rules import Clock, WaitReason


class Happening(Labelled):
    """The kind of an event. Moves share their value with the table's actions."""

    RECEIVED = "received", N_("%(who)s reported %(source)s."), Tone.VIOLET, "inbox"
    MADE_AHEAD = "made_ahead", N_("%(who)s made the order ahead."), Tone.PETROL, "calendar-event"
    ACCEPT = "accept", N_("%(who)s accepted."), Tone.GREEN, "user-check"
    DECLINE = "decline", N_("%(who)s declined."), Tone.PLAIN, "circle-x"
    DUPLICATE = "duplicate", N_("%(who)s marked it as a repeat of %(twin)s."), Tone.PLAIN, "copy"
    QUOTE = "quote", N_("%(who)s quoted %(amount)s, running by %(term)s."), Tone.GREEN, "receipt"
    APPROVE = "approve", N_("%(answerer)s approved %(amount)s%(how)s."), Tone.VIOLET, "thumb-up"
    REFUSE_QUOTE = "refuse_quote", N_("%(answerer)s refused the quote%(how)s."), Tone.VIOLET, "x"
    ASSIGN = "assign", N_("%(who)s assigned %(engineer)s, %(when)s."), Tone.PLAIN, "calendar-event"
    START = "start", N_("%(who)s started the work."), Tone.PETROL, "tool"
    FINISH = "finish", N_("%(who)s finished the work."), Tone.GREEN, "checks"
    MAKE_READY = "make_ready", N_("%(who)s told the customer it is ready."), Tone.VIOLET, "key"
    HAND_OVER = "hand_over", N_("%(who)s handed over, %(taker)s accepted."), Tone.GREEN, "signature"
    REFUSE_ACT = "refuse_act", N_("%(taker)s did not accept the work."), Tone.RED, "x"
    RETURN_TO_WORK = "return_to_work", N_("%(who)s sent it back to work."), Tone.AMBER, "refresh"
    CLOSE = "close", N_("%(who)s closed the order."), Tone.PLAIN, "lock"
    CANCEL = "cancel", N_("%(who)s cancelled the order."), Tone.PLAIN, "ban"
    UNDONE = "undone", N_("%(who)s took the last step back: “%(step)s”."), Tone.PLAIN, "refresh"
    WAIT_OPENED = "wait_opened", N_("%(who)s paused: %(reason)s."), Tone.SLATE, "player-pause"
    WAIT_CLOSED = "wait_closed", N_("%(who)s went on."), Tone.PETROL, "player-play"
    PRIORITY_CHANGED = (
        "priority_changed",
        N_("%(who)s changed the priority from %(from)s to %(to)s."),
        Tone.PLAIN,
        "flag",
    )
    POLICY_CHANGED = (
        "policy_changed",
        N_("%(who)s applied the policy %(level)s."),
        Tone.PLAIN,
        "settings",
    )
    CONTRACT_CHOSEN = (
        "contract_chosen",
        N_("%(who)s: it is answered %(contract)s."),
        Tone.PLAIN,
        "file-text",
    )
    EXPECTATION_AGREED = (
        "expectation_agreed",
        N_("%(who)s agreed with the customer: %(expectation)s. Service rules acknowledged."),
        Tone.PLAIN,
        "checks",
    )
    CONFIRMED = (
        "confirmed",
        N_("%(who)s called back and confirmed the request."),
        Tone.PLAIN,
        "phone",
    )
    NOTE = "note", N_("%(who)s wrote:"), Tone.PLAIN, "note"
    PHOTO = "photo", N_("%(who)s added photos."), Tone.PLAIN, "camera"
    CALL_AGREED = "call_agreed", N_("%(who)s will call at %(when)s."), Tone.PLAIN, "phone"
    CALLED = "called", N_("%(who)s called the customer."), Tone.PLAIN, "phone-call"
    QUESTION = "question", N_("%(who)s asks about the quote:"), Tone.VIOLET, "message-2"
    CHANGE_ASKED = (
        "change_asked",
        N_("%(who)s asked the customer for a yes or no: %(amount)s."),
        Tone.VIOLET,
        "message-2",
    )
    CHANGE_ANSWERED = (
        "change_answered",
        N_("%(answerer)s answered the change%(how)s: %(answer)s."),
        Tone.VIOLET,
        "message-2",
    )
    TERM_AGREED = (
        "term_agreed",
        N_("Agreed with the customer: %(term)s."),
        Tone.PETROL,
        "flag-check",
    )
    PROMISE_TOLD = "promise_told", N_("%(who)s promised: %(promise)s."), Tone.PETROL, "flag-check"
    PROMISE_KEPT = "promise_kept", N_("%(who)s kept: %(promise)s."), Tone.GREEN, "clock-check"
    PROMISE_FREED = (
        "promise_freed",
        N_("%(who)s: the customer no longer needs it: %(promise)s."),
        Tone.PLAIN,
        "clock",
    )
    SET_OUT = "set_out", N_("%(who)s set out."), Tone.PLAIN, "truck-delivery"
    ARRIVED = "arrived", N_("%(who)s arrived."), Tone.PETROL, "map-pin"
    LEFT = "left", N_("%(who)s left the site."), Tone.PLAIN, "truck-delivery"
    HOURS = "hours", N_("%(who)s entered running hours: %(hours)s."), Tone.PLAIN, "gauge"
    LABOUR = "labour", N_("%(who)s entered labour: %(duration)s."), Tone.PLAIN, "clock"
    LINE = "line", N_("%(who)s added “%(line)s”."), Tone.PLAIN, "package"
    RUNS_AGAIN = "runs_again", N_("%(who)s: the machine runs again."), Tone.GREEN, "player-play"
    FAULT_FOUND = "fault_found", N_("%(who)s found another fault."), Tone.RED, "alert-triangle"
    DOCUMENT = "document", N_("%(who)s issued: %(document)s."), Tone.PLAIN, "file-text"
    ORIGINAL = "original", N_("%(who)s received the signed original."), Tone.PLAIN, "file-text"
    SCAN = "scan", N_("%(who)s added the scan of the signed paper."), Tone.PLAIN, "upload"
    PAST = "past", N_("Taken over from earlier records."), Tone.SLATE, "history"


ROUTINE = frozenset(
    {
        Happening.ASSIGN, Happening.SET_OUT, Happening.LEFT, Happening.LABOUR, Happening.LINE,
        Happening.DOCUMENT, Happening.CALL_AGREED, Happening.CALLED, Happening.CONFIRMED,
        Happening.EXPECTATION_AGREED, Happening.ORIGINAL, Happening.SCAN, Happening.UNDONE,
        Happening.PRIORITY_CHANGED, Happening.POLICY_CHANGED, Happening.CONTRACT_CHOSEN,
        Happening.PAST,
    }
)  # fmt: skip
"""Told small and grey."""
CUSTOMER_WORDS = frozenset(
    {
        Happening.RECEIVED, Happening.APPROVE, Happening.REFUSE_QUOTE, Happening.QUESTION,
        Happening.CHANGE_ANSWERED, Happening.REFUSE_ACT,
    }
)  # fmt: skip
"""Events whose words are the customer's own."""


def sentence(kind: Happening, by_name: str, reason: str | None, data: Mapping[str, Any]) -> Text:
    """The event in one sentence. ``data`` as the services wrote it."""
    who = verbatim(by_name)
    values: dict[str, Any] = {
        "who": who,
        "answerer": verbatim(str(data.get("answerer") or by_name)),
        "taker": verbatim(str(data.get("taker") or by_name)),
    }
    for name, make in _VALUES.items():
        if f"%({name})s" in kind.label.msgid:
            values[name] = make(data)
    if kind is Happening.WAIT_OPENED and reason:
        values["reason"] = WaitReason(reason).label
    return kind.label.with_values(**values)


def _amount(data: Mapping[str, Any]) -> Any:
    if not data.get("amount"):
        return N_("without a price")
    return Amount(Decimal(str(data["amount"])), str(data.get("currency", "RUB")))


def _moment(data: Mapping[str, Any], key: str) -> Any:
    value = data.get(key)
    return datetime.fromisoformat(value) if value else N_("a day to be told")


def _how(data: Mapping[str, Any]) -> Text:
    way = data.get("how")
    if not way:
        return verbatim("")
    text = Text(" (%(way)s", way=AnswerWay(way).label)
    recorded = data.get("recorded_by")
    if not recorded:
        return Text("%(text)s)", text=text)
    return Text("%(text)s, recorded by %(name)s)", text=text, name=str(recorded))


def _step(data: Mapping[str, Any]) -> Text:
    step = str(data.get("step", ""))
    return Action(step).label if step in set(Action) else verbatim(step)


def _hours(data: Mapping[str, Any]) -> Any:
    value = Decimal(str(data.get("hours", 0)))
    if not data.get("unit"):
        return value
    return Text("%(value)s\u00a0%(unit)s", value=value, unit=MeterUnit(data["unit"]).mark)


def _promise(data: Mapping[str, Any]) -> Text:
    """``part by 25 Nov, 12:00: cylinder seal``; a kept promise says no moment."""
    clock = Clock(data.get("clock", Clock.CALL)).label
    text = Text("%(clock)s by %(due)s", clock=clock, due=_moment(data, "due"))
    what = clock if "promise" in data else text
    words = str(data.get("what") or "")
    return Text("%(promise)s (%(what)s)", promise=what, what=words) if words else what


def _contract(data: Mapping[str, Any]) -> Text:
    number = str(data.get("contract") or "")
    return Text("by contract %(number)s", number=number) if number else N_("without a contract")


_VALUES: dict[str, Any] = {
    "source": lambda d: Source(d.get("source", "portal")).label,
    "twin": lambda d: verbatim(str(d.get("twin", ""))),
    "amount": _amount,
    "term": lambda d: _moment(d, "term"),
    "when": lambda d: _moment(d, "when"),
    "how": _how,
    "engineer": lambda d: verbatim(str(d.get("engineer", ""))),
    "step": _step,
    "from": lambda d: Priority(int(d.get("from", 3))).label,
    "to": lambda d: Priority(int(d.get("priority", 3))).label,
    "expectation": lambda d: Expectation(d["expectation"]).label,
    "answer": lambda d: N_("yes") if d.get("answer") == "yes" else N_("no"),
    "hours": _hours,
    "duration": lambda d: _minutes(int(d.get("minutes", 0))),
    "line": lambda d: verbatim(str(d.get("line", ""))),
    "promise": _promise,
    "contract": _contract,
    "level": lambda d: verbatim(f"{d.get('level', '')}, v{d.get('number', '')}"),
    "document": lambda d: verbatim(str(d.get("document", ""))),
}


def _minutes(minutes: int) -> Any:
    return timedelta(minutes=minutes)
