"""Importing on the page: file, columns, worker, report; two tabs, a dead worker, wrong files."""

import io
import os
import re
import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, update

from assets.machines.models import Machine
from service_app.accounts.permissions import Permission
from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.core.errors import Invalid
from service_app.files import store
from service_app.notifications.models import Notification
from service_app.registry import IMPORTERS
from service_app.transfers import jobs, samples, uploads
from service_app.transfers.models import ImportRun
from service_app.transfers.rules import RunState
from tests.importing import FLEET

START = {"from-model": "model", "from-serial": "serial", "from-customer": "customer"}


@pytest.fixture
def client(sign_in_as, people) -> FlaskClient:
    return sign_in_as(people.manager)


@pytest.fixture
def worker(app, session, now: datetime):
    return lambda at=now: jobs.run(IMPORTERS, session, now=at)


def hand_in(
    client: FlaskClient, content: str, kind: str = "machines", name: str = "fleet.csv"
) -> str:
    file = (io.BytesIO(content.encode()), name)
    answer = client.post("/admin/import", data={"kind": kind, "file": file})
    assert answer.status_code == 302, answer.text
    return answer.location


def the_run(session) -> ImportRun:
    session.expire_all()
    return session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).first()


def count(session) -> int:
    return session.scalar(select(func.count()).select_from(Machine))


def test_from_the_file_to_the_report(client, session, worker, people) -> None:
    page = hand_in(client, FLEET)
    shown = client.get(page).text
    assert "The first rows as they will be read" in shown
    assert re.search(r'<option value="serial" selected', shown)
    assert client.post(page, data=START | {"from-site": "site"}).status_code == 302
    assert the_run(session).state == RunState.WAITING
    assert "You may leave; we will tell you." in client.get(page).text
    assert worker() == 1
    run = the_run(session)
    assert (run.state, run.report["written"], run.is_stored) == (RunState.FINISHED, 5, True)
    assert count(session) == 5
    assert "Imported." in client.get(page).text
    notice = session.scalars(select(Notification)).one()
    assert (notice.user_id, notice.link_kind, notice.link_ref) == (
        people.manager.user_id, "import", str(run.id),
    )  # fmt: skip
    assert client.get(f"{page}/state", headers={"HX-Request": "true"}).headers["HX-Refresh"]
    assert client.post(f"{page}/remove").status_code == 400
    assert the_run(session).is_stored


def test_the_same_form_twice_is_one_file(client, session) -> None:
    for _ in range(2):
        sent = {"kind": "machines", "uid": "7e9f7e0c-3a52-4f3a-9a51-1f4f4a1f0001"}
        sent |= {"file": (io.BytesIO(FLEET.encode()), "fleet.csv")}
        assert client.post("/admin/import", data=sent).status_code == 302
    assert session.scalar(select(func.count()).select_from(ImportRun)) == 1


def test_two_tabs_start_it_once(client, session, worker) -> None:
    page = hand_in(client, FLEET)
    assert client.post(page, data=START).status_code == 302
    assert client.post(page, data=START | {"dry_run": "y"}).status_code == 302
    assert the_run(session).dry_run is False
    assert worker() == 1
    assert worker() == 0
    again = client.post(page, data=START, follow_redirects=True)
    assert "This file is stored already" in again.text
    assert count(session) == 5


def test_a_look_starts_nothing(client, session) -> None:
    page = hand_in(client, "Modell,No,Kunde\nX,1,Neu\n")
    assert "The column model is missing" in client.get(page).text
    sent = {"from-model": "Modell", "from-serial": "No", "set-customer": "Werk", "look": "1"}
    shown = client.post(page, data=sent).text
    assert "The column" not in re.sub(r"<label.*?</label>", "", shown).split("Which column")[0]
    assert ">Werk<" in shown
    assert the_run(session).state == RunState.DRAFT


def test_rejected_rows_are_named_and_the_rest_can_be_stored(client, session, worker) -> None:
    page = hand_in(client, FLEET + "EX-1,,=1+1,\n")
    client.post(page, data=START)
    worker()
    assert (the_run(session).state, count(session)) == (RunState.REFUSED, 0)
    shown = client.get(page).text
    assert "Nothing was stored, because rows were rejected" in shown
    assert "The cell is empty, it is needed." in shown
    assert ">7<" in shown
    table = client.get(f"{page}/rejected.csv")
    assert table.data.startswith(b"\xef\xbb\xbfLine,Column")
    client.post(page, data=START | {"skip_rejected": "y"})
    worker()
    assert (the_run(session).state, count(session)) == (RunState.FINISHED, 5)


def test_a_trial_stores_nothing(client, session, worker) -> None:
    page = hand_in(client, FLEET)
    client.post(page, data=START | {"dry_run": "y"})
    worker()
    run = the_run(session)
    assert (run.state, run.report["written"], run.is_stored) == (RunState.FINISHED, 5, False)
    assert count(session) == 0
    assert "Tried: nothing was stored" in client.get(page).text
    client.post(page, data=START)
    worker()
    assert count(session) == 5


def test_a_run_of_a_dead_worker_is_taken_up_again(client, session, worker, now) -> None:
    page = hand_in(client, FLEET)
    client.post(page, data=START)
    with transaction(session, by=SYSTEM, at=now):
        session.execute(update(ImportRun).values(state="running", claimed_at=now))
    assert jobs.has_work(session, now + timedelta(seconds=30)) is False
    assert worker(now + timedelta(seconds=30)) == 0
    later = now + timedelta(minutes=3)
    assert jobs.has_work(session, later) is True
    assert worker(later) == 1
    assert (the_run(session).state, count(session)) == (RunState.FINISHED, 5)


def test_a_slow_run_that_still_tells_is_left_alone(client, session, worker, now) -> None:
    page = hand_in(client, FLEET)
    client.post(page, data=START)
    later = now + timedelta(minutes=30)
    with transaction(session, by=SYSTEM, at=now):
        session.execute(update(ImportRun).values(state="running", claimed_at=now))
    run = the_run(session)
    uploads.Teller(run.uid)(10, 100)
    told = uploads.folder() / f"{run.uid.hex}.progress"
    os.utime(told, (later.timestamp() - 5,) * 2)
    assert worker(later) == 0
    assert "10 of 100 rows" in client.get(page).text


def test_who_was_outrun_stores_nothing(client, session, now, monkeypatch) -> None:
    """The claim is looked at again in the transaction that stores."""
    page = hand_in(client, FLEET)
    client.post(page, data=START)
    taken_in = jobs.take_in

    def slow(inner, *args, **kwargs):
        inner.execute(update(ImportRun).values(claimed_at=now + timedelta(minutes=5)))
        return taken_in(inner, *args, **kwargs)

    monkeypatch.setattr(jobs, "take_in", slow)
    jobs.run(IMPORTERS, session, now=now)
    assert count(session) == 0
    assert session.scalars(select(Notification)).all() == []


def test_a_crash_is_told_and_can_be_started_again(client, session, worker, monkeypatch) -> None:
    page = hand_in(client, FLEET)
    client.post(page, data=START)
    monkeypatch.setattr(jobs, "take_in", lambda *a, **k: 1 / 0)
    worker()
    assert the_run(session).state == RunState.FAILED
    assert "nothing was stored" in client.get(page).text
    monkeypatch.undo()
    client.post(page, data=START)
    worker()
    assert count(session) == 5


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.pdf", b"%PDF-1.7"),
        ("a.xlsx", b"PK\x03\x04x"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ],
)
def test_files_that_are_no_table(client, session, name: str, content: bytes) -> None:
    sent = {"kind": "machines", "file": (io.BytesIO(content), name)}
    page = client.post("/admin/import", data=sent).location
    shown = client.get(page)
    assert shown.status_code == 200
    assert "s-summary" in shown.text
    assert client.post(page, data=START).status_code == 422
    assert the_run(session).state == RunState.DRAFT
    uid = the_run(session).uid
    assert client.post(f"{page}/remove").status_code == 302
    assert the_run(session) is None
    assert not uploads.path_of(uid).exists()


def test_a_file_that_is_gone(client, session, worker) -> None:
    page = hand_in(client, FLEET)
    assert client.post(page, data=START).status_code == 302
    uploads.forget(the_run(session).uid)
    worker()
    assert the_run(session).state == RunState.REFUSED
    assert "The file lies here no more. Choose it again." in client.get(page).text


def test_no_file_and_no_kind(client) -> None:
    assert "Choose a file." in client.post("/admin/import", data={"kind": "machines"}).text
    sent = {"kind": "money", "file": (io.BytesIO(b"x"), "x.csv")}
    assert client.post("/admin/import", data=sent).status_code == 422


def test_a_file_over_the_limit(tmp_path: Path, app) -> None:
    with pytest.raises(Invalid, match="over 1 MB"):
        uploads.save(io.BytesIO(b"x" * (uploads.CHUNK + 1)), uuid.uuid4(), limit_mb=1)
    assert list(uploads.folder().iterdir()) == []


def test_samples_can_be_imported_as_they_are(client) -> None:
    for kind, importer in IMPORTERS.items():
        names = [column.name for column in importer.columns]
        plain = client.get(f"/admin/import/samples/{kind}.csv")
        assert plain.data.decode("utf-8-sig").splitlines()[0] == ",".join(names)
        book = client.get(f"/admin/import/samples/{kind}.xlsx")
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.data)).get_sheet_by_index(0)
        assert sheet.to_python()[0] == names
        assert {len(row) for row in importer.samples} == {len(names)}
    assert client.get("/admin/import/samples/money.csv").status_code == 404
    assert client.get("/admin/import/samples/machines.exe").status_code == 404


def test_a_spreadsheet_gets_no_formulas() -> None:
    assert samples.to_csv([["=1+1", "-2", "@x", "plain"]]) == b"\xef\xbb\xbf'=1+1,'-2,'@x,plain\r\n"


def test_who_may_not(sign_in_as, people) -> None:
    for person in (people.operator, people.engineer, people.dispatcher, people.storekeeper):
        assert not person.can(Permission.IMPORTS_RUN)
        assert sign_in_as(person).get("/admin/import").status_code in (403, 404)


def test_the_sweep_keeps_the_record_and_drops_the_file(client, session, worker, now) -> None:
    page = hand_in(client, FLEET)
    client.post(page, data=START)
    worker()
    hand_in(client, FLEET)
    files = [run.uid for run in session.scalars(select(ImportRun))]
    with transaction(session, by=SYSTEM, at=now):
        assert jobs.sweep(session, now=now + timedelta(days=29)) == 0
        jobs.sweep(session, now=now + timedelta(days=31))
    assert not any(uploads.path_of(uid).exists() for uid in files)
    assert the_run(session).is_stored
    assert client.get(page).status_code == 200


def test_the_command(app, session, tmp_path: Path, people) -> None:
    file = tmp_path / "fleet.csv"
    file.write_text(FLEET + "EX-1,F,\n")
    run = app.test_cli_runner().invoke
    refused = run(args=["import", "machines", str(file)])
    assert refused.exit_code == 1
    assert "line 7, customer: The cell is empty, it is needed." in refused.output
    assert count(session) == 0
    tried = run(args=["import", "machines", str(file), "--set", "customer=One", "--dry-run"])
    assert tried.exit_code == 0
    assert "this was a dry run" in tried.output
    assert count(session) == 0
    stored = run(args=["import", "machines", str(file), "--skip-rejected"])
    assert stored.exit_code == 0
    assert "6 rows: 5 new, 0 there already, 1 rejected." in stored.output
    assert count(session) == 5
    assert run(args=["import", "money", str(file)]).exit_code == 2
    wrong = run(args=["import", "machines", str(file), "--map", "serial=Nowhere"])
    assert wrong.exit_code == 1
    assert "The file has no column Nowhere" in wrong.output
    assert "a zone" not in run(args=["import", "machines", str(file), "--zone", "Mars/X"]).output


def test_the_store_is_beside_the_files(app) -> None:
    assert uploads.folder() == store.root().parent / "imports"
