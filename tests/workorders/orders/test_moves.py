"""The table of moves against the same rules written down apart, cell by cell."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_app.accounts.permissions import MATRIX, Permission, Role
from workorders.orders.moves import (
    ASKED_ON_ITS_PAGE,
    MOVES,
    Action,
    Move,
    Need,
    Offer,
    OrderFacts,
    diagram,
    find_move,
    moves_from,
    offers,
    refusal,
)
from workorders.orders.rules import FINAL, Kind, Place, Status, Step, replay_status

TALK = {"consultation", "training"}
MACHINE = {
    *("repair", "scheduled_service", "campaign", "commissioning", "inspection"),
    "component_repair",
}

# from → {action: to}, for every kind and place
EVERYWHERE = {
    "received": {
        "accept": "accepted",
        "decline": "declined",
        "duplicate": "duplicate",
        "cancel": "cancelled",
    },
    "accepted": {
        "quote": "quoted",
        "assign": "scheduled",  # nothing for the customer to pay
        "approve": "approved",  # an emergency: his word before the paper
        "decline": "declined",
        "duplicate": "duplicate",
        "cancel": "cancelled",
    },
    "quoted": {
        "approve": "approved",
        "refuse_quote": "accepted",
        "quote": "quoted",
        "cancel": "cancelled",
    },
    "approved": {"assign": "scheduled", "cancel": "cancelled"},
    "scheduled": {"start": "in_work", "assign": "scheduled", "cancel": "cancelled"},
    "in_work": {"finish": "done", "assign": "in_work", "cancel": "cancelled"},
    "done": {"return_to_work": "in_work"},
}
# (from, with or without a handover, place) → {action: to}, on top of the above
BY_KIND = {
    ("done", "handed", "on_site"): {
        "hand_over": "handed_over",
        "make_ready": "ready",  # nobody there to sign
        "refuse_act": "in_work",
    },
    ("done", "handed", "workshop"): {"make_ready": "ready"},
    ("done", "talk", "on_site"): {"close": "closed"},
    ("done", "talk", "workshop"): {"close": "closed"},
    **{
        ("ready", "handed", place): {
            "hand_over": "handed_over",
            "refuse_act": "in_work",
            "return_to_work": "in_work",
        }
        for place in ("on_site", "workshop")
    },
    **{("handed_over", "handed", place): {"close": "closed"} for place in ("on_site", "workshop")},
}
OFFICE = {"dispatcher", "manager", "administrator"}
FIELD = OFFICE | {"engineer"}
WHO = {
    "accept": OFFICE, "decline": OFFICE, "duplicate": OFFICE, "quote": OFFICE, "assign": OFFICE,
    "cancel": OFFICE, "close": OFFICE, "approve": FIELD | {"operator"},
    "refuse_quote": FIELD | {"operator"}, "start": FIELD, "finish": FIELD, "make_ready": FIELD,
    "hand_over": FIELD, "refuse_act": FIELD, "return_to_work": FIELD,
}  # fmt: skip


def expected(status: str, kind: str, place: str) -> dict[str, str]:
    sort = "talk" if kind in TALK else "handed"
    return EVERYWHERE.get(status, {}) | BY_KIND.get((status, sort, place), {})


def facts(
    status: Status,
    kind: Kind = Kind.REPAIR,
    place: Place = Place.ON_SITE,
    missing: frozenset[Need] = frozenset(),
) -> OrderFacts:
    return OrderFacts(status, kind, place, missing)


def can_of(*roles: Role):
    may = {p for p, holders in MATRIX.items() if holders & set(roles)}
    return lambda permission: permission in may


def anybody(_: str) -> bool:
    return True


SHAPES = list(itertools.product(Kind, Place))
CELLS = list(itertools.product(Status, Kind, Place))


@pytest.mark.parametrize(("status", "kind", "place"), CELLS)
def test_every_cell(status: Status, kind: Kind, place: Place) -> None:
    want = expected(status, kind, place)
    here = facts(status, kind, place)
    assert {m.action.value: m.to.value for m in moves_from(here)} == want
    for action in Action:
        row = find_move(here, action, anybody)
        assert (row.to.value if row else None) == want.get(action.value)
        said = refusal(here, action, anybody)
        if action.value in want:
            assert said is None
        else:
            assert said is not None
            assert f"“{action.label}” is not possible while" in str(said)
            assert str(status.label) in str(said)


@pytest.mark.parametrize(("status", "kind", "place"), CELLS)
def test_every_role_in_every_cell(status: Status, kind: Kind, place: Place) -> None:
    here = facts(status, kind, place)
    want = expected(status, kind, place)
    for role in Role:
        can = can_of(role)
        own_word = status is Status.QUOTED  # the customer decides a quote, nothing else
        may = {a for a in want if role.value in WHO[a] and (role is not Role.OPERATOR or own_word)}
        assert {o.move.action.value for o in offers(here, can)} == may
        for action in want:
            said = refusal(here, Action(action), can)
            assert (said is None) == (action in may)
            assert said is None or str(said).startswith("You may not do this")


def test_the_expected_table_names_every_action_and_kind() -> None:
    assert {*TALK, *MACHINE} == set(Kind)
    assert set(WHO) == set(Action)


# --- the shape of the whole -------------------------------------------------------------------


def reach(start: Status, kind: Kind, place: Place) -> set[Status]:
    seen, todo = {start}, [start]
    while todo:
        for move in moves_from(facts(todo.pop(), kind, place)):
            if move.to not in seen:
                seen.add(move.to)
                todo.append(move.to)
    return seen


@pytest.mark.parametrize(("kind", "place"), SHAPES)
def test_every_status_can_be_reached_and_left(kind: Kind, place: Place) -> None:
    reached = reach(Status.RECEIVED, kind, place)
    without = {Status.READY, Status.HANDED_OVER} if kind in TALK else set()
    assert reached == set(Status) - without
    for status in reached - FINAL:
        assert Status.CLOSED in reach(status, kind, place)
    for status in FINAL:
        assert reach(status, kind, place) == {status}


@pytest.mark.parametrize(("kind", "place"), SHAPES)
def test_made_ahead_goes_from_scheduled_to_closed(kind: Kind, place: Place) -> None:
    assert Status.CLOSED in reach(Status.SCHEDULED, kind, place)
    assert Status.QUOTED not in reach(Status.SCHEDULED, kind, place)


def test_cancelling_is_possible_until_done() -> None:
    cancellable = {m.from_.value for m in MOVES if m.action is Action.CANCEL}
    assert cancellable == {"received", "accepted", "quoted", "approved", "scheduled", "in_work"}


def test_no_row_stands_twice() -> None:
    cells = [
        (m.from_, m.action, m.who, kind, place)
        for m in MOVES
        for kind in m.kinds
        for place in m.places
    ]
    assert len(cells) == len(set(cells))


def test_one_action_leads_to_one_status() -> None:
    for status, kind, place in CELLS:
        ways = {(m.action, m.to) for m in moves_from(facts(status, kind, place))}
        assert len(ways) == len({action for action, _ in ways})


# --- what must be there -----------------------------------------------------------------------

NEEDS = """
received    accept          machine
received    decline         reason
received    duplicate       twin
received    cancel          reason
accepted    quote           something_to_pay expectation rules price term
accepted    assign          nothing_to_pay engineer
accepted    approve         something_to_pay expectation answer
accepted    decline         reason
accepted    duplicate       twin
accepted    cancel          reason
quoted      approve         answer
quoted      refuse_quote    answer reason
quoted      quote           something_to_pay price term
quoted      cancel          reason
approved    assign          engineer
approved    cancel          reason
scheduled   start           engineer no_wait
scheduled   assign          engineer
scheduled   cancel          reason
in_work     finish          no_wait hours work photo no_question
in_work     assign          engineer
in_work     cancel          reason
done        hand_over       demonstration signers
done        make_ready      papers
done        refuse_act      reason
done        return_to_work  reason
done        close
ready       hand_over       demonstration signers
ready       refuse_act      reason
ready       return_to_work  reason
handed_over close           original
"""
NEED_ROWS = [line.split() for line in NEEDS.strip().splitlines()]


@pytest.mark.parametrize("row", NEED_ROWS, ids=[f"{r[0]}-{r[1]}" for r in NEED_ROWS])
def test_what_a_move_needs(row: list[str]) -> None:
    status, action, needs = Status(row[0]), Action(row[1]), [Need(n) for n in row[2:]]
    moves = [m for m in MOVES if (m.from_, m.action) == (status, action)]
    assert moves
    for move, kind, place in ((m, k, p) for m in moves for k in m.kinds for p in m.places):

        def said(missing: set[Need], here: tuple[Kind, Place], who: Permission) -> str | None:
            sentence = refusal(
                facts(status, *here, frozenset(missing)), action, lambda asked: asked == who
            )
            return None if sentence is None else str(sentence)

        shape = (kind, place)
        all_at_once = " ".join(str(need.label) for need in needs) or None
        assert said(set(Need), shape, move.who) == all_at_once
        for need in needs:
            assert said({need}, shape, move.who) == str(need.label)
        assert said(set(Need) - set(needs), shape, move.who) is None


def test_the_table_of_needs_is_whole() -> None:
    assert {(r[0], r[1]) for r in NEED_ROWS} == {(m.from_.value, m.action.value) for m in MOVES}


def test_every_need_is_used_and_says_what_to_do() -> None:
    assert {need for move in MOVES for need in move.needs} == set(Need)
    for need in Need:
        said = str(need.label)
        assert said.endswith(".")
        assert "!" not in said
        assert "please" not in said.lower()


# --- the buttons ------------------------------------------------------------------------------


def main_of(here: OrderFacts, role: Role) -> str | None:
    """The one filled button: the first offer when it is a main move."""
    found = offers(here, can_of(role))
    return found[0].move.action.value if found and found[0].move.is_main else None


PAYS = frozenset({Need.NOTHING_TO_PAY})
FREE = frozenset({Need.SOMETHING_TO_PAY})


@pytest.mark.parametrize(
    ("status", "missing", "role", "button"),
    [
        ("received", frozenset(), "dispatcher", "accept"),
        ("received", frozenset(), "engineer", None),
        ("received", frozenset(), "operator", None),
        ("accepted", PAYS, "dispatcher", "quote"),
        ("accepted", FREE, "dispatcher", "assign"),
        ("accepted", FREE, "operator", None),
        ("quoted", frozenset(), "operator", "approve"),
        ("quoted", frozenset(), "dispatcher", "approve"),
        ("quoted", frozenset(), "storekeeper", None),
        ("approved", frozenset(), "dispatcher", "assign"),
        ("scheduled", frozenset(), "engineer", "start"),
        ("in_work", frozenset(), "engineer", "finish"),
        ("done", frozenset(), "engineer", "hand_over"),
        ("ready", frozenset(), "dispatcher", "hand_over"),
        ("handed_over", frozenset(), "dispatcher", "close"),
        ("handed_over", frozenset(), "engineer", None),
        ("closed", frozenset(), "administrator", None),
    ],
)
def test_the_filled_button(
    status: str, missing: frozenset[Need], role: str, button: str | None
) -> None:
    assert main_of(facts(Status(status), missing=missing), Role(role)) == button


def test_in_the_workshop_done_is_followed_by_ready() -> None:
    here = facts(Status.DONE, place=Place.WORKSHOP)
    assert main_of(here, Role.ENGINEER) == "make_ready"
    assert find_move(here, Action.HAND_OVER, anybody) is None


def test_talks_are_closed_at_once() -> None:
    assert main_of(facts(Status.DONE, Kind.TRAINING), Role.DISPATCHER) == "close"


@pytest.mark.parametrize(("status", "kind", "place"), CELLS)
def test_one_button_is_filled_whoever_looks(status: Status, kind: Kind, place: Place) -> None:
    for verdict, role in itertools.product((PAYS, FREE), Role):
        found = offers(facts(status, kind, place, verdict), can_of(role))
        assert sum(o.move.is_main for o in found) <= 1
        assert all(not o.move.is_main for o in found[1:])


def test_the_verdict_chooses_between_quoting_and_assigning() -> None:
    def offered(missing: frozenset[Need]) -> set[str]:
        here = facts(Status.ACCEPTED, missing=missing)
        return {o.move.action.value for o in offers(here, can_of(Role.DISPATCHER))}

    ends = {"decline", "duplicate", "cancel"}
    assert offered(PAYS) == {"quote", "approve"} | ends
    assert offered(FREE) == {"assign"} | ends


def test_an_offer_tells_what_is_missing_in_the_order_of_the_table() -> None:
    here = facts(Status.IN_WORK, missing=frozenset({Need.WORK, Need.HOURS, Need.TWIN}))
    found = offers(here, can_of(Role.ENGINEER))
    assert found[0] == Offer(find_move(here, Action.FINISH, anybody), (Need.HOURS, Need.WORK))


def test_each_side_answers_by_its_own_right() -> None:
    here = facts(Status.QUOTED)
    by_customer = find_move(here, Action.APPROVE, can_of(Role.OPERATOR))
    by_staff = find_move(here, Action.APPROVE, can_of(Role.DISPATCHER))
    assert by_customer.who is Permission.ORDERS_ANSWER
    assert by_staff.who is Permission.ORDERS_RECORD_ANSWER


@pytest.mark.parametrize("action", list(Action))
def test_a_page_asks_only_what_its_move_needs(action: Action) -> None:
    needed = {need for move in MOVES if move.action is action for need in move.needs}
    assert needed >= ASKED_ON_ITS_PAGE[action]


# --- walks ------------------------------------------------------------------------------------


@given(
    st.sampled_from(SHAPES),
    st.sampled_from([Status.RECEIVED, Status.SCHEDULED]),
    st.lists(st.tuples(st.integers(0, 99), st.booleans()), max_size=40),
)
def test_walks_through_the_table(
    shape: tuple[Kind, Place], start: Status, choices: list[tuple[int, bool]]
) -> None:
    """Any walk stays in the table, an undo brings back the status before, the replay agrees."""
    steps = [Step(0, start)]
    status = start
    for choice, is_undone in choices:
        ways: list[Move] = moves_from(facts(status, *shape))
        assert bool(ways) == (status not in FINAL)
        if not ways:
            break
        move = ways[choice % len(ways)]
        steps.append(Step(len(steps), move.to))
        assert replay_status(steps) is move.to
        if is_undone:
            steps.append(Step(len(steps), None, undoes=steps[-1].id))
            assert replay_status(steps) is status
        else:
            status = move.to
    assert replay_status(steps) is status


# --- the picture ------------------------------------------------------------------------------


def test_the_diagram_shows_every_move_once() -> None:
    lines = [line.strip() for line in diagram().splitlines()]
    assert lines[0] == "stateDiagram-v2"
    assert len(lines) == len(set(lines))
    drawn = {line for line in lines if ": " in line}
    told = {
        f"{status} --> {to}: {action}"
        for status, kind, place in CELLS
        for action, to in expected(status.value, kind.value, place.value).items()
    }
    assert drawn == told
    assert {line for line in lines if line.startswith("[*]")} == {
        "[*] --> received",
        "[*] --> scheduled",
    }
    ends = {line.split()[0] for line in lines if line.endswith("--> [*]")}
    assert ends == {"closed", "declined", "duplicate", "cancelled"}
