"""The review of a breach as it is typed."""

from typing import Any, cast

from wtforms import IntegerField
from wtforms.validators import Optional

from service_app.core.errors import Invalid
from service_app.core.text import N_, Text
from service_app.web.forms import DayField, RecordField, note, words
from service_app.web.versions import VersionedForm
from workorders.breaches.models import Breach
from workorders.breaches.rules import NO_COMMENT, STEP, Cause, share_problem
from workorders.breaches.service import Action


def _share(cause: Cause) -> IntegerField:
    return IntegerField(
        cast(str, cause.label),
        validators=[Optional()],
        render_kw={"min": 0, "max": 100, "step": STEP, "inputmode": "numeric"},
    )


def _label(text: Text) -> str:
    return cast(str, text)


class ReviewForm(VersionedForm):
    """Shares, what happened, what will be done about it."""

    dispatch = _share(Cause.DISPATCH)
    repair = _share(Cause.REPAIR)
    parts = _share(Cause.PARTS)
    access = _share(Cause.ACCESS)
    approval = _share(Cause.APPROVAL)
    other = _share(Cause.OTHER)
    comment = note(N_("What happened"), needed=NO_COMMENT)
    action = words(N_("What we will do"), length=500)
    action_owner = RecordField(_label(N_("Who")), validators=[Optional()])
    action_on = DayField(_label(N_("By when")), validators=[Optional()])

    @property
    def share_fields(self) -> list[tuple[Cause, Any]]:
        """The six fields with their causes."""
        return [(cause, self[cause.value]) for cause in Cause]

    def begin(self, breach: Breach) -> None:
        """Fill in what was given, or what the story suggests."""
        for cause, share in breach.causes.items():
            self[cause.value].data = share
        self.version.data = str(breach.version)
        self.comment.data, self.action.data = breach.comment, breach.action
        self.action_owner.data, self.action_on.data = breach.action_owner_id, breach.action_on

    def shares(self) -> dict[Cause, int]:
        """The shares typed; an empty field is nothing."""
        return {cause: field.data or 0 for cause, field in self.share_fields}

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Every problem of a review at once, each beside its field."""
        is_good = bool(super().validate(*args, **kwargs))
        problem = share_problem(self.shares())
        if problem is not None:
            self.refuse(Invalid(problem, Cause.DISPATCH.value))
        return is_good and problem is None

    def given_action(self) -> Action:
        """What will be done."""
        return Action(self.action.data or "", self.action_owner.data, self.action_on.data)
