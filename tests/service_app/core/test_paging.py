"""Keys of long lists: what was given leads on, what was forged leads to the first page."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.paging import Order, fetch_page
from service_app.customers.models import Company
from service_app.notifications.models import Notification
from tests.conftest import People

ORDERS = (
    (Order(Company.sort_key), Order(Company.id)),
    (Order(Notification.at, is_descending=True), Order(Notification.id, is_descending=True)),
)
MOMENTS = st.datetimes(timezones=st.none() | st.timezones()).map(lambda at: {"at": at.isoformat()})
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | MOMENTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


@pytest.fixture
def rows(session: Session, people: People, now: datetime) -> None:
    """Seven companies (with the two that people have) and seven notices, some alike."""
    user_id = people.operator.user_id
    with transaction(session, by=SYSTEM, at=now):
        for n in range(7):
            at = datetime(2026, 11, 24, n // 2, tzinfo=UTC)
            session.add(Notification(user_id=user_id, key=str(n), text={}, at=at))
        for n in range(5):
            session.add(Company(name=f"Завод {n // 2}", short_name=f"Завод {n // 2}"))


@pytest.mark.parametrize("order", ORDERS)
def test_every_row_stands_on_one_page(session: Session, rows: None, order: Any) -> None:
    kind = order[0].column.class_
    seen, key = [], None
    for _ in range(4):
        page = fetch_page(session, select(kind), order=order, key=key, size=2)
        seen += [row.id for row in page.rows]
        key = page.next_key
    assert key is None
    assert len(seen) == len(set(seen)) == 7


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.lists(ANYTHING, max_size=3))
def test_no_forged_key_breaks_a_list(session: Session, rows: None, values: list[Any]) -> None:
    key = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
    for order in ORDERS:
        fetch_page(session, select(order[0].column.class_), order=order, key=key)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(key=st.text())
def test_no_word_breaks_a_list(session: Session, rows: None, key: str) -> None:
    for order in ORDERS:
        assert len(fetch_page(session, select(order[0].column.class_), order=order, key=key)) == 7
