"""Fields of what may happen to any order."""

from decimal import Decimal

from wtforms import BooleanField, MultipleFileField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from service_app.core.money import VatRate
from service_app.core.text import N_, P_
from service_app.web.forms import (
    HouseForm,
    MomentField,
    Needed,
    NumberField,
    given,
    note,
    one_of,
    words,
)
from service_app.web.versions import VersionedForm
from workorders.contracts.rules import Coverage
from workorders.orders.lines import LineValues
from workorders.orders.models import OrderLine
from workorders.orders.promises import PromiseEnd
from workorders.orders.rules import LineKind, Priority
from workorders.orders.service import Told
from workorders.sla.rules import TOLD, WaitReason


class ToldForm(HouseForm):
    """A form of something that may have happened earlier than it is entered."""

    happened_at = MomentField(N_("When it happened"), validators=[Optional()])
    late_reason = words(N_("Why it is entered only now"))

    def told(self, text: str = "") -> Told:
        """When it happened and how it was said; no moment means now."""
        return Told(self.happened_at.data, text, self.late_reason.data or "")


class PromiseForm(HouseForm):
    """A promise told to the customer for a moment."""

    clock = one_of(N_("What"), TOLD)
    due_at = MomentField(P_("moment", "By when"), validators=[Needed()])
    what = words(N_("About what"))


class PromiseEndForm(ToldForm):
    """How a promise told to the customer ended, who said so, and when it was."""

    how = one_of(N_("How it ended"), PromiseEnd, needed=N_("Choose how it ended."))
    words = words(N_("Who said so, or how it was kept"))


class NoteForm(HouseForm):
    """What happened or was agreed, with photos; for staff only unless said otherwise."""

    words = note(N_("What happened or was agreed"))
    audience = RadioField(
        N_("Who may read it"),
        choices=[SelectChoice("staff"), SelectChoice("customer")],
        default="staff",
    )
    photos = MultipleFileField(N_("Photos"))


class WaitForm(ToldForm):
    """Why the order waits, and until when."""

    reason = one_of(N_("Why a pause?"), WaitReason, needed=N_("Choose why it waits."))
    until = MomentField(N_("Expected until"), validators=[Optional()])
    words = note(N_("What exactly is missing"))


class ResumeForm(ToldForm):
    """Going on."""

    words = note(N_("What changed"))


class PriorityForm(HouseForm):
    """Another priority, with the reason."""

    priority = RadioField(N_("Priority"), choices=[SelectChoice(str(int(p)), "") for p in Priority])
    reason = words(N_("Why"), needed=N_("Write why the priority changes."))


class LineForm(VersionedForm):
    """One line of an order."""

    kind = one_of(N_("What"), LineKind)
    coverage = one_of(N_("Who pays"), Coverage)
    description = words(N_("Description"), needed=N_("Write what it is."), length=300)
    article = words(N_("Maker's number"), length=60)
    unit = words(N_("Unit"), needed=N_("Write the unit: h, pcs, km."), length=20)
    quantity = NumberField(N_("Quantity"), places=3, validators=[Needed()])
    net_price = NumberField(N_("Price without VAT"), validators=[Needed()])
    discount_percent = NumberField(N_("Discount, %"), validators=[Optional()])
    vat_rate = one_of(N_("VAT"), VatRate)
    is_done = BooleanField(N_("Already done or used"))
    is_off_books = BooleanField(N_("The part was not on the books"))

    def values(self) -> LineValues:
        """The form as the service takes it."""
        return LineValues(
            kind=LineKind(self.kind.data),
            coverage=Coverage(self.coverage.data),
            description=self.description.data,
            unit=self.unit.data,
            quantity=given(self.quantity.data),
            net_price=given(self.net_price.data),
            vat_rate=VatRate(self.vat_rate.data),
            discount_percent=self.discount_percent.data or Decimal(0),
            article=self.article.data,
            is_done=self.is_done.data,
            is_off_books=self.is_off_books.data,
        )

    def fill(self, line: OrderLine) -> None:
        """The line as the form shows it first."""
        for name in (
            "version",
            "kind",
            "coverage",
            "description",
            "article",
            "unit",
            "quantity",
            "net_price",
        ):
            self[name].data = getattr(line, name)
        self.discount_percent.data = line.discount_percent or None
        self.vat_rate.data = line.vat_rate
        self.is_done.data, self.is_off_books.data = line.is_done, line.is_off_books
        self.version.data = str(line.version)
