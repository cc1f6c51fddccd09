"""Fields of signing in, passwords, own settings and the administrator's pages."""

from typing import Any, cast

from wtforms import BooleanField, PasswordField, SelectMultipleField, StringField
from wtforms.fields.choices import Choice
from wtforms.validators import Optional, ValidationError

from service_app.accounts.people import Particulars
from service_app.accounts.permissions import Role
from service_app.accounts.rules import LONGEST_PASSWORD, Language, Theme
from service_app.core.text import N_, Text
from service_app.web.forms import AtMost, HouseForm, Needed, one_of, words
from service_app.web.reading import reader
from service_app.web.versions import VersionedForm
from service_app.web.zones import ZoneField

PASSWORD_HINT = N_("At least 10 characters. Four words that do not belong together are good.")


def secret(label: Text, *, hint: Text | None = None, fresh: bool = False) -> PasswordField:
    """A password; never shown again once sent. ``fresh`` tells password keepers to offer one."""
    return PasswordField(
        cast(str, label),
        description=cast(str, hint or ""),
        validators=[Needed(N_("Type the password.")), AtMost(LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password" if fresh else "current-password"},
    )


class SignInForm(HouseForm):
    """Who, and the proof. The login stays when the password does not fit."""

    login = StringField(
        cast(str, N_("Login or e-mail")),
        validators=[Needed(N_("Type your login or e-mail.")), AtMost(200)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = secret(N_("Password"))


class AskResetForm(HouseForm):
    """Where the link goes."""

    email = StringField(
        cast(str, N_("E-mail")),
        validators=[Needed(N_("Type the e-mail address.")), AtMost(200)],
        render_kw={"type": "email", "autocomplete": "email"},
    )


class NewPasswordForm(HouseForm):
    """A password chosen by a link."""

    password = secret(N_("New password"), hint=PASSWORD_HINT, fresh=True)


class ChangePasswordForm(HouseForm):
    """A password changed by its owner."""

    current = secret(N_("Current password"))
    password = secret(N_("New password"), hint=PASSWORD_HINT, fresh=True)


class SettingsForm(VersionedForm):
    """A person's own settings."""

    language = one_of(N_("Language"), Language)
    theme = one_of(N_("Colours"), Theme)
    zone = ZoneField(N_("Time zone"))
    phone = words(N_("Phone"), length=40)
    are_keys_on = BooleanField(cast(str, N_("Keys for fast work (press ? to see them)")))


class RolesField(SelectMultipleField):  # type: ignore[misc]
    """Check boxes, one a role; ``.data`` holds plain values."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, choices=[], **kwargs)

    def iter_choices(self) -> Any:
        chosen = self.data or ()
        for role in Role:
            yield Choice(role.value, reader().say(role.label), role.value in chosen, {})

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or ()) <= {role.value for role in Role}:
            raise ValidationError(reader().say(N_("Choose one of the list.")))

    def roles(self) -> frozenset[Role]:
        """What is ticked."""
        return frozenset(Role(value) for value in self.data or ())


class PersonForm(VersionedForm):
    """What the administrator knows of a person."""

    family_name = words(N_("Family name"), needed=True, length=80)
    first_name = words(N_("First name"), needed=True, length=80)
    middle_name = words(N_("Middle name"), length=80)
    login = words(
        N_("Login"),
        needed=True,
        length=80,
        hint=N_("What they type to sign in, for example a.kovalev."),
    )
    email = words(N_("E-mail"), hint=N_("Notices and links go there; it also works as the login."))
    phone = words(N_("Phone"), length=40)
    position = words(N_("Position"), length=120, hint=N_("As papers should name it."))
    signing_ground = words(
        N_("Ground to sign"), hint=N_("Charter, or power of attorney with number and day.")
    )
    language = one_of(N_("Language"), Language)
    zone = ZoneField(N_("Time zone"))
    roles = RolesField(N_("Roles"))

    def particulars(self) -> Particulars:
        """What was typed, as the service takes it."""
        return Particulars(
            login=self.login.data,
            family_name=self.family_name.data,
            first_name=self.first_name.data,
            middle_name=self.middle_name.data,
            email=self.email.data,
            position=self.position.data,
            signing_ground=self.signing_ground.data,
            phone=self.phone.data,
            language=Language(self.language.data),
            zone=self.zone.data,
        )


class NewPersonForm(PersonForm):
    """The same, with a first password for those who stand beside the administrator."""

    password = PasswordField(
        cast(str, N_("First password")),
        description=cast(str, N_("Leave it empty to hand over a one-time link instead.")),
        validators=[Optional(), AtMost(LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )


class SetUpForm(HouseForm):
    """The first administrator of an empty program."""

    code = words(
        N_("Code from the server"),
        needed=N_("Type the code the server shows."),
        hint=N_("It stands in the program's log and in the file setup_code of its data folder."),
    )
    family_name = words(N_("Family name"), needed=True, length=80)
    first_name = words(N_("First name"), needed=True, length=80)
    login = words(N_("Login"), needed=True, length=80)
    email = words(N_("E-mail"))
    zone = ZoneField(N_("Time zone"))
    password = secret(N_("Password"), hint=PASSWORD_HINT, fresh=True)
