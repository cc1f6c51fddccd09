"""People with passwords, and the letters that were sent to them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from service_app.accounts import service
from service_app.accounts.models import User
from service_app.core.actor import Actor
from service_app.core.db import transaction

PASSWORD = "соболь у реки 7"


@pytest.fixture
def with_password(session: Session, people: Any, now: datetime) -> Callable[[Actor], User]:
    """``with_password(people.engineer)`` gives them PASSWORD; their sessions stay."""

    def give(actor: Actor) -> User:
        user = session.get_one(User, actor.user_id)
        with transaction(session, by=people.administrator, at=now):
            user.password_hash = service.hash_password(PASSWORD)
        return user

    return give
