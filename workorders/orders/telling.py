"""Who is told of promises, and how: each once, a digest instead of a storm, letters by day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from service_app.accounts.permissions import Role
from service_app.core.text import N_, Text, verbatim
from service_app.notifications.queries import staff_with_role
from service_app.notifications.service import notify
from workorders.orders.models import OrderClock

MOST_AT_ONCE = 3
"""Notices to one person in one go beyond which they come as one."""
NAMED = 12
"""Orders that a digest names."""
DIGEST = N_("%(count)s promises need you: %(list)s.")
MORE = N_("%(list)s and %(more)s more")


@dataclass(frozen=True)
class Staff:
    """Whom a batch tells, read once."""

    dispatchers: Sequence[int] = ()
    managers: Sequence[int] = ()

    def close_to(self, row: OrderClock) -> list[int | None]:
        """The order's engineer and its dispatcher; every dispatcher while nobody took it in."""
        order = row.order
        taken = [order.dispatcher_id] if order.dispatcher_id else list(self.dispatchers)
        return [order.engineer_id, *taken]


def load_staff(session: Session, rows: Sequence[OrderClock]) -> Staff:
    """Dispatchers and managers, when there is anybody to tell of anything."""
    if not rows:
        return Staff()
    return Staff(staff_with_role(session, Role.DISPATCHER), staff_with_role(session, Role.MANAGER))


@dataclass(frozen=True)
class Notice:
    """One sentence about one order; ``letters_at`` keeps its letter until then."""

    text: Text
    number: str
    key: str
    letters_at: datetime


@dataclass
class Telling:
    """What a batch has to say, gathered by person before anybody is told."""

    by_person: dict[int, list[Notice]] = field(default_factory=lambda: defaultdict(list))

    def add(self, people: Iterable[int | None], notice: Notice) -> None:
        """Tell these people; nobody is told the same twice."""
        for person in dict.fromkeys(p for p in people if p is not None):
            self.by_person[person].append(notice)

    def send(self, session: Session, *, at: datetime) -> None:
        """A few notices one by one, many as one digest."""
        few: dict[str, tuple[Notice, list[int]]] = {}
        for person, notices in self.by_person.items():
            if len(notices) > MOST_AT_ONCE:
                self._digest(session, person, notices, at=at)
                continue
            for notice in notices:
                few.setdefault(notice.key, (notice, []))[1].append(person)
        for notice, people in few.values():
            notify(
                session, user_ids=people, text=notice.text, link=("order", notice.number),
                key=notice.key, at=at, letters_at=notice.letters_at,
            )  # fmt: skip

    @staticmethod
    def _digest(session: Session, person: int, notices: Sequence[Notice], *, at: datetime) -> None:
        numbers = list(dict.fromkeys(n.number for n in notices))
        said: Text = verbatim(", ".join(numbers[:NAMED]))
        if len(numbers) > NAMED:
            said = MORE.with_values(list=said, more=len(numbers) - NAMED)
        notify(
            session, user_ids=[person], text=DIGEST.with_values(count=len(notices), list=said),
            link=("orders", ""), key=f"digest:{notices[0].key}"[:80], at=at,
            letters_at=min(n.letters_at for n in notices),
        )  # fmt: skip
