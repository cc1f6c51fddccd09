"""The life of a machine, warranty and days of a passport, as tables of plain values."""

from datetime import date
from pathlib import Path

import pytest

from assets.faults.rules import FaultStatus, Severity
from assets.machines.rules import (
    MOVES,
    Criticality,
    EventKind,
    Life,
    MeterUnit,
    ModelKind,
    may_move,
    problem_with_dates,
    warranty_end,
)
from assets.meters.rules import ReadingSource

D = date


@pytest.mark.parametrize(
    ("current", "to", "expected"),
    [
        (Life.RELEASED, Life.SHIPPED, True),
        (Life.SHIPPED, Life.IN_OPERATION, True),
        (Life.IN_OPERATION, Life.IN_REPAIR, True),
        (Life.IN_REPAIR, Life.IN_OPERATION, True),
        (Life.IN_OPERATION, Life.IN_STORAGE, True),
        (Life.IN_STORAGE, Life.IN_OPERATION, True),
        (Life.IN_OPERATION, Life.DECOMMISSIONED, True),
        (Life.DECOMMISSIONED, Life.DISPOSED, True),
        (Life.RELEASED, Life.DISPOSED, False),
        (Life.IN_OPERATION, Life.RELEASED, False),
        (Life.IN_OPERATION, Life.DISPOSED, False),
        (Life.DISPOSED, Life.IN_OPERATION, False),
    ],
)
def test_moves_of_life(current: Life, to: Life, expected: bool) -> None:
    assert may_move(current, to) is expected


def test_every_status_has_a_row_and_none_leads_to_itself() -> None:
    assert set(MOVES) == set(Life)
    assert all(status not in following for status, following in MOVES.items())


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (D(2025, 1, 31), 1, D(2025, 2, 28)),
        (D(2023, 11, 30), 3, D(2024, 2, 29)),
        (D(2025, 5, 15), 24, D(2027, 5, 15)),
        (D(2025, 12, 1), 1, D(2026, 1, 1)),
        (D(2025, 5, 15), 0, None),
        (D(2025, 5, 15), None, None),
        (None, 24, None),
    ],
)
def test_end_of_warranty(start: date | None, months: int | None, expected: date | None) -> None:
    assert warranty_end(start, months) == expected


@pytest.mark.parametrize(
    ("made", "shipped", "commissioned", "field"),
    [
        (D(2025, 1, 1), D(2025, 2, 1), D(2025, 3, 1), None),
        (D(2025, 1, 1), D(2025, 1, 1), D(2025, 1, 1), None),
        (None, None, None, None),
        (D(2027, 1, 1), None, None, "manufactured_on"),
        (D(2025, 2, 1), D(2025, 1, 1), None, "shipped_on"),
        (D(2025, 2, 1), None, D(2025, 1, 1), "commissioned_on"),
        (None, D(2025, 2, 1), D(2025, 1, 1), "commissioned_on"),
    ],
)
def test_days_in_their_order(
    made: date | None, shipped: date | None, commissioned: date | None, field: str | None
) -> None:
    problem = problem_with_dates(made, shipped, commissioned, D(2026, 11, 24))
    assert (problem[0] if problem else None) == field


def test_every_kind_has_an_icon_and_every_unit_a_mark() -> None:
    assert all(kind.icon for kind in ModelKind)
    assert all(str(unit.mark) for unit in MeterUnit if unit is not MeterUnit.NONE)


def test_every_icon_is_in_the_sprite() -> None:
    sprite = (Path(__file__).parents[3] / "service_app/static/vendor/icons.svg").read_text("utf-8")
    kinds = (ModelKind, Life, EventKind, Criticality, Severity, FaultStatus, ReadingSource)
    missing = {
        member.icon
        for kind in kinds
        for member in kind
        if member.icon and f'id="{member.icon}"' not in sprite
    }
    assert missing == set()
