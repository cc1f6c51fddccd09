"""Forms over companies, their sites and people."""

from typing import Any

from wtforms import BooleanField, Field
from wtforms.validators import Optional

from service_app.accounts.rules import Language
from service_app.core.text import N_
from service_app.customers.rules import CompanyFacts, CompanyRole, ContactFacts, SiteFacts
from service_app.organisation.forms import RequisitesForm, refuse_field
from service_app.organisation.rules import problem_with_email
from service_app.web.forms import HouseForm, RecordField, note, one_of, words
from service_app.web.versions import VersionedForm
from service_app.web.zones import ZoneField

DECIDES_HINT = N_("May say yes or no to a quote; what others answer is not counted.")


class CompanyForm(RequisitesForm):
    """A company with its roles and requisites."""

    name = words(
        N_("Full name"),
        needed=N_("Write the full name, as papers need it."),
        hint=N_("With the form of company, as in its charter; papers carry it."),
    )
    short_name = words(
        N_("Name in lists"),
        needed=N_("Write the name people say."),
        length=80,
        hint=N_("As people say it; lists and pages show it."),
    )
    is_operating = BooleanField(
        N_("Operating company"), default=True, description=N_("Runs machines, reports faults.")
    )
    is_owner = BooleanField(N_("Owner"), default=True, description=N_("Owns machines."))
    is_payer = BooleanField(N_("Payer"), default=True, description=N_("Pays for orders."))
    is_supplier = BooleanField(N_("Supplier"), description=N_("We buy parts from it."))
    is_maker = BooleanField(N_("Maker"), description=N_("Makes machines or parts."))
    address = words(N_("Address"), length=300, hint=N_("The registered one; papers carry it."))
    phone = words(N_("Phone"), length=40)
    language = one_of(N_("Language of papers and letters"), Language)
    contract_note = words(N_("Contract"), hint=N_("Number and day; papers refer to it."))
    allows_guest_reports = BooleanField(
        N_("Guests may report faults by the QR code"),
        description=N_("Without signing in; the dispatcher calls back and confirms each."),
    )
    notes = note(N_("Notes"), hint=N_("Staff only."))
    is_active = BooleanField(
        N_("Served now"),
        default=True,
        description=N_("When off, it is left out of lists and choices; its past stays."),
    )

    def facts(self) -> CompanyFacts:
        """What the service is given."""
        plain = (
            "name short_name address bank_name phone email language allows_guest_reports"
            " contract_note notes"
        )
        values = {name: self[name].data for name in plain.split()}
        return CompanyFacts(requisites=self.requisites(), roles=self.roles_ticked(), **values)

    def roles_ticked(self) -> frozenset[CompanyRole]:
        """What the company is to us."""
        return frozenset(role for role in CompanyRole if self[f"is_{role.value}"].data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Fields one by one, check digits, then that there is a role."""
        is_fine = super().validate(extra_validators)
        if self.roles_ticked():
            return is_fine
        return refuse_field(
            self.is_operating, N_("Tick what the company is to us, one thing at least.")
        )


class SiteForm(VersionedForm):
    """A place where machines work."""

    name = words(N_("Name"), needed=N_("Give the site a name people there use."), length=120)
    address = words(N_("Address"), length=300, hint=N_("So that an engineer finds the gate."))
    zone = ZoneField(
        N_("Time zone"), description=N_("Promises, visits and papers are on this clock.")
    )
    access_notes = note(
        N_("How to get in"),
        length=2000,
        hint=N_("Pass, hours of the gate, who to call, what to wear; engineers see it."),
    )
    is_active = BooleanField(
        N_("In use"),
        default=True,
        description=N_("When off, it is left out of choices; its machines and orders stay."),
    )

    def facts(self) -> SiteFacts:
        """What the service is given."""
        return SiteFacts(
            name=self.name.data,
            address=self.address.data,
            zone=self.zone.data,
            access_notes=self.access_notes.data,
        )


class ContactForm(VersionedForm):
    """A person we talk to."""

    family_name = words(
        N_("Family name"),
        needed=N_("Write the family name, or how the person is called."),
        length=80,
    )
    first_name = words(N_("First name"), length=80)
    middle_name = words(N_("Middle name"), length=80)
    position = words(N_("Position"), length=120, hint=N_("As papers should name it."))
    phone = words(N_("Phone"), length=40)
    email = words(N_("E-mail"))
    site_id = RecordField(
        N_("Site"), validators=[Optional()], description=N_("Where the person usually is.")
    )
    signing_ground = words(
        N_("Ground to sign"), hint=N_("Charter, or power of attorney with number and day.")
    )
    decides_on_price = BooleanField(N_("Decides on price"), description=DECIDES_HINT)
    is_active = BooleanField(
        N_("Still there"),
        default=True,
        description=N_("When off, the person is left out of choices."),
    )

    def validate_email(self, field: Field) -> None:
        """A letter must be able to arrive."""
        refuse_field(field, problem_with_email(field.data))

    def facts(self) -> ContactFacts:
        """What the service is given."""
        names = ContactFacts.__dataclass_fields__
        return ContactFacts(**{name: self[name].data for name in names})


class AccessForm(HouseForm):
    """A log-in for a contact."""

    login = words(
        N_("Login"),
        needed=N_("Write what the person will type to sign in."),
        length=80,
        hint=N_("Letters, figures, dots and hyphens, for example a.gromov."),
    )
    email = words(N_("E-mail"), hint=N_("Notices go there; it also works as the login."))

    def validate_email(self, field: Field) -> None:
        """A letter must be able to arrive."""
        refuse_field(field, problem_with_email(field.data))


class MemberForm(VersionedForm):
    """What a person of a company may do."""

    decides_on_price = BooleanField(N_("Decides on price"), description=DECIDES_HINT)
