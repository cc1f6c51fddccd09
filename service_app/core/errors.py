"""Refusals of the trade: raised by services, shown by one handler as a flash or as JSON."""

from service_app.core.text import N_, Text


class DomainError(Exception):
    """Something that may not be done; ``text`` says what is wrong and what to do.

    ``field`` names the form field the sentence belongs to, when there is one.
    """

    def __init__(self, text: Text, field: str | None = None) -> None:
        super().__init__(str(text))
        self.text = text
        self.field = field


class Invalid(DomainError):
    """A value that cannot be true."""


class NotAllowed(DomainError):
    """This person may not do this, or not now."""


class Conflict(DomainError):
    """Somebody else changed the record while this person was writing."""

    def __init__(self, text: Text | None = None, field: str | None = None) -> None:
        super().__init__(
            text
            or N_(
                "Somebody changed this while you were writing. Your text is safe: compare and save."
            ),
            field,
        )


class NotFound(DomainError):
    """There is no such record, or it is not this person's to see: the two look the same."""

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text or N_("There is no such page, or it is not open to you."))
