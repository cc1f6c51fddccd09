"""Deciding on a quote or a change: who may, on what, once."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.customers.models import CompanyMembership
from tests.service_app.portal.builders import events_of, make_change, make_quote
from workorders.intake.models import Proposal
from workorders.orders.models import WorkOrder


def answer(proposal: Proposal, word: str, **fields: str) -> dict[str, str]:
    return {
        "uid": str(uuid.uuid4()), "proposal": str(proposal.ordinal), "answer": word,
    } | fields  # fmt: skip


def fresh(session, order: WorkOrder) -> WorkOrder:
    session.expire_all()
    return session.get_one(WorkOrder, order.id)


def test_the_quote_says_what_for_and_never_our_costs(sign_in_as, people, order, quote) -> None:
    page = sign_in_as(people.operator).get(f"/orders/{order.number}/quote")
    assert page.status_code == 200
    words = page.text.replace("\xa0", " ")
    for part in ("244 ₽", "with VAT 22 %", "Wed 25 Nov, 10:42", "Repair", "2 h", "Agreed, start"):
        assert part in words
    assert "Not under warranty" in words
    assert sign_in_as(people.outsider).get(f"/orders/{order.number}/quote").status_code == 404
    staff = sign_in_as(people.dispatcher).get(f"/orders/{order.number}/quote")
    assert staff.headers["Location"] == f"/orders/{order.number}/term-and-price"


def test_a_yes_starts_the_work(session, sign_in_as, people, order, quote, now) -> None:
    client = sign_in_as(people.operator)
    sent = client.post(f"/orders/{order.number}/decide", data=answer(quote, "yes"))
    assert sent.headers["Location"] == f"/orders/{order.number}"
    found = fresh(session, order)
    assert (found.status, found.term_at) == ("approved", now + timedelta(days=1))
    page = client.get(f"/orders/{order.number}").text.replace("\xa0", " ")
    assert "You agreed. The machine runs by Wed 25 Nov, 10:42. The dispatcher was told." in page
    assert "Agreed on 24 Nov with Иван Петров" in page
    gone = client.get(f"/orders/{order.number}/quote")
    assert gone.headers["Location"] == f"/orders/{order.number}"


def test_a_refusal_says_why(session, sign_in_as, people, order, quote) -> None:
    client = sign_in_as(people.operator)
    bare = client.post(f"/orders/{order.number}/decide", data=answer(quote, "no"))
    assert bare.status_code == 422
    assert "Say in one line why" in bare.text
    assert fresh(session, order).status == "quoted"
    client.post(f"/orders/{order.number}/decide", data=answer(quote, "no", words="Too dear"))
    event = events_of(session, order, "refuse_quote")[0]
    assert (event.words, event.data["answerer"]) == ("Too dear", "Иван Петров")
    assert fresh(session, order).status != "quoted"


def test_the_same_form_twice_answers_once(session, sign_in_as, people, order, quote) -> None:
    client, form = sign_in_as(people.operator), answer(quote, "yes")
    client.post(f"/orders/{order.number}/decide", data=form)
    client.get("/portal")  # the first notice is read
    client.post(f"/orders/{order.number}/decide", data=form)
    page = client.get("/portal").text
    assert "You agreed." in page
    assert len(events_of(session, order, "approve")) == 1
    client.post(f"/orders/{order.number}/decide", data=answer(quote, "no", words="Changed"))
    assert "This question has been answered already." in client.get("/portal").text
    assert fresh(session, order).status == "approved"


def test_an_answer_is_to_the_price_that_was_read(
    session, sign_in_as, people, order, quote, now
) -> None:
    later = now + timedelta(minutes=1)
    newer = make_quote(session, people, order, later)
    client = sign_in_as(people.operator)
    sent = client.post(f"/orders/{order.number}/decide", data=answer(quote, "yes"))
    assert sent.headers["Location"] == f"/orders/{order.number}/quote"
    assert fresh(session, order).status == "quoted"
    page = client.get(f"/orders/{order.number}/quote").text
    assert "changed while you were reading" in page
    assert f'name="proposal" value="{newer.ordinal}"' in page
    for wrong in (answer(newer, "maybe"), answer(newer, "")):
        client.post(f"/orders/{order.number}/decide", data=wrong)
    assert fresh(session, order).status == "quoted"


def test_a_price_that_ran_out_cannot_be_agreed(session, sign_in_as, people, order, now) -> None:
    proposal = make_quote(session, people, order, now, valid_until=(now - timedelta(days=4)).date())
    client = sign_in_as(people.operator)
    page = client.get(f"/orders/{order.number}/quote").text.replace("\xa0", " ")
    assert "This price held until 20 Nov. Ask for a new one." in page
    assert "Agreed, start" not in page
    sent = client.post(f"/orders/{order.number}/decide", data=answer(proposal, "yes"))
    assert sent.status_code == 422
    assert fresh(session, order).status == "quoted"


def test_only_the_named_ones_decide(session, sign_in_as, people, order, quote, now) -> None:
    with transaction(session, by=SYSTEM, at=now):
        session.add(
            CompanyMembership(
                user_id=people.outsider.user_id, company_id=people.company.id,
                decides_on_price=True,
            )
        )  # fmt: skip
    client = sign_in_as(people.operator)
    page = client.get(f"/orders/{order.number}/quote").text
    assert "decides on price; we asked them." in page
    assert "Чужой" in page
    assert "Agreed, start" not in page
    sent = client.post(f"/orders/{order.number}/decide", data=answer(quote, "yes"))
    assert sent.status_code == 422
    assert fresh(session, order).status == "quoted"
    decider = sign_in_as(people.outsider)
    assert "Agreed, start" in decider.get(f"/orders/{order.number}/quote").text
    decider.post(f"/orders/{order.number}/decide", data=answer(quote, "yes"))
    assert fresh(session, order).status == "approved"


@pytest.mark.parametrize(
    ("who", "status"),
    [("outsider", 404), ("dispatcher", 403), ("engineer", 403), ("manager", 403)],
)
def test_nobody_else_answers(session, sign_in_as, people, order, quote, who, status) -> None:
    client = sign_in_as(getattr(people, who))
    sent = client.post(f"/orders/{order.number}/decide", data=answer(quote, "yes"))
    assert sent.status_code == status
    asked = client.post(f"/orders/{order.number}/question", data={"words": "Why so dear?"})
    assert asked.status_code == status
    assert fresh(session, order).status == "quoted"


def test_a_question_goes_to_the_dispatcher_once(session, sign_in_as, people, order, quote) -> None:
    client = sign_in_as(people.operator)
    form = {"uid": str(uuid.uuid4()), "words": "Is the travel in it?"}
    for _ in range(2):
        sent = client.post(f"/orders/{order.number}/question", data=form)
        assert sent.status_code == 302
    assert [e.words for e in events_of(session, order, "question")] == ["Is the travel in it?"]
    assert fresh(session, order).status == "quoted"
    empty = client.post(f"/orders/{order.number}/question", data={"words": " "})
    assert empty.status_code == 422
    assert "Write your question." in empty.text


def test_a_question_without_a_quote_leads_back(session, sign_in_as, people, order) -> None:
    client = sign_in_as(people.operator)
    sent = client.post(f"/orders/{order.number}/question", data={"words": "When?"})
    assert sent.headers["Location"] == f"/orders/{order.number}"
    assert events_of(session, order, "question") == []


@pytest.mark.parametrize("word", ["yes", "no"])
def test_a_change_is_answered_on_the_orders_page(
    session, sign_in_as, people, order, now, word
) -> None:
    change = make_change(session, people, order, now)
    client = sign_in_as(people.operator)
    page = client.get(f"/orders/{order.number}").text.replace("\xa0", " ")
    for part in ("The hose is worn.", "+6,200 ₽, +1 h", "Yes, do it", "Leave it"):
        assert part in page
    sent = client.post(f"/orders/{order.number}/decide", data=answer(change, word))
    assert sent.headers["Location"] == f"/orders/{order.number}"
    assert "The engineer was told." in client.get(f"/orders/{order.number}").text
    session.expire_all()
    assert session.scalars(select(Proposal)).one().answer == word
    assert fresh(session, order).question_since is None
