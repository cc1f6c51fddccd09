"""The chance that an open promise will be missed, counted from past ones like it. Pure.

Of all past promises that were still open when the same share of their time had been used, and on
which work had begun or not as on this one, so many were missed. Small groups lean on larger ones:
every promise → those with a named moment, or those with a limit → clock → and whether work has
begun → and priority → and kind of work → and how many open orders the engineer has, each with the
weight of ``LEAN`` promises of the group above it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from service_app.core.text import N_, Text
from workorders.sla.rules import FIXED

STEPS = 20
"""Steps of the share used, of 5 % each."""
LEAN = 10
FEWEST = 30
"""Past promises, of whatever clock, below which no chance is told."""
FEWEST_LIKE = 5
BINS = 10
ASKED_AT = (0.25, 0.5, 0.75)
"""Shares used at which the model is tried on promises it has not seen."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A past promise: ``final`` is the share of its time used when it was met, ``began`` the share
    used when work began (None: it never did), ``at`` when the promise was made."""

    clock: str
    priority: str
    kind: str
    final: float
    is_late: bool
    began: float | None
    at: datetime
    load: str = ""


MEMORY = timedelta(days=365)
"""Older promises are forgotten: a service gets faster or slower, and has its seasons."""


def load_of(orders: int | None) -> str:
    """How loaded an engineer with so many open orders is; "" while there is none."""
    if orders is None:
        return ""
    return "few" if orders <= 2 else "some" if orders <= 5 else "many"


Counts = Sequence[int]
"""Missed at each step, then kept at each step: how many were still open there."""
Tables = Mapping[str, Counts]


@dataclass(frozen=True)
class Chance:
    """The chance 0 … 1, and those it rests on most: so many of so many like it were missed.

    ``is_same_clock`` is False where too few of the same clock are known and others stand in.
    """

    value: float
    late: int
    total: int
    is_same_clock: bool = True

    @property
    def basis(self) -> Text:
        """What it rests on, in a sentence."""
        like_it = N_("%(late)s of %(total)s like it were late")
        others = N_("%(late)s of %(total)s other promises were late at this point")
        words = like_it if self.is_same_clock else others
        return words.with_values(late=self.late, total=self.total)


SHARED = 2
_MOMENTS = frozenset(clock.value for clock in FIXED)


def _keys(clock: str, has_begun: bool, priority: str, kind: str, load: str) -> tuple[str, ...]:
    """From the largest group to the smallest; the first ``SHARED`` hold other clocks too."""
    stage = f"{clock}|{int(has_begun)}"
    family = "*|moment" if clock in _MOMENTS else "*|limit"
    keys = "*", family, clock, stage, f"{stage}|{priority}", f"{stage}|{priority}|{kind}"
    return (*keys, f"{keys[-1]}|{load}") if load else keys


def tabulate(samples: Iterable[Sample]) -> dict[str, list[int]]:
    """Every group's counts, in one pass; memory by the number of groups."""
    width = STEPS + 2
    changes: dict[str, list[int]] = defaultdict(lambda: [0] * (2 * width))
    for one in samples:
        end = STEPS + 1 if one.is_late else min(int(one.final * STEPS) + 1, STEPS + 1)
        turn = end if one.began is None else min(int(one.began * STEPS) + 1, end)
        offset = 0 if one.is_late else width
        for has_begun, first, last in ((False, 0, turn), (True, turn, end)):
            if first < last:
                keys = _keys(one.clock, has_begun, one.priority, one.kind, one.load)
                for key in keys:
                    changes[key][offset + first] += 1
                    changes[key][offset + last] -= 1
    return {
        key: [*list(accumulate(row[:width]))[:-1], *list(accumulate(row[width:]))[:-1]]
        for key, row in changes.items()
    }


def step_of(used: float) -> int:
    """The step 0 … ``STEPS`` of the share of its time that a promise has used."""
    return min(max(int(used * STEPS), 0), STEPS)


def chance(
    tables: Tables,
    clock: str,
    *,
    step: int,
    has_begun: bool,
    priority: str,
    kind: str,
    load: str = "",
) -> Chance | None:
    """The chance of an open promise at a :func:`step_of` of its time; None when too few past ones
    are known."""
    keys = _keys(clock, has_begun, priority, kind, load)
    late, total = _at(tables, keys[0], 0)
    if total < FEWEST:
        return None
    late, total = _at(tables, keys[0], step)
    value, basis = (late + 1) / (total + 2), (late, total, False)
    for place, key in enumerate(keys[1:], 1):
        late, total = _at(tables, key, step)
        value = (late + LEAN * value) / (total + LEAN)
        if total >= FEWEST_LIKE:
            basis = late, total, place >= SHARED
    return Chance(value, *basis)


def _at(tables: Tables, key: str, step: int) -> tuple[int, int]:
    row = tables.get(key)
    if row is None:
        return 0, 0
    late = row[step]
    return late, late + row[STEPS + 1 + step]


@dataclass(frozen=True)
class Bin:
    """Promises given about the same chance: how many, the mean chance, the share that was late."""

    count: int
    given: float
    came: float


@dataclass(frozen=True)
class Trial:
    """How the chances fared on promises made after those they were counted from.

    ``brier`` is the mean squared difference of chance and outcome (Brier, 1950), ``base`` that of
    telling everybody the same past share. ``questions`` is how many chances were told.
    """

    questions: int
    brier: float
    base: float
    bins: Sequence[Bin]


def try_out(samples: Sequence[Sample], cut: datetime) -> Trial | None:
    """Count from promises made before ``cut``, judge on those made from then on."""
    known = [s for s in samples if s.at < cut]
    tables = tabulate(known)
    past = [s.is_late for s in known for u in ASKED_AT if s.is_late or s.final > u]
    if not past:
        return None
    base = sum(past) / len(past)
    told: list[tuple[float, bool]] = []
    for one in samples:
        if one.at < cut:
            continue
        for u in ASKED_AT:
            if not one.is_late and one.final <= u:
                continue
            found = chance(
                tables, one.clock, step=step_of(u), priority=one.priority, kind=one.kind,
                load=one.load, has_begun=one.began is not None and one.began <= u,
            )  # fmt: skip
            if found is not None:
                told.append((found.value, one.is_late))
    if not told:
        return None
    return Trial(
        len(told),
        sum((p - came) ** 2 for p, came in told) / len(told),
        sum((base - came) ** 2 for _, came in told) / len(told),
        _bins(told),
    )


def _bins(told: Sequence[tuple[float, bool]]) -> list[Bin]:
    groups: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for p, came in told:
        groups[min(int(p * BINS), BINS - 1)].append((p, came))
    return [
        Bin(len(g), sum(p for p, _ in g) / len(g), sum(came for _, came in g) / len(g))
        for _, g in sorted(groups.items())
    ]


def cut_of(samples: Sequence[Sample]) -> datetime | None:
    """Where to cut for a trial: the moment after which a quarter of the promises were made."""
    moments = sorted(s.at for s in samples)
    return moments[len(moments) * 3 // 4] if moments else None
