"""The page of jobs and letters: what runs, what broke, what did not go."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.text import N_
from service_app.desk.deliveries import LABELS
from service_app.outbox import service as outbox
from service_app.outbox.models import OutboxMessage
from service_app.registry import JOBS
from service_app.worker import service as worker


@pytest.fixture
def refused(session: Session, now: datetime) -> OutboxMessage:
    with transaction(session, by=SYSTEM, at=now):
        letter = outbox.send(
            session, to="gone@example.org", subject=N_("An order"), body=N_("b"),
            language="en", at=now,
        )  # fmt: skip
        outbox.mark_refused(session, letter, "550 no such person", is_final=True, at=now)
    return letter


def test_without_a_worker_the_page_says_so(session, people, now, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    assert "No background worker runs" in client.get("/admin/jobs").text
    with transaction(session, by=SYSTEM, at=now):
        worker.beat(session, leader="a", host="plant-7", process_id=1, since=now, at=now)
    page = client.get("/admin/jobs").text
    assert "No background worker runs" not in page
    assert "The worker on plant-7 has run since 10:42" in page


def test_a_broken_run_stands_with_its_reason(
    session, people, now, sign_in_as, count_queries: Callable
) -> None:
    with transaction(session, by=SYSTEM, at=now):
        run = worker.claim(session, job="outbox.deliver", slot=1, leader="a", at=now)
        worker.finish(session, run, rows=0, milliseconds=12, error="OSError: <disk> full", at=now)
    with count_queries() as seen:
        page = sign_in_as(people.administrator).get("/admin/jobs").text
    assert len(seen) <= 12
    assert "Deliver letters" in page
    assert "OSError: &lt;disk&gt; full" in page


def test_every_job_has_words_people_know() -> None:
    assert {job.name for job in JOBS} - set(LABELS) == set()


def test_a_given_up_letter_is_tried_again(session, people, now, sign_in_as, refused) -> None:
    client = sign_in_as(people.manager)
    assert "gone@example.org" not in client.get("/admin/jobs").text
    page = client.get("/admin/jobs?letters=failed").text
    assert "gone@example.org" in page
    assert "550 no such person" in page
    answer = client.post(f"/admin/jobs/letters/{refused.id}/try-again", follow_redirects=True)
    assert "The letter to gone@example.org is tried again within seconds." in answer.text
    session.expire_all()
    assert session.get_one(OutboxMessage, refused.id).next_try_at == now


def test_no_such_letter(people, sign_in_as) -> None:
    assert sign_in_as(people.manager).post("/admin/jobs/letters/99/try-again").status_code == 404


def test_only_leads_see_it(people, sign_in_as, refused) -> None:
    for actor in (people.engineer, people.dispatcher, people.storekeeper, people.operator):
        client = sign_in_as(actor)
        assert client.get("/admin/jobs").status_code == 403
        path = f"/admin/jobs/letters/{refused.id}/try-again"
        assert client.post(path).status_code == 403
