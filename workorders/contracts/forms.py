"""What is typed about contracts and price lists."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import BooleanField
from wtforms.validators import Optional

from service_app.core.errors import Invalid
from service_app.core.text import N_, P_, Text
from service_app.organisation.rules import Currency
from service_app.web.forms import (
    DayField,
    HouseForm,
    Needed,
    NumberField,
    RecordField,
    given,
    note,
    one_of,
    parse_number,
    words,
)
from service_app.web.versions import VersionedForm
from workorders.contracts.models import Contract
from workorders.contracts.prices import Price
from workorders.contracts.rules import ContractKind, Cost, Per, Renewal, Scope, Works
from workorders.contracts.service import Terms


class MonthsField(NumberField):
    """A whole number of months or days."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, places=0, largest=10_000, **kwargs)


class ContractForm(VersionedForm):
    """The terms of a contract."""

    number = words(
        N_("Number"), length=60, hint=N_("As the signed paper has it. Empty: the next of ours.")
    )
    kind = one_of(N_("Kind"), ContractKind)
    signed_on = DayField(N_("Signed on"), validators=[Optional()])
    starts_on = DayField(N_("In force from"), validators=[Needed()])
    ends_on = DayField(
        N_("Last day"), validators=[Optional()], description=N_("Empty: until somebody ends it.")
    )
    first_months = MonthsField(
        N_("Months after the beginning of work"),
        validators=[Optional()],
        description=N_("For support included after purchase: counted for each machine."),
    )
    renewal = one_of(N_("When the period is over"), Renewal)
    renewal_months = MonthsField(N_("goes on for, months"), validators=[Needed()])
    remind_days = MonthsField(N_("Remind before the end, days"), validators=[Optional()])
    payer_id = RecordField(
        N_("Payer"), validators=[Optional()], description=N_("Empty: the company itself.")
    )
    scope = one_of(N_("Which machines"), Scope)
    site_id = RecordField(N_("Site"), validators=[Optional()])
    policy_id = RecordField(
        N_("Level of service"),
        validators=[Optional()],
        description=N_("How fast we answer under it. Empty: the usual one."),
    )
    works = one_of(N_("Which work"), Works)
    covers_labour = BooleanField(N_("Labour"))
    covers_material = BooleanField(N_("Parts and material"))
    covers_travel = BooleanField(N_("Travel"))
    included_hours = NumberField(
        N_("Included hours"), places=1, largest=100_000, validators=[Optional()],
        description=N_("Empty: labour is not counted."),
    )  # fmt: skip
    included_per = one_of(N_("for"), Per)
    counts_travel = BooleanField(N_("Travel takes from the hours too"))
    price_list_id = RecordField(
        N_("Price list"), validators=[Optional()], description=N_("For what the customer pays.")
    )
    parts_discount_percent = NumberField(
        N_("Discount on parts, %"), largest=100, validators=[Optional()]
    )
    fee = NumberField(N_("Fee without VAT"), validators=[Optional()])
    fee_per = one_of(N_("for"), Per)
    currency = one_of(N_("Currency"), Currency)
    notes = note(N_("Notes"), hint=N_("Staff only."))

    def terms(self) -> Terms:
        """The form as the service takes it."""
        ticked = {
            Cost.LABOUR: self.covers_labour.data,
            Cost.MATERIAL: self.covers_material.data,
            Cost.TRAVEL: self.covers_travel.data,
        }
        months = self.first_months.data
        return Terms(
            number=self.number.data,
            kind=ContractKind(self.kind.data),
            signed_on=self.signed_on.data,
            starts_on=given(self.starts_on.data),
            ends_on=self.ends_on.data,
            first_months=int(months) if months is not None else None,
            renewal=Renewal(self.renewal.data),
            renewal_months=int(given(self.renewal_months.data)),
            remind_days=int(self.remind_days.data or 0),
            payer_id=self.payer_id.data,
            scope=Scope(self.scope.data),
            site_id=self.site_id.data,
            policy_id=self.policy_id.data,
            works=Works(self.works.data),
            covers=frozenset(cost for cost, is_on in ticked.items() if is_on),
            included_hours=self.included_hours.data,
            included_per=Per(self.included_per.data),
            counts_travel=self.counts_travel.data,
            price_list_id=self.price_list_id.data,
            parts_discount_percent=self.parts_discount_percent.data or Decimal(0),
            fee=self.fee.data,
            fee_per=Per(self.fee_per.data),
            currency=self.currency.data,
            notes=self.notes.data,
        )

    def begin(self, today: date, currency: str) -> None:
        """What a new contract usually says."""
        self.kind.data, self.scope.data = ContractKind.SERVICE.value, Scope.MACHINES.value
        self.renewal.data, self.renewal_months.data = Renewal.NONE.value, Decimal(12)
        self.remind_days.data, self.starts_on.data = Decimal(30), today
        self.fee_per.data, self.included_per.data = Per.MONTH.value, Per.PERIOD.value
        self.currency.data = currency
        self.works.data = Works.ALL.value
        self.covers_labour.data = self.covers_travel.data = True


class MoveForm(VersionedForm):
    """A day and why."""

    day = DayField(N_("Last day"), validators=[Optional()])
    words = words(N_("Why"), length=1000)


class MachineForm(HouseForm):
    """A machine the contract is about."""

    machine_id = RecordField(N_("Machine"), validators=[Needed(N_("Choose the machine."))])
    since_on = DayField(
        N_("From"), validators=[Optional()], description=N_("Empty: from its beginning.")
    )


class ContactForm(HouseForm):
    """Somebody we write to."""

    contact_id = RecordField(N_("Contact"), validators=[Needed(N_("Choose the person."))])
    about = words(P_("contact", "What about"), length=120)


class HoursForm(HouseForm):
    """Hours bought or corrected."""

    hours = NumberField(P_("labour", "Hours"), places=2, largest=100_000, validators=[Needed()])
    on = DayField(N_("Day"), validators=[Needed()])
    words = words(N_("Words"), length=500)

    def minutes(self) -> int:
        """The hours in minutes."""
        return int(given(self.hours.data) * 60)


class PriceListForm(VersionedForm):
    """Name, currency and rows of prices; the rows are read by :func:`read_prices`."""

    name = words(N_("Name"), needed=N_("Give it a name."), length=120)
    currency = one_of(N_("Currency"), Currency)
    is_active = BooleanField(
        N_("In use"), default=True, description=N_("When off, no new contract may take it.")
    )


PRICE_FIELDS = ("kind", "description", "unit", "net_price", "article")


def read_prices(rows: Sequence[dict[str, str]], kinds: frozenset[str]) -> list[Price]:
    """Rows as typed; empty ones are left out. Raises Invalid for one that cannot be."""
    found = []
    for number, row in enumerate(rows, start=1):
        typed = {name: row.get(name, "").strip() for name in PRICE_FIELDS}
        if not any(typed[name] for name in ("description", "net_price", "article")):
            continue
        found.append(_price(number, typed, kinds))
    return found


def _price(number: int, typed: dict[str, str], kinds: frozenset[str]) -> Price:
    row = Text("Row %(n)s", n=number)
    if not typed["description"] or not typed["unit"]:
        raise Invalid(Text("%(row)s: write what it is and its unit.", row=row))
    try:
        price = parse_number(typed["net_price"]).quantize(Decimal("0.01"))
    except InvalidOperation:
        said = Text("%(text)s is not a number", text=typed["net_price"][:40])
        raise Invalid(Text("%(row)s: %(said)s", row=row, said=said)) from None
    if not 0 <= price < 10**12 or typed["kind"] not in kinds:
        raise Invalid(Text("%(row)s: this price cannot be.", row=row))
    return Price(
        kind=typed["kind"],
        description=typed["description"][:300],
        unit=typed["unit"][:20],
        net_price=price,
        article=typed["article"][:60],
    )


def fill(form: ContractForm, contract: Contract) -> None:
    """The contract as the form shows it first."""
    plain = [f.name for f in form if f.name not in ("uid", "version", "csrf_token")]
    for name in plain:
        form[name].data = getattr(contract, name)
    form.version.data = str(contract.version)
    for name in ("renewal_months", "remind_days", "first_months"):
        value = getattr(contract, name)
        form[name].data = None if value is None else Decimal(value)
    form.parts_discount_percent.data = contract.parts_discount_percent or None
