"""Papers as HTML and PDF, made from the frozen snapshot alone.

Words come from the house's reader in the paper's own language and zone. WeasyPrint is imported
by the first PDF, so the web process never carries it.
"""

import ctypes.util
import gc
import hashlib
import io
import os
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache, partial
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.meta import find_referenced_templates

from service_app.core.money import in_words
from service_app.core.reader import Reader, translator_for
from service_app.core.text import Text
from service_app.documents.models import IssuedDocument
from service_app.documents.rules import (
    SHORT_HASH,
    address_of,
    grouped_hash,
    kind_label,
    revive,
    words_in,
)
from service_app.files import store

HERE = Path(__file__).resolve().parent
LOADER = FileSystemLoader([HERE.parents[1] / "templates"])
STYLE = HERE.parent / "static" / "pdf.css"
STORED = "stored:"
LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz", "fontconfig")
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig"
"""Debian's names of what WeasyPrint loads."""
COLOURS = "sRGB2014.icc"
INTENT = "paper"
CALM_THRESHOLD = 50_000
QR_SCALE = 8
"""Dots a module: about 260 dpi on a label; drawn as shapes, ten sheets take ten times as long."""
_BARE = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
_public_url = ""


def configure(public_url: str) -> None:
    """Tell the process where papers can be checked; without an address they carry no QR."""
    global _public_url
    _public_url = public_url


class PaperReader(Reader):
    """Papers are read in any year: no "today", every day with its year."""

    def moment(self, moment: datetime) -> str:
        """``24.11.2026, 16:48``."""
        return self.paper_moment(moment)

    def short_moment(self, moment: datetime) -> str:
        """The same: a paper has no short form."""
        return self.paper_moment(moment)

    def day(self, day: date) -> str:
        """``24.11.2026``."""
        return self.paper_day(day)


class _Environment(Environment):
    """``d.copy`` is the snapshot's value of that name, not a method of dict."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@lru_cache(maxsize=32)
def _environment(language: str, zone: str) -> Environment:
    """Jinja without Flask: one for each language and zone, so that filters know their reader."""
    reader = PaperReader(language, ZoneInfo(zone), datetime.fromtimestamp(0, ZoneInfo(zone)))
    made = _Environment(
        loader=LOADER,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        finalize=partial(_said, reader),
    )
    translator: Any = translator_for(language)
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translator.ugettext, translator.ungettext, newstyle=True, pgettext=translator.upgettext
    )
    made.filters.update(
        t=lambda value: _said(reader, value),
        moment=reader.paper_moment,
        day=reader.paper_day,
        full_day=reader.full_day,
        local_date=lambda value: reader.local(value).date(),
        zone_name=lambda value: f"{reader.local(value):%Z}",
        number=reader.number,
        money=lambda value, currency="RUB": reader.money(value, currency, exact=True),
        amount=lambda value: reader.number(value, 2),
        in_words=lambda value, currency="RUB": in_words(value, currency, language),
        small_first=lambda value: value[:1].lower() + value[1:],
        duration=reader.duration,
        stored=lambda key: f"{STORED}{key}",
        qr=qr_picture,
    )
    made.globals.update(reader=reader, language=language)
    return made


def _said(reader: Reader, value: Any) -> Any:
    if isinstance(value, Text):
        return reader.say(value)
    if value is None:
        return ""
    return value if isinstance(value, str) else reader.show(value)


@lru_cache(maxsize=64)
def template_version(template: str) -> str:
    """The first sixteen hex digits of the SHA-256 of everything that shapes this paper."""
    digest = hashlib.sha256()
    for name in (template, *sorted(_templates_behind(template))):
        digest.update(LOADER.get_source(_BARE, name)[0].encode())
    digest.update(STYLE.read_bytes())
    return digest.hexdigest()[:16]


def _templates_behind(template: str) -> set[str]:
    """What a template extends, includes and imports, however far."""
    found: set[str] = set()
    waiting = [template]
    while waiting:
        tree = _BARE.parse(LOADER.get_source(_BARE, waiting.pop())[0])
        named = {name for name in find_referenced_templates(tree) if name} - found
        found |= named
        waiting += named
    return found - {template}


def render_html(document: IssuedDocument) -> str:
    """The whole paper as an HTML document; files are named ``stored:key``."""
    return _rendered(document, frame="document")


def render_fragment(document: IssuedDocument, file_url: Callable[[str], str]) -> str:
    """The paper to be put into a page; ``file_url`` gives the address of a stored file's key."""
    keys = words_in(document.snapshot)

    def own(match: re.Match[str]) -> str:
        key = match.group(1)
        return f'src="{file_url(key)}"' if key in keys else 'src=""'

    return re.sub(rf'src="{STORED}([^"]*)"', own, _rendered(document, frame="fragment"))


def _rendered(document: IssuedDocument, *, frame: str) -> str:
    address = verify_address(document)
    values = {
        "d": revive(document.snapshot),
        "document": document,
        "kind": kind_label(document.kind),
        "frame": frame,
        "verify_address": address,
        "qr": segno.make(address, error="m").png_data_uri(scale=6, border=0) if address else None,
        "grouped_hash": grouped_hash(document.content_sha256),
    }
    return (
        _environment(document.language, document.zone)
        .get_template(document.template)
        .render(values)
    )


@lru_cache(maxsize=512)  # the page and the paper draw the same codes
def qr_picture(address: str) -> str:
    """The QR code of an address with its quiet margin, as a picture's address."""
    code = segno.make(address, error="m", micro=False)
    return code.png_data_uri(scale=QR_SCALE, border=4)


def verify_address(document: IssuedDocument) -> str:
    """Where the paper can be checked; empty without a public address."""
    if not _public_url:
        return ""
    short = document.content_sha256[:SHORT_HASH]
    return f"{_public_url}/verify/{address_of(document.number)}?h={short}"


@lru_cache(maxsize=1)
def missing_libraries() -> tuple[str, ...]:
    """Which shared libraries PDFs need and this machine lacks."""
    return tuple(name for name in LIBRARIES if ctypes.util.find_library(name) is None)


class _Printer(NamedTuple):
    """WeasyPrint with what a process needs only once."""

    weasyprint: Any
    fonts: Any
    style: Any
    colours: Any
    fatal: type[BaseException]


@lru_cache(maxsize=1)
def _printer() -> _Printer:
    """Loaded once a process, by :func:`warm_up` or by the first PDF."""
    os.environ.setdefault("FONTCONFIG_FILE", str(HERE / "fonts.conf"))
    weasyprint = import_module("weasyprint")
    fonts = import_module("weasyprint.text.fonts").FontConfiguration()
    style = weasyprint.CSS(filename=STYLE, font_config=fonts, url_fetcher=_fetcher(frozenset()))
    icc = io.BytesIO((files("weasyprint.pdf") / COLOURS).read_bytes())
    components = (["r"], ["g"], ["b"])
    profile = import_module("weasyprint.css").ColorProfile  # read once, its file closed
    colours = profile(icc, COLOURS, "relative-colorimetric", components)
    gc.collect()
    gc.freeze()  # what is loaded now stays: the collector need not walk it again
    gc.set_threshold(CALM_THRESHOLD, 20, 20)
    fatal = import_module("weasyprint.urls").FatalURLFetchingError
    return _Printer(weasyprint, fonts, style, colours, fatal)


def warm_up() -> None:
    """Print nothing once: the first paper of the day then takes no longer than the others."""
    if missing_libraries():
        return
    printer = _printer()
    printer.weasyprint.HTML(string="<p>1</p>", url_fetcher=_fetcher(frozenset())).write_pdf(
        stylesheets=[printer.style], font_config=printer.fonts
    )


class NotPrintable(Exception):
    """A template asked for a file a paper may not have."""


def render_pdf(document: IssuedDocument) -> bytes:
    """The paper as PDF/A-3b, identified by its hash.

    Raises :class:`NotPrintable`, and what templates and the printer raise.
    """
    printer = _printer()
    keys = frozenset(words_in(document.snapshot))
    page = printer.weasyprint.HTML(
        string=render_html(document), base_url="paper:/", url_fetcher=_fetcher(keys)
    )
    try:
        made: bytes = page.write_pdf(
            stylesheets=[printer.style],
            font_config=printer.fonts,
            color_profiles={INTENT: printer.colours},
            output_intent=INTENT,
            pdf_variant="pdf/a-3b",
            pdf_identifier=bytes.fromhex(document.content_sha256)[:16],
        )
    except printer.fatal as error:  # not an Exception: it would end the worker's thread
        raise NotPrintable(str(error)) from error
    return made


def _fetcher(keys: frozenset[str]) -> Any:
    """Opens our QR and the snapshot's own files; everything else breaks the paper."""
    urls = import_module("weasyprint.urls")
    fetcher: type = urls.URLFetcher

    def fetch(self: Any, url: str, headers: Any = None) -> Any:
        if url.startswith("data:image/png;base64,"):
            return fetcher.fetch(self, url, headers)  # type: ignore[attr-defined]
        key = url.removeprefix(STORED)
        if url.startswith(STORED) and key in keys and ".." not in key:
            return urls.URLFetcherResponse(url, store.read(key))
        raise urls.FatalURLFetchingError(f"a paper may not fetch {url[:80]!r}")

    return type("ClosedFetcher", (fetcher,), {"fetch": fetch})()
