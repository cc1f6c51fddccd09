"""The paper's page, its PDF, and the public check."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM, Actor
from service_app.core.db import transaction
from service_app.documents import jobs, render, views
from service_app.documents.models import IssuedDocument
from tests.conftest import People, SignInAs
from tests.service_app.documents.builders import NOW, issue

MADE_AT = NOW + timedelta(seconds=1)


@pytest.fixture
def paper(session: Session, people: People) -> IssuedDocument:
    with transaction(session, by=SYSTEM, at=NOW):
        return issue(session, branch_id=people.branch.id, company_id=people.company.id)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "is_alive", lambda _session, _now: True)


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


@pytest.mark.usefixtures("worker")
def test_the_paper_is_on_the_screen_before_its_pdf(
    people: People, sign_in_as: SignInAs, session: Session, paper: IssuedDocument
) -> None:
    client = sign_in_as(people.operator)
    page = text_of(client, f"/documents/{paper.id}")
    assert "Act No. 26-0402/1" in page
    assert "Регулятор напряжения AVR-440" in page
    assert "The PDF is being made" in page
    assert 'hx-trigger="every 1s"' in page
    assert 'href="/orders/26-0402"' in page
    key = paper.snapshot["signers"][0]["signature"]
    assert f'src="/documents/{paper.id}/files/{key}"' in page
    with client.get(f"/documents/{paper.id}/files/{key}") as picture:
        assert (picture.status_code, picture.mimetype) == (200, "image/png")

    jobs.render_pending(session, now=MADE_AT)
    state = text_of(client, f"/documents/{paper.id}/state")
    assert "Open the PDF" in state
    assert "hx-get" not in state
    assert "<html" not in state


def test_the_pdf_is_sent_with_its_name_and_type(
    people: People, sign_in_as: SignInAs, session: Session, paper: IssuedDocument
) -> None:
    client = sign_in_as(people.dispatcher)
    early = client.get(f"/documents/{paper.id}/pdf")
    assert (early.status_code, early.location) == (302, f"/documents/{paper.id}")
    jobs.render_pending(session, now=MADE_AT)
    session.expire_all()
    with client.get(f"/documents/{paper.id}/pdf") as answer:
        assert answer.mimetype == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.data[:5] == b"%PDF-"
    with client.get(f"/documents/{paper.id}/pdf?download=1") as saved:
        assert saved.headers["Content-Disposition"] == "attachment; filename=act-26-0402-1.pdf"


@pytest.mark.parametrize("rest", ["", "/state", "/pdf", "/files/{key}"])
def test_a_foreign_paper_is_not_found(
    people: People, sign_in_as: SignInAs, paper: IssuedDocument, rest: str
) -> None:
    key = paper.snapshot["signers"][0]["signature"]
    path = f"/documents/{paper.id}{rest.format(key=key)}"
    assert sign_in_as(people.outsider).get(path).status_code == 404


def test_only_the_papers_own_files_are_served(
    people: People, sign_in_as: SignInAs, session: Session, paper: IssuedDocument
) -> None:
    with transaction(session, by=SYSTEM, at=NOW):
        other = issue(session, branch_id=people.branch.id, company_id=people.other_company.id)
    key = other.snapshot["signers"][0]["signature"]
    for actor in (people.operator, people.engineer):
        assert sign_in_as(actor).get(f"/documents/{paper.id}/files/{key}").status_code == 404
    climbing = f"/documents/{paper.id}/files/../../secret_key"
    assert sign_in_as(people.engineer).get(climbing).status_code == 404


def test_without_a_worker_the_page_says_so(
    people: People, sign_in_as: SignInAs, paper: IssuedDocument
) -> None:
    page = text_of(sign_in_as(people.operator), f"/documents/{paper.id}")
    assert "no background worker runs" in page
    assert 'hx-trigger="every 10s"' in page


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(("name", "sees_names"), [("manager", True), ("operator", False)])
def test_without_libraries_the_page_says_which(
    people: People,
    sign_in_as: SignInAs,
    paper: IssuedDocument,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    sees_names: bool,
) -> None:
    monkeypatch.setattr(render, "missing_libraries", lambda: ("pango-1.0",))
    actor: Actor = getattr(people, name)
    page = text_of(sign_in_as(actor), f"/documents/{paper.id}")
    assert "This server cannot make PDFs yet" in page
    assert ("apt install libpango-1.0-0" in page) is sees_names


@pytest.mark.usefixtures("worker")
def test_a_paper_that_broke_is_tried_again_by_those_who_look_after_jobs(
    people: People, sign_in_as: SignInAs, session: Session, paper: IssuedDocument
) -> None:
    with transaction(session, by=SYSTEM, at=NOW):
        paper.state, paper.last_error = "failed", "OSError: no such picture"
    path = f"/documents/{paper.id}"
    told = text_of(sign_in_as(people.operator), path)
    assert "could not be made" in told
    assert "no such picture" not in told
    assert sign_in_as(people.operator).post(f"{path}/try-again").status_code == 403
    manager = sign_in_as(people.manager)
    assert "no such picture" in text_of(manager, path)
    assert manager.post(f"{path}/try-again").status_code == 302
    session.expire_all()
    assert paper.state == "pending"


@pytest.mark.parametrize("form", ["26-0402-1", "26-0402/1"])
def test_a_genuine_paper_is_recognised_by_anybody(
    client: FlaskClient, paper: IssuedDocument, form: str
) -> None:
    page = text_of(client, f"/verify/{form}?h={paper.content_sha256[:16]}")
    assert "This paper is genuine" in page
    assert "ООО «Меридиан-Сервис»" in page
    assert "Тверьстекло" not in page
    assert "81" not in page.split("<main")[1].split("SHA-256")[0].replace("26-0402", "")


def test_a_changed_or_guessed_paper_is_not(client: FlaskClient, paper: IssuedDocument) -> None:
    wrong = "0" * 16
    for path in (
        f"/verify/26-0402-1?h={wrong}",
        f"/verify/26-0402-1?h={paper.content_sha256[:7]}",
        f"/verify/26-0402-2?h={paper.content_sha256[:16]}",
        "/verify/%D1%8F?h=12345678",
    ):
        page = text_of(client, path, 404)
        assert "No paper with this number" in page
        assert "ООО «Меридиан-Сервис»" not in page


def test_the_check_asks_for_the_hash_when_the_address_has_none(
    client: FlaskClient, paper: IssuedDocument
) -> None:
    asked = [text_of(client, f"/verify/{number}") for number in ("26-0402-1", "99-9999-9")]
    for page, number in zip(asked, ("26-0402-1", "99-9999-9"), strict=True):
        assert "Type the beginning of the SHA-256" in page
        assert "genuine" not in page
        assert number in page
