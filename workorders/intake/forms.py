"""Fields of intake."""

from wtforms import BooleanField, HiddenField, MultipleFileField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from assets.faults.rules import Severity
from service_app.core.text import N_
from service_app.web.forms import (
    DayField,
    HouseForm,
    MomentField,
    Needed,
    NumberField,
    RecordField,
    note,
    one_of,
    words,
)
from workorders.intake.reporting import StaffRequest
from workorders.orders.forms import ToldForm
from workorders.orders.rules import AnswerWay, Expectation, Kind, Place, Source

BAD = N_("Choose how bad it is.")
SENTENCE = N_("One sentence is enough, but we need it.")


class ReportForm(HouseForm):
    """A fault beside the machine; a guest also leaves a name, a phone and consent."""

    severity = one_of(N_("What is wrong with the machine?"), Severity, needed=BAD)
    symptom = note(N_("Describe it in one sentence"), needed=SENTENCE, length=500)
    running_hours = NumberField(N_("Hours"), places=1, validators=[Optional()])
    photos = MultipleFileField(N_("Take a photo"))
    sent_hours = HiddenField()
    kept = HiddenField()


class GuestForm(ReportForm):
    """The same without a log-in."""

    name = words(
        N_("Your name"), needed=N_("Write your name, so that we can call you."), length=120
    )
    phone = words(N_("Phone"), needed=N_("Write your phone, so that we can call you."), length=40)
    consent = BooleanField(
        N_("I agree that my name and phone are kept to deal with this request."),
        validators=[Needed(N_("We may keep your name and phone only if you agree."))],
    )


class StaffReportForm(ToldForm):
    """A request taken by phone or e-mail."""

    machine = RecordField(N_("Machine"))
    machine_words = words(N_("Or the machine in words"))
    company = RecordField(N_("Customer"))
    severity = one_of(N_("How bad is it?"), Severity, needed=BAD)
    symptom = words(N_("What is wrong"), needed=SENTENCE, length=500)
    kind = one_of(N_("What is to be done"), Kind)
    place = one_of(N_("Where"), Place)
    source = one_of(N_("How it came"), (Source.PHONE, Source.EMAIL))
    name = words(N_("Who called"), needed=N_("Write who called."), length=120)
    phone = words(N_("Phone"), length=40)
    running_hours = NumberField(N_("Hours"), places=1, validators=[Optional()])
    photos = MultipleFileField(N_("Photos"))

    def request(self) -> StaffRequest:
        """The form as the service takes it."""
        return StaffRequest(
            machine_id=self.machine.data,
            machine_words=self.machine_words.data,
            company_id=self.company.data,
            severity=Severity(self.severity.data),
            symptom=self.symptom.data,
            kind=Kind(self.kind.data),
            place=Place(self.place.data),
            source=Source(self.source.data),
            name=self.name.data,
            phone=self.phone.data,
            running_hours=self.running_hours.data,
        )


class AcceptForm(ToldForm):
    """Taking a request in; a request without a machine gets one here."""

    machine = RecordField(N_("Machine"))


class ReasonForm(HouseForm):
    """A reason the customer will read."""

    reason = note(N_("Reason"), needed=N_("Write the reason; the customer will read it."))


class DuplicateForm(HouseForm):
    """The order this one repeats."""

    twin = words(
        N_("Number of the order it repeats"), needed=N_("Choose the order this one repeats.")
    )


class ExpectationForm(HouseForm):
    """What the customer expects, and how the service rules were acknowledged."""

    expectation = one_of(
        N_("What the customer expects"), Expectation, needed=N_("Choose what was agreed.")
    )
    acknowledged_how = words(
        N_("How the rules were shown and acknowledged"),
        needed=N_("Say how the rules were acknowledged."),
    )


class PromiseForm(HouseForm):
    """The day on which term and price will be told."""

    day = DayField(N_("Term and price will be told on"), validators=[Needed()])


class CallForm(HouseForm):
    """A call agreed with the customer."""

    call_at = MomentField(N_("Call at"), validators=[Needed()])
    about = words(N_("About what"))


class QuoteForm(ToldForm):
    """Term and price; the price is the lines'."""

    term_at = MomentField(
        N_("The machine runs by"), validators=[Needed(N_("Say by when it runs."))]
    )
    valid_until = DayField(N_("The price holds until"), validators=[Optional()])
    words = note(N_("What the customer should know"))


class AnswerForm(ToldForm):
    """The customer's answer recorded by staff: who, how, when."""

    answer = RadioField(
        N_("Answer"),
        choices=[SelectChoice("yes", ""), SelectChoice("no", "")],
        validators=[Needed(N_("Choose yes or no."))],
        validate_choice=True,
    )
    name = words(N_("Who answered"), needed=N_("Write who answered."), length=120)
    way = one_of(N_("How"), tuple(w for w in AnswerWay if w is not AnswerWay.PORTAL))
    words = note(N_("In their words"))


class DecisionForm(HouseForm):
    """The customer's own answer in the portal to the proposal that was shown."""

    proposal = HiddenField()
    answer = HiddenField()
    words = note(N_("Why not, in one line"))


class DetailForm(HouseForm):
    """What the customer adds to an open request: words, photos, or both."""

    words = note(N_("What else should we know"))
    photos = MultipleFileField(N_("Take a photo"))
    kept = HiddenField()


class QuestionForm(HouseForm):
    """A question about the quote."""

    words = note(N_("Your question"), needed=N_("Write your question."))


class ChangeForm(HouseForm):
    """A change put to the customer for a yes or no."""

    words = note(N_("What was found and what you propose"), needed=N_("Write what you propose."))
    amount = NumberField(N_("Price more (or less) with VAT"), validators=[Needed()])
    extra_minutes = NumberField(N_("Minutes more"), places=0, validators=[Optional()])
    term_at = MomentField(N_("New term, if it moves"), validators=[Optional()])
    photos = MultipleFileField(N_("Photo"))
