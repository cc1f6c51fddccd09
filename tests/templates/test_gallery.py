"""Every component on a page, in light and dark, on a phone and on a desk, as a person meets it."""

import base64
import io
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = pytest.mark.browser

PAGES = ("desk", "phone", "wrong", "error/404", "error/500", "error/503")
SIZES = {"phone": (360, 800), "rail": (900, 700), "desk": (1440, 1000)}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    width, height = SIZES["desk"]
    opened = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must not complain: no script error, nothing refused by the CSP."""
    complaints: list[str] = []
    made = context.new_page()
    made.on("pageerror", lambda error: complaints.append(str(error)))
    made.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    yield made
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_it(
    browser: Browser, gallery: str, name: str, size: str, scheme: str
) -> None:
    """No violation by axe, nothing wider than the screen."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,
        locale="en-GB",
    )
    page = context.new_page()
    page.goto(f"{gallery}/gallery/{name}")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == scheme
    answer = Axe().run(page).response
    found = [(v["id"], [n["html"] for n in v["nodes"]]) for v in answer["violations"]]
    assert found == []
    assert len(answer["passes"]) > 5
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_badges_and_pills_keep_their_height(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/gallery/desk")
    heights = "(all) => [...new Set(all.map((e) => e.offsetHeight))]"
    assert page.eval_on_selector_all(".s-st", heights) == [22]
    assert page.eval_on_selector_all(".s-sla", heights) == [24]


def test_targets_on_a_phone(page: Page, gallery: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{gallery}/gallery/phone")
    heights = "(all) => Math.min(...all.map((e) => e.offsetHeight))"
    assert page.eval_on_selector_all(".s-choice", heights) >= 60
    assert page.eval_on_selector_all(".s-actions .btn-primary", heights) >= 60
    others = ".s-actions .btn, .s-appbar .s-iconbtn, .s-tile"
    assert page.eval_on_selector_all(others, heights) >= 48


def test_the_action_stands_at_the_thumb(page: Page, gallery: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{gallery}/gallery/desk")
    box = page.get_by_role("link", name="Record the customer's answer").bounding_box()
    assert box is not None
    assert box["y"] > 800 * 2 / 3
    assert box["width"] > 300
    expect(page.get_by_role("navigation", name="Sections, bottom bar")).to_be_hidden()


def test_one_press_sends_once(gallery_app: Flask, page: Page, gallery: str) -> None:
    gallery_app.config["TAKEN"].clear()
    page.goto(f"{gallery}/gallery/phone")
    page.evaluate(
        """() => { const form = document.getElementById("work");
        const button = document.querySelector("[form=work]"); button.click(); button.click(); }"""
    )
    expect(page.get_by_text("Saved")).to_be_visible()
    assert len(gallery_app.config["TAKEN"]) == 1


def test_what_was_typed_survives_until_it_is_taken(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/gallery/phone")
    words = page.get_by_label("Describe it in one sentence")
    words.fill("Boom drops by itself")
    page.get_by_text("Works with limits").first.click()
    page.get_by_label("Password", exact=True).fill("secret of mine")
    page.goto(f"{gallery}/gallery/desk")
    page.goto(f"{gallery}/gallery/phone")
    expect(words).to_have_value("Boom drops by itself")
    expect(page.get_by_role("radio", name="Works with limits")).to_be_checked()
    expect(page.get_by_label("Password", exact=True)).to_have_value("")
    page.get_by_role("button", name="Save, next: relief valve").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    page.goto(f"{gallery}/gallery/phone")
    expect(words).to_have_value("")
    assert page.evaluate("localStorage.length") == 0


def test_a_refused_form_shows_what_the_server_kept(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/gallery/phone")
    page.get_by_label("Describe it in one sentence").fill("older words")
    page.goto(f"{gallery}/gallery/wrong")
    expect(page.get_by_label("Describe it in one sentence")).to_have_value("")
    expect(page.locator(".s-summary")).to_be_focused()
    assert page.title().startswith("Error:")
    hours = page.get_by_label("Running hours")
    described = str(hours.get_attribute("aria-describedby")).split()
    said = " ".join(page.locator(f"#{one}").inner_text() for one in described)
    assert "it was 6,481" in said
    page.get_by_role("link", name=re.compile("Less than on 23 November")).click()
    expect(hours).to_be_focused()


def big_photo() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((3000, 1500), 80).convert("RGB").save(stream, "JPEG", quality=95)
    return stream.getvalue()


def test_photos_gather_shrink_and_can_be_taken_out(
    gallery_app: Flask, page: Page, gallery: str
) -> None:
    gallery_app.config["TAKEN"].clear()
    page.goto(f"{gallery}/gallery/phone")
    tile = page.locator("[data-photo-input]")
    photo = big_photo()
    tile.set_input_files({"name": "one.jpg", "mimeType": "image/jpeg", "buffer": photo})
    expect(page.locator(".s-picked figure:not(.is-busy)")).to_have_count(1)
    paper = {"name": "act.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    tile.set_input_files(paper)
    tile.set_input_files({**paper, "name": "wrong.pdf"})
    expect(page.locator(".s-picked figure")).to_have_count(3)
    page.get_by_role("button", name="Remove wrong.pdf").click()
    kept = page.evaluate(
        """async () => { const files = document.querySelector("[data-photo-input]").files;
        const picture = await createImageBitmap(files[0]);
        return [files.length, picture.width, files[0].size]; }"""
    )
    assert kept[:2] == [2, 2048]
    assert kept[2] < len(photo)


def test_a_signature_is_kept_when_the_screen_turns(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/gallery/phone")
    pad = page.locator("canvas[data-signature]")
    pad.scroll_into_view_if_needed()
    expect(pad).to_have_css("touch-action", "none")
    field = page.locator("#signature")
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 90, steps=8)
    page.mouse.up()
    expect(field).to_have_value(re.compile("^data:image/png;base64,"))
    first = field.input_value()
    drawn = Image.open(io.BytesIO(base64.b64decode(first.split(",")[1])))
    assert drawn.getbbox() is not None
    page.set_viewport_size({"width": 360, "height": 700})
    expect(field).to_have_value(first)
    inked = """(canvas) => canvas.getContext("2d")
        .getImageData(0, 0, canvas.width, canvas.height).data.some((v) => v > 0)"""
    assert pad.evaluate(inked)
    page.get_by_role("button", name="Clear").click()
    expect(field).to_have_value("")
    assert not pad.evaluate(inked)


def test_countdowns_ask_again(page: Page, gallery: str) -> None:
    page.clock.install()
    page.goto(f"{gallery}/gallery/desk")
    first = page.locator("#pill-1")
    expect(first).to_contain_text("10 h 20 min")
    page.clock.run_for(61_000)
    expect(first).to_have_text("new")
    expect(first).to_have_attribute("role", "status")


def test_new_rows_are_told_and_nothing_moves_under_the_hand(page: Page, gallery: str) -> None:
    page.clock.install()
    page.goto(f"{gallery}/gallery/desk")
    rows = page.locator("[data-queue] [data-row]")
    ids = "rows => rows.map((row) => row.id)"
    before = rows.evaluate_all(ids)
    page.clock.run_for(21_000)
    told = page.get_by_role("status").filter(has_text="New: 2. Show them")
    expect(told).to_have_attribute("href", "/queue")
    assert rows.evaluate_all(ids) == before == ["row-1", "row-2"]


def test_keys_work_by_place_and_are_silent_in_fields(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/gallery/desk")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Does not hold frequency under load")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr.is-selected")).to_contain_text("Prints blue in stripes")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("jr?")
    expect(page.get_by_role("searchbox")).to_have_value("jr?")
    expect(page.locator("#keys-help")).to_be_hidden()
    page.get_by_role("searchbox").blur()
    page.keyboard.press("Shift+Slash")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.route("**/answer", lambda route: route.fulfill(body="answered"))
    # The Russian layout: another letter on the same key.
    page.evaluate(
        """document.body.dispatchEvent(
        new KeyboardEvent("keydown", {code: "KeyR", key: "к", bubbles: true, cancelable: true}))"""
    )
    expect(page.get_by_text("answered")).to_be_visible()


def test_sheets_menus_and_photos_open_and_close(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/gallery/phone")
    page.get_by_role("link", name="Pause").click()
    sheet = page.get_by_role("dialog", name="Why a pause?")
    expect(sheet).to_be_visible()
    sheet.get_by_role("button", name="Back").click()
    expect(sheet).to_be_hidden()
    page.get_by_role("link", name="Oil on the cylinder rod").click()
    large = page.get_by_role("dialog", name="Photo")
    expect(large.get_by_role("img", name="Oil on the cylinder rod")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(large.get_by_role("img", name="Hour meter 6481.3")).to_be_visible()
    page.keyboard.press("Escape")
    expect(large).to_be_hidden()
    page.goto(f"{gallery}/gallery/desk")
    page.get_by_label("More actions").click()
    expect(page.get_by_role("button", name="Cancel the order")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Cancel the order")).to_be_hidden()


def test_a_notice_offers_taking_the_move_back_and_goes_away(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/gallery/desk?flash=1")
    said = page.locator(".s-notices")
    expect(said).to_contain_text("The customer was told.")
    undo = said.locator('form[action="/undo"]')
    expect(undo.get_by_role("button", name="Take it back")).to_be_visible()
    said.get_by_role("button", name="Put away").click()
    expect(said).not_to_contain_text("The customer was told.")


def test_without_scripts_forms_and_menus_work(
    browser: Browser, gallery_app: Flask, gallery: str
) -> None:
    gallery_app.config["TAKEN"].clear()
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{gallery}/gallery/phone")
    page.get_by_text("Works with limits").first.click()
    page.get_by_text("Sign with the keyboard").click()
    page.get_by_label("Name").fill("O. V. Zimin")
    page.get_by_label("I agree to sign on the screen").check()
    expect(page.locator("canvas")).to_be_hidden()
    page.get_by_role("button", name="Save, next: relief valve").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    _, sent, _ = gallery_app.config["TAKEN"][0]
    assert (sent["how_bad"], sent["name"], sent["version"]) == ("degraded", "O. V. Zimin", "3")
    page.get_by_label("More actions").click()
    expect(page.get_by_role("button", name="Cancel the order")).to_be_visible()
    context.close()


def test_paper_is_light_and_bare(page: Page, gallery: str) -> None:
    page.emulate_media(color_scheme="dark", media="print")
    page.goto(f"{gallery}/gallery/desk")
    expect(page.locator(".s-side")).to_be_hidden()
    expect(page.get_by_role("link", name="Record the customer's answer")).to_be_hidden()
    ground = page.evaluate("getComputedStyle(document.querySelector('.s-panel')).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
