"""The last page: names what is missing, takes it all at once, or nothing."""

import io
import uuid
from decimal import Decimal

import pytest
from PIL import Image
from sqlalchemy import func, select

from assets.faults.rules import FaultStatus
from assets.meters.models import Reading, UnreadMeter
from service_app.core.db import transaction
from tests.workorders.builders import make_line
from workorders.execution.models import Labour
from workorders.intake import quoting
from workorders.orders import service as orders
from workorders.orders.lines import sums_of
from workorders.orders.models import OrderEvent, OrderPhoto
from workorders.orders.moves import Need
from workorders.orders.queries import facts_of, list_lines
from workorders.orders.rules import Status
from workorders.planning.queries import list_for_order
from workorders.planning.rules import VisitStatus
from workorders.sla.rules import WaitReason

FULL = {
    "words": "Replaced the cylinder seal", "value": "6481.5", "hours": "1", "minutes": "30",
    "no_photo": "unseen",
}  # fmt: skip


def page(answer) -> str:
    return answer.get_data(as_text=True)


def total(session, table) -> int:
    return session.scalar(select(func.count()).select_from(table))


def taken_photo():
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "JPEG")
    picture.seek(0)
    return picture, "after.jpg"


def test_everything_on_one_page(session, people, post, begun):
    with transaction(session, by=people.dispatcher, at=begun.received_at):
        make_line(session, begun, people.dispatcher, begun.received_at)
    line = list_lines(session, begun.id)[0]
    answer = post(
        begun, "finish", **FULL, cause="The seal went hard", done=str(line.id), has_left="y",
        photos=taken_photo(),
    )  # fmt: skip
    assert answer.status_code == 302
    assert begun.status == Status.DONE
    assert begun.hours_at_handover == Decimal("6481.5")
    assert begun.fault.status == FaultStatus.FIXED
    assert begun.fault.cause == "The seal went hard"
    labour = session.scalars(select(Labour)).one()
    assert (labour.minutes, labour.user_id) == (90, people.engineer.user_id)
    assert list_lines(session, begun.id)[0].is_done
    assert session.scalars(select(OrderPhoto)).one().stage == "after"
    assert list_for_order(session, begun.id)[0].status == VisitStatus.OVER


def test_an_open_question_or_wait_is_what_comes_first(session, people, engineer, begun, now):
    path = f"/orders/{begun.number}/finish"
    assert 'form="finish"' in page(engineer.get(path))
    with transaction(session, by=people.engineer, at=now):
        quoting.ask_change(
            session, begun, words="The hose is worn. Replace it?", amount=Decimal(6200),
            extra_minutes=60, term_at=None, photo=None, uid=uuid.uuid4(), by=people.engineer,
            at=now,
        )  # fmt: skip
    shown = page(engineer.get(path))
    assert "The customer has not answered the change yet." in shown
    assert f'btn-big" href="/orders/{begun.number}/answer"' in shown
    assert 'form="finish"' not in shown
    order_page = page(engineer.get(f"/orders/{begun.number}"))
    assert f'btn-primary" href="/orders/{begun.number}/answer"' in order_page
    assert "Replace it? <b" in order_page
    assert "+6,200\u00a0₽, +1\u00a0h" in order_page
    with transaction(session, by=people.engineer, at=now):
        orders.open_wait(session, begun, WaitReason.PARTS, by=people.engineer, at=now)
    assert f'action="/orders/{begun.number}/resume"' in page(engineer.get(path))


def test_names_all_that_is_missing_and_keeps_nothing(session, post, begun):
    answer = post(begun, "finish", words="Done")
    assert answer.status_code == 422
    assert "Enter the running hours." in page(answer)
    assert "Enter the labour, or at least one line of work done." in page(answer)
    answer = post(begun, "finish", words="Done", value="6481")
    assert "Enter the running hours." not in page(answer)
    assert "Enter the labour" in page(answer)
    assert total(session, Reading) == 0
    assert begun.status == Status.IN_WORK
    answer = post(begun, "finish", value="6481", minutes="20")
    assert "Write what was done" in page(answer)


def test_a_repair_ends_with_a_photo_or_a_reason(session, sign_in_as, people, post, begun):
    bare = {name: value for name, value in FULL.items() if name != "no_photo"}
    answer = post(begun, "finish", **bare)
    assert answer.status_code == 422
    assert "Add a photo after the repair, or say why there is none." in page(answer)
    assert (begun.status, total(session, Labour)) == (Status.IN_WORK, 0)
    assert post(begun, "finish", **bare, no_photo="forbidden").status_code == 302
    story = page(sign_in_as(people.dispatcher).get(f"/orders/{begun.number}"))
    assert "No photo after the repair: photos are forbidden there." in story


def test_with_a_photo_nobody_reads_a_reason(session, people, sign_in_as, post, begun):
    assert post(begun, "finish", **FULL, photos=taken_photo()).status_code == 302
    assert "No photo after" not in page(
        sign_in_as(people.dispatcher).get(f"/orders/{begun.number}")
    )
    assert session.scalars(select(OrderPhoto)).one().stage == "after"


def test_a_service_needs_no_photo(session, people, engineer, post, begun):
    with transaction(session, by=people.dispatcher, at=begun.received_at):
        begun.kind = "scheduled_service"
    assert 'name="no_photo"' not in page(engineer.get(f"/orders/{begun.number}/finish"))
    bare = {name: value for name, value in FULL.items() if name != "no_photo"}
    assert post(begun, "finish", **bare).status_code == 302
    assert begun.status == Status.DONE


def test_hours_that_go_back_are_said_beside_the_field(session, post, begun, later):
    assert post(begun, "hours", **{"hours-value": "6481"}).status_code == 302
    session.get(type(begun), begun.id).hours_at_handover = None
    with later(hours=1):
        answer = post(begun, "hours", **{"hours-value": "6400"})
    assert answer.status_code == 422
    assert "6,481" in page(answer)
    assert 'id="hours-value-error1"' in page(answer)
    assert total(session, Reading) == 1


def test_finish_with_hours_that_go_back_changes_nothing(session, people, post, begun, later):
    post(begun, "hours", **{"hours-value": "6481"})
    with transaction(session, by=people.engineer, at=begun.received_at):
        begun.hours_at_handover = None
    with later(hours=1):
        answer = post(begun, "finish", **(FULL | {"value": "6400"}))
    assert answer.status_code == 422
    assert 'id="value-error1"' in page(answer)
    assert total(session, Labour) == 0
    assert begun.status == Status.IN_WORK


def test_a_meter_that_cannot_be_read_is_an_answer(session, post, begun):
    answer = post(begun, "finish", words="Done", minutes="20", unread="no_power", no_photo="camera")
    assert answer.status_code == 302
    assert begun.status == Status.DONE
    assert begun.meter_unread == "no_power"
    assert total(session, UnreadMeter) == 1
    told = session.scalars(select(OrderEvent).where(OrderEvent.kind == "note")).one()
    assert "could not be read" in str(told.data)


def test_hours_read_later_outdo_the_unread_meter(session, post, begun):
    post(begun, "hours", **{"hours-unread": "illegible"})
    assert begun.meter_unread == "illegible"
    post(begun, "hours", **{"hours-value": "6481"})
    assert begun.meter_unread is None
    assert begun.hours_at_handover == Decimal(6481)


def test_neither_hours_nor_a_reason(post, begun):
    assert "or why it cannot be read" in page(post(begun, "hours"))


def test_what_is_known_is_not_asked_again(engineer, post, begun):
    text = page(engineer.get(f"/orders/{begun.number}/finish"))
    assert 'name="value"' in text
    post(begun, "hours", **{"hours-value": "6481"})
    text = page(engineer.get(f"/orders/{begun.number}/finish"))
    assert 'name="value"' not in text


def test_waiting_and_open_questions_are_named_before_typing(session, people, engineer, begun, now):
    with transaction(session, by=people.engineer, at=now):
        orders.open_wait(session, begun, WaitReason.PARTS, by=people.engineer, at=now)
    text = page(engineer.get(f"/orders/{begun.number}/finish"))
    assert "The order is waiting. Resume it first." in text
    assert 'name="words"' not in text
    with transaction(session, by=people.engineer, at=now):
        orders.close_wait(session, begun, by=people.engineer, at=now)
        begun.question_since = now
    text = page(engineer.get(f"/orders/{begun.number}/finish"))
    assert "The customer has not answered the change yet." in text


def test_same_form_twice_is_once(session, post, begun):
    uid = uuid.uuid4()
    assert post(begun, "finish", uid=uid, **FULL).status_code == 302
    assert post(begun, "finish", uid=uid, **FULL).status_code == 302
    assert total(session, Labour) == 1
    assert total(session, Reading) == 1
    kinds = session.scalars(select(OrderEvent.kind).where(OrderEvent.order_id == begun.id)).all()
    assert kinds.count("finish") == 1


def test_second_tab_is_told_who_was_first(people, post, begun):
    post(begun, "finish", **FULL)
    answer = post(begun, "finish", **FULL)
    assert answer.status_code == 422
    assert "Already done" in page(answer)
    assert people.engineer.name in page(answer)


@pytest.mark.parametrize("who", ["operator", "outsider", "storekeeper"])
def test_others_may_not(people, sign_in_as, post, begun, who):
    client = sign_in_as(getattr(people, who))
    assert post(begun, "finish", client=client, **FULL).status_code == 403
    assert client.get(f"/orders/{begun.number}/finish").status_code == 403
    assert begun.status == Status.IN_WORK


def test_finishing_by_the_dispatcher_takes_no_labour_for_an_office_person(
    session, people, sign_in_as, post, begun
):
    """Labour on this page is the engineer's own; the office enters it on the labour page."""
    client = sign_in_as(people.dispatcher)
    answer = post(begun, "finish", client=client, **FULL)
    assert answer.status_code == 302
    labour = session.scalars(select(Labour)).one()
    assert labour.user_id == people.engineer.user_id


def test_the_office_sees_used_parts_in_the_sum(session, post, begun):
    answer = post(
        begun, "parts-used",
        **{"part-description": "Seal kit", "part-quantity": "2", "part-unit": "pcs",
           "part-net_price": "1500,50", "part-is_off_books": "y"},
    )  # fmt: skip
    assert answer.status_code == 302
    line = list_lines(session, begun.id)[0]
    assert line.is_done
    assert line.is_off_books
    assert sums_of([line], "RUB").everything.net == Decimal("3001.00")
    assert Need.WORK not in facts_of(session, begun).missing


def test_labour_taken_out_counts_no_more(session, people, engineer, post, begun):
    fields = {
        "person": str(people.engineer.user_id), "kind": "work", "rate": "normal", "hours": "2",
        "worked_on": "2026-11-24",
    }  # fmt: skip
    assert post(begun, "labour", **fields).status_code == 302
    assert Need.WORK not in facts_of(session, begun).missing
    entry = session.scalars(select(Labour)).one()
    assert post(begun, f"labour/{entry.id}/remove").status_code == 302
    assert Need.WORK in facts_of(session, begun).missing
    assert "2 h" not in page(engineer.get(f"/orders/{begun.number}/labour"))
    assert post(begun, f"labour/{entry.id}/remove").status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hours": "", "minutes": ""}, "Enter how long it took."),
        ({"worked_on": "2026-11-25"}, "has not come yet"),
        ({"worked_on": "2026-11-20"}, "The order was received only on"),
        ({"hours": "25"}, "more than 24 hours"),
        ({"hours": "-1"}, "Enter how long it took."),
        ({"person": "999"}, "Choose one of the list."),
    ],
)
def test_labour_that_cannot_be(session, people, post, begun, changes, said):
    fields = {
        "person": str(people.engineer.user_id), "kind": "work", "rate": "normal", "hours": "2",
        "worked_on": "2026-11-24",
    } | changes  # fmt: skip
    answer = post(begun, "labour", **fields)
    assert answer.status_code == 422
    assert said in page(answer)
    assert total(session, Labour) == 0


def test_another_fault(session, post, begun):
    fields = {"fault-severity": "degraded", "fault-symptom": "Hose chafed"}
    uid = uuid.uuid4()
    for _ in range(2):
        answer = post(begun, "fault-found", **fields, **{"fault-uid": str(uid)})
        assert answer.status_code == 302
    kinds = session.scalars(select(OrderEvent.kind).where(OrderEvent.order_id == begun.id)).all()
    assert kinds.count("fault_found") == 1
    answer = post(begun, "fault-found", **{"fault-severity": "degraded"})
    assert "Write what is wrong." in page(answer)
