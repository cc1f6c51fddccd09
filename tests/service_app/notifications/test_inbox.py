"""The inbox page: own notices only, read one by one or all at once."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.text import Text
from service_app.notifications import service
from service_app.notifications.models import Notification

DOT = "s-dotn"


def tell(session: Session, now: datetime, actor, n: int = 1, link=("jobs", "")) -> None:
    with transaction(session, by=SYSTEM, at=now):
        for number in range(n):
            service.notify(
                session, user_ids=[actor.user_id], text=Text("Notice %(n)s", n=f"<{number}>"),
                link=link, key=f"k{number}", at=now,
            )  # fmt: skip


def test_own_notices_and_nobody_elses(session, people, now, sign_in_as) -> None:
    tell(session, now, people.engineer)
    page = sign_in_as(people.engineer).get("/inbox").text
    assert "Notice &lt;0&gt;" in page
    other = sign_in_as(people.operator).get("/inbox").text
    assert "Notice &lt;" not in other
    assert "Nothing to read." in other


def test_opening_reads_and_leads_on(session, people, now, sign_in_as) -> None:
    tell(session, now, people.administrator)
    client = sign_in_as(people.administrator)
    assert DOT in client.get("/inbox").text
    notice = session.scalars(select(Notification)).one()
    answer = client.post(f"/inbox/{notice.id}/open")
    assert answer.location == "/admin/jobs"
    session.expire_all()
    assert session.get_one(Notification, notice.id).read_at == now
    assert DOT not in client.get("/inbox").text


def test_a_link_of_an_unknown_kind_leads_back(session, people, now, sign_in_as) -> None:
    tell(session, now, people.engineer, link=("campaign", "7"))
    notice = session.scalars(select(Notification)).one()
    client = sign_in_as(people.engineer)
    assert client.post(f"/inbox/{notice.id}/open").location == "/inbox"


def test_a_foreign_notice_is_not_found(session, people, now, sign_in_as) -> None:
    tell(session, now, people.engineer)
    notice = session.scalars(select(Notification)).one()
    for name, actor in people.all().items():
        if name != "engineer":
            assert sign_in_as(actor).post(f"/inbox/{notice.id}/open").status_code == 404
    session.expire_all()
    assert session.get_one(Notification, notice.id).read_at is None


def test_read_all_touches_own_only(session, people, now, sign_in_as) -> None:
    tell(session, now, people.engineer, n=3)
    tell(session, now, people.manager)
    sign_in_as(people.engineer).post("/inbox/read")
    session.expire_all()
    unread = session.scalars(select(Notification).where(Notification.read_at.is_(None)))
    assert [one.user_id for one in unread] == [people.manager.user_id]


def test_a_long_inbox_goes_by_pages_and_few_queries(
    session, people, now, sign_in_as, count_queries: Callable
) -> None:
    tell(session, now, people.engineer, n=60)
    client = sign_in_as(people.engineer)
    with count_queries() as seen:
        first = client.get("/inbox").text
    assert len(seen) <= 12
    assert "&lt;59&gt;" in first
    assert "&lt;9&gt;" not in first
    link = first.split('class="s-more"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(link).text
    assert "&lt;9&gt;" in second
    assert "&lt;59&gt;" not in second


def test_letters_can_be_switched_off_and_on(session, people, now, sign_in_as) -> None:
    client = sign_in_as(people.engineer)
    assert "Notices also come to engineer@example.org." in client.get("/inbox").text
    client.post("/inbox/letters", data={"wants_letters": "no"})
    assert "Notices stay in the inbox only." in client.get("/inbox").text
    client.post("/inbox/letters", data={"wants_letters": "yes"})
    assert "Notices also come to engineer@example.org." in client.get("/inbox").text
