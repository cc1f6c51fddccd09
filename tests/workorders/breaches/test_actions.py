"""Corrective actions: told to their owner, done once, reminded of in working hours."""

from datetime import datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core.db import transaction
from service_app.core.errors import Conflict, NotAllowed
from service_app.notifications.models import Notification
from tests.workorders.builders import make_machine, make_order
from workorders.breaches import actions, jobs, queries, service
from workorders.breaches.models import Breach
from workorders.breaches.rules import Cause
from workorders.intake import service as intake


@pytest.fixture
def breach(session, people, now) -> Breach:
    """A response accepted too late; the engineer is to see to it within three days."""
    order = make_order(session, people, make_machine(session, people, now), now)
    at = now + timedelta(hours=2)
    with transaction(session, by=people.dispatcher, at=at):
        intake.accept(session, order, by=people.dispatcher, at=at)
    jobs.pull(session, now=at)
    found = session.scalars(select(Breach)).one()
    give(session, people, found, now)
    return found


def give(session, people, breach: Breach, now, words: str = "Keep a spare phone") -> None:
    action = service.Action(words, people.engineer.user_id, now.date() + timedelta(days=3))
    with transaction(session, by=people.manager, at=now):
        service.give_cause(
            session, breach, shares={Cause.DISPATCH: 100}, comment="Nobody was there",
            action=action if words else service.Action(), version=breach.version,
            by=people.manager, at=now,
        )  # fmt: skip


def finish(session, breach: Breach, by, at: datetime, version: int | None = None) -> None:
    with transaction(session, by=by, at=at):
        actions.finish(
            session, breach, words="done", version=version or breach.version, by=by, at=at
        )


def told(session: Session, like: str) -> list[int]:
    found = select(Notification.user_id).where(Notification.key.like(f"{like}:%"))
    return list(session.scalars(found.order_by(Notification.user_id)))


def test_the_owner_hears_of_it_once_and_of_a_change_again(session, people, breach, now) -> None:
    assert told(session, "action") == [people.engineer.user_id]
    give(session, people, breach, now)
    assert told(session, "action") == [people.engineer.user_id]
    with transaction(session, by=people.manager, at=now):
        breach.action_on = now.date() + timedelta(days=9)
    give(session, people, breach, now)
    assert told(session, "action") == [people.engineer.user_id] * 2


def test_another_action_by_the_same_day_is_told_and_reminded_of(
    session, people, breach, now
) -> None:
    the_day, owner = now + timedelta(days=3), people.engineer.user_id
    actions.remind(session, now=the_day)
    finish(session, breach, people.engineer, the_day)
    give(session, people, breach, now, words="Another thing")
    assert told(session, "action") == [owner] * 2
    actions.remind(session, now=the_day)
    actions.remind(session, now=the_day)
    assert told(session, "action-due") == [owner] * 2


def test_it_is_done_once_by_its_owner_or_a_reviewer(session, people, breach, now) -> None:
    with pytest.raises(NotAllowed):
        finish(session, breach, people.dispatcher, now)
    with pytest.raises(Conflict):
        finish(session, breach, people.engineer, now, version=breach.version - 1)
    finish(session, breach, people.engineer, now)
    assert (breach.action_done_by_id, breach.action_result) == (people.engineer.user_id, "done")
    with pytest.raises(NotAllowed):
        finish(session, breach, people.manager, now)
    give(session, people, breach, now, words="Another thing")
    assert breach.action_done_at is None
    finish(session, breach, people.manager, now)
    give(session, people, breach, now, words="")
    with pytest.raises(NotAllowed):
        finish(session, breach, people.manager, now)


def test_owners_are_reminded_on_the_day_and_managers_after_it(session, people, breach, now) -> None:
    assert actions.remind(session, now=now) == 0
    the_day, night = now + timedelta(days=3), now + timedelta(days=3, hours=14)
    assert actions.remind(session, now=the_day) == 1
    assert actions.remind(session, now=the_day + timedelta(hours=1)) == 1
    assert told(session, "action-due") == [people.engineer.user_id]
    assert told(session, "action-late") == []
    assert actions.remind(session, now=night) == 0
    assert actions.remind(session, now=now + timedelta(days=6)) == 1
    assert told(session, "action-late") == [people.manager.user_id]
    finish(session, breach, people.engineer, now)
    assert actions.remind(session, now=now + timedelta(days=6)) == 0


def test_the_page_shows_ones_own(sign_in_as, session, people, breach, now) -> None:
    engineer = sign_in_as(people.engineer)
    page = unescape(engineer.get("/actions?show=all").get_data(as_text=True))
    assert "Keep a spare phone" in page
    assert f"/breaches/{breach.id}" not in page  # that page is the office's
    assert "Keep a spare phone" not in sign_in_as(people.dispatcher).get("/actions").text
    assert "Keep a spare phone" in sign_in_as(people.dispatcher).get("/actions?show=all").text
    stranger = sign_in_as(people.storekeeper)
    address = f"/actions/{breach.id}/done"
    assert stranger.post(address, data={"version": breach.version}).status_code == 404
    assert sign_in_as(people.operator).get("/actions").status_code == 403
    old = engineer.post(address, data={"version": "0"}, follow_redirects=True)
    assert "changed" in unescape(old.text)
    done = engineer.post(
        address, data={"version": breach.version, "words": "it rings"}, follow_redirects=True
    )
    assert "The action is done." in done.text
    assert "it rings" in engineer.get("/actions?state=done").text
    assert "it rings" in sign_in_as(people.manager).get(f"/breaches/{breach.id}").text


def test_a_withdrawn_breach_has_nothing_to_do(session, people, breach, now, count_queries) -> None:
    with transaction(session, by=people.manager, at=now):
        breach.state = "withdrawn"
    found = actions.list_actions(session, owner_id=None, is_done=False, key=None)
    assert found.rows == []
    assert queries.count_without_cause(session) == 0
    with pytest.raises(NotAllowed):
        finish(session, breach, people.engineer, now)
