"""Forms over running hours."""

from wtforms import BooleanField
from wtforms.validators import Optional

from assets.meters.rules import UnreadReason
from service_app.core.text import N_
from service_app.web.forms import HouseForm, MomentField, Needed, NumberField, one_of, words

NEEDS_MOMENT = Needed(N_("Say when it was read."))


class ReadingForm(HouseForm):
    """What the meter shows."""

    value = NumberField(
        N_("The meter shows"), places=1, validators=[Needed(N_("Write what the meter shows."))]
    )
    read_at = MomentField(N_("Read at"), validators=[NEEDS_MOMENT])
    replaced = BooleanField(N_("The meter was replaced or began anew"))
    ground = words(
        N_("Record it after all, because"), length=300,
        hint=N_("Only when the value above is refused and yet true; it stands beside the reading."),
    )  # fmt: skip


class VoidForm(HouseForm):
    """Why a reading counts no more."""

    reason = words(N_("What was wrong"), needed=N_("Say what was wrong with it."), length=300)


class ReplaceForm(HouseForm):
    """Another meter in place of the old one."""

    replaced_at = MomentField(N_("Replaced at"), validators=[Needed(N_("Say when."))])
    old_value = NumberField(
        N_("The old meter showed"), places=1, validators=[Optional()],
        description=N_("Empty when nobody could read it: its last reading stands."),
    )  # fmt: skip
    new_value = NumberField(
        N_("The new meter shows"), places=1, validators=[Needed(N_("Write what it shows."))]
    )
    ground = words(
        N_("Ground"), needed=N_("Say why, with the document if there is one."), length=300,
        hint=N_("For example: act 14 of 12 March, display broken."),
    )  # fmt: skip


class UnreadForm(HouseForm):
    """Why the meter could not be read."""

    reason = one_of(N_("Why"), UnreadReason, needed=N_("Choose why."))
    seen_at = MomentField(N_("Tried at"), validators=[Needed(N_("Say when."))])
    remark = words(N_("Remark"), length=300)
