"""The table of moves: the whole life of an order on one screen.

It drives the guard, the buttons, the tests and the diagram.
"""

from collections.abc import Callable
from dataclasses import dataclass

from service_app.accounts.permissions import Permission
from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, Text
from workorders.orders.rules import FINAL, WITHOUT_HANDOVER, Kind, Place, Status


class Action(Labelled):
    """A move's verb, as its button says it."""

    ACCEPT = "accept", N_("Accept"), Tone.PETROL, "user-check"
    DECLINE = "decline", N_("Decline"), Tone.PLAIN, "circle-x"
    DUPLICATE = "duplicate", N_("Mark as duplicate"), Tone.PLAIN, "copy"
    QUOTE = "quote", N_("Term and price"), Tone.VIOLET, "receipt"
    APPROVE = "approve", N_("Customer agrees"), Tone.VIOLET, "thumb-up"
    REFUSE_QUOTE = "refuse_quote", N_("Customer refuses"), Tone.VIOLET, "x"
    ASSIGN = "assign", N_("Assign"), Tone.PETROL, "calendar-event"
    START = "start", N_("Start"), Tone.PETROL, "player-play"
    FINISH = "finish", N_("Work is done"), Tone.GREEN, "checks"
    MAKE_READY = "make_ready", N_("Ready for the customer"), Tone.VIOLET, "key"
    HAND_OVER = "hand_over", N_("Hand over"), Tone.GREEN, "signature"
    REFUSE_ACT = "refuse_act", N_("Customer refuses to accept"), Tone.RED, "x"
    RETURN_TO_WORK = "return_to_work", N_("Back to work"), Tone.PETROL, "refresh"
    CLOSE = "close", N_("Close"), Tone.PLAIN, "lock"
    CANCEL = "cancel", N_("Cancel the order"), Tone.PLAIN, "ban"


class Need(Labelled):
    """Something that must be there before a move; the label is the sentence when it is not."""

    MACHINE = "machine", N_("Say which machine it is: choose it, or name it in words.")
    REASON = "reason", N_("Write the reason; the customer will read it.")
    TWIN = "twin", N_("Choose the order this one repeats.")
    EXPECTATION = "expectation", N_("Agree with the customer what is expected of the repair.")
    RULES = "rules", N_("Show the service rules to the customer and note the acknowledgement.")
    PRICE = "price", N_("Add at least one line with what it costs.")
    TERM = "term", N_("Say by when the machine will run.")
    NOTHING_TO_PAY = "nothing_to_pay", N_("The customer pays for this: tell term and price first.")
    SOMETHING_TO_PAY = "something_to_pay", N_("The customer pays nothing: no price to agree on.")
    ANSWER = "answer", N_("Note who answered, how and when.")
    ENGINEER = "engineer", N_("Choose an engineer.")
    NO_WAIT = "no_wait", N_("The order is waiting. Resume it first.")
    HOURS = "hours", N_("Enter the running hours.")
    WORK = "work", N_("Enter the labour, or at least one line of work done.")
    PHOTO = "photo", N_("Add a photo after the repair, or say why there is none.")
    NO_QUESTION = "no_question", N_("The customer has not answered the change yet.")
    PAPERS = "papers", N_("Write which papers the customer should bring.")
    DEMONSTRATION = "demonstration", N_("Write how the machine was shown at work.")
    SIGNERS = "signers", N_("Name who hands over and who accepts.")
    ORIGINAL = "original", N_("The signed original has not come back yet. Enter the day it did.")


ALL_KINDS = frozenset(Kind)
HANDED = ALL_KINDS - WITHOUT_HANDOVER
BOTH = frozenset(Place)
_P, _S, _A, _N = Permission, Status, Action, Need


@dataclass(frozen=True)
class Move:
    """One row: from, action, to, who may, what must be there, for which kinds and places."""

    from_: Status
    action: Action
    to: Status
    who: Permission
    needs: tuple[Need, ...] = ()
    kinds: frozenset[Kind] = ALL_KINDS
    places: frozenset[Place] = BOTH
    is_main: bool = False


# fmt: off
MOVES: tuple[Move, ...] = (
    #    from            action             to               who may                   needs
    Move(_S.RECEIVED,    _A.ACCEPT,         _S.ACCEPTED,     _P.ORDERS_DISPATCH,       (_N.MACHINE,), is_main=True),
    Move(_S.RECEIVED,    _A.DUPLICATE,      _S.DUPLICATE,    _P.ORDERS_DISPATCH,       (_N.TWIN,)),
    Move(_S.RECEIVED,    _A.DECLINE,        _S.DECLINED,     _P.ORDERS_DISPATCH,       (_N.REASON,)),
    Move(_S.RECEIVED,    _A.CANCEL,         _S.CANCELLED,    _P.ORDERS_CANCEL,         (_N.REASON,)),
    Move(_S.ACCEPTED,    _A.QUOTE,          _S.QUOTED,       _P.ORDERS_DISPATCH,       (_N.SOMETHING_TO_PAY, _N.EXPECTATION, _N.RULES, _N.PRICE, _N.TERM), is_main=True),
    Move(_S.ACCEPTED,    _A.ASSIGN,         _S.SCHEDULED,    _P.ORDERS_DISPATCH,       (_N.NOTHING_TO_PAY, _N.ENGINEER), is_main=True),
    Move(_S.ACCEPTED,    _A.APPROVE,        _S.APPROVED,     _P.ORDERS_RECORD_ANSWER,  (_N.SOMETHING_TO_PAY, _N.EXPECTATION, _N.ANSWER)),
    Move(_S.ACCEPTED,    _A.DUPLICATE,      _S.DUPLICATE,    _P.ORDERS_DISPATCH,       (_N.TWIN,)),
    Move(_S.ACCEPTED,    _A.DECLINE,        _S.DECLINED,     _P.ORDERS_DISPATCH,       (_N.REASON,)),
    Move(_S.ACCEPTED,    _A.CANCEL,         _S.CANCELLED,    _P.ORDERS_CANCEL,         (_N.REASON,)),
    Move(_S.QUOTED,      _A.APPROVE,        _S.APPROVED,     _P.ORDERS_RECORD_ANSWER,  (_N.ANSWER,), is_main=True),
    Move(_S.QUOTED,      _A.APPROVE,        _S.APPROVED,     _P.ORDERS_ANSWER,         (_N.ANSWER,), is_main=True),
    Move(_S.QUOTED,      _A.REFUSE_QUOTE,   _S.ACCEPTED,     _P.ORDERS_RECORD_ANSWER,  (_N.ANSWER, _N.REASON)),
    Move(_S.QUOTED,      _A.REFUSE_QUOTE,   _S.ACCEPTED,     _P.ORDERS_ANSWER,         (_N.ANSWER, _N.REASON)),
    Move(_S.QUOTED,      _A.QUOTE,          _S.QUOTED,       _P.ORDERS_DISPATCH,       (_N.SOMETHING_TO_PAY, _N.PRICE, _N.TERM)),
    Move(_S.QUOTED,      _A.CANCEL,         _S.CANCELLED,    _P.ORDERS_CANCEL,         (_N.REASON,)),
    Move(_S.APPROVED,    _A.ASSIGN,         _S.SCHEDULED,    _P.ORDERS_DISPATCH,       (_N.ENGINEER,), is_main=True),
    Move(_S.APPROVED,    _A.CANCEL,         _S.CANCELLED,    _P.ORDERS_CANCEL,         (_N.REASON,)),
    Move(_S.SCHEDULED,   _A.START,          _S.IN_WORK,      _P.ORDERS_WORK,           (_N.ENGINEER, _N.NO_WAIT), is_main=True),
    Move(_S.SCHEDULED,   _A.ASSIGN,         _S.SCHEDULED,    _P.ORDERS_DISPATCH,       (_N.ENGINEER,)),
    Move(_S.SCHEDULED,   _A.CANCEL,         _S.CANCELLED,    _P.ORDERS_CANCEL,         (_N.REASON,)),
    Move(_S.IN_WORK,     _A.FINISH,         _S.DONE,         _P.ORDERS_WORK,           (_N.NO_WAIT, _N.HOURS, _N.WORK, _N.PHOTO, _N.NO_QUESTION), is_main=True),
    Move(_S.IN_WORK,     _A.ASSIGN,         _S.IN_WORK,      _P.ORDERS_DISPATCH,       (_N.ENGINEER,)),
    Move(_S.IN_WORK,     _A.CANCEL,         _S.CANCELLED,    _P.ORDERS_CANCEL,         (_N.REASON,)),
    Move(_S.DONE,        _A.HAND_OVER,      _S.HANDED_OVER,  _P.ORDERS_HANDOVER,       (_N.DEMONSTRATION, _N.SIGNERS), HANDED, frozenset({Place.ON_SITE}), is_main=True),
    Move(_S.DONE,        _A.MAKE_READY,     _S.READY,        _P.ORDERS_HANDOVER,       (_N.PAPERS,), HANDED, frozenset({Place.WORKSHOP}), is_main=True),
    Move(_S.DONE,        _A.MAKE_READY,     _S.READY,        _P.ORDERS_HANDOVER,       (_N.PAPERS,), HANDED, frozenset({Place.ON_SITE})),
    Move(_S.DONE,        _A.CLOSE,          _S.CLOSED,       _P.ORDERS_CLOSE,          (), WITHOUT_HANDOVER, is_main=True),
    Move(_S.DONE,        _A.REFUSE_ACT,     _S.IN_WORK,      _P.ORDERS_HANDOVER,       (_N.REASON,), HANDED, frozenset({Place.ON_SITE})),
    Move(_S.DONE,        _A.RETURN_TO_WORK, _S.IN_WORK,      _P.ORDERS_WORK,           (_N.REASON,)),
    Move(_S.READY,       _A.HAND_OVER,      _S.HANDED_OVER,  _P.ORDERS_HANDOVER,       (_N.DEMONSTRATION, _N.SIGNERS), HANDED, is_main=True),
    Move(_S.READY,       _A.REFUSE_ACT,     _S.IN_WORK,      _P.ORDERS_HANDOVER,       (_N.REASON,), HANDED),
    Move(_S.READY,       _A.RETURN_TO_WORK, _S.IN_WORK,      _P.ORDERS_WORK,           (_N.REASON,), HANDED),
    Move(_S.HANDED_OVER, _A.CLOSE,          _S.CLOSED,       _P.ORDERS_CLOSE,          (_N.ORIGINAL,), HANDED, is_main=True),
)
# fmt: on


@dataclass(frozen=True)
class OrderFacts:
    """What the guard needs to know of an order; ``missing`` holds every need not met now.

    A form that is about to fill a need leaves it out of ``missing``.
    """

    status: Status
    kind: Kind
    place: Place
    missing: frozenset[Need] = frozenset()


@dataclass(frozen=True)
class Offer:
    """A move this person may make, and what is still missing for it."""

    move: Move
    missing: tuple[Need, ...]


Can = Callable[[str], bool]
ASKED_ON_ITS_PAGE: dict[Action, frozenset[Need]] = {
    Action.ACCEPT: frozenset({Need.MACHINE}),
    Action.DECLINE: frozenset({Need.REASON}),
    Action.DUPLICATE: frozenset({Need.TWIN}),
    Action.QUOTE: frozenset({Need.TERM}),
    Action.APPROVE: frozenset({Need.ANSWER}),
    Action.REFUSE_QUOTE: frozenset({Need.ANSWER, Need.REASON}),
    Action.ASSIGN: frozenset({Need.ENGINEER}),
    Action.START: frozenset(),
    Action.FINISH: frozenset({Need.HOURS, Need.WORK, Need.PHOTO}),
    Action.MAKE_READY: frozenset({Need.PAPERS}),
    Action.HAND_OVER: frozenset({Need.DEMONSTRATION, Need.SIGNERS}),
    Action.REFUSE_ACT: frozenset({Need.REASON}),
    Action.RETURN_TO_WORK: frozenset({Need.REASON}),
    Action.CLOSE: frozenset({Need.ORIGINAL}),
    Action.CANCEL: frozenset({Need.REASON}),
}
"""What a move's own page asks for: its absence does not stand in the way of opening the page."""
VERDICT_NEEDS = frozenset({Need.NOTHING_TO_PAY, Need.SOMETHING_TO_PAY})
"""Needs that choose between two moves: a move without them is not offered at all."""


def moves_from(facts: OrderFacts) -> list[Move]:
    """Rows of the table that fit this status, kind and place."""
    return [
        m
        for m in MOVES
        if m.from_ is facts.status and facts.kind in m.kinds and facts.place in m.places
    ]


def offers(facts: OrderFacts, can: Can) -> list[Offer]:
    """What this person may do now, the main move first; each action once."""
    found: dict[Action, Offer] = {}
    for move in sorted(moves_from(facts), key=lambda m: not m.is_main):
        missing = tuple(n for n in move.needs if n in facts.missing)
        if can(move.who) and not VERDICT_NEEDS.intersection(missing):
            found.setdefault(move.action, Offer(move, missing))
    return list(found.values())


def find_move(facts: OrderFacts, action: Action, can: Can) -> Move | None:
    """The row for this action, one this person may make first."""
    rows = [m for m in moves_from(facts) if m.action is action]
    return next((m for m in rows if can(m.who)), rows[0] if rows else None)


def refusal(facts: OrderFacts, action: Action, can: Can) -> Text | None:
    """Why the action cannot be done now, in a sentence naming what is missing; None when it can."""
    move = find_move(facts, action, can)
    if move is None:
        text = N_("“%(action)s” is not possible while the order is “%(status)s”.")
        return text.with_values(action=action.label, status=facts.status.label)
    if not can(move.who):
        return N_("You may not do this. Ask the dispatcher or the manager.")
    missing = [n.label for n in move.needs if n in facts.missing]
    if not missing:
        return None
    return missing[0] if len(missing) == 1 else _joined(missing)


def _joined(sentences: list[Text]) -> Text:
    joined = sentences[0]
    for sentence in sentences[1:]:
        joined = Text("%(first)s %(second)s", first=joined, second=sentence)
    return joined


def diagram() -> str:
    """The table as a Mermaid state diagram, for the documentation."""
    lines = ["stateDiagram-v2", f"    [*] --> {Status.RECEIVED}", f"    [*] --> {Status.SCHEDULED}"]
    seen = dict.fromkeys((m.from_, m.action, m.to) for m in MOVES)
    lines += [f"    {a.value} --> {c.value}: {b.value}" for a, b, c in seen]
    return "\n".join([*lines, *(f"    {s.value} --> [*]" for s in sorted(FINAL))])
