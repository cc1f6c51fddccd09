"""Forms over faults found by staff."""

from wtforms.validators import Optional

from assets.faults.rules import Detection, Severity
from service_app.core.text import N_
from service_app.web.forms import (
    HouseForm,
    MomentField,
    Needed,
    NumberField,
    note,
    one_of,
    words,
)
from service_app.web.versions import VersionedForm


class FaultForm(HouseForm):
    """What is wrong, since when."""

    severity = one_of(N_("How bad is it"), Severity, needed=N_("Choose how bad it is."))
    symptom = words(
        N_("What is wrong"), needed=N_("One sentence is enough, but we need it."), length=500,
        hint=N_("For example: does not start, starter clicks."),
    )  # fmt: skip
    detection = one_of(N_("How it was found"), Detection, needed=N_("Choose how it was found."))
    happened_at = MomentField(N_("Since"), validators=[Needed(N_("Say since when."))])
    running_hours = NumberField(N_("Running hours then"), places=1, validators=[Optional()])


class ResolveForm(VersionedForm):
    """How a fault ended."""

    cause = note(N_("Cause"), hint=N_("Why it came, as far as it is known."), length=2000)
    remedy = note(N_("What was done"), needed=N_("Say what was done."), length=2000)
    ended_at = MomentField(
        N_("The machine works again since"), validators=[Needed(N_("Say since when."))]
    )


class RejectForm(VersionedForm):
    """How it was seen that there is no fault."""

    remedy = note(N_("How it was checked"), needed=N_("Say how it was checked."), length=2000)
