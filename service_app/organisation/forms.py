"""Forms of our own side."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, Field
from wtforms.validators import Optional

from service_app.core.text import N_, Text
from service_app.organisation.rules import (
    BranchFacts,
    Currency,
    EntityFacts,
    Requisites,
    problem_with_email,
    problem_with_prefix,
    problems_with,
    without_blanks,
)
from service_app.web.forms import HouseForm, Needed, RecordField, note, one_of, words
from service_app.web.reading import reader
from service_app.web.versions import VersionedForm
from service_app.web.zones import ZoneField

LONGEST_RULES = 20_000
ZONE = N_("Time zone")


def refuse_field(field: Field, problem: Text | None) -> bool:
    """Put the sentence beside the field; True when there was none."""
    if problem is None:
        return True
    field.errors = [*field.errors, reader().say(problem)]
    return False


class RequisitesForm(VersionedForm):
    """Requisites with their check digits; every wrong one is told at once."""

    inn = words(N_("INN"), length=40, hint=N_("10 digits, for an entrepreneur 12."))
    kpp = words(N_("KPP"), length=40, hint=N_("9 digits; an entrepreneur has none."))
    ogrn = words(N_("OGRN"), length=40, hint=N_("13 digits, for an entrepreneur 15."))
    bank_name = words(N_("Bank"))
    bik = words(N_("BIK"), length=40)
    account = words(N_("Account"), length=60)
    correspondent_account = words(N_("Correspondent account"), length=60)
    email = words(N_("E-mail"))

    def requisites(self) -> Requisites:
        """What was typed, without the blanks people put between groups of digits."""
        names = Requisites.__dataclass_fields__
        return Requisites(**{name: without_blanks(self[name].data or "") for name in names})

    def validate(self, extra_validators: Any = None) -> bool:
        """Fields one by one, then the check digits together."""
        is_fine = bool(super().validate(extra_validators))
        for name, problem in problems_with(self.requisites()):
            is_fine = refuse_field(self[name], problem) and is_fine
        return refuse_field(self.email, problem_with_email(self.email.data)) and is_fine


class EntityForm(RequisitesForm):
    """Our legal entity: what pages and papers say about us."""

    brand = words(
        N_("Name on pages"),
        needed=N_("Pages need a name. Write the one customers know."),
        length=80,
        hint=N_("Stands at the top of every page and letter, short, as customers say it."),
    )
    name = words(
        N_("Full name on papers"),
        needed=N_("Papers need the full name, as in the charter."),
        hint=N_("With the form of company, as in the charter; new papers carry it."),
    )
    english_name = words(N_("Full name in English"), hint=N_("For papers in English."))
    address = words(N_("Address"), length=300, hint=N_("The registered one; papers carry it."))
    english_address = words(N_("Address in English"), length=300)
    phone = words(
        N_("Phone"), length=40, hint=N_("Customers see it where they can do nothing by themselves.")
    )
    currency = one_of(N_("Currency"), Currency)
    is_vat_payer = BooleanField(
        N_("We pay VAT"),
        description=N_("When off, lines of new orders are suggested without VAT."),
    )
    simple_signature_agreement = words(
        N_("Agreement on a simple electronic signature"),
        hint=N_("Number and day. Acts signed on the screen refer to it."),
    )
    service_rules = note(
        N_("Service rules"),
        length=LONGEST_RULES,
        hint=N_("Shown to the customer at intake and printed on the receipt."),
    )
    english_service_rules = note(
        N_("Service rules in English"),
        length=LONGEST_RULES,
        hint=N_("For receipts in English; when empty, the Russian text is shown."),
    )

    def facts(self) -> EntityFacts:
        """What the service is given."""
        plain = (
            "brand name english_name address english_address bank_name phone email currency"
            " is_vat_payer service_rules english_service_rules simple_signature_agreement"
        )
        values = {name: self[name].data for name in plain.split()}
        return EntityFacts(requisites=self.requisites(), **values)


class SetUpForm(EntityForm):
    """The first save also makes the branch."""

    city = words(
        N_("City we work from"),
        needed=N_("Write the city of your workshop or office."),
        length=80,
        hint=N_("It becomes the first branch; others can be added later."),
    )
    zone = ZoneField(
        ZONE, default="Europe/Moscow", description=N_("Monthly figures are counted on this clock.")
    )

    def branch_facts(self) -> BranchFacts:
        """The first branch is called by its city."""
        return BranchFacts(name=self.city.data, city=self.city.data, zone=self.zone.data)


class LogoForm(HouseForm):
    """A picture for pages and letterhead."""

    photos = FileField(
        N_("Logo"),
        description=N_("JPEG, PNG or WebP. Stands on pages and on new papers."),
    )


class BranchForm(VersionedForm):
    """A place we work from."""

    name = words(N_("Name"), needed=N_("Give the branch a name people will know it by."), length=80)
    city = words(N_("City"), length=80)
    zone = ZoneField(
        ZONE, default="Europe/Moscow", description=N_("Monthly figures are counted on this clock.")
    )
    number_prefix = words(
        N_("Numbers begin with"),
        length=40,
        hint=N_("Up to six letters or digits before the number of orders and papers, or nothing."),
    )
    phone = words(N_("Phone"), length=40)
    is_active = BooleanField(
        N_("Works now"),
        default=True,
        description=N_("When off, nobody can be placed here; its orders and papers stay."),
    )

    def validate_number_prefix(self, field: Field) -> None:
        """Numbers are said aloud and stand in addresses."""
        field.data = (field.data or "").upper()
        refuse_field(field, problem_with_prefix(field.data))

    def facts(self) -> BranchFacts:
        """What the service is given."""
        return BranchFacts(
            name=self.name.data,
            city=self.city.data,
            zone=self.zone.data,
            number_prefix=self.number_prefix.data,
            phone=self.phone.data,
        )


class TeamForm(VersionedForm):
    """People of a branch who work together."""

    name = words(N_("Name"), needed=N_("Give the team a name people will know it by."), length=80)
    lead_user_id = RecordField(
        N_("Leader"),
        validators=[Optional()],
        description=N_("Hears first about what goes wrong in the team."),
    )
    is_active = BooleanField(
        N_("Works now"), default=True, description=N_("When off, nobody can be placed in it.")
    )


class PlaceForm(VersionedForm):
    """In which branch and team a person works."""

    branch_id = RecordField(
        N_("Branch"),
        validators=[Needed(N_("Choose a branch."))],
        description=N_("Orders this person opens get numbers of the branch."),
    )
    team_id = RecordField(
        N_("Team"),
        validators=[Optional()],
        description=N_("Planning shows people by team."),
    )
