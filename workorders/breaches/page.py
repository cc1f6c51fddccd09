"""What the review of a breach shows: its sentence, the account, the story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from service_app.core.reader import Reader
from service_app.core.text import N_, Text
from workorders.breaches.models import Breach
from workorders.orders import clocks
from workorders.orders.models import OrderEvent
from workorders.orders.queries import list_with_events, undone_ids
from workorders.orders.story import CUSTOMER_WORDS, ROUTINE, Happening, sentence
from workorders.sla.account import AccountRow, explain
from workorders.sla.queries import load
from workorders.sla.replay import ClockResult
from workorders.sla.rules import Clock

_GIVEN = {
    Clock.RESPONSE: N_(
        "Response to %(number)s was promised by %(due)s and given at %(met)s: %(late)s late."
    ),
    Clock.QUOTE: N_(
        "Quote for %(number)s was promised by %(due)s and given at %(met)s: %(late)s late."
    ),
    Clock.ARRIVAL: N_(
        "Arrival for %(number)s was promised by %(due)s and came at %(met)s: %(late)s late."
    ),
    Clock.RESTORE: N_("%(number)s was to run by %(due)s and ran at %(met)s: %(late)s late."),
    Clock.AGREED: N_("%(number)s was agreed to run by %(due)s and ran at %(met)s: %(late)s late."),
}
_KEPT_LATE = N_(
    "%(clock)s for %(number)s was promised by %(due)s and kept at %(met)s: %(late)s late."
)
_STILL_OPEN = N_(
    "%(clock)s for %(number)s was promised by %(due)s and is not there, %(late)s late."
)
_NEVER = N_("%(clock)s for %(number)s was promised by %(due)s and never came: %(late)s late.")
STORY_ROWS = 40


@dataclass(frozen=True)
class Entry:
    """One line of the story, as the timeline draws it."""

    at: datetime
    time: str
    title: str
    icon: str
    tone: str
    sentence: Text
    quote: str = ""
    is_customer_quote: bool = False
    photos: tuple[()] = ()
    is_small: bool = False
    is_wait: bool = False
    undo_url: None = None
    tail: Text | None = None


@dataclass(frozen=True)
class Review:
    """Everything the page says about the breach."""

    sentence: Text
    rows: Sequence[AccountRow]
    result: ClockResult | None
    days: Sequence[tuple[str, list[Entry]]]


def review_of(session: Session, breach: Breach, reader: Reader) -> Review:
    """Replay the order and tell what came of the promise."""
    promises, order = load(session), breach.order
    events = list_with_events(session, [order.id])[order.id]
    result = clocks.results(order, events, promises, reader.now).get(breach.key)
    rows = explain(result, promises.calendars) if result else []
    return Review(said(breach, result), rows, result, story(breach, events, reader))


def said(breach: Breach, result: ClockResult | None) -> Text:
    """The breach in one sentence."""
    met = result.met_at if result else None
    late = timedelta(seconds=result.late if result else breach.late_seconds)
    values: dict[str, Any] = {
        "number": breach.order.number, "due": breach.breached_at, "late": late,
    }  # fmt: skip
    if met is not None:
        given = _GIVEN.get(breach.clock_kind, _KEPT_LATE)
        return given.with_values(**values, met=met, clock=breach.clock_name)
    text = _STILL_OPEN if result is not None and result.due_at is not None else _NEVER
    return text.with_values(**values, clock=breach.clock_name)


def story(
    breach: Breach, events: Sequence[OrderEvent], reader: Reader
) -> list[tuple[str, list[Entry]]]:
    """What happened to the order, newest first, by day on the site's clock."""
    gone = undone_ids(events)
    local = reader.in_zone(ZoneInfo(breach.order.zone))
    days: list[tuple[str, list[Entry]]] = []
    newest = sorted(events, key=lambda e: (e.happened_at, e.id), reverse=True)[:STORY_ROWS]
    for event in newest:
        day = local.weekday(local.local(event.happened_at).date())
        if not days or days[-1][0] != day:
            days.append((day, []))
        days[-1][1].append(_entry(event, gone, local))
    return days


def _entry(event: OrderEvent, gone: set[int], local: Reader) -> Entry:
    kind = Happening(event.kind)
    text = sentence(kind, event.by_name, event.reason, event.data)
    if "text" in event.data:
        text = Text.from_json(event.data["text"])
    is_theirs = kind in CUSTOMER_WORDS
    is_late_entry = event.recorded_at - event.happened_at > timedelta(minutes=5)
    tail = Text("Entered %(moment)s.", moment=event.recorded_at) if is_late_entry else None
    return Entry(
        event.happened_at, local.clock_time(event.happened_at), local.moment(event.happened_at),
        kind.icon, "violet" if is_theirs else str(kind.tone), text,
        "" if "unfit_hours" in event.data else event.words, is_theirs,
        is_small=kind in ROUTINE or event.id in gone,
        tail=N_("Taken back.") if event.id in gone and event.undoes_id is None else tail,
    )  # fmt: skip
