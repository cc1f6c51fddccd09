"""A field for a time zone: cities grouped, with what differs from UTC now."""

from typing import Any

from wtforms import SelectField
from wtforms.fields.choices import Choice
from wtforms.validators import ValidationError

from service_app.core.text import N_, Text
from service_app.core.zones import RUSSIAN, is_zone, zone_label, zones
from service_app.web.reading import reader


class ZoneField(SelectField):  # type: ignore[misc]
    """A select over time zones; ``.data`` is the IANA name."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, choices=[], **kwargs)

    def has_groups(self) -> bool:
        return True

    def iter_groups(self) -> Any:
        known = zones()
        others = known[len(RUSSIAN) :]
        if self.data and self.data not in known and is_zone(self.data):
            others = (self.data, *others)
        yield reader().say(N_("Russia")), self._named(RUSSIAN)
        yield reader().say(N_("Other countries")), self._named(others)

    def iter_choices(self) -> Any:
        yield from self._named(zones())

    def _named(self, names: tuple[str, ...]) -> list[Choice]:
        me = reader()
        return [
            Choice(n, zone_label(n, language=me.language, now=me.now), n == self.data, {})
            for n in names
        ]

    def pre_validate(self, form: Any) -> None:
        if not is_zone(str(self.data or "")):
            text = Text("%(zone)s is not a time zone we know.", zone=str(self.data or "")[:60])
            raise ValidationError(reader().say(text))
