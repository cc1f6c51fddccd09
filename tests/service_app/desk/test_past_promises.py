"""Another system's log through the page: summary, other limits, the file, what cannot be."""

import io
from html import unescape

import pytest

from workorders.sla.what_if import kept_at

PLAN = """
[calendar]
zone = "UTC"
[clocks.fix]
start = "opened"
meet = "closed"
limits = { high = "2 h" }
"""
LOG = """case,at,event,priority
1,2026-11-02T09:00,opened,high
1,2026-11-02T10:30,closed,high
2,2026-11-02T09:00,opened,high
2,2026-11-02T12:00,closed,high
3,not a day,opened,high
"""


@pytest.fixture
def client(sign_in_as, people):
    return sign_in_as(people.manager)


def send(client, log: bytes, plan: str = PLAN, **more: str):
    data = {"plan": plan, "log": (io.BytesIO(log), "log.csv"), **more}
    return client.post("/promises/past", data=data, content_type="multipart/form-data")


def test_a_log_is_replayed_and_other_limits_are_told(client, now) -> None:
    page = unescape(send(client, LOG.encode()).get_data(as_text=True)).replace("\u00a0", " ")
    assert "50.0 %" in page
    assert "100.0 %" in page  # with 3 h
    assert "1 row could not be read" in page
    rows = send(client, LOG.encode(), rows="1")
    assert rows.mimetype == "text/csv"
    assert "1,fix,high,met" in rows.get_data(as_text=True)


@pytest.mark.parametrize(
    ("log", "plan", "said"),
    [
        (b"", PLAN, "empty"),
        (b"%PDF-1.7", PLAN, "neither CSV nor XLSX"),
        (LOG.encode(), "[calendar", "not TOML"),
        (LOG.encode(), "", "no clocks"),
        (LOG.encode(), PLAN.replace("UTC", "Mars/X"), "Mars/X"),
        (LOG.encode(), PLAN.replace("opened", "born"), "No case of the log"),
        (b"a,b\n1,2\n", PLAN, "no column"),
    ],
)
def test_what_cannot_be_is_said_and_the_plan_is_kept(client, now, log, plan, said) -> None:
    answer = send(client, log, plan)
    assert answer.status_code == 422
    page = unescape(answer.get_data(as_text=True))
    assert said in page
    assert plan.strip()[:20] in page


def test_without_a_file_the_reason_is_said(client, now) -> None:
    answer = client.post("/promises/past", data={"plan": PLAN})
    assert answer.status_code == 422
    assert "Choose a file." in answer.get_data(as_text=True)


def test_too_long_a_log_names_the_command(client, now, monkeypatch) -> None:
    monkeypatch.setattr("service_app.desk.past_promises.MOST_EVENTS", 2)
    assert "sla replay" in send(client, LOG.encode()).get_data(as_text=True)


def test_what_is_not_met_is_kept_at_no_limit() -> None:
    assert kept_at([(60, True), (60, False), (120, True)], 60) == pytest.approx(100 / 3)


def test_a_plan_is_drafted_from_the_log_and_replays(client, now) -> None:
    page = unescape(send(client, LOG.encode(), draft="1").get_data(as_text=True))
    plan = page.split('rows="14"')[1].split(">", 1)[1].split("</textarea>")[0]
    assert 'start = "opened"' in plan
    assert "a first guess from your log" in page
    answer = unescape(send(client, LOG.encode(), plan=plan).get_data(as_text=True))
    assert "What would have been kept" in answer
    unknown = send(client, b"a,b\n1,2\n", draft="1")
    assert unknown.status_code == 422
    assert "Which column is the case" in unescape(unknown.get_data(as_text=True))
