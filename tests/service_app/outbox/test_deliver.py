"""Letters go out at least once, wait while the post is away, and are given up with a reason."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import Database, transaction
from service_app.core.text import N_, Text
from service_app.outbox import carriers, jobs, queries, service
from service_app.outbox.models import OutboxMessage
from service_app.outbox.rules import LEASE, LetterState, next_try_at
from tests.service_app.outbox.mail_server import MailServer, mail_server

NOW = datetime(2026, 11, 24, 7, 42, tzinfo=UTC)
MINUTES = (1, 5, 15, 60, 360)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    use(carriers.FolderCarrier(tmp_path / "outbox"))
    return tmp_path / "outbox"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as kept:
        use(carriers.carrier_of(kept.url, Path()))
        yield kept


def use(carrier: carriers.Carrier) -> None:
    carriers.configure(
        carriers.Post(carrier, "Service <service@example.org>", "https://service.example")
    )


def put(session: Session, to: str = "a@example.org", **changes: Any) -> OutboxMessage:
    values = {
        "to": to,
        "subject": Text("%(n)s orders", n=3),
        "body": Text("Come at %(at)s.", at=datetime(2026, 11, 25, 9, tzinfo=UTC)),
        "language": "ru",
        "at": NOW,
    }
    with transaction(session, by=SYSTEM, at=NOW):
        return service.send(session, **{**values, **changes})


def state(session: Session, letter: OutboxMessage) -> tuple[str, int]:
    session.expire_all()
    found = session.get_one(OutboxMessage, letter.id)
    return found.state, found.tries


def files(folder: Path) -> dict[str, Message]:
    return {p.name: message_from_bytes(p.read_bytes()) for p in sorted(folder.iterdir())}


def words(letter: Message, name: str) -> str:
    return str(make_header(decode_header(letter[name])))


def text(letter: Message) -> str:
    return letter.get_payload(decode=True).decode()


def test_a_letter_lands_in_the_folder_in_the_readers_words(session: Session, folder: Path) -> None:
    letter = put(session, subject=N_("Фото 31 МБ"))
    assert jobs.deliver(session, now=NOW) == 1
    ((name, got),) = files(folder).items()
    assert name == f"{letter.id:08d}-1.eml"
    assert words(got, "Subject") == "Фото 31 МБ"
    assert got["To"] == "a@example.org"
    assert got["X-Delivery-Attempt"] == "1"
    assert got["Content-Language"] == "ru"
    assert text(got) == "Come at ср 25\xa0ноя, 12:00.\n\n-- \nhttps://service.example\n"
    assert state(session, letter) == ("sent", 1)


def test_a_delivered_letter_forgets_its_words_and_is_not_sent_again(
    session: Session, folder: Path
) -> None:
    letter = put(session, body=Text("Your link: %(link)s", link="secret-token"))
    jobs.deliver(session, now=NOW)
    session.expire_all()
    assert "secret-token" not in str(session.get_one(OutboxMessage, letter.id).body)
    assert jobs.deliver(session, now=NOW + timedelta(days=1)) == 0
    with transaction(session, by=SYSTEM, at=NOW):
        service.try_again(session, letter, at=NOW)
    assert jobs.deliver(session, now=NOW + timedelta(days=1)) == 0


def test_a_server_takes_letters_over_one_connection(session: Session, server: MailServer) -> None:
    put(session)
    put(session, "b@example.org")
    assert jobs.deliver(session, now=NOW) == 2
    assert [one["To"] for one in server.letters] == ["a@example.org", "b@example.org"]
    first, second = (one["Message-ID"] for one in server.letters)
    assert first.endswith("@example.org>")
    assert first != second


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 360)])
def test_pauses_grow(tries: int, minutes: int) -> None:
    assert next_try_at(tries, NOW) == NOW + timedelta(minutes=minutes)


def test_after_the_sixth_try_a_letter_is_given_up(session: Session, tmp_path: Path) -> None:
    use(carriers.carrier_of("smtp://127.0.0.1:9", tmp_path))
    letter, at = put(session), NOW
    for tried, minutes in enumerate(MINUTES, start=1):
        assert jobs.deliver(session, now=at) == 0
        assert state(session, letter) == ("waiting", tried)
        assert not queries.has_due(session, at + timedelta(minutes=minutes, seconds=-1))
        at += timedelta(minutes=minutes)
        assert queries.has_due(session, at)
    assert jobs.deliver(session, now=at) == 0
    assert state(session, letter) == ("failed", 6)
    assert "Refused" in session.get_one(OutboxMessage, letter.id).last_error
    assert not queries.has_due(session, at + timedelta(days=30))
    assert queries.failed_since(session, at) == 1


def test_a_given_up_letter_goes_when_it_is_tried_again(
    session: Session, tmp_path: Path, folder: Path
) -> None:
    letter = put(session)
    with transaction(session, by=SYSTEM, at=NOW):
        service.mark_refused(session, letter, "550 no", is_final=True, at=NOW)
    assert state(session, letter)[0] == LetterState.FAILED
    with transaction(session, by=SYSTEM, at=NOW):
        service.try_again(session, letter, at=NOW)
    assert jobs.deliver(session, now=NOW) == 1
    assert state(session, letter)[0] == LetterState.SENT


def test_an_address_the_server_refuses_does_not_stop_the_others(
    session: Session, server: MailServer
) -> None:
    server.answers = {"gone@example.org": "550 no such person", "slow@example.org": "450 later"}
    gone, slow = put(session, "gone@example.org"), put(session, "slow@example.org")
    well = put(session)
    assert jobs.deliver(session, now=NOW) == 1
    assert state(session, gone) == ("failed", 1)
    assert state(session, slow) == ("waiting", 1)
    assert state(session, well) == ("sent", 1)
    assert session.get_one(OutboxMessage, gone.id).last_error == "550 no such person"


def test_a_server_that_hangs_up_leaves_the_rest_waiting(
    session: Session, server: MailServer
) -> None:
    server.hangs_up_after = 1
    first, second = put(session), put(session, "b@example.org")
    assert jobs.deliver(session, now=NOW) == 1
    assert state(session, first) == ("sent", 1)
    assert state(session, second) == ("waiting", 1)
    server.hangs_up_after = None
    assert jobs.deliver(session, now=NOW + timedelta(minutes=1)) == 1


def test_an_address_with_a_line_break_is_given_up_and_the_others_go(
    session: Session, folder: Path
) -> None:
    evil = put(session, "a@example.org\nBcc: all@example.org")
    put(session)
    assert jobs.deliver(session, now=NOW) == 1
    assert state(session, evil)[0] == LetterState.FAILED
    assert "all@example.org" not in str([str(one) for one in files(folder).values()])


def test_a_killed_delivery_is_made_again_and_marked(session: Session, folder: Path) -> None:
    letter = put(session)
    with transaction(session, by=SYSTEM, at=NOW):
        assert service.claim_due(session, now=NOW, most=20)  # and the worker is killed here
    assert jobs.deliver(session, now=NOW + LEASE - timedelta(seconds=1)) == 0
    assert jobs.deliver(session, now=NOW + LEASE) == 1
    ((_, got),) = files(folder).items()
    assert got["X-Delivery-Attempt"] == "2"
    assert state(session, letter) == ("sent", 2)


def test_the_same_letter_keeps_its_id_at_every_try(session: Session, server: MailServer) -> None:
    letter = put(session)
    ids = set()
    for _ in range(2):
        with transaction(session, by=SYSTEM, at=NOW):
            letter.state, letter.next_try_at, letter.sent_at = "waiting", NOW, None
        jobs.deliver(session, now=NOW)
        ids.add(server.letters[-1]["Message-ID"])
    assert len(ids) == 1
    assert [one["X-Delivery-Attempt"] for one in server.letters] == ["1", "2"]


def test_a_rolled_back_transaction_sends_nothing(session: Session, folder: Path) -> None:
    with pytest.raises(ValueError), transaction(session, by=SYSTEM, at=NOW):
        service.send(
            session, to="a@b.example", subject=N_("x"), body=N_("y"), language="en", at=NOW
        )
        raise ValueError
    assert jobs.deliver(session, now=NOW) == 0


def test_a_full_disk_makes_letters_wait(session: Session, tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    use(carriers.FolderCarrier(tmp_path / "outbox"))
    letter = put(session)
    assert jobs.deliver(session, now=NOW) == 0
    assert state(session, letter) == ("waiting", 1)


def test_old_letters_are_swept(session: Session, folder: Path) -> None:
    put(session)
    jobs.deliver(session, now=NOW)
    waiting = put(session, "b@example.org")
    assert jobs.sweep(session, now=NOW + timedelta(days=13)) == 0
    assert jobs.sweep(session, now=NOW + timedelta(days=15)) == 1
    assert state(session, waiting)[0] == LetterState.WAITING


def test_four_workers_at_once_deliver_each_letter_once(
    engine_database: Database, server: MailServer
) -> None:
    with engine_database.write_session() as session:
        for n in range(30):
            put(session, f"p{n}@example.org")
    gate = threading.Barrier(4)

    def work(_: int) -> int:
        gate.wait()
        with engine_database.write_session() as own:
            return sum(jobs.deliver(own, now=NOW) for _ in range(3))

    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(work, range(4)))
    with engine_database.write_session() as session:
        left = session.scalars(select(OutboxMessage.state)).all()
        session.execute(delete(OutboxMessage))
        session.commit()
    assert sum(sent) == 30
    assert len({one["To"] for one in server.letters}) == len(server.letters) == 30
    assert set(left) == {"sent"}
