"""A first plan from a log: its columns, its events, and that the plan can be read."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_app.core.errors import Invalid
from workorders.sla.draft import columns_of, draft
from workorders.sla.past import read_plan

ROWS = [
    ("1", "2026-11-02T09:00", "New", "2 - High"),
    ("1", "2026-11-02T10:00", "Awaiting User Info", "2 - High"),
    ("1", "2026-11-02T10:30", "Resolved", "2 - High"),
    ("1", "2026-11-02T11:00", "Closed", "2 - High"),
    ("2", "2026-11-02T09:00", "New", "3 - Low"),
    ("2", "2026-11-02T11:00", "Closed", "3 - Low"),
    ("", "", "", ""),
    ("3",),
]


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        (("case", "at", "event"), {"case": "case", "at": "at", "event": "event"}),
        (
            ("number", "incident_state", "priority", "sys_updated_at"),
            {"case": "number", "at": "sys_updated_at", "event": "incident_state",
             "priority": "priority"},
        ),
        (
            ("Case ID", "concept:name", "time:timestamp"),
            {"case": "Case ID", "at": "time:timestamp", "event": "concept:name"},
        ),
        (
            ("Номер заявки", "Дата и время", "Статус", "Приоритет", "Причина"),
            {"case": "Номер заявки", "at": "Дата и время", "event": "Статус",
             "reason": "Причина", "priority": "Приоритет"},
        ),
    ],
)  # fmt: skip
def test_columns_are_found_by_their_usual_names(headings, found) -> None:
    assert columns_of(headings) == found


def test_what_begins_ends_and_waits() -> None:
    text = draft(("number", "updated_at", "state", "priority"), ROWS, zone="Europe/Moscow")
    data = tomllib.loads(text)
    clock = data["clocks"]["restore"]
    assert (clock["start"], clock["meet"]) == ("New", ["Resolved", "Closed"])
    assert clock["pause"] == ["Awaiting User Info"]
    assert clock["limits"] == {"2 - High": "8 h", "3 - Low": "24 h"}
    assert data["columns"]["at"] == "updated_at"
    assert '"Awaiting User Info" 1' in text
    assert read_plan(data).clocks[0].name == "restore"


def test_a_first_event_that_sounds_like_waiting_begins() -> None:
    steps = "Ожидает назначения", "В работе", "Закрыта"
    rows = [("1", f"2026-11-02T{9 + n:02}:00", step) for n, step in enumerate(steps)]
    clock = tomllib.loads(draft(("case", "at", "event"), rows, zone="UTC"))["clocks"]["restore"]
    assert (clock["start"], clock["meet"]) == ("Ожидает назначения", ["Закрыта"])
    assert "pause" not in clock


def test_a_log_whose_cases_never_end_asks_for_the_end() -> None:
    text = draft(("case", "at", "event"), [("1", "2026-11-02", "New")], zone="UTC")
    with pytest.raises(Invalid, match="which events meet it"):
        read_plan(tomllib.loads(text))


def test_a_column_that_cannot_be_told_is_asked_for() -> None:
    with pytest.raises(Invalid, match="Which column is the event"):
        draft(("case", "at", "what"), [], zone="UTC")


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))))
def test_every_log_gives_toml(rows) -> None:
    lines = [(case, "2026-01-01", event, priority) for case, event, priority in rows]
    data = tomllib.loads(draft(("case", "at", "event", "priority"), lines, zone="UTC"))
    assert data["clocks"]["restore"]["limits"]
