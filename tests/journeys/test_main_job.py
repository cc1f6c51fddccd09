"""The main job in a real browser, from an empty database, through the pages only.

The administrator sets the company up → the operator reports a fault from the QR address with a
photo → the dispatcher accepts, agrees, quotes → the operator approves → the engineer sets out,
arrives, starts, waits for access, resumes, finishes → both sign → the act as PDF.
"""

import base64
import io
import re
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image, ImageChops, ImageDraw
from pypdf import PdfReader

from tests.journeys.conftest import Server, number_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PASSWORD = "a long enough password 7"
SIZES = {360: {"width": 360, "height": 800}, 1440: {"width": 1440, "height": 900}}
PEOPLE = {
    "dispatcher": ("Смирнова", "Ольга", "Диспетчер"),
    "engineer": ("Ковалёв", "Андрей", "Инженер"),
    "manager": ("Дроздова", "Марина", "Руководитель"),
}


class Story:
    """Pages of several people, each in a browser context of their own."""

    def __init__(self, browser: Any, server: Server, language: str, width: int) -> None:
        self.browser, self.server, self.language, self.width = browser, server, language, width
        self.pages: dict[str, Any] = {}

    def page(self, who: str) -> Any:
        if who not in self.pages:
            context = self.browser.new_context(
                viewport=SIZES[self.width], locale=self.language, base_url=self.server.url,
                timezone_id="Europe/Moscow",
            )  # fmt: skip
            context.set_default_timeout(15_000)
            page = context.new_page()
            page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
            self.pages[who] = page
        return self.pages[who]

    def submit(self, page: Any, form: str = "main form[method=post]") -> None:
        """Send a page's form and see that nothing was refused."""
        form_box = page.locator(form).first
        if not form_box.count():
            pytest.fail(f"no form {form} on {page.url}: {page.inner_text('body')[:600]}")
        with page.expect_navigation():
            form_box.evaluate("f => f.requestSubmit()")
        wrong = page.locator(".s-err, .s-summary, .s-notice-danger").all_inner_texts()
        assert not wrong, (page.url, wrong)

    def shot(self, page: Any, name: str) -> None:
        """Keep a picture when a folder for them is there."""
        folder = Path("/tmp/journey-shots")
        if folder.is_dir():
            page.screenshot(
                path=str(folder / f"{name}-{self.language}-{self.width}.png"), full_page=True
            )


def photo_bytes() -> bytes:
    picture = Image.new("RGB", (800, 600), "#5B5348")
    ImageDraw.Draw(picture).rectangle((100, 200, 600, 320), fill="#F2C14B")
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def set_up_company(story: Story) -> None:
    page = story.page("administrator")
    page.goto("/")
    assert "/setup" in page.url
    page.fill("[name=code]", story.server.setup_code())
    page.fill("[name=family_name]", "Белова")
    page.fill("[name=first_name]", "Нина")
    page.fill("[name=login]", "admin")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    story.submit(page)
    page.goto("/admin/company")
    page.fill("[name=brand]", "Meridian Service")
    page.fill("[name=name]", "ООО «Меридиан-Сервис»")
    page.fill("[name=address]", "125190, Москва, Ленинградский пр-т, 80")
    page.fill("[name=service_rules]", "Снятые части возвращаются заказчику.")
    page.fill("[name=city]", "Москва")
    story.submit(page, "main form[method=post]:has([name=brand])")
    for login, (family, first, position) in PEOPLE.items():
        page.goto("/admin/people/new")
        page.fill("[name=family_name]", family)
        page.fill("[name=first_name]", first)
        page.fill("[name=position]", position)
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        page.check(f"input[type=checkbox][value={login}]")
        page.select_option("[name=language]", story.language)
        story.submit(page, "main form[method=post]:has([name=family_name])")


def set_up_customer(story: Story) -> str:
    """The company, its site, its operator, its machine; the QR address of the machine."""
    page = story.page("administrator")
    page.goto("/customers/new")
    page.fill("[name=name]", "АО «Карьер Северный»")
    page.fill("[name=short_name]", "Карьер Северный")
    page.select_option("[name=language]", story.language)
    story.submit(page, "main form[method=post]:has([name=short_name])")
    company = re.search(r"/customers/(\d+)", page.url)
    assert company is not None, page.url
    page.goto(f"/customers/{company[1]}/sites/new")
    page.fill("[name=name]", "Участок 2")
    story.submit(page, "main form[method=post]:has([name=access_notes])")
    page.goto(f"/customers/{company[1]}/contacts/new")
    page.fill("[name=family_name]", "Громов")
    page.fill("[name=first_name]", "Алексей")
    page.fill("[name=position]", "Главный механик")
    page.fill("[name=phone]", "+7 912 004-41-02")
    page.check("[name=decides_on_price]")
    story.submit(page, "main form[method=post]:has([name=family_name])")
    page.goto(f"/customers/{company[1]}")
    page.goto(page.locator("a[href$='/access']").first.get_attribute("href"))
    page.fill("[name=login]", "gromov")
    decides = page.locator("[name=decides_on_price]")
    if decides.count() and not decides.is_checked():
        decides.check()
    story.submit(page, "main form[method=post]:has([name=login])")
    link = re.search(r"https?://[^\s\"<]+/reset/[\w.-]+", page.content())
    if link is None:
        page.locator("form[action$='/link'] button").first.click()
        page.wait_for_load_state()
        link = re.search(r"https?://[^\s\"<]+/reset/[\w.-]+", page.content())
    assert link is not None, page.content()[:500]
    page.goto("/machines/models/new")
    page.fill("[name=name]", "ЭГ-230")
    page.fill("[name=english_name]", "EG-230")
    page.select_option("[name=kind]", "excavator")
    page.select_option("[name=meter_unit]", "h")
    story.submit(page, "main form[method=post]:has([name=maker])")
    page.goto(f"/machines/new?company={company[1]}")
    page.select_option("[name=model_id]", index=1)
    page.fill("[name=serial]", "EG230-00417")
    page.fill("[name=inventory_number]", "12")
    for name in ("company_id", "owner_id", "site_id"):
        box = page.locator(f"select[name={name}]")
        if box.count() and box.locator("option").count() > 1:
            box.select_option(index=1)
    story.submit(page, "main form[method=post]:has([name=serial])")
    token = machine_token(story)
    operator = story.page("operator")
    operator.goto(link.group())
    for field in operator.locator("input[type=password]").all():
        field.fill(PASSWORD)
    story.submit(operator)
    return f"/q/{token}"


def machine_token(story: Story) -> str:
    """What the label says: the address of the page the administrator prints."""
    page = story.page("administrator")
    page.goto("/machines/labels")
    found = re.search(r"/q/([\w-]{16,})", page.content())
    if found is None:
        boxes = page.locator("input[type=checkbox]")
        if boxes.count():
            boxes.first.check()
            with page.expect_navigation():
                page.locator("form:has(input[type=checkbox])").first.evaluate(
                    "f => f.requestSubmit()"
                )
        found = re.search(r"/q/([\w-]{16,})", page.content())
    assert found is not None, page.content()[:800]
    return found.group(1)


def sign_in(story: Story, who: str, login: str) -> Any:
    page = story.page(who)
    page.goto("/login")
    if page.locator("[name=password]").count():
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        story.submit(page, "form:has([name=password])")
    return page


def report_fault(story: Story, address: str) -> str:
    page = sign_in(story, "operator", "gromov")
    page.goto(address)
    page.locator("input[name=severity][value=stopped]").check(force=True)
    page.fill("[name=symptom]", "Стрела сама опускается, течёт левый гидроцилиндр")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "cylinder.jpg", "mimeType": "image/jpeg", "buffer": photo_bytes()}
    )
    page.fill("[name=running_hours]", "6481")
    page.wait_for_timeout(500)
    story.shot(page, "report")
    story.submit(page, "form:has([name=symptom])")
    story.shot(page, "received")
    return number_of(page.inner_text("body"))


def local(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo('Europe/Moscow')):%Y-%m-%dT%H:%M}"


def take_in_and_quote(story: Story, number: str) -> None:
    page = sign_in(story, "dispatcher", "dispatcher")
    page.goto("/board")
    story.shot(page, "board")
    assert number in page.inner_text("main")
    page.goto(f"/orders/{number}/accept")
    story.submit(page, "main form[method=post]:has([name=happened_at])")
    page.goto(f"/orders/{number}/expectation")
    page.locator("input[name=expectation][value=make_it_run]").check(force=True)
    page.fill("[name=acknowledged_how]", "По телефону, Громов А.")
    story.submit(page, "main form[method=post]:has([name=acknowledged_how])")
    for description, kind, quantity, price in (
        ("Снять и поставить гидроцилиндр стрелы", "work", "6,5", "3200"),
        ("Ремкомплект уплотнений", "part", "2", "19 200"),
    ):
        page.goto(f"/orders/{number}/works/new?kind={kind}")
        page.fill("[name=description]", description)
        page.fill("[name=quantity]", quantity)
        page.fill("[name=net_price]", price)
        page.select_option("[name=coverage]", "customer")
        story.submit(page, "main form[method=post]:has([name=description])")
    page.goto(f"/orders/{number}/term-and-price")
    page.fill("[name=term_at]", local(datetime.now().astimezone() + timedelta(days=2)))
    story.shot(page, "quote")
    story.submit(page, "main form[method=post]:has([name=term_at])")
    page.goto(f"/orders/{number}")
    story.shot(page, "order-quoted")


def approve(story: Story, number: str) -> None:
    page = story.page("operator")
    page.goto("/portal")
    story.shot(page, "portal")
    page.goto(f"/orders/{number}/quote")
    story.shot(page, "decide")
    assert "72 224" in re.sub(r"\s", " ", page.inner_text("main")) or "72,224" in page.inner_text(
        "main"
    )
    with page.expect_navigation():
        page.locator("form:has([name=answer][value=yes])").first.evaluate("f => f.requestSubmit()")


def assign(story: Story, number: str) -> None:
    page = story.page("dispatcher")
    page.goto(f"/orders/{number}/assign")
    page.select_option("[name=engineer]", index=1)
    at = datetime.now().astimezone()
    page.fill("[name=planned_from]", local(at - timedelta(minutes=5)))
    page.fill("[name=planned_to]", local(at + timedelta(minutes=30)))
    story.submit(page, "main form[method=post]:has([name=engineer])")


def press_next(story: Story, page: Any) -> None:
    """The biggest button of my day."""
    page.goto("/my-day")
    with page.expect_navigation():
        page.locator("main .btn-big").first.click()
    wrong = page.locator(".s-err, .s-summary, .s-notice-danger").all_inner_texts()
    assert not wrong, (page.url, wrong)


def do_the_work(story: Story, number: str) -> None:
    page = sign_in(story, "engineer", "engineer")
    page.goto("/my-day")
    story.shot(page, "my-day")
    press_next(story, page)  # set out
    press_next(story, page)  # on site, start
    page.goto(f"/orders/{number}/pause")
    page.locator("input[name=reason][value=access]").check(force=True)
    story.shot(page, "pause")
    story.submit(page, "form:has([name=reason])")
    time.sleep(1.1)
    press_next(story, page)  # go on
    page.goto(f"/orders/{number}/finish")
    story.shot(page, "finish")
    fill_if_there(page, "words", "Заменён ремкомплект, стрела держит")
    fill_if_there(page, "cause", "Износ уплотнений")
    page.fill("main [name=value]", "6481,4")
    page.fill("main [name=hours]", "6,5")
    for box in page.locator("input[type=checkbox][name=done]").all():
        box.check(force=True)
    if page.locator("input[type=file]").count():
        page.locator("input[type=file]").first.set_input_files(
            {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": photo_bytes()}
        )
        page.wait_for_timeout(500)
    story.submit(page, "main form[method=post]:has(textarea)")


def fill_if_there(page: Any, name: str, value: str) -> None:
    box = page.locator(f"main [name={name}]:visible")
    if box.count():
        box.first.fill(value)


def sign(story: Story, number: str) -> dict[str, bytes]:
    """Both draw their names; what was drawn comes back as PNG bytes."""
    page = story.page("engineer")
    page.goto(f"/orders/{number}/handover")
    page.fill("[name=demonstration]", "20 минут под нагрузкой, утечек нет")
    fill_if_there(page, "running_hours", "6481,4")
    page.fill("[name=taker_name]", "Громов Алексей Петрович")
    page.fill("[name=taker_position]", "Главный механик")
    page.fill("[name=taker_ground]", "доверенность № 87 от 02.11.2026")
    drawn = {}
    for side in ("taker_signature", "giver_signature"):
        canvas = page.locator(f"canvas[data-signature={side}]")
        canvas.evaluate("e => e.scrollIntoView({block: 'center'})")
        page.wait_for_timeout(400)
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + 30, box["y"] + 90)
        page.mouse.down()
        for x, y in ((60, 40), (90, 110), (130, 50), (170, 100), (220, 60)):
            page.mouse.move(box["x"] + x, box["y"] + y, steps=6)
        page.mouse.up()
        page.wait_for_timeout(200)
        data = page.input_value(f"#{side}")
        assert data.startswith("data:image/png;base64,"), data[:40]
        drawn[side] = base64.b64decode(data.partition(",")[2])
    story.shot(page, "sign")
    story.submit(page, "form#sign")
    story.shot(page, "signed")
    return drawn


def act_pdf(story: Story, number: str) -> bytes:
    """The act as the customer downloads it."""
    page = story.page("operator")
    page.goto(f"/orders/{number}")
    story.shot(page, "operator-order")
    links = [a.get_attribute("href") for a in page.locator("a[href*='/documents/']").all()]
    ids = {int(m[1]) for href in links if (m := re.search(r"/documents/(\d+)", href or ""))}
    assert ids, page.inner_text("main")
    address = f"{story.server.url}/documents/{max(ids)}/pdf"
    for _ in range(120):
        answer = page.request.get(address)
        if answer.status == 200 and answer.body()[:5] == b"%PDF-":
            return answer.body()
        time.sleep(0.25)
    log = (story.server.data_dir / "worker.log").read_text()[-1500:]
    pytest.fail(f"no PDF came: {answer.status} {log}")


def same_strokes(one: bytes, other: Image.Image) -> bool:
    """Whether two drawings have ink in the same places."""
    left = Image.open(io.BytesIO(one)).convert("RGBA")
    right = other.convert("RGBA").resize(left.size)
    white = Image.new("RGBA", left.size, "white")
    a = Image.alpha_composite(white, left).convert("L")
    b = Image.alpha_composite(white, right).convert("L")
    difference = ImageChops.difference(a, b).point(lambda v: 255 if v > 60 else 0)
    ink = sum(a.histogram()[:200])
    return ink > 100 and sum(difference.histogram()[1:]) < ink * 0.2


@pytest.mark.parametrize(
    ("language", "width"), [("ru", 360), ("en", 1440), ("en", 360), ("ru", 1440)]
)
def test_from_an_empty_database_to_the_signed_act(
    browser: Any, server: Server, language: str, width: int
) -> None:
    story = Story(browser, server, language, width)
    set_up_company(story)
    address = set_up_customer(story)
    number = report_fault(story, address)
    take_in_and_quote(story, number)
    approve(story, number)
    assign(story, number)
    do_the_work(story, number)
    drawn = sign(story, number)
    reader = PdfReader(io.BytesIO(act_pdf(story, number)))
    text = re.sub(r"\s+", " ", "".join(page.extract_text() for page in reader.pages))
    for part in ("EG230-00417", "Громов", "Ковалёв", "гидроцилиндр", number):
        assert part in text, (part, text)
    assert re.search(r"6.?481", text), text
    assert "72 224,00" in text.replace("\u00a0", " ") or "72,224.00" in text, text
    pictures = [i.image for page in reader.pages for i in page.images if i.image is not None]
    for side, png in drawn.items():
        assert any(same_strokes(png, picture) for picture in pictures), side
    manager = sign_in(story, "manager", "manager")
    manager.goto("/promises")
    story.shot(manager, "promises")
    dispatcher = story.page("dispatcher")
    dispatcher.goto(f"/orders/{number}")
    story.shot(dispatcher, "order-signed")
