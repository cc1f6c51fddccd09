"""QR labels: the page that shows them and the PDF the worker prints."""

import io
from dataclasses import replace
from datetime import datetime

import pypdf
import pytest
import segno
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assets.machines.models import Machine
from service_app.core.db import transaction
from service_app.documents import jobs
from service_app.documents.models import IssuedDocument
from service_app.files import store
from tests.assets.builders import make_machine, make_model

PAGE = "/machines/labels"
MM = 72 / 25.4


@pytest.fixture
def machine(session: Session, people, now: datetime) -> Machine:
    model = make_model(session, now)
    return make_machine(session, people.company, now, model=model, inventory_number="12")


def printed(session: Session, now: datetime, document: IssuedDocument) -> pypdf.PdfReader:
    """The PDF as the worker makes it."""
    assert jobs.render_pending(session, now=now) == 1
    session.expire_all()
    assert document.pdf is not None
    return pypdf.PdfReader(io.BytesIO(store.read(document.pdf.key)))


def size_of(page: pypdf.PageObject) -> tuple[int, int]:
    return round(float(page.mediabox.width) / MM), round(float(page.mediabox.height) / MM)


def modules_of(picture) -> list[list[int]]:
    """The black modules of a printed code, its margin cut off."""
    grey = picture.convert("L").point(lambda v: 255 if v < 128 else 0)
    inner = grey.crop(grey.getbbox())
    count = round(picture.width / 8) - 8  # eight dots a module, four modules of margin a side
    step = inner.width / count
    return [
        [int(inner.getpixel((int((x + 0.5) * step), int((y + 0.5) * step))) > 0)
         for x in range(count)]
        for y in range(count)
    ]  # fmt: skip


def issued(session: Session) -> IssuedDocument:
    return session.scalars(select(IssuedDocument)).one()


def test_the_page_shows_labels_at_once(sign_in_as, people, session, now, machine) -> None:
    other = make_machine(session, people.other_company, now, serial="OTHER-1")
    client = sign_in_as(people.dispatcher)
    assert client.get(PAGE).text.count('class="l-qr"') == 2
    single = client.get(f"{PAGE}?id={machine.id}").text
    assert single.count('class="l-qr"') == 1
    assert other.serial not in single
    assert f"http://localhost/q/{machine.qr_token}" in single


def test_one_label_is_a_page_of_its_size_and_its_code_can_be_read(
    sign_in_as, people, session, now, machine
) -> None:
    client = sign_in_as(people.dispatcher)
    answer = client.post(f"{PAGE}?id={machine.id}", data={"layout": "single"})
    document = issued(session)
    assert answer.location == f"/documents/{document.id}"
    shown = client.get(answer.location).text
    assert "EG230-00417" in shown
    assert f'href="/machines/{machine.id}"' in shown
    pdf = printed(session, now, document)
    (page,) = pdf.pages
    assert size_of(page) == (70, 37)
    text = page.extract_text()
    for words in ("ЭГ-230", "EG230-00417", "12", "Meridian Service"):
        assert words in text
    (picture,) = page.images
    expected = segno.make(f"http://localhost/q/{machine.qr_token}", error="m", micro=False)
    assert modules_of(picture.image) == [list(row) for row in expected.matrix]
    answer = client.get(f"/documents/{document.id}/pdf")
    assert answer.mimetype == "application/pdf"
    answer.close()


def test_a_sheet_takes_twenty_four(sign_in_as, people, session, now, machine) -> None:
    for n in range(25):
        make_machine(session, people.company, now, model=machine.model, serial=f"S-{n:02}")
    client = sign_in_as(people.manager)
    assert client.post(PAGE, data={"layout": "sheet"}).status_code == 302
    pages = printed(session, now, issued(session)).pages
    assert [size_of(page) for page in pages] == [(210, 297), (210, 297)]
    assert [page.extract_text().count("Meridian Service") for page in pages] == [24, 2]


def test_filters_of_the_address_choose_the_labels(
    sign_in_as, people, session, now, machine
) -> None:
    make_machine(session, people.other_company, now, serial="OTHER-1")
    client = sign_in_as(people.dispatcher)
    client.post(f"{PAGE}?q=EG230", data={"layout": "sheet"})
    labels = issued(session).snapshot["labels"]
    assert [one["serial"] for one in labels] == ["EG230-00417"]


def test_the_same_labels_are_the_same_paper(sign_in_as, people, session, machine) -> None:
    client, path = sign_in_as(people.dispatcher), f"{PAGE}?id={machine.id}"
    one, two = (client.post(path, data={"layout": "single"}).location for _ in range(2))
    assert one == two
    client.post(f"/machines/{machine.id}/token")
    assert client.post(path, data={"layout": "single"}).location != one
    numbers = session.scalars(select(IssuedDocument.number).order_by(IssuedDocument.id)).all()
    assert numbers == ["QR26-0001", "QR26-0002"]


@pytest.mark.parametrize(("language", "said"), [("ru", "Инв. № 12"), ("en", "Inventory No. 12")])
def test_labels_speak_the_customers_language(
    sign_in_as, people, session, now, machine, language, said
) -> None:
    with transaction(session, by=people.administrator, at=now):
        people.company.language = language
    sign_in_as(people.dispatcher).post(PAGE, data={"layout": "single"})
    text = printed(session, now, issued(session)).pages[0].extract_text()
    assert said in text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        (PAGE, {"layout": "napkin"}, "Choose one of the list"),
        (PAGE, {}, "Choose sheets or single"),
        (f"{PAGE}?q=nothing", {"layout": "sheet"}, "No machine, no label"),
        (f"{PAGE}?id=999999", {"layout": "sheet"}, "No machine, no label"),
    ],
)
def test_what_cannot_be_printed_is_said(
    sign_in_as, people, session, machine, path, data, said
) -> None:
    answer = sign_in_as(people.dispatcher).post(path, data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalar(select(func.count()).select_from(IssuedDocument)) == 0


def test_labels_need_an_address_to_lead_to(app, sign_in_as, people, session, machine) -> None:
    config = app.extensions["house_config"]
    app.extensions["house_config"] = replace(config, public_url=None)
    client = sign_in_as(people.dispatcher)
    page = client.get(PAGE).text
    assert "PUBLIC_URL" in page
    assert 'class="l-qr"' not in page
    answer = client.post(PAGE, data={"layout": "sheet"})
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(IssuedDocument)) == 0


@pytest.mark.parametrize("name", ["engineer", "storekeeper", "operator", "outsider"])
def test_only_the_office_prints_and_only_staff_see_the_paper(
    sign_in_as, people, session, machine, name
) -> None:
    sign_in_as(people.dispatcher).post(PAGE, data={"layout": "sheet"})
    client, actor = sign_in_as(getattr(people, name)), getattr(people, name)
    assert client.post(PAGE, data={"layout": "sheet"}).status_code == 403
    found = client.get(f"/documents/{issued(session).id}").status_code
    assert found == (200 if actor.is_staff else 404)
