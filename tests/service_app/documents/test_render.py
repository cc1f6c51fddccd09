"""Papers as PDF: archival, readable by machines, made of nothing but their snapshot."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdf
import pytest
from jinja2 import UndefinedError
from PIL import Image
from sqlalchemy.orm import Session

from service_app.core.actor import SYSTEM
from service_app.core.db import transaction
from service_app.documents import render
from service_app.documents.models import IssuedDocument
from service_app.files import intake
from service_app.files import service as files
from tests.conftest import People
from tests.service_app.documents.builders import NOW, drawing, issue, snapshot

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def paper(session: Session, people: People) -> IssuedDocument:
    with transaction(session, by=SYSTEM, at=NOW):
        return issue(session, branch_id=people.branch.id)


def with_snapshot(session: Session, people: People, **changes: Any) -> IssuedDocument:
    with transaction(session, by=SYSTEM, at=NOW):
        return issue(session, branch_id=people.branch.id, snapshot=snapshot(session, **changes))


def read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(content).pages)


def test_the_pdf_is_archival(paper: IssuedDocument) -> None:
    found = read(render.render_pdf(paper))
    root: Any = found.trailer["/Root"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata or 'pdfaid:part="3"' in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata or (
        'pdfaid:conformance="B"' in metadata
    )
    assert root["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    assert "/Encrypt" not in found.trailer
    assert found.metadata is not None
    assert found.metadata.title == "Act 26-0402/1" or "26-0402/1" in str(found.metadata.title)


def test_every_font_is_embedded_and_ours(paper: IssuedDocument) -> None:
    names = set()
    for page in read(render.render_pdf(paper)).pages:
        fonts: Any = page["/Resources"]["/Font"]
        for font in fonts.values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
            names.add(str(inner["/BaseFont"]).split("+")[1])
    assert names
    assert all(name.startswith(("IBM-Plex-Sans", "DejaVu-Sans")) for name in names), names


def test_words_sums_and_signs_can_be_copied_out(paper: IssuedDocument) -> None:
    said = text_of(render.render_pdf(paper)).replace("\u00a0", " ")
    for words in (
        "ООО «Меридиан-Сервис»",
        "Акт № 26-0402/1 приёма-передачи",
        "24 ноября 2026 г.",
        "81 935,20",
        "восемьдесят одна тысяча девятьсот тридцать пять рублей 20 копеек",
        "24.11.2026, 16:48",
        "Ковалёв А. С.",
        "☑",
        "service.meridian.example/verify/26-0402-1",
    ):
        assert words in said
    digest = paper.content_sha256
    assert digest in "".join(said.split())


def test_every_sheet_is_counted_and_named(session: Session, people: People) -> None:
    rows = snapshot_rows(session, 80)
    paper = with_snapshot(session, people, lines=rows)
    pages = [page.extract_text() for page in read(render.render_pdf(paper)).pages]
    assert len(pages) > 2
    word = "Лист" if "Лист" in pages[0] else "Sheet"
    for number, page in enumerate(pages, 1):
        assert f"{word} {number}" in page.replace("\u00a0", " ")
        assert "26-0402/1" in page
        assert paper.content_sha256 in "".join(page.split())


def snapshot_rows(session: Session, count: int) -> list[Any]:
    with transaction(session, by=SYSTEM, at=NOW):
        return (snapshot(session)["lines"] * count)[:count]


def test_the_signature_lies_on_its_line(session: Session, people: People) -> None:
    paper = with_snapshot(session, people)
    without = with_snapshot(session, people, signers=[])
    pictures = [
        sum(len(page.images) for page in read(render.render_pdf(one)).pages)
        for one in (paper, without)
    ]
    assert pictures[0] == pictures[1] + 1


def test_moments_are_in_the_papers_own_zone_and_never_today(
    session: Session, people: People
) -> None:
    with transaction(session, by=SYSTEM, at=NOW):
        paper = issue(session, branch_id=people.branch.id, zone="Asia/Vladivostok")
    html = render.render_html(paper)
    assert "24.11.2026, 23:48" in html
    assert "(+10)" in html or "(VLAT)" in html


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:5432/",
        "https://example.org/x.png",
        "stored:../../secret_key",
        "stored:aa/bb/somebody-elses.png",
        "data:text/css,body{}",
        "paper:/style.css",
    ],
)
def test_a_paper_fetches_nothing_but_its_own_files(
    paper: IssuedDocument, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = render.render_html(paper).replace("</article>", f'<img src="{address}"></article>')
    monkeypatch.setattr(render, "render_html", lambda _document: html)
    with pytest.raises(render.NotPrintable, match="a paper may not fetch"):
        render.render_pdf(paper)


def test_words_from_people_stay_words(session: Session, people: People) -> None:
    evil = '<img src="file:///etc/passwd"><script>alert(1)</script>'
    paper = with_snapshot(session, people, story=evil, remarks=evil)
    html = render.render_html(paper)
    assert "<script>" not in html
    assert "alert(1)" in text_of(render.render_pdf(paper))


def test_a_name_the_snapshot_lacks_breaks_the_paper(session: Session, people: People) -> None:
    whole = with_snapshot(session, people)
    assert "story" in whole.snapshot
    whole.snapshot = {k: v for k, v in whole.snapshot.items() if k != "story"}
    with pytest.raises(UndefinedError):
        render.render_html(whole)
    session.expunge(whole)


def test_a_snapshots_word_is_not_a_method_of_dict(paper: IssuedDocument) -> None:
    assert "Экземпляр заказчика" in render.render_html(paper)


def test_a_page_shows_the_same_paper_with_addresses_of_its_files(
    session: Session, people: People
) -> None:
    with transaction(session, by=SYSTEM, at=NOW):
        foreign = files.store(
            session, intake.from_bytes(drawing("#000"), "x.png"), by=SYSTEM, at=NOW
        )
    paper = with_snapshot(session, people)
    key = paper.snapshot["signers"][0]["signature"]
    fragment = render.render_fragment(paper, lambda one: f"/files/{one}")
    assert f'src="/files/{key}"' in fragment
    assert "stored:" not in fragment
    assert "<html" not in fragment
    assert foreign.key not in fragment


def test_without_a_public_address_there_is_no_qr(paper: IssuedDocument) -> None:
    assert "data:image/png" in render.render_html(paper)
    render.configure("")
    html = render.render_html(paper)
    assert "data:image/png" not in html
    assert "verify" not in html


def test_the_qr_leads_to_the_check(paper: IssuedDocument) -> None:
    address = render.verify_address(paper)
    assert address == (
        f"https://service.meridian.example/verify/26-0402-1?h={paper.content_sha256[:16]}"
    )


def test_a_photo_of_a_customer_is_printed(session: Session, people: People) -> None:
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "#aa3311").save(out, "JPEG")
    with transaction(session, by=SYSTEM, at=NOW):
        photo = files.store(session, intake.from_bytes(out.getvalue(), "p.jpg"), by=SYSTEM, at=NOW)
    paper = with_snapshot(session, people, photos=[photo.key])
    content = render.render_pdf(paper)
    assert any(
        image.image is not None and image.image.size == (800, 600)
        for page in read(content).pages
        for image in page.images
    )


def test_the_web_process_never_carries_the_printer() -> None:
    script = (
        "import sys, service_app.factory;"
        "heavy = {'weasyprint', 'pydyf', 'fontTools', 'tinycss2'} & set(sys.modules);"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_missing_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    render.missing_libraries.cache_clear()
    assert render.missing_libraries() == ()
    monkeypatch.setattr(render.ctypes.util, "find_library", lambda name: None)
    render.missing_libraries.cache_clear()
    assert "pango-1.0" in render.missing_libraries()
    render.missing_libraries.cache_clear()
