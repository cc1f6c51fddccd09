"""``calendar due``: one start, a file of them, and what cannot be."""

from datetime import UTC, datetime

import pytest

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from workorders.calendars import service
from workorders.calendars.rules import ROUND_THE_CLOCK

NOW = datetime(2026, 11, 24, 7, 42, tzinfo=UTC)


@pytest.fixture
def run(app, session):
    with transaction(session, by=SYSTEM, at=NOW):
        service.make_standard(session, name="Office", zone="Europe/Moscow", by=SYSTEM, at=NOW)
        berlin = service.make_standard(session, name="Day and night", zone="Europe/Berlin",
                                       by=SYSTEM, at=NOW)  # fmt: skip
        service.set_week(session, berlin, ROUND_THE_CLOCK, zone="Europe/Berlin",
                         since=service.BEGINNING, by=SYSTEM, at=NOW)  # fmt: skip
    return lambda *words: app.test_cli_runner().invoke(args=["calendar", "due", *map(str, words)])


@pytest.mark.parametrize(
    ("name", "start", "minutes", "said"),
    [
        ("Office", "2026-11-24 10:42", "480", "2026-11-25 10:42"),
        ("Office", "2026-11-24 12:30", "60", "2026-11-24 14:30"),  # over lunch
        ("Office", "2026-11-24 17:00", "60", "2026-11-24 18:00"),  # used up at the very end
        ("Office", "2026-11-27 17:59", "2", "2026-11-30 09:01"),
        ("Office", "24.11.2026 10:00", "0.5", "2026-11-24 10:00:30"),
        ("Office", "2026-11-24T07:42Z", "60", "2026-11-24 11:42"),
        ("Office", "2026-11-28 12:00", "0", "2026-11-28 12:00"),
        ("Day and night", "2026-03-29 01:30", "60", "2026-03-29 03:30"),  # 2 to 3 is skipped
        ("Day and night", "2026-10-25 01:30", "120", "2026-10-25 02:30"),  # 2 to 3 comes twice
    ],
)
def test_one_start(run, name, start, minutes, said) -> None:
    done = run(name, start, minutes)
    assert (done.exit_code, done.output.strip()) == (0, said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Shop", "2026-11-24 10:42", "480"), "there are: Office, Day and night"),
        (("Office", "tomorrow", "480"), "tomorrow is not a day and time"),
        (("Office", "2026-11-24 10:42", "soon"), "soon is not a number of minutes"),
        (("Office", "2026-11-24 10:42", "nan"), "nan is not a number of minutes"),
        (("Office", "2026-11-24 10:42", "1e12"), "1e12 is not a number of minutes"),
        (("Day and night", "2026-03-29 02:30", "60"), "the clock goes forward over it"),
        (("Office",), "give START and MINUTES, or --csv FILE"),
    ],
)
def test_what_cannot_be_is_said(run, words, said) -> None:
    done = run(*words)
    assert done.exit_code != 0
    assert said in done.output


def test_a_file_of_starts(run, tmp_path) -> None:
    asked, out = tmp_path / "asked.csv", tmp_path / "out.csv"
    asked.write_text("minutes;start_local;note\n480;24.11.2026 10:42;a\n60;2026-11-24 12:30\n")
    assert run("Office", "--csv", asked, "--out", out).exit_code == 0
    assert out.read_text() == (
        "minutes,start_local,note,due_local\n"
        "480,24.11.2026 10:42,a,2026-11-25 10:42\n"
        "60,2026-11-24 12:30,,2026-11-24 14:30\n"
    )


def test_a_file_with_a_bad_line_gives_nothing(run, tmp_path) -> None:
    asked, out = tmp_path / "asked.csv", tmp_path / "out.csv"
    asked.write_text("start_local,minutes\n2026-11-24 10:42,480\n2026-11-24 10:42,-5\n")
    done = run("Office", "--csv", asked, "--out", out)
    assert done.exit_code == 1
    assert "Line 3: -5 is not a number of minutes." in done.output
    assert not out.exists()


def test_a_file_without_the_columns(run, tmp_path) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_text("start,minutes\n1,2\n")
    assert "no column start_local" in run("Office", "--csv", asked).output
