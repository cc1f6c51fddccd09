"""Forms over machines and models."""

from datetime import date
from typing import Any, cast

from wtforms import Field, StringField
from wtforms.validators import Optional, ValidationError

from assets.machines.catalogue import ModelFacts
from assets.machines.rules import Criticality, LabelLayout, Life, MeterUnit, ModelKind, Paper
from assets.machines.service import Passport
from service_app.core.text import N_, Text
from service_app.web.forms import (
    DayField,
    HouseForm,
    Needed,
    NumberField,
    RecordField,
    note,
    one_of,
    words,
)
from service_app.web.reading import reader
from service_app.web.versions import VersionedForm

MOST_WARRANTY_MONTHS = 600
MOST_WARRANTY_HOURS = 1_000_000
DATA_HINT = N_("One per line, for example: Engine: D-245, 90 kW")


def technical_data(text: str) -> tuple[tuple[str, str], ...]:
    """``Name: value`` lines as pairs; a line without a colon is a name alone."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition(":") for line in lines if line)
    return tuple((name.strip(), value.strip()) for name, _colon, value in pairs)


def data_lines(pairs: list[Any]) -> str:
    """The inverse of :func:`technical_data`."""
    return "\n".join(f"{name}: {value}" if value else name for name, value in pairs)


def _whole(field: Field, most: int) -> None:
    if field.data is not None and not 0 <= field.data <= most:
        raise ValidationError(reader().say(Text("From 0 to %(most)s.", most=most)))


class PaperForm(VersionedForm):
    """The ground of a change: document, number, day."""

    document = words(N_("Document"), hint=N_("The ground: an act, an order, a letter."))
    number = words(N_("Number"), length=60)
    dated_on = DayField(N_("Of the day"), validators=[Optional()])

    def paper(self) -> Paper:
        """What the service is given."""
        return Paper(self.document.data, self.number.data, self.dated_on.data)


class PassportForm(PaperForm):
    """What stands on a machine's plate and in its papers."""

    model_id = RecordField(N_("Model"), validators=[Optional()])
    model_words = words(
        N_("Model in words"), length=120, hint=N_("For a machine we did not sell: as on its plate.")
    )
    serial = words(N_("Serial number"), length=60, hint=N_("May come later."))
    inventory_number = words(N_("Inventory number"), length=40, hint=N_("The customer's own."))
    site_id = RecordField(N_("Site"), validators=[Optional()])
    manufactured_on = DayField(N_("Manufactured"), validators=[Optional()])
    shipped_on = DayField(N_("Shipped"), validators=[Optional()])
    commissioned_on = DayField(N_("Commissioned"), validators=[Optional()])
    warranty_months = NumberField(N_("Warranty, months"), places=0, validators=[Optional()])
    warranty_hours = NumberField(
        N_("Warranty, on the meter"), places=0, validators=[Optional()],
        description=N_("Whichever of the two comes first ends it."),
    )  # fmt: skip
    criticality = one_of(N_("Criticality"), Criticality)
    data = note(N_("Technical data"), hint=DATA_HINT)
    notes = note(N_("Notes"), hint=N_("Staff only."))

    def validate_warranty_months(self, field: Field) -> None:
        """No more than fifty years."""
        _whole(field, MOST_WARRANTY_MONTHS)

    def validate_warranty_hours(self, field: Field) -> None:
        """No more than a million."""
        _whole(field, MOST_WARRANTY_HOURS)

    def passport(self) -> Passport:
        """What the service is given."""
        return Passport(
            model_id=self.model_id.data,
            model_words=self.model_words.data,
            serial=self.serial.data,
            inventory_number=self.inventory_number.data,
            manufactured_on=self.manufactured_on.data,
            shipped_on=self.shipped_on.data,
            commissioned_on=self.commissioned_on.data,
            warranty_months=_int(self.warranty_months.data),
            warranty_hours=_int(self.warranty_hours.data),
            criticality=Criticality(self.criticality.data),
            technical_data=technical_data(self.data.data),
            notes=self.notes.data,
        )


def _int(value: Any) -> int | None:
    return None if value is None else int(value)


class NewMachineForm(PassportForm):
    """A machine's passport with its owner and status at entry."""

    owner_id = RecordField(
        N_("Owner"), validators=[Optional()], description=N_("Empty: the operating company.")
    )
    status = one_of(N_("Status"), Life)


class TransferForm(PaperForm):
    """Another company, owner or site from a day on."""

    owner_id = RecordField(N_("Owner"), validators=[Needed(N_("Choose the owner."))])
    site_id = RecordField(N_("Site"), validators=[Optional()])
    on = DayField(N_("From the day"), validators=[Needed(N_("Say from which day."))])

    def day(self) -> date:
        """The day of a form that was found fine."""
        return cast(date, self.on.data)


class MoveForm(PaperForm):
    """A move of a machine's life."""

    on = DayField(N_("On the day"), validators=[Needed(N_("Say on which day."))])
    words = words(N_("Remark"), length=300)

    def day(self) -> date:
        """The day of a form that was found fine."""
        return cast(date, self.on.data)


class LabelsForm(HouseForm):
    """What the labels are printed on."""

    layout = one_of(N_("Printed on"), LabelLayout, needed=N_("Choose sheets or single labels."))


class ModelForm(VersionedForm):
    """What machines of a kind share."""

    name: StringField = words(N_("Name"), needed=N_("Write the name as on the plate."), length=80)
    english_name = words(N_("English name"), length=80, hint=N_("For readers of English."))
    kind = one_of(N_("Kind"), ModelKind)
    maker = words(N_("Maker"), length=120)
    meter_unit = one_of(N_("Its meter counts"), MeterUnit)
    max_per_day = NumberField(
        N_("Most in a day"), places=1, validators=[Optional()],
        description=N_("A reading above it is refused. Hours: 24 when empty."),
    )  # fmt: skip
    typical_per_day = NumberField(
        N_("Usually in a day"), places=1, validators=[Optional()],
        description=N_("Dates rest on it until a machine has readings of its own."),
    )  # fmt: skip
    data = note(N_("Technical data"), hint=DATA_HINT)

    def facts(self) -> ModelFacts:
        """What the service is given."""
        return ModelFacts(
            name=self.name.data,
            english_name=self.english_name.data,
            kind=ModelKind(self.kind.data),
            maker=self.maker.data,
            meter_unit=MeterUnit(self.meter_unit.data),
            max_per_day=self.max_per_day.data,
            typical_per_day=self.typical_per_day.data,
            technical_data=technical_data(self.data.data),
        )
