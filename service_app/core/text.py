"""Words a person will read, kept apart from the language they are read in.

A :class:`Text` is made where something happened (a rule, a service) and translated at the edge
(page, letter, PDF) in the reader's language. It can be stored as JSON and read back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from service_app.core.currency import Amount


class Translator(Protocol):
    """What is needed of a gettext catalogue; ``babel.support.Translations`` fits."""

    def ugettext(self, message: str) -> str: ...
    def upgettext(self, context: str, message: str) -> str: ...
    def ungettext(self, singular: str, plural: str, num: int) -> str: ...


Show = Callable[[Any], str]
"""Turns a value (moment, amount, number) into the reader's form of it."""


@dataclass(frozen=True)
class Text:
    """A sentence in English with named values, to be said in another language later.

    ``%(name)s`` in ``msgid`` is replaced by ``values["name"]``; a value may be a Text itself,
    a number, a Decimal, a date, a moment or a str.
    """

    msgid: str
    values: Mapping[str, Any] = field(default_factory=dict)
    context: str | None = None
    plural_msgid: str | None = None
    count: int | None = None

    def __init__(
        self,
        msgid: str,
        /,
        *,
        _context: str | None = None,
        _plural: str | None = None,
        _count: int | None = None,
        **values: Any,
    ) -> None:
        object.__setattr__(self, "msgid", msgid)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "context", _context)
        object.__setattr__(self, "plural_msgid", _plural)
        object.__setattr__(self, "count", _count)

    def __hash__(self) -> int:
        return hash((self.msgid, self.context, self.count, tuple(sorted(self.values))))

    @classmethod
    def plural(cls, singular: str, plural: str, n: int, **values: Any) -> "Text":
        """A sentence whose form depends on ``n``; ``%(n)s`` is the number itself."""
        return cls(singular, _plural=plural, _count=n, **{"n": n, **values})

    def with_values(self, **values: Any) -> "Text":
        """The same sentence with (more) values filled in."""
        return Text(
            self.msgid,
            _context=self.context,
            _plural=self.plural_msgid,
            _count=self.count,
            **{**self.values, **values},
        )

    def say(self, translator: Translator, show: Show = str) -> str:
        """The sentence in the translator's language; values other than Text go through show."""
        if self.plural_msgid is not None:
            message = translator.ungettext(self.msgid, self.plural_msgid, self.count or 0)
        elif self.context is not None:
            message = translator.upgettext(self.context, self.msgid)
        else:
            message = translator.ugettext(self.msgid) if self.msgid else ""
        if not self.values:
            return message
        return message % {
            key: value.say(translator, show)
            if isinstance(value, Text)
            else value
            if isinstance(value, str)
            else show(value)
            for key, value in self.values.items()
        }

    def __str__(self) -> str:
        """English, for logs and command lines."""
        return self.say(ENGLISH)

    def to_json(self) -> dict[str, Any]:
        """A plain dict for a JSON column; :meth:`from_json` is its inverse."""
        out: dict[str, Any] = {"m": self.msgid}
        if self.values:
            out["v"] = {key: _value_to_json(value) for key, value in self.values.items()}
        if self.context is not None:
            out["c"] = self.context
        if self.plural_msgid is not None:
            out["p"], out["n"] = self.plural_msgid, self.count
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Text":
        """Read back what :meth:`to_json` made."""
        values = {key: _value_from_json(value) for key, value in data.get("v", {}).items()}
        return cls(
            data["m"],
            _context=data.get("c"),
            _plural=data.get("p"),
            _count=data.get("n"),
            **values,
        )


class _English:
    """The source language needs no catalogue."""

    def ugettext(self, message: str) -> str:
        return message

    def upgettext(self, context: str, message: str) -> str:
        return message

    def ungettext(self, singular: str, plural: str, num: int) -> str:
        return singular if num == 1 else plural


ENGLISH: Translator = _English()


def N_(msgid: str) -> Text:  # noqa: N802 - the usual name of gettext's marker
    """Mark a message for extraction; the value is a Text without values."""
    return Text(msgid)


def P_(context: str, msgid: str) -> Text:  # noqa: N802
    """The same with a context: one English word that needs several in another language."""
    return Text(msgid, _context=context)


_VERBATIM = "%(words)s"


def verbatim(words: str) -> Text:
    """Somebody's own words as a Text: shown as they are in every language."""
    return Text(_VERBATIM, words=words)


def _value_to_json(value: Any) -> Any:
    if isinstance(value, Text):
        return {"text": value.to_json()}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, Amount):
        return {"amount": str(value.value), "currency": value.currency}
    if isinstance(value, timedelta):
        return {"seconds": int(value.total_seconds())}
    return value


def _value_from_json(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "text" in value:
        return Text.from_json(value["text"])
    if "at" in value:
        return datetime.fromisoformat(value["at"])
    if "on" in value:
        return date.fromisoformat(value["on"])
    if "amount" in value:
        return Amount(Decimal(value["amount"]), value["currency"])
    if "seconds" in value:
        return timedelta(seconds=value["seconds"])
    return Decimal(value["decimal"])
