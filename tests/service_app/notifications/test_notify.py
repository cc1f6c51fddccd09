"""Each person is told once per key, in the same transaction, with a letter if they want one."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service_app.accounts.models import User
from service_app.accounts.permissions import Role
from service_app.core.actor import SYSTEM
from service_app.core.db import Database, transaction
from service_app.core.text import N_, Text
from service_app.notifications import jobs, queries, service
from service_app.notifications.models import Notification
from service_app.outbox import service as outbox
from service_app.outbox.models import OutboxMessage

SAID = Text("%(who)s took the order", who="Ольга")


def tell(session: Session, now: datetime, *ids: int | None, key: str = "k", **more: Any) -> int:
    with transaction(session, by=SYSTEM, at=now):
        return service.notify(
            session, user_ids=ids, text=SAID, link=("order", "26-0418"), key=key, at=now, **more
        )


def letters(session: Session) -> list[OutboxMessage]:
    return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_inbox_and_letter_in_the_persons_language_and_zone(
    session: Session, people, now: datetime
) -> None:
    person = session.get_one(User, people.engineer.user_id)
    with transaction(session, by=SYSTEM, at=now):
        person.language, person.zone = "ru", "Asia/Yekaterinburg"
    assert tell(session, now, people.engineer.user_id, None) == 1
    (notice,) = session.scalars(select(Notification))
    assert str(notice.sentence) == "Ольга took the order"
    assert (notice.link_kind, notice.link_ref, notice.read_at) == ("order", "26-0418", None)
    (letter,) = letters(session)
    assert (letter.to, letter.language, letter.zone) == (
        "engineer@example.org",
        "ru",
        "Asia/Yekaterinburg",
    )


def test_the_same_key_tells_nobody_twice(session: Session, people, now: datetime) -> None:
    engineer, manager = people.engineer.user_id, people.manager.user_id
    assert tell(session, now, engineer) == 1
    assert tell(session, now, engineer, manager) == 1
    assert tell(session, now, engineer, manager) == 0
    assert tell(session, now, engineer, key="another") == 1
    assert [one.to for one in letters(session)] == [
        "engineer@example.org",
        "manager@example.org",
        "engineer@example.org",
    ]


def test_blocked_people_and_nobody_are_not_told(session: Session, people, now: datetime) -> None:
    with transaction(session, by=SYSTEM, at=now):
        session.get_one(User, people.engineer.user_id).is_active = False
    assert tell(session, now, people.engineer.user_id, None) == 0
    assert queries.staff_with_role(session, Role.ENGINEER) == []


def test_no_letter_for_those_without_address_or_wish(
    session: Session, people, now: datetime
) -> None:
    with transaction(session, by=SYSTEM, at=now):
        session.get_one(User, people.manager.user_id).email = None
        service.choose_letters(
            session, people.engineer.user_id, wants_letters=False, by=people.engineer, at=now
        )
    ids = [people.manager.user_id, people.engineer.user_id, people.dispatcher.user_id]
    assert tell(session, now, *ids) == 3
    assert [one.to for one in letters(session)] == ["dispatcher@example.org"]
    assert tell(session, now, *ids, key="quiet", email=False) == 3
    assert len(letters(session)) == 1


def test_a_changed_mind_brings_letters_back(session: Session, people, now: datetime) -> None:
    me = people.engineer
    for wants in (False, True):
        with transaction(session, by=SYSTEM, at=now):
            service.choose_letters(session, me.user_id, wants_letters=wants, by=me, at=now)
        assert queries.wants_letters(session, me.user_id) is wants


def test_tellers_at_the_same_moment_tell_once(engine_database: Database, now: datetime) -> None:
    with engine_database.write_session() as session, transaction(session, by=SYSTEM, at=now):
        person = User(login="racer", email="racer@example.org", family_name="A", first_name="B")
        session.add(person)
        session.flush()
        user_id = person.id
    gate = threading.Barrier(6)

    def one(_: int) -> int:
        gate.wait()
        with engine_database.write_session() as own:
            return tell(own, now, user_id, key="race")

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(one, range(6)))
    with engine_database.write_session() as session, transaction(session, by=SYSTEM, at=now):
        count = len(letters(session))
        session.execute(delete(OutboxMessage))
        session.execute(delete(Notification))
        session.execute(delete(User).where(User.id == user_id))
    assert sorted(told) == [0, 0, 0, 0, 0, 1]
    assert count == 1


def test_read_and_old_notices_are_swept(session: Session, people, now: datetime) -> None:
    me = people.engineer.user_id
    for key in ("read", "unread"):
        tell(session, now, me, key=key)
    notice = session.scalars(select(Notification).where(Notification.key == "read")).one()
    with transaction(session, by=SYSTEM, at=now):
        service.mark_read(session, me, only=notice, at=now)
    with transaction(session, by=SYSTEM, at=now):
        assert jobs.sweep(session, now=now + timedelta(days=89)) == 0
        assert jobs.sweep(session, now=now + timedelta(days=91)) == 1
        assert jobs.sweep(session, now=now + timedelta(days=366)) == 1


def test_administrators_hear_of_failed_letters_once_a_day(
    session: Session, people, now: datetime
) -> None:
    def failed() -> int:
        with transaction(session, by=SYSTEM, at=now):
            return jobs.tell_of_failed_letters(session, now=now)

    assert failed() == 0
    with transaction(session, by=SYSTEM, at=now):
        letter = outbox.send(
            session, to="x@y.example", subject=N_("a"), body=N_("b"), language="en", at=now
        )
        outbox.mark_refused(session, letter, "550", is_final=True, at=now)
    assert failed() == 1
    assert failed() == 0
    (notice,) = session.scalars(select(Notification))
    assert notice.user_id == people.administrator.user_id
    assert str(notice.sentence).startswith("1 letter was not delivered")
    assert len(letters(session)) == 1  # no letter about letters
