"""A first plan of promises for another system's log, from what the log itself says. Pure.

The log's columns are found by their names; the event that begins most cases starts the one clock,
those that end cases or sound like an end meet it, those that sound like waiting pause it. A person
reads it and sets it right: what is guessed stands beside everything that was seen.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from service_app.core.errors import Invalid
from service_app.core.text import N_
from service_app.transfers.rules import plain_heading
from workorders.sla.past import COLUMNS

MOST_SHOWN = 40
ENDS_SHARE = 0.05
"""An event that ends at least this share of the cases is taken for an end."""
LIMITS = ("8 h", "24 h", "40 h", "80 h")
_NAMES = {
    "case": ("case", "caseid", "case:concept:name", "number", "ticket", "incident", "id", "заявка",
             "обращение", "номер", "номерзаявки"),
    "at": ("at", "time:timestamp", "timestamp", "completetimestamp", "sysupdatedat", "updatedat",
           "moment", "time", "date", "createdat", "датаивремя", "время", "дата"),
    "event": ("event", "activity", "concept:name", "incidentstate", "state", "status", "событие",
              "действие", "статус", "состояние"),
    "reason": ("reason", "holdreason", "pendingreason", "waitreason", "причина"),
    "priority": ("priority", "severity", "seriousness", "urgency", "impact", "приоритет",
                 "срочность", "важность"),
}  # fmt: skip
_DONE = ("resolv", "solved", "done", "complet", "выполн", "решен", "решён", "готов")
_WAITING = ("await", "wait", "pending", "hold", "suspend", "ожид", "пауз", "ждём", "отлож")


def columns_of(headings: Sequence[str]) -> dict[str, str]:
    """Our column → the file's heading, where one of the usual names is among them."""
    known = {plain_heading(heading): heading for heading in headings if heading}
    found: dict[str, str] = {}
    for our in COLUMNS:
        name = next((n for n in _NAMES[our] if n in known and known[n] not in found.values()), None)
        if name is not None:
            found[our] = known[name]
    return found


def draft(headings: Sequence[str], rows: Iterable[Sequence[str]], *, zone: str) -> str:
    """The plan as TOML. Raises Invalid when the headings do not tell case, moment or event."""
    columns = columns_of(headings)
    for our in ("case", "at", "event"):
        if our not in columns:
            names = ", ".join(h for h in headings if h)[:300]
            text = N_("Which column is the %(column)s? Call it so in the file; it has: %(names)s.")
            raise Invalid(text.with_values(column=our, names=names))
    places = {our: headings.index(heading) for our, heading in columns.items()}
    events: Counter[str] = Counter()
    seen: dict[str, Counter[str]] = {"reason": Counter(), "priority": Counter()}
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for row in rows:
        case, event = _cell(row, places["case"]), _cell(row, places["event"])
        if not case or not event:
            continue
        events[event] += 1
        first.setdefault(case, event)
        last[case] = event
        for name, counted in seen.items():
            if name in places and _cell(row, places[name]):
                counted[_cell(row, places[name])] += 1
    return _written(columns, zone, events, seen, Counter(first.values()), Counter(last.values()))


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _written(
    columns: Mapping[str, str],
    zone: str,
    events: Counter[str],
    seen: Mapping[str, Counter[str]],
    first: Counter[str],
    last: Counter[str],
) -> str:
    start = first.most_common(1)[0][0] if first else ""
    cases = sum(last.values())
    ends = [event for event, n in last.most_common() if n >= cases * ENDS_SHARE and event != start]
    waits = [e for e in sorted(events) if e != start and any(w in e.casefold() for w in _WAITING)]
    priorities = sorted(seen["priority"]) or [""]
    hours = ", ".join(f'{day} = "09:00-18:00"' for day in ("mon", "tue", "wed", "thu", "fri"))
    lines = ["[columns]"]
    lines += [f"{our} = {_quoted(columns[our])}" for our in COLUMNS if our in columns]
    lines += ["", "[calendar]", f"zone = {_quoted(zone)}", f"week = {{ {hours} }}", ""]
    lines += ["# events: " + _listed(events)]
    if seen["reason"]:
        lines += ["# reasons: " + _listed(seen["reason"])]
    lines += ["[clocks.restore]", f"start = {_quoted(start)}"]
    done = [e for e in sorted(events) if any(word in e.casefold() for word in _DONE)]
    meet = [e for e in dict.fromkeys([*done, *ends]) if e not in waits and e != start]
    lines += [f"meet = {_list(meet)}"]
    if waits:
        lines += [f"pause = {_list(waits)}"]
    lines += ["[clocks.restore.limits]"]
    lines += [
        f"{_quoted(one)} = {_quoted(LIMITS[min(place, len(LIMITS) - 1)])}"
        for place, one in enumerate(priorities[:MOST_SHOWN])
    ]
    return "\n".join(lines) + "\n"


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{_quoted(name)} {n}" for name, n in counted.most_common(MOST_SHOWN))


def _list(names: Iterable[str]) -> str:
    return "[" + ", ".join(map(_quoted, names)) + "]"


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(text[:200], ensure_ascii=False).replace("\x7f", "\\u007f")
