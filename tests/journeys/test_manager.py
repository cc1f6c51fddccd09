"""The manager's morning in a real browser, in both languages, on the demo company.

What is late and what will be → one of them, and why that was its deadline → its cause → the
customer's monthly report as a paper → the contract with its hours.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service_app.core import clock
from tests.journeys.conftest import ROOT, Server, free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
COMMENT = {"ru": "Машину не остановили к приезду", "en": "The machine was not stopped for us"}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over the demo company."""
    folder, port = Path(tmp_path_factory.mktemp("demo")), free_port()
    environ = dict(os.environ) | {
        "SERVICE_MODE": "demo", "DATA_DIR": str(folder), "LOG_LEVEL": "WARNING",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip
    environ.pop("DATABASE_URL", None)
    for command in (["migrate"], ["demo", "load"]):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT, env=environ, check=True, capture_output=True,
        )  # fmt: skip
    made = Server(f"http://127.0.0.1:{port}", folder, environ, port)
    made.start_web()
    made.start_worker()
    yield made
    made.stop()


@pytest.fixture
def page(browser: Any, company: Server, language: str) -> Iterator[Any]:
    """The manager, signed in, reading their language."""
    context = browser.new_context(base_url=company.url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(15_000)
    opened = context.new_page()
    opened.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    opened.goto("/login")
    opened.fill("input[name=login]", "manager")
    opened.fill("input[name=password]", "demo")
    with opened.expect_navigation():
        opened.press("input[name=password]", "Enter")
    opened.goto("/me")
    token = opened.locator("input[name=csrf_token]").first.get_attribute("value")
    opened.request.post(f"/language/{language}", form={"csrf_token": token})
    opened.goto("/promises")
    assert opened.locator("html").get_attribute("lang") == language
    yield opened
    context.close()


def follow(page: Any, selector: str) -> None:
    """Press the first link of a kind and wait for its page."""
    with page.expect_navigation():
        page.locator(selector).first.click()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_from_what_is_late_to_the_printed_report(page: Any, language: str) -> None:
    assert page.locator("main .s-clock.s-late, main .s-sla-late, main .s-late").count()
    follow(page, "a[href='/breaches'], a[href^='/breaches?']")
    if not page.locator("main a[href^='/breaches/']").count():
        page.goto("/breaches?show=all")
    follow(page, "main a[href^='/breaches/']")
    assert page.locator("main table, main .s-account").count(), "why is this the deadline"
    give_cause(page, COMMENT[language])
    page.goto(f"/reports/sla?month={whole_month()}")
    follow(page, "section[aria-labelledby=customers-title] a[href*='customer=']")
    with page.expect_navigation():
        page.locator("form[action*='/reports/sla'] button[type=submit].btn-primary").click()
    assert "/documents/" in page.url
    assert is_pdf(page), "the paper of the report"
    follow(page, "nav a[href='/contracts']")
    follow(page, "main a:has-text('П-22/25')")
    follow(page, "main a[href$='/hours']")
    assert page.locator("main tbody tr").count()


def whole_month() -> str:
    """A month in which something was promised: on the first days of one, the month before."""
    return f"{clock.now() - timedelta(days=20):%Y-%m}"


def give_cause(page: Any, words: str) -> None:
    form = page.locator("form[data-shares]")
    fields = form.locator(".s-share input")
    for n in range(fields.count()):
        fields.nth(n).fill("100" if n == 0 else "0")
    form.locator("textarea, input[type=text]").first.fill(words)
    with page.expect_navigation():
        form.locator("[data-confirm-key]").click()
    assert not page.locator(".s-err, .s-summary").count(), page.inner_text("main")[:500]


def is_pdf(page: Any) -> bool:
    """Whether the worker has made the paper within the seconds a person waits."""
    for _ in range(40):
        answer = page.request.get(f"{page.url}/pdf")
        if answer.headers.get("content-type", "").startswith("application/pdf"):
            return bool(answer.body().startswith(b"%PDF"))
        page.wait_for_timeout(250)
    return False
