"""How a handover ends and how it is signed. Pure."""

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_


class SigningWay(Labelled):
    """On the screen, on paper, or in an outside system."""

    SCREEN = "screen", N_("On the screen"), Tone.PETROL, "signature"
    PAPER = "paper", N_("On paper"), Tone.PETROL, "file-text"
    OUTSIDE = "outside", N_("In another system"), Tone.PETROL, "link"


class HandoverResult(Labelled):
    """What the customer said to the work."""

    SIGNED = "signed", N_("Signed"), Tone.GREEN, "signature"
    WITH_REMARKS = "with_remarks", N_("Signed with remarks"), Tone.AMBER, "signature"
    REFUSED = "refused", N_("Refused"), Tone.RED, "x"
