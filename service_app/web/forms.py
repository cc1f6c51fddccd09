"""Form fields of the house: what was typed is kept, what is wrong is said beside the field."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from sqlalchemy.orm.exc import StaleDataError
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.fields.choices import Choice, SelectField
from wtforms.validators import DataRequired, Optional, StopValidation, ValidationError
from wtforms.widgets import DateTimeLocalInput, TextInput

from service_app.core.enums import Labelled
from service_app.core.errors import Conflict, DomainError, NotFound
from service_app.core.text import N_, Text
from service_app.web.reading import reader

T = TypeVar("T")
LONGEST_WORD = 200
LONGEST_NOTE = 4000


class HouseForm(FlaskForm):  # type: ignore[misc]
    """A form with the token, the idempotency key and the sentences of refusal."""

    form_errors: list[Any]
    uid = HiddenField(default=lambda: str(uuid.uuid4()))

    def key(self) -> uuid.UUID:
        """The idempotency key: the same form sent twice carries the same one."""
        try:
            return uuid.UUID(str(self.uid.data))
        except ValueError:
            return uuid.uuid4()

    def refuse(self, error: DomainError) -> None:
        """Show a service's refusal beside its field, or above the form."""
        sentence = reader().say(error.text)
        target = getattr(self, error.field or "", None)
        if isinstance(target, Field):
            target.errors = [*target.errors, sentence]
        else:
            wide: list[Any] = list(self.form_errors)
            self.form_errors = [*wide, sentence]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(field id, sentence) of everything wrong, for the summary on top."""
        named = [(f.id, str(e)) for f in self for e in _flat(f.errors)]
        wide: list[Any] = list(self.form_errors)
        return named + [("", str(e)) for e in wide]


def given(value: T | None) -> T:
    """A needed field's value: its validator has seen to it that there is one."""
    if value is None:
        raise ValueError("a needed field came without a value")
    return value


@contextmanager
def refusals(form: HouseForm) -> Iterator[None]:
    """A refusal raised inside is shown on the form instead of going further."""
    try:
        yield
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        form.refuse(error)
    except StaleDataError:
        form.refuse(Conflict())


def _flat(errors: Any) -> list[Any]:
    if isinstance(errors, dict):
        return [e for part in errors.values() for e in _flat(part)]
    return [x for e in errors for x in (_flat(e) if isinstance(e, list | tuple | dict) else [e])]


class Needed(DataRequired):  # type: ignore[misc]
    """A field that must be filled; the sentence says with what."""

    def __init__(self, text: Text | None = None) -> None:
        super().__init__()
        self.text = text or N_("Fill this in.")

    def __call__(self, form: Any, field: Any) -> None:
        data = field.data
        if field.process_errors:  # what was typed is wrong, which says more than "fill this in"
            raise StopValidation
        if data is None or data is False or (isinstance(data, str) and not data.strip()):
            field.errors[:] = []
            raise StopValidation(reader().say(self.text))


class AtMost:
    """No longer than the column is."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __call__(self, form: Any, field: Any) -> None:
        length = len(field.data or "")
        if length > self.length:
            text = Text(
                "This is %(length)s characters long, the limit is %(limit)s. Shorten it.",
                length=length,
                limit=self.length,
            )
            raise ValidationError(reader().say(text))


def words(
    label: Text,
    *,
    needed: Text | bool = False,
    length: int = LONGEST_WORD,
    hint: Text | None = None,
) -> StringField:
    """One line of text, stripped."""
    return StringField(
        cast(str, label),
        description=cast(str, hint or ""),
        filters=[_stripped],
        validators=[*_need(needed), AtMost(length)],
    )


def note(
    label: Text,
    *,
    needed: Text | bool = False,
    length: int = LONGEST_NOTE,
    hint: Text | None = None,
) -> TextAreaField:
    """Several lines of text, stripped."""
    return TextAreaField(
        cast(str, label),
        description=cast(str, hint or ""),
        filters=[_stripped],
        validators=[*_need(needed), AtMost(length)],
    )


def one_of(
    label: Text, kinds: type[Labelled] | Sequence[Labelled], *, needed: Text | bool = True
) -> SelectField:
    """A choice among the members of an enumeration (``.data`` is the plain value)."""
    return ChoiceField(cast(str, label), members=tuple(kinds), validators=_need(needed))


def _need(needed: Text | bool) -> list[Any]:
    if needed is False:
        return [Optional()]
    return [Needed(needed if isinstance(needed, Text) else None)]


def _stripped(value: str | None) -> str:
    return value.strip() if isinstance(value, str) else ""


class ChoiceField(SelectField):  # type: ignore[misc]
    """A select over an enumeration; an empty first choice when nothing is chosen yet."""

    def __init__(self, label: str, members: Sequence[Labelled] = (), **kwargs: Any) -> None:
        super().__init__(label, choices=[], validate_choice=True, **kwargs)
        self.members = members

    def iter_choices(self) -> Any:
        yield Choice("", "", not self.data, {})
        for member in self.members:
            chosen = self.data == member.value
            yield Choice(member.value, reader().say(member.label), chosen, {})

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in {m.value for m in self.members}:
            raise ValidationError(reader().say(N_("Choose one of the list.")))


class RecordField(SelectField):  # type: ignore[misc]
    """A select over records; the view sets ``options`` as (id, name); ``.data`` is int|None."""

    options: Sequence[tuple[int, str]] = ()

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, choices=[], coerce=_whole_or_none, **kwargs)

    def iter_choices(self) -> Any:
        yield Choice("", "", not self.data, {})
        for value, name in self.options:
            yield Choice(str(value), name, self.data == value, {})

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data not in {value for value, _ in self.options}:
            raise ValidationError(reader().say(N_("Choose one of the list.")))


def _whole_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class NumberField(Field):  # type: ignore[misc]
    """A decimal up to ``largest``; comma and point both work, blanks between thousands too."""

    widget = TextInput()
    render_kw: dict[str, Any] | None

    def __init__(
        self, label: Any = None, *, places: int = 2, largest: int = 10**12 - 1, **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.places, self.largest = places, largest
        given_kw: dict[str, Any] = self.render_kw or {}
        self.render_kw = {"inputmode": "decimal", **given_kw}

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else reader().number(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        text = valuelist[0].strip()
        try:
            value = parse_number(text)
        except InvalidOperation:
            self.data = None
            said = reader().say(Text("%(text)s is not a number", text=text[:40]))
            raise ValueError(said) from None
        if abs(value) > self.largest:
            raise ValueError(reader().say(Text("%(text)s is too large", text=text[:40])))
        self.data = value.quantize(Decimal(1).scaleb(-self.places))


def parse_number(text: str) -> Decimal:
    """``6 481,5`` or ``6,481.5`` or ``6481.5``; raises InvalidOperation for anything else."""
    plain = "".join(c for c in text if not c.isspace()).replace("−", "-")
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma >= 0 and point >= 0:
        group = "," if comma < point else "."
        plain = plain.replace(group, "")
    value = Decimal(plain.replace(",", "."))
    if not value.is_finite():
        raise InvalidOperation(text)
    return value


class MomentField(Field):  # type: ignore[misc]
    """A moment typed on the clock of ``zone`` (the reader's by default); UTC in data."""

    widget = DateTimeLocalInput()
    _zone: ZoneInfo | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """Whose clock it is typed on; a view sets it, and what was typed is read anew by it."""
        return self._zone

    @zone.setter
    def zone(self, zone: ZoneInfo) -> None:
        self._zone = zone
        if not self.raw_data:
            return
        self.process_errors = []
        try:
            self.process_formdata(self.raw_data)
        except ValueError as error:
            self.process_errors.append(error.args[0])

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        zone = self.zone or reader().zone
        return f"{self.data.astimezone(zone):%Y-%m-%dT%H:%M}" if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            self.data = None
            return
        try:
            typed = datetime.fromisoformat(text)
        except ValueError:
            self.data = None
            said = Text("%(text)s is not a day and time", text=text[:40])
            raise ValueError(reader().say(said)) from None
        if not 1990 <= typed.year <= 2100:
            self.data = None
            raise ValueError(
                reader().say(Text("%(year)s is not a year we know", year=str(typed.year)))
            )
        if typed.tzinfo is None:
            naive, typed = typed, typed.replace(tzinfo=self.zone or reader().zone)
            if typed.astimezone(UTC).astimezone(typed.tzinfo).replace(tzinfo=None) != naive:
                self.data = None
                said = N_("The clocks skip this hour: they go forward. Give a later one.")
                raise ValueError(reader().say(said))
        self.data = typed.astimezone(UTC)


class DayField(Field):  # type: ignore[misc]
    """A date; ``2026-11-24`` as browsers send it, or ``24.11.2026`` typed by hand."""

    widget = TextInput(input_type="date")

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            self.data = None
            return
        try:
            self.data = parse_day(text)
        except ValueError:
            self.data = None
            said = Text("%(text)s is not a day", text=text[:40])
            raise ValueError(reader().say(said)) from None


def parse_day(text: str) -> date:
    """An ISO or a dotted day between 1900 and 2100; ValueError otherwise."""
    day = (
        date.fromisoformat(text)
        if "-" in text
        else datetime.strptime(text, "%d.%m.%Y").replace(tzinfo=UTC).date()
    )
    if not 1900 <= day.year <= 2100:
        raise ValueError(text)
    return day
