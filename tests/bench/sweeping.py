"""How long a sweep takes among few open promises and among many, on a copy of the database."""

import sqlite3
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text, update

from service_app.core.db import Database
from workorders.orders import jobs
from workorders.orders.models import OrderClock

DUE = 1_000
ROUNDS = 3
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
WORKDAY = datetime(2001, 1, 16, 7, tzinfo=UTC)
"""A Tuesday morning: at night nobody is told."""
_MORE = text(
    "INSERT INTO order_clock (order_id, clock, number, label, policy_version, state, started_at,"
    " allowed_seconds, used_seconds, due_at, tell_at, warn_at, late_seconds, is_breach_changed,"
    " steps_taken)"
    " SELECT order_id, clock, number + :offset, label, policy_version, 'running', started_at,"
    " allowed_seconds, used_seconds, :due, :due, :warn, 0, 0, '[]'"
    " FROM order_clock WHERE number < :offset AND id <= :last LIMIT :most"
)


@dataclass(frozen=True)
class Swept:
    """``look`` and ``tell`` are seconds: nothing due, and ``DUE`` due at once."""

    open_ones: int
    look: float
    tell: float


def sweeps(source: Path, many: int) -> Iterator[Swept]:
    """Among as many open promises as there are, then among ``many``."""
    copied = source.with_name("swept.db")
    with sqlite3.connect(source) as here, sqlite3.connect(copied) as there:
        here.backup(there)
    database = Database(f"sqlite:///{copied}")
    yield _sweep(database, 0)
    _fill_up(database, many)
    yield _sweep(database, 1)
    database.engine.dispose()
    copied.unlink()


def _sweep(database: Database, series: int) -> Swept:
    with database.write_session() as session:
        found = select(func.count()).select_from(OrderClock).where(OrderClock.due_at.is_not(None))
        open_ones = session.scalar(found) or 0
        looks, tells = [], []
        for number in range(ROUNDS):
            begin = time.perf_counter()
            assert not jobs.has_work(session, LONG_AGO)
            looks.append(time.perf_counter() - begin)
            session.rollback()
            moment = WORKDAY + timedelta(minutes=10 * (series * ROUNDS + number))
            some = select(OrderClock.id).where(OrderClock.due_at.is_not(None)).limit(DUE)
            session.execute(
                update(OrderClock)
                .where(OrderClock.id.in_(some))
                .values(due_at=moment, tell_at=moment, told_at=None, breached_at=None)
            )
            session.commit()
            begin = time.perf_counter()
            assert jobs.tell_due(session, now=moment + timedelta(minutes=1)) == DUE
            tells.append(time.perf_counter() - begin)
    return Swept(open_ones, statistics.median(looks), statistics.median(tells))


def _fill_up(database: Database, many: int) -> None:
    """More clocks of the same orders, due in a far year, until so many are open."""
    far = {"due": "2100-01-01 00:00:00.000000", "warn": "2099-12-31 00:00:00.000000"}
    with database.engine.begin() as connection:
        last = connection.execute(select(func.max(OrderClock.id))).scalar_one()
        left, offset = many, 10**9
        while left > 0:
            values = {"offset": offset, "last": last, "most": left, **far}
            left -= connection.execute(_MORE, values).rowcount
            offset += 10**9
        connection.exec_driver_sql("ANALYZE")
