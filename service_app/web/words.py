"""``_()`` of the templates: the house's catalogues in the reader's language.

What pages say is said thousands of times in the same words, so a sentence without values is
escaped and formatted once per language and process.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask
from markupsafe import Markup

from service_app.core.reader import Reader, translator_for


@lru_cache(maxsize=8192)
def _said(language: str, message: str) -> Markup:
    return Markup(translator_for(language).ugettext(message)) % {}


@lru_cache(maxsize=1024)
def _said_here(language: str, context: str, message: str) -> Markup:
    return Markup(translator_for(language).upgettext(context, message)) % {}


def init_app(app: Flask, reader: Callable[[], Reader]) -> None:
    """Jinja's gettext functions. A sentence is a format, with or without values: ``%%`` is %."""

    def gettext(message: str, /, **values: Any) -> Markup:
        if not values:
            return _said(reader().language, message)
        return Markup(translator_for(reader().language).ugettext(message)) % values

    def pgettext(context: str, message: str, /, **values: Any) -> Markup:
        if not values:
            return _said_here(reader().language, context, message)
        return Markup(translator_for(reader().language).upgettext(context, message)) % values

    def ngettext(singular: str, plural: str, num: int, /, **values: Any) -> Markup:
        found = translator_for(reader().language).ungettext(singular, plural, num)
        return Markup(found) % {"num": num, **values}

    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.globals.update(_=gettext, gettext=gettext, pgettext=pgettext, ngettext=ngettext)
