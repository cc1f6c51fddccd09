"""Two people on one record: the second is told, sees the difference, and loses nothing."""

from decimal import Decimal
from typing import Any

from wtforms import Field, HiddenField

from service_app.core.text import Text
from service_app.web.forms import HouseForm
from service_app.web.reading import reader


class VersionedForm(HouseForm):
    """A form over a stored record; it remembers which version it was opened on."""

    version = HiddenField()

    def opened_on(self) -> int:
        """The version the person was looking at; 0 when the field was tampered with."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def compare_with(self, record: Any) -> None:
        """When somebody else saved meanwhile, say beside each field what it is now.

        What was typed stays; saving again writes over the newer version knowingly.
        """
        if not self.is_submitted() or not self.form_errors:
            return
        if self.opened_on() == record.version:
            return
        self.version.data = record.version
        for field in self:
            theirs = getattr(record, field.name, None)
            is_plain = isinstance(theirs, str | bool | int | Decimal)
            if field.name in ("version", "uid") or not is_plain:
                continue
            if _plain(theirs) != _plain(field.data):
                text = Text("Somebody saved here: %(value)s", value=_shown(field, theirs))
                field.errors = [*field.errors, reader().say(text)]


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _shown(field: Field, value: Any) -> Text | str:
    if isinstance(value, bool):
        return Text("yes") if value else Text("no")
    if isinstance(value, Decimal):
        return reader().number(value)
    names = {str(key): name for key, name in getattr(field, "options", ())}
    names |= {member.value: member.label for member in getattr(field, "members", ())}
    return names.get(str(value), str(value)) if value != "" else Text("nothing")
