"""What came with a form besides its fields: photos, kept when the form comes back."""

from dataclasses import dataclass, field

from flask import current_app, request

from service_app.core.errors import DomainError, Invalid
from service_app.core.text import Text
from service_app.files.intake import MOST_AT_ONCE, PreparedFile, prepare
from service_app.files.parking import park, unpark
from workorders.intake.forms import DetailForm, ReportForm


@dataclass(frozen=True)
class Sent:
    """Photos that can be kept, and what was said of those that cannot."""

    files: list[PreparedFile] = field(default_factory=list)
    refusals: list[DomainError] = field(default_factory=list)

    def is_fine(self, form: ReportForm | DetailForm) -> bool:
        """Whether every photo can be kept; what cannot is told on the form."""
        for refusal in self.refusals:
            form.refuse(refusal)
        return not self.refusals

    def keep(self, form: ReportForm | DetailForm) -> None:
        """The form goes back: its photos wait for the next sending."""
        form.kept.data = park(self.files, secret=_secret())


def sent_photos() -> Sent:
    """The photos of this request and those of its earlier sending.

    To be called before the database is asked for anything: reading pictures takes time.
    """
    if request.method != "POST":
        return Sent()
    sent = Sent(unpark(request.form.get("kept", ""), secret=_secret()))
    chosen = [one for one in request.files.getlist("photos") if one and one.filename]
    if len(sent.files) + len(chosen) > MOST_AT_ONCE:
        text = Text("Send at most %(n)s files at once.", n=MOST_AT_ONCE)
        return Sent(sent.files, [Invalid(text, "photos")])
    for one in chosen:
        try:
            sent.files.append(prepare(one))
        except Invalid as refusal:
            sent.refusals.append(refusal)
    return sent


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
