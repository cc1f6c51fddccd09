"""Fields of handover."""

from wtforms import BooleanField, FileField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from service_app.core.text import N_, P_
from service_app.web.forms import DayField, HouseForm, Needed, NumberField, note, words
from service_app.web.signature import SignatureField
from workorders.handover.rules import SigningWay
from workorders.handover.service import Signer
from workorders.orders.forms import ToldForm
from workorders.orders.moves import Need


class ReadyForm(ToldForm):
    """The papers the customer should bring."""

    papers = note(N_("Papers to bring"), needed=N_("Write which papers the customer should bring."))


class SignForm(ToldForm):
    """Both signers, the way of signing, remarks, running hours."""

    demonstration = note(N_("How the machine was shown at work"), needed=Need.DEMONSTRATION.label)
    running_hours = NumberField(N_("Hours at handover"), places=1, validators=[Optional()])
    remarks = note(N_("Customer's remarks"))
    way = RadioField(
        N_("How it is signed"),
        choices=[SelectChoice(w.value, "") for w in SigningWay],
        default="screen",
    )
    taker_name = words(
        P_("person", "Full name"), needed=N_("Write who accepts: full name."), length=120
    )
    taker_position = words(
        N_("Position"), needed=N_("Write the position of who accepts."), length=120
    )
    taker_ground = words(N_("Ground to sign: charter, power of attorney № and date"))
    taker_signature = SignatureField()
    taker_consents = BooleanField(
        N_("No drawing: the typed name stands for my signature under the agreement.")
    )
    giver_name = words(
        P_("person", "Full name"), needed=N_("Write who hands over: full name."), length=120
    )
    giver_position = words(N_("Position"), length=120)
    giver_ground = words(N_("Ground to sign"))
    giver_signature = SignatureField()
    outside_number = words(N_("Number in the other system"), length=80)
    scan = FileField(N_("Scan of the signed paper"))

    def giver(self) -> Signer:
        """Who hands over."""
        return Signer(self.giver_name.data, self.giver_position.data, self.giver_ground.data)

    def taker(self) -> Signer:
        """Who accepts."""
        return Signer(self.taker_name.data, self.taker_position.data, self.taker_ground.data)


class RefuseForm(HouseForm):
    """Why the customer does not accept."""

    reason = note(N_("Why"), needed=N_("Write why the customer does not accept."))
    taker = words(N_("Who refuses"), length=120)


class BackForm(HouseForm):
    """Why it goes back to work."""

    reason = note(N_("Why"), needed=N_("Write why it goes back to work."))


class CloseForm(HouseForm):
    """The day the signed original came back, and a last word."""

    received_on = DayField(N_("Original received on"), validators=[Optional()])
    words = note(N_("A last word"))


class ScanForm(HouseForm):
    """The scan of a paper signed by hand."""

    scan = FileField(N_("Scan"), validators=[Needed(N_("Choose the scan."))])
