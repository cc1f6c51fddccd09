"""Fields of doing the work: moves, running hours, labour, parts, another fault, the finish."""

from decimal import Decimal

from wtforms import BooleanField, IntegerField, MultipleFileField
from wtforms.validators import Optional

from assets.faults.rules import Severity
from assets.meters.rules import UnreadReason
from service_app.core.money import VatRate
from service_app.core.text import N_
from service_app.web.forms import (
    DayField,
    HouseForm,
    Needed,
    NumberField,
    RecordField,
    given,
    note,
    one_of,
    words,
)
from workorders.contracts.rules import Coverage
from workorders.execution.labour import Spent
from workorders.execution.rules import LabourKind, LabourRate, NoPhoto
from workorders.orders.forms import ToldForm
from workorders.orders.lines import LineValues
from workorders.orders.rules import LineKind


class MoveForm(ToldForm):
    """One step of the engineer; it asks nothing unless another job is running."""

    pause_running = BooleanField(N_("Pause that one and start this one"))


class HoursForm(ToldForm):
    """What the meter shows now, or why it cannot be read."""

    value = NumberField(N_("The meter shows"), places=1)
    unread = one_of(N_("It cannot be read"), UnreadReason, needed=False)


class FaultForm(HouseForm):
    """Another fault of the same machine."""

    severity = one_of(N_("How bad is it"), Severity, needed=N_("Choose how bad it is."))
    symptom = note(N_("What is wrong"), needed=N_("Write what is wrong."), length=500)


class ChooseContractForm(HouseForm):
    """By which contract an order is answered, and why."""

    contract_id = IntegerField(N_("Contract"))
    reason = words(N_("Why"), needed=N_("Write why."), length=500)


class PartForm(HouseForm):
    """A part used; its price is filled in by the office when it is not known."""

    description = words(N_("Part"), needed=N_("Write which part."), length=300)
    article = words(N_("Maker's number"), length=60)
    quantity = NumberField(N_("Quantity"), places=3, validators=[Needed(N_("Write how many."))])
    unit = words(N_("Unit"), needed=N_("Write the unit: h, pcs, km."), length=20)
    net_price = NumberField(N_("Price without VAT"), validators=[Optional()])
    is_off_books = BooleanField(N_("The part was not on the books"))

    def line(self, coverage: str, rate: VatRate) -> LineValues:
        """The part as a line already used."""
        return LineValues(
            kind=LineKind.PART,
            coverage=Coverage(coverage),
            description=self.description.data,
            article=self.article.data,
            quantity=given(self.quantity.data),
            unit=self.unit.data,
            net_price=self.net_price.data or Decimal(0),
            vat_rate=rate,
            is_done=True,
            is_off_books=self.is_off_books.data,
        )


def minutes_of(hours: Decimal | None, minutes: Decimal | None) -> int:
    """Hours and minutes as somebody typed them, in minutes."""
    return int((hours or Decimal(0)) * 60 + (minutes or Decimal(0)))


class LabourForm(HouseForm):
    """What one person spent on one day."""

    person = RecordField(N_("Who"), validators=[Needed(N_("Choose who worked."))])
    kind = one_of(N_("On what"), LabourKind)
    rate = one_of(N_("Which hours"), LabourRate)
    hours = NumberField(N_("Labour, h"))
    minutes = NumberField(N_("min"), places=0)
    worked_on = DayField(N_("Day"), validators=[Needed(N_("Say on which day."))])
    words = words(N_("What was done"), length=300)

    def spent(self) -> Spent:
        """The entry as the verb takes it."""
        return Spent(
            LabourKind(self.kind.data),
            LabourRate(self.rate.data),
            minutes_of(self.hours.data, self.minutes.data),
            given(self.worked_on.data),
            self.words.data,
        )


class FinishForm(ToldForm):
    """Everything still missing, on one page."""

    cause = words(N_("Why it came"), length=500)
    value = NumberField(N_("The meter shows"), places=1)
    unread = one_of(N_("It cannot be read"), UnreadReason, needed=False)
    hours = NumberField(N_("Labour, h"))
    minutes = NumberField(N_("min"), places=0)
    photos = MultipleFileField(N_("Photos after the work"))
    no_photo = one_of(N_("There is no photo"), NoPhoto, needed=False)
    has_left = BooleanField(N_("I am leaving the site"))
    words = note(N_("What was done"), needed=N_("Write what was done, the customer will read it."))
