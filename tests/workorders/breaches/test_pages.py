"""The list of breaches and the review of one, per role."""

from datetime import timedelta

import pytest

from service_app.core.db import transaction
from tests.workorders.builders import make_machine, make_order
from workorders.breaches import jobs, queries
from workorders.breaches.models import Breach
from workorders.intake import service as intake
from workorders.orders import service as orders
from workorders.orders.moves import Action as MoveAction
from workorders.orders.service import Told


@pytest.fixture
def breaches(session, people, now) -> list[int]:
    """Three responses accepted too late, the first made first."""
    machine = make_machine(session, people, now)
    for n in range(3):
        received = now - timedelta(hours=2, minutes=-n)
        order = make_order(session, people, machine, received)
        with transaction(session, by=people.dispatcher, at=now):
            intake.accept(session, order, by=people.dispatcher, at=now)
    jobs.pull(session, now=now)
    return sorted(b.id for b in queries.list_page(session, None))


def review(**changes) -> dict[str, str]:
    typed = {"version": "1", "dispatch": "60", "parts": "40", "comment": "Nobody at the phone"}
    return {**typed, **changes}


@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 200), ("administrator", 200), ("dispatcher", 200), ("engineer", 403),
     ("operator", 403), ("outsider", 403), ("storekeeper", 403)],
)  # fmt: skip
def test_who_sees_breaches(people, sign_in_as, breaches, who, status) -> None:
    client = sign_in_as(getattr(people, who))
    assert client.get("/breaches").status_code == status
    assert client.get(f"/breaches/{breaches[0]}").status_code == status


def test_the_list_names_promise_length_and_suggestion(people, sign_in_as, breaches) -> None:
    page = sign_in_as(people.manager).get("/breaches?show=no_cause").get_data(as_text=True)
    assert "Response, 1" in page.replace("\u00a0", " ")
    assert "Our dispatch" in page
    assert page.count("Give cause<") == 3
    assert "Give causes to 3 breaches" in page


def test_a_dispatcher_reads_only(people, sign_in_as, breaches) -> None:
    client = sign_in_as(people.dispatcher)
    assert "Give cause" not in client.get("/breaches").get_data(as_text=True)
    page = client.get(f"/breaches/{breaches[0]}").get_data(as_text=True)
    assert '<form method="post"' not in page
    assert client.post(f"/breaches/{breaches[0]}", data=review()).status_code == 403


def test_confirming_leads_to_the_next(people, sign_in_as, session, breaches) -> None:
    client = sign_in_as(people.manager)
    answer = client.post(f"/breaches/{breaches[0]}", data=review())
    assert (answer.status_code, answer.location) == (302, f"/breaches/{breaches[1]}")
    client.post(f"/breaches/{breaches[1]}", data=review())
    last = client.post(f"/breaches/{breaches[2]}", data=review(), follow_redirects=True)
    assert "Every breach has its cause." in last.get_data(as_text=True)
    assert queries.count_without_cause(session) == 0


def test_problems_stand_together_and_keep_what_was_typed(people, sign_in_as, breaches) -> None:
    client = sign_in_as(people.manager)
    typed = review(parts="30", comment="", action="A second phone")
    answer = client.post(f"/breaches/{breaches[0]}", data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Shares make 90 %, they must make 100 %." in page
    assert "Write what happened, two words are enough to start." in page
    assert 'value="A second phone"' in page


def test_words_in_a_share_are_refused(people, sign_in_as, breaches) -> None:
    answer = sign_in_as(people.manager).post(f"/breaches/{breaches[0]}", data=review(parts="half"))
    assert answer.status_code == 422


def test_a_stale_form_is_told_and_keeps_its_text(people, sign_in_as, breaches) -> None:
    client = sign_in_as(people.manager)
    client.post(f"/breaches/{breaches[0]}", data=review())
    answer = client.post(f"/breaches/{breaches[0]}", data=review(comment="My words"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Somebody changed this while you were writing." in page
    assert "My words" in page


def test_looking_changes_nothing(people, sign_in_as, session, breaches) -> None:
    client = sign_in_as(people.manager)
    client.get("/breaches")
    client.get(f"/breaches/{breaches[0]}")
    versions = [session.get(Breach, n, populate_existing=True).version for n in breaches]
    assert versions == [1, 1, 1]


def test_a_withdrawn_one_names_the_event(people, sign_in_as, session, now) -> None:
    order = make_order(session, people, make_machine(session, people, now), now)
    late, entered = now + timedelta(minutes=40), now + timedelta(minutes=45)
    with transaction(session, by=people.dispatcher, at=late):
        orders.set_priority(session, order, 1, reason="stands", by=people.dispatcher, at=late)
    jobs.pull(session, now=late)
    with transaction(session, by=people.dispatcher, at=entered):
        orders.move(
            session, order, MoveAction.ACCEPT, told=Told(late - timedelta(minutes=20)),
            by=people.dispatcher, at=entered,
        )  # fmt: skip
    jobs.pull(session, now=entered)
    page = sign_in_as(people.manager).get("/breaches?show=withdrawn").get_data(as_text=True)
    assert "Withdrawn" in page
    assert order.number in page


def test_a_strange_filter_or_key_shows_the_list(people, sign_in_as, breaches) -> None:
    client = sign_in_as(people.manager)
    assert client.get("/breaches?show=x&clock=y&after=z").status_code == 200
    assert client.get("/breaches/999999").status_code == 404


def test_the_queries_do_not_grow_with_rows(people, sign_in_as, breaches, count_queries) -> None:
    client = sign_in_as(people.manager)
    for address in ("/breaches", f"/breaches/{breaches[0]}"):
        with count_queries() as seen:
            assert client.get(address).status_code == 200
        assert len(seen) <= 12, "\n".join(seen)


def test_an_empty_list_says_so(people, sign_in_as) -> None:
    page = sign_in_as(people.manager).get("/breaches").get_data(as_text=True)
    assert "No promise was missed yet." in page
