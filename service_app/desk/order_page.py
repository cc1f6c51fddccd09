"""The staff's page of an order put together: promise, phases, question, story, promises, money."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import Session

from assets.meters.queries import current_hours
from service_app.accounts.permissions import Permission
from service_app.core.actor import Actor
from service_app.core.reader import Reader
from service_app.core.text import N_, Text
from service_app.customers.models import Contact
from service_app.customers.queries import contacts_of
from service_app.desk.burning import chance_of
from service_app.documents.models import IssuedDocument
from service_app.documents.queries import list_for_ground
from service_app.documents.rules import kind_label
from workorders.calendars.worktime import Calendar
from workorders.contracts.rules import Cost, Coverage
from workorders.execution.rules import NoPhoto
from workorders.intake.queries import open_proposal
from workorders.orders import clocks, countdown, lines, queries
from workorders.orders.countdown import ShownClock
from workorders.orders.models import OrderEvent, OrderPhoto, WorkOrder
from workorders.orders.moves import Action, Offer, offers
from workorders.orders.rules import FINAL, UNDO_WITHIN, Phase, Status, phase_of
from workorders.orders.story import CUSTOMER_WORDS, ROUTINE, Happening, sentence
from workorders.planning.queries import open_visit
from workorders.risk.queries import load_chances, loads_now
from workorders.risk.rules import Chance
from workorders.sla.account import explain
from workorders.sla.queries import Promises, load
from workorders.sla.rules import FIXED, Clock, ClockKey, WaitReason

PAGES: dict[Action, str] = {
    Action.ACCEPT: "intake.accept",
    Action.DECLINE: "intake.decline",
    Action.DUPLICATE: "intake.mark_duplicate",
    Action.QUOTE: "intake.quote",
    Action.APPROVE: "intake.record_answer",
    Action.REFUSE_QUOTE: "intake.record_answer",
    Action.ASSIGN: "planning.assign",
    Action.START: "execution.step",
    Action.FINISH: "execution.finish",
    Action.MAKE_READY: "handover.make_ready",
    Action.HAND_OVER: "handover.sign",
    Action.REFUSE_ACT: "handover.refuse",
    Action.RETURN_TO_WORK: "handover.return_to_work",
    Action.CLOSE: "handover.close",
    Action.CANCEL: "intake.cancel",
}
"""Where each move is made. Buttons come from the table; this says which page asks the rest."""
KEYS = {Action.ACCEPT: "A", Action.QUOTE: "Q", Action.ASSIGN: "S", Action.DUPLICATE: "D"}
ANSWER = N_("Record the customer's answer")


@dataclass(frozen=True)
class Button:
    """A move as a button; ``is_main`` is the one filled on the page."""

    label: Text
    icon: str
    url: str
    key: str = ""
    is_main: bool = False


def buttons(order: WorkOrder, found: Sequence[Offer]) -> list[Button]:
    """The table's offers as buttons, the main one first; one button for either answer."""
    out: dict[str, Button] = {}
    for n, offer in enumerate(found):
        action = offer.move.action
        url = url_for(PAGES[action], number=order.number)
        label = ANSWER if PAGES[action] == "intake.record_answer" else action.label
        is_main = n == 0 and offer.move.is_main
        out.setdefault(url, Button(label, action.icon, url, KEYS.get(action, ""), is_main))
    return list(out.values())


def with_answer(order: WorkOrder, found: Sequence[Button]) -> list[Button]:
    """While a change waits for the customer's yes or no, recording it is the next thing to do."""
    url = url_for("intake.record_answer", number=order.number)
    return [
        Button(ANSWER, "phone-call", url, is_main=True),
        *(replace(one, is_main=False) for one in found if one.url != url),
    ]


@dataclass(frozen=True)
class ShownPhase:
    """One of the three bars."""

    label: Text
    state: str
    share: int
    line: str


MIDNIGHT = time()
_SHARES = {
    Status.RECEIVED: 15, Status.ACCEPTED: 40, Status.QUOTED: 65, Status.APPROVED: 90,
    Status.SCHEDULED: 15, Status.IN_WORK: 55, Status.DONE: 95, Status.READY: 40,
    Status.HANDED_OVER: 85, Status.CLOSED: 100,
}  # fmt: skip


def shown_phases(order: WorkOrder, reader: Reader) -> list[ShownPhase]:
    """How far the order is, with the status in the present phase."""
    present = list(Phase).index(order.phase)
    is_over = order.status_kind in FINAL
    out = []
    for n, phase in enumerate(Phase):
        if n < present or order.status_kind is Status.CLOSED:
            out.append(ShownPhase(phase.label, "done", 100, ""))
        elif n == present:
            line = reader.say(order.status_label)
            state = "" if is_over else "now"
            out.append(ShownPhase(phase.label, state, _SHARES.get(order.status_kind, 0), line))
        else:
            out.append(ShownPhase(phase.label, "", 0, ""))
    return out


@dataclass(frozen=True)
class ShownPhoto:
    """A photo of the story."""

    url: str
    thumb: str | None
    alt: Text


@dataclass(frozen=True)
class Entry:
    """One line of the story, or a wait between two."""

    at: datetime
    time: str
    title: str
    icon: str
    tone: str
    sentence: Text
    quote: str = ""
    is_customer_quote: bool = False
    photos: Sequence[ShownPhoto] = ()
    is_small: bool = False
    is_wait: bool = False
    undo_url: str | None = None
    tail: Text | None = None


def story(
    order: WorkOrder,
    events: Sequence[OrderEvent],
    photos: dict[int, list[OrderPhoto]],
    reader: Reader,
    calendar: Calendar,
    *,
    by: Actor | None = None,
    stops: Any = None,
) -> list[tuple[str, list[Entry]]]:
    """Events (newest first) by day on the site's clock, waits as bands between them."""
    gone = queries.undone_ids(events)
    local = reader.in_zone(ZoneInfo(order.zone))
    if order.is_past:
        return _past_story(order, local)
    days: list[tuple[str, list[Entry]]] = []
    last = next((e for e in events if e.to_status is not None), None)
    opened = _openings(events)
    for event in events:
        day = local.weekday(local.local(event.happened_at).date())
        if local.local(event.happened_at).date() == local.today:
            day = local.say(Text("Today, %(day)s", day=day))
        if not days or days[-1][0] != day:
            days.append((day, []))
        may_undo = event is last and _may_undo(event, gone, by, reader.now)
        undo = url_for("orders.undo", number=order.number, event_id=event.id) if may_undo else None
        if event.kind == Happening.WAIT_CLOSED and event.id not in gone:
            start = opened.get(event.id)
            if start is not None:
                if "with" not in event.data:
                    days[-1][1].append(_entry(order, event, photos, local, gone, undo))
                days[-1][1].append(_band(event, start, local, calendar, stops))
                continue
        if "with" not in event.data:  # a wait that came with a move: the move tells it
            days[-1][1].append(_entry(order, event, photos, local, gone, undo))
    return days


def _opened(order: WorkOrder, reader: Reader) -> str:
    local = reader.in_zone(ZoneInfo(order.zone))
    if order.is_day_only:
        return local.full_day(local.local(order.received_at).date())
    return local.moment(order.received_at)


def _past_story(order: WorkOrder, local: Reader) -> list[tuple[str, list[Entry]]]:
    """When an imported order was opened and closed; midnight stands for a day without time."""
    days: dict[str, list[Entry]] = {}
    steps = [(order.received_at, N_("Opened."), Happening.RECEIVED)]
    if order.ended_at is not None:
        steps.insert(0, (order.ended_at, N_("Closed."), Happening.CLOSE))
    for at, text, kind in steps:
        here = local.local(at)
        is_day = here.time() == MIDNIGHT
        said = "" if is_day else local.clock_time(at)
        title = local.day(here.date()) if is_day else local.moment(at)
        entry = Entry(at, said, title, kind.icon, str(kind.tone), text)
        days.setdefault(local.full_day(here.date()), []).append(entry)
    return list(days.items())


def _may_undo(event: OrderEvent, gone: set[int], by: Actor | None, now: datetime) -> bool:
    return (
        by is not None
        and event.by_user_id == by.user_id
        and event.id not in gone
        and event.from_status is not None
        and event.kind not in (Happening.HAND_OVER, Happening.RECEIVED)
        and now - event.recorded_at <= UNDO_WITHIN
    )


def _openings(events: Iterable[OrderEvent]) -> dict[int, OrderEvent]:
    """Closing event's id → the opening it ends."""
    out: dict[int, OrderEvent] = {}
    closing: OrderEvent | None = None
    for event in events:  # newest first
        if event.kind == Happening.WAIT_CLOSED:
            closing = event
        elif event.kind == Happening.WAIT_OPENED and closing is not None:
            out[closing.id] = event
            closing = None
    return out


def _band(
    end: OrderEvent, start: OrderEvent, reader: Reader, calendar: Calendar, stops: Any
) -> Entry:
    reason = WaitReason(start.reason or WaitReason.OTHER)
    length = timedelta(seconds=calendar.between(start.happened_at, end.happened_at))
    if stops is None:
        text = Text("%(waited)s: %(length)s", waited=reason.waited, length=length)
    elif stops(reason, ClockKey(Clock.RESTORE)):
        text = Text(
            "%(waited)s %(length)s of working time. The restore clock stood still.",
            waited=reason.waited, length=length,
        )  # fmt: skip
    else:
        text = Text(
            "%(waited)s %(length)s of working time. The restore clock ran on.",
            waited=reason.waited, length=length,
        )  # fmt: skip
    return Entry(start.happened_at, "", "", reason.icon, "slate", text, is_wait=True)


def _entry(
    order: WorkOrder,
    event: OrderEvent,
    photos: dict[int, list[OrderPhoto]],
    reader: Reader,
    gone: set[int],
    undo_url: str | None,
) -> Entry:
    kind = Happening(event.kind)
    text = sentence(kind, event.by_name, event.reason, event.data)
    if "text" in event.data:
        text = Text.from_json(event.data["text"])
    if "unfit_hours" in event.data:
        text = Text(
            "Hours given with the request: %(hours)s, not taken. %(why)s",
            hours=str(event.data["unfit_hours"]), why=Text.from_json(event.data["why"]),
        )  # fmt: skip
    words = "" if "unfit_hours" in event.data else event.words
    is_theirs = kind in CUSTOMER_WORDS or (event.is_customer and kind is Happening.NOTE)
    late = event.recorded_at - event.happened_at > timedelta(minutes=5)
    return Entry(
        at=event.happened_at,
        time=reader.clock_time(event.happened_at),
        title=reader.moment(event.happened_at),
        icon=kind.icon,
        tone="violet" if is_theirs else str(kind.tone),
        sentence=text,
        quote=words,
        is_customer_quote=is_theirs,
        photos=shown_photos(order, photos.get(event.id, [])),
        is_small=kind in ROUTINE or event.id in gone,
        undo_url=undo_url,
        tail=_tail(event, gone, late=late),
    )


def _tail(event: OrderEvent, gone: set[int], *, late: bool) -> Text | None:
    if event.id in gone and event.undoes_id is None:
        return N_("Taken back.")
    if "no_photo" in event.data:
        why = NoPhoto(event.data["no_photo"]).label
        return Text("No photo after the repair: %(why)s.", why=why)
    if late:
        return Text("Entered %(moment)s.", moment=event.recorded_at)
    return None


def shown_photos(order: WorkOrder, found: Sequence[OrderPhoto]) -> list[ShownPhoto]:
    """Photos by the addresses that ask who may see them."""
    out = []
    for photo in found:
        url = url_for("orders.photo", number=order.number, photo_id=photo.id)
        thumb = f"{url}?small=1" if photo.file.is_image else None
        out.append(ShownPhoto(url, thumb, Text("Photo %(name)s", name=photo.file.name)))
    return out


@dataclass(frozen=True)
class ShownPaper:
    """An issued paper as a row."""

    title: Text
    url: str
    pdf_url: str


def shown_papers(found: Iterable[IssuedDocument]) -> list[ShownPaper]:
    """Papers by their names and numbers."""
    return [
        ShownPaper(
            Text("%(kind)s %(number)s", kind=kind_label(paper.kind), number=paper.number),
            url_for("documents.show", document_id=paper.id),
            url_for("documents.pdf", document_id=paper.id),
        )
        for paper in found
    ]


@dataclass(frozen=True)
class Why:
    """The account of one clock's deadline."""

    clock: ShownClock
    rows: Sequence[Any]


def accounts(
    order: WorkOrder,
    events: Sequence[OrderEvent],
    promises: Promises,
    shown: Sequence[ShownClock],
    now: datetime,
) -> list[Why]:
    """*Why is this the deadline*, for each clock that counts working time."""
    if not shown:
        return []
    results = clocks.results(order, reversed(events), promises, now)
    return [
        Why(pill, explain(results[pill.key], promises.calendars))
        for pill in shown
        if pill.key in results and pill.clock not in FIXED
    ]


def _chances(
    session: Session, actor: Actor, order: WorkOrder, shown: Sequence[ShownClock]
) -> dict[ClockKey, Chance]:
    """The chance of each open promise to be missed, for those who see risks."""
    running = [c for c in shown if c.is_open and not c.is_late]
    if not running or not actor.can(Permission.PROMISES_VIEW):
        return {}
    tables = load_chances(session)
    if tables is None:
        return {}
    loads = loads_now(session, [order.engineer_id])
    found = {c.key: chance_of(c, order, tables, loads) for c in running}
    return {key: one for key, one in found.items() if one is not None}


def without_kept_updates(shown: Sequence[ShownClock]) -> list[ShownClock]:
    """Of the stretches of *keep the customer informed* what is open, was missed, or is last."""
    updates = [c for c in shown if c.clock is Clock.UPDATE]
    return [
        c for c in shown if c not in updates[:-1] or c.tone != "met"
    ]  # fmt: skip


def _people(session: Session, order: WorkOrder) -> tuple[Contact | None, list[Contact]]:
    """Who reported, when it is a contact of the company, and its other contacts."""
    found = contacts_of(session, order.company_id) if order.company_id else []
    known = (c for c in found if order.reporter_id and c.user_id == order.reporter_id)
    reporter = next(known, None)
    return reporter, [c for c in found if c is not reporter][:4]


def staff_page(
    session: Session,
    actor: Actor,
    order: WorkOrder,
    reader: Reader,
    before: tuple[datetime, int] | None,
) -> dict[str, Any]:
    """Everything the template of the order page needs."""
    promises = load(session)
    stored = queries.list_clocks(session, [order.id])[order.id]
    shown = countdown.shown_all(stored, promises, reader.now)
    told = queries.whole_story(session, order.id)
    events, has_earlier = told.page(before)
    order_lines = queries.list_lines(session, order.id)
    counts = queries.counts_of(order_lines)
    labour = told.labour_minutes
    found = offers(queries.facts_with(order, counts, has_labour=labour > 0), actor.can)
    hours = current_hours(session, [order.machine_id]) if order.machine_id else {}
    is_asked = order.status_kind is Status.QUOTED or order.question_since is not None
    account = accounts(order, told.events, promises, [c for c in shown if c.is_open], reader.now)
    verbs = buttons(order, found) if not order.is_past else []
    if order.question_since is not None and actor.can(Permission.ORDERS_RECORD_ANSWER):
        verbs = with_answer(order, verbs)
    reporter, people = _people(session, order)
    return {
        "order": order,
        "clocks": without_kept_updates(shown),
        "chances": _chances(session, actor, order, shown),
        "next": countdown.nearest(shown),
        "phases": shown_phases(order, reader),
        "buttons": verbs,
        "days": story(
            order,
            events,
            told.photos,
            reader,
            promises.calendar_for(order.policy_version),
            by=actor,
            stops=promises.policy_for(order.policy_version).halts,
        ),
        "earlier": events[-1] if has_earlier else None,
        "proposal": open_proposal(session, order) if is_asked else None,
        "sums": lines.sums_of(order_lines, order.currency),
        "done_sums": lines.sums_of([x for x in order_lines if x.is_done], order.currency),
        "line_count": len(order_lines),
        "labour": labour,
        "accounts": account,
        "opened": _opened(order, reader),
        "hours": hours.get(order.machine_id or 0),
        "reporter": reporter,
        "people": people,
        "documents": shown_papers(list_for_ground(session, "order", order.number)),
        "visit": open_visit(session, order.id) if order.engineer_id else None,
        "promises": promises,
        "level": promises.level_of(order.policy_version),
        "payers": [(c, Coverage(order.payers[c.value])) for c in Cost if c.value in order.payers],
        "verdict": Text.from_json(order.verdict) if order.verdict else None,
        "may_note": not order.is_past,
        "is_over": order.status_kind in FINAL,
        "phase": phase_of(order.status_kind),
    }
