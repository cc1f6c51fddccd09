"""Kinds, units, the life of a machine, warranty. Pure."""

import calendar
from dataclasses import dataclass
from datetime import date

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, P_, Text, verbatim


class ModelKind(Labelled):
    """What sort of machine a model is."""

    EXCAVATOR = "excavator", N_("Excavator"), Tone.PLAIN, "backhoe"
    COMPRESSOR = "compressor", N_("Compressor"), Tone.PLAIN, "wind"
    GENERATOR = "generator", N_("Generator"), Tone.PLAIN, "engine"
    COMBINE = "combine", N_("Combine"), Tone.PLAIN, "tractor"
    PRINTER = "printer", N_("Printer"), Tone.PLAIN, "printer"
    OTHER = "other", P_("machine", "Machine"), Tone.PLAIN, "settings"


KIND_WORDS = {
    ModelKind.EXCAVATOR: "экскаватор",
    ModelKind.COMPRESSOR: "компрессор",
    ModelKind.GENERATOR: "генератор",
    ModelKind.COMBINE: "комбайн",
    ModelKind.PRINTER: "принтер",
}
"""Machines are found by the word of their kind in both languages."""


class MeterUnit(Labelled):
    """What a meter counts; ``mark`` stands behind the figure, ``per_day`` behind a rate."""

    HOURS = "h", N_("running hours")
    KILOMETRES = "km", N_("kilometres")
    CYCLES = "cycles", N_("cycles")
    PAGES = "pages", N_("pages")
    NONE = "none", N_("no meter")

    @property
    def mark(self) -> Text:
        """The short sign of the unit."""
        return _MARKS[self]


_MARKS = {
    MeterUnit.HOURS: P_("unit", "h"),
    MeterUnit.KILOMETRES: P_("unit", "km"),
    MeterUnit.CYCLES: P_("unit", "cycles"),
    MeterUnit.PAGES: P_("unit", "pages"),
    MeterUnit.NONE: verbatim(""),
}


class Criticality(Labelled):
    """How much stands still with the machine."""

    HIGH = "high", P_("criticality", "High: others wait for it"), Tone.AMBER, "flag"
    NORMAL = "normal", P_("criticality", "Normal"), Tone.PLAIN, ""
    LOW = "low", P_("criticality", "Low: another takes over"), Tone.PLAIN, ""


class Life(Labelled):
    """Where a machine is in its life."""

    RELEASED = "released", N_("Released"), Tone.PLAIN, "building-factory-2"
    SHIPPED = "shipped", N_("Shipped"), Tone.PLAIN, "truck-delivery"
    IN_OPERATION = "in_operation", N_("In operation"), Tone.PETROL, "player-play"
    IN_REPAIR = "in_repair", N_("In repair"), Tone.AMBER, "tool"
    IN_STORAGE = "in_storage", N_("In storage"), Tone.SLATE, "package"
    DECOMMISSIONED = "decommissioned", N_("Decommissioned"), Tone.SLATE, "ban"
    DISPOSED = "disposed", N_("Disposed of"), Tone.SLATE, "trash"


ENDED = frozenset({Life.DECOMMISSIONED, Life.DISPOSED})

MOVES: dict[Life, tuple[Life, ...]] = {
    Life.RELEASED: (Life.SHIPPED, Life.IN_OPERATION, Life.IN_STORAGE),
    Life.SHIPPED: (Life.IN_OPERATION, Life.IN_STORAGE, Life.RELEASED),
    Life.IN_OPERATION: (Life.IN_REPAIR, Life.IN_STORAGE, Life.DECOMMISSIONED),
    Life.IN_REPAIR: (Life.IN_OPERATION, Life.IN_STORAGE, Life.DECOMMISSIONED),
    Life.IN_STORAGE: (Life.IN_OPERATION, Life.IN_REPAIR, Life.SHIPPED, Life.DECOMMISSIONED),
    Life.DECOMMISSIONED: (Life.IN_OPERATION, Life.DISPOSED),
    Life.DISPOSED: (),
}
"""Which status may follow which; a disposed machine stays disposed."""

MOVE_WORDS: dict[Life, Text] = {
    Life.RELEASED: N_("Take back from shipment"),
    Life.SHIPPED: N_("Ship"),
    Life.IN_OPERATION: N_("Put into operation"),
    Life.IN_REPAIR: N_("Take into repair"),
    Life.IN_STORAGE: N_("Put into storage"),
    Life.DECOMMISSIONED: N_("Decommission"),
    Life.DISPOSED: N_("Dispose of"),
}


class EventKind(Labelled):
    """What happened in a machine's life."""

    ADDED = "added", N_("Entered into the register"), Tone.PLAIN, "plus"
    MOVED = "moved", N_("Status"), Tone.PETROL, "arrow-right"
    TRANSFERRED = "transferred", N_("Transfer"), Tone.VIOLET, "building"
    CHANGED = "changed", N_("Passport changed"), Tone.PLAIN, "pencil"
    RELABELLED = "relabelled", N_("New QR code"), Tone.PLAIN, "qrcode"


class LabelLayout(Labelled):
    """What QR labels are printed on."""

    SHEET = "sheet", N_("A4 sheets, 24 labels each"), Tone.PLAIN, "printer"
    SINGLE = "single", N_("One label a page"), Tone.PLAIN, "qrcode"


@dataclass(frozen=True)
class Paper:
    """The ground of a change: a document, its number and day. All may be empty."""

    document: str = ""
    number: str = ""
    dated_on: date | None = None


@dataclass(frozen=True)
class Ground:
    """The later record behind a hold, as plain values (kind, id, number)."""

    kind: str
    id: int
    number: str = ""


def may_move(current: Life, to: Life) -> bool:
    """Whether the table of moves has it."""
    return to in MOVES[current]


def warranty_end(start: date | None, months: int | None) -> date | None:
    """The last day of ``months`` of warranty from ``start`` (shipment or commissioning)."""
    if start is None or not months:
        return None
    return months_later(start, months)


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months on, the last one where it has none."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def problem_with_dates(
    manufactured_on: date | None, shipped_on: date | None, commissioned_on: date | None, today: date
) -> tuple[str, Text] | None:
    """(field, sentence) when the days of a passport cannot be true in their order."""
    if manufactured_on and manufactured_on > today:
        return "manufactured_on", Text("%(day)s has not come yet.", day=manufactured_on)
    if shipped_on and manufactured_on and shipped_on < manufactured_on:
        sentence = Text("Earlier than the day it was made, %(day)s.", day=manufactured_on)
        return "shipped_on", sentence
    before = shipped_on or manufactured_on
    if commissioned_on and before and commissioned_on < before:
        return "commissioned_on", Text(
            "Earlier than %(day)s, when it was shipped or made.", day=before
        )
    return None
