"""Enumerations that carry the words, the colour and the icon a person sees."""

from enum import StrEnum

from service_app.core.text import Text, verbatim


class Tone(StrEnum):
    """Colours by meaning (whose turn, how late), never by decoration."""

    PETROL = "petrol"
    PETROL_OPEN = "petrol-open"
    PETROL_SOLID = "petrol-solid"
    VIOLET = "violet"
    SLATE = "slate"
    AMBER = "amber"
    RED = "red"
    GREEN = "green"
    PLAIN = "plain"


_NONE = verbatim("")


class Labelled(StrEnum):
    """A StrEnum whose members are ``NAME = "value", N_("Label"), Tone.X, "icon-name"``."""

    label: Text
    tone: Tone
    icon: str

    def __new__(
        cls, value: str, label: Text = _NONE, tone: Tone = Tone.PLAIN, icon: str = ""
    ) -> "Labelled":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.tone = tone
        member.icon = icon
        return member
