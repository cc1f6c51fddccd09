"""A demo is loaded whenever somebody wants to see it."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from service_app.core import clock
from service_app.demo import service
from service_app.factory import create_app
from tests.databases import new_sqlite
from tests.demo_company import demo_config
from workorders.orders.models import WorkOrder


def test_after_midnight_in_moscow_on_new_year(tmp_path) -> None:
    """It is still last year in UTC, and no working hour for days around."""
    at = datetime(2026, 12, 31, 21, 30, tzinfo=UTC)
    database = new_sqlite(tmp_path)
    create_app(demo_config(tmp_path), database)
    with clock.frozen(at), database.write_session() as session:
        service.load(session, at=at)
    with database.read_session() as session:
        latest = session.scalar(select(func.max(WorkOrder.received_at)))
        assert latest is not None
        assert latest <= at
    database.engine.dispose()
