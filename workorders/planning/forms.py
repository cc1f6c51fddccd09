"""Fields of planning."""

from wtforms import BooleanField
from wtforms.validators import Optional

from service_app.core.text import N_, P_
from service_app.web.forms import MomentField, Needed, RecordField, words
from workorders.orders.forms import ToldForm


class AssignForm(ToldForm):
    """Who goes, when, with whom."""

    engineer = RecordField(N_("Engineer"), validators=[Needed(N_("Choose an engineer."))])
    planned_from = MomentField(
        P_("stretch", "From"), validators=[Needed(N_("Say when the visit begins."))]
    )
    planned_to = MomentField(
        P_("stretch", "Until"), validators=[Needed(N_("Say when the visit ends."))]
    )
    second = RecordField(N_("Second engineer"), validators=[Optional()])
    purpose = words(N_("What to take along, gate pass"), length=300)
    even_if_busy = BooleanField(N_("Assign even if the engineer is busy"))
