"""What an order can be, when an event can have happened, and what is left when steps are undone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_app.core.enums import Tone
from workorders.orders.rules import (
    FINAL,
    MAY_WAIT,
    OPEN,
    Kind,
    Phase,
    Priority,
    Status,
    Step,
    Turn,
    check_moment,
    effective,
    format_number,
    operator_label,
    phase_of,
    replay_status,
    turn_of,
)
from workorders.sla.rules import WaitReason

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)

#   status, staff, operator, tone, icon, phase, whose turn: as the page of words and looks has them
LOOKS = """
received    | Received             | Received               | petrol-open  | inbox          | intake    | ours
accepted    | Accepted             | Accepted               | petrol       | user-check     | intake    | ours
quoted      | Waiting for approval | Your decision          | violet       | receipt        | intake    | customer
approved    | Approved             | Approved               | petrol       | thumb-up       | intake    | ours
scheduled   | Scheduled            | Engineer assigned      | petrol       | calendar-event | execution | ours
in_work     | In work              | In work                | petrol-solid | tool           | execution | ours
done        | Work done            | Work done, papers next | green        | checks         | execution | ours
ready       | Ready                | Ready for you          | violet       | key            | handover  | customer
handed_over | Handed over          | Accepted by you        | green        | signature      | handover  | ours
closed      | Closed               | Closed                 | plain        | lock           | handover  | nobody
declined    | Declined             | Declined               | plain        | circle-x       | intake    | nobody
duplicate   | Duplicate            | Duplicate              | plain        | copy           | intake    | nobody
cancelled   | Cancelled            | Cancelled              | plain        | ban            | intake    | nobody
"""  # noqa: E501 - a table is read by its columns
ROWS = [[cell.strip() for cell in line.split("|")] for line in LOOKS.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_status_looks_as_drawn(row: list[str]) -> None:
    value, staff, operator, tone, icon, phase, turn = row
    status = Status(value)
    assert str(status.label) == staff
    assert str(operator_label(status)) == operator
    assert (status.tone, status.icon) == (Tone(tone), icon)
    assert phase_of(status) is Phase(phase)
    assert turn_of(status) is Turn(turn)


@pytest.mark.parametrize("status", sorted(MAY_WAIT))
@pytest.mark.parametrize(
    ("wait", "turn"),
    [
        ("customer", Turn.CUSTOMER),
        ("access", Turn.CUSTOMER),
        ("approval", Turn.CUSTOMER),
        ("parts", None),
        ("supplier", None),
        ("weather", None),
        ("other", None),
    ],
)
def test_an_open_wait_says_whose_turn_it_is(status: Status, wait: str, turn: Turn | None) -> None:
    assert turn_of(status, WaitReason(wait)) is (turn or turn_of(status))


def test_the_table_of_looks_is_whole() -> None:
    assert {row[0] for row in ROWS} == set(Status)


def test_staff_and_operator_words_are_translated_apart() -> None:
    for status in Status:
        assert status.label.context == "order"
        assert operator_label(status).context == "operator"


def test_ends_and_waits() -> None:
    assert {"closed", "declined", "duplicate", "cancelled"} == FINAL
    assert set(OPEN) | FINAL == set(Status)
    assert not FINAL.intersection(OPEN)
    accepted_to_ready = "accepted quoted approved scheduled in_work done ready"
    assert set(accepted_to_ready.split()) == MAY_WAIT


def test_only_one_status_is_filled() -> None:
    assert [s for s in Status if s.tone is Tone.PETROL_SOLID] == [Status.IN_WORK]


def test_kinds_and_priorities() -> None:
    assert len(Kind) == 8
    assert [int(p) for p in Priority] == [1, 2, 3, 4]
    assert str(Priority.CRITICAL.label) == "1, critical"
    assert sorted([Priority.LOW, Priority.CRITICAL])[0] is Priority.CRITICAL


@pytest.mark.parametrize(
    ("prefix", "year", "ordinal", "number"),
    [
        ("", 2026, 418, "26-0418"),
        ("", 2005, 1, "05-0001"),
        ("ЕК", 2026, 418, "ЕК26-0418"),
        ("", 2026, 12345, "26-12345"),
        ("", 2100, 7, "00-0007"),
    ],
)
def test_numbers(prefix: str, year: int, ordinal: int, number: str) -> None:
    assert format_number(prefix, year, ordinal) == number


# --- two moments -----------------------------------------------------------------------------

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ago", "before", "may", "reason", "refused"),
    [
        (timedelta(0), None, False, "", None),
        (timedelta(minutes=-1), None, False, "", None),  # a clock may be a minute fast
        (timedelta(minutes=-1) - SECOND, None, False, "", "has not come yet"),
        (timedelta(days=-1), None, True, "because", "has not come yet"),
        (timedelta(hours=1), timedelta(hours=1), False, "", None),  # the same moment is enough
        (timedelta(hours=1) + SECOND, timedelta(hours=1), False, "", "That is before"),
        (timedelta(hours=5), timedelta(hours=1), True, "because", "That is before"),
        (timedelta(hours=72), None, False, "", None),
        (timedelta(hours=72) + SECOND, None, False, "", "more than 72 hours ago. The manager"),
        (timedelta(hours=72) + SECOND, None, False, "because", "The manager can enter it"),
        (timedelta(hours=72) + SECOND, None, True, "", "write why"),
        (timedelta(hours=72) + SECOND, None, True, "  \n", "write why"),
        (timedelta(days=400), None, True, "the phone was offline", None),
        (timedelta(days=4), timedelta(days=3), True, "because", "That is before"),
    ],
)
def test_when_an_event_can_have_happened(
    ago: timedelta, before: timedelta | None, may: bool, reason: str, refused: str | None
) -> None:
    said = check_moment(
        NOW - ago,
        recorded_at=NOW,
        not_before=None if before is None else NOW - before,
        may_backdate=may,
        reason=reason,
    )
    assert (said is None) if refused is None else (said is not None and refused in str(said))


# --- undo ------------------------------------------------------------------------------------


def replayed(*steps: Step) -> str:
    return replay_status(steps).value


def test_a_replay() -> None:
    accept, quote = Step(1, Status.ACCEPTED), Step(2, Status.QUOTED)
    assert replayed() == "received"
    assert replayed(accept, quote) == "quoted"
    assert replayed(accept, quote, Step(3, None)) == "quoted"  # a note moves nothing
    assert replayed(accept, quote, Step(3, None, undoes=2)) == "accepted"
    # The status an undoing step carries for the record does not count either.
    assert replayed(accept, quote, Step(3, Status.ACCEPTED, undoes=2)) == "accepted"
    again = Step(4, Status.QUOTED)
    assert replayed(accept, quote, Step(3, None, undoes=2), again) == "quoted"
    assert replayed(accept, Step(3, None, undoes=1)) == "received"


def test_both_the_undone_step_and_the_undo_are_left_out() -> None:
    accept, note, undo = Step(1, Status.ACCEPTED), Step(2, None), Step(3, None, undoes=1)
    assert effective([accept, note, undo]) == [note]


@given(st.lists(st.one_of(st.sampled_from(list(Status)), st.just("undo")), max_size=30))
def test_undoing_is_as_if_it_had_never_been(told: list[Status | str]) -> None:
    """A plain stack, popped by each undo, must agree with the replay."""
    steps: list[Step] = []
    stack: list[Step] = []
    for number, what in enumerate(told):
        if isinstance(what, Status):
            steps.append(Step(number, what))
            stack.append(steps[-1])
        elif stack:
            steps.append(Step(number, None, undoes=stack.pop().id))
    assert effective(steps) == stack
    assert replay_status(steps) == (stack[-1].to_status if stack else Status.RECEIVED)
