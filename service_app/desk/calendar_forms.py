"""What is typed about a working calendar."""

from datetime import UTC, date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from wtforms import StringField
from wtforms.validators import Optional

from service_app.core.errors import Invalid
from service_app.core.text import N_, P_, Text
from service_app.web.forms import DayField, HouseForm, MomentField, Needed, NumberField, one_of
from service_app.web.reading import reader
from service_app.web.versions import VersionedForm
from service_app.web.zones import ZoneField
from workorders.calendars.models import WorkCalendar
from workorders.calendars.rules import ExceptionKind, Interval, read_hours, say_hours

WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
    N_("Sunday"),
)  # fmt: skip


def _label(text: Text) -> str:
    return cast(str, text)


class HoursField(StringField):  # type: ignore[misc]
    """``09:00–13:00, 14:00–18:00``; empty for a day off. ``intervals`` is what it says."""

    intervals: tuple[Interval, ...] = ()

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        try:
            self.intervals = read_hours(self.data or "")
        except ValueError:
            text = Text("“%(typed)s” is not like 09:00–13:00, 14:00–18:00.", typed=self.data[:40])
            self.errors: list[str] = [*self.errors, reader().say(text)]


class WeekForm(VersionedForm):
    """The working week and its zone."""

    zone = ZoneField(_label(N_("Time zone")))
    monday = HoursField(_label(WEEKDAYS[0]))
    tuesday = HoursField(_label(WEEKDAYS[1]))
    wednesday = HoursField(_label(WEEKDAYS[2]))
    thursday = HoursField(_label(WEEKDAYS[3]))
    friday = HoursField(_label(WEEKDAYS[4]))
    saturday = HoursField(_label(WEEKDAYS[5]))
    sunday = HoursField(_label(WEEKDAYS[6]))

    since_on = DayField(
        _label(N_("In force from")),
        validators=[Optional()],
        description=_label(N_("Empty: from this moment.")),
    )

    def since(self, now: datetime) -> datetime:
        """The beginning of the day given, on the week's own clock; this moment without one.

        Raises Invalid for a day that has begun: time before counts by the old week.
        """
        day = self.since_on.data
        if day is None:
            return now
        start = datetime.combine(day, time(), ZoneInfo(self.zone.data)).astimezone(UTC)
        if start <= now:
            raise Invalid(N_("This day has begun: give a later one, or none."), "since_on")
        return start

    @property
    def days(self) -> list[HoursField]:
        """The seven fields from Monday on."""
        names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        return [self[name] for name in names]

    def begin(self, stored: WorkCalendar) -> None:
        """Fill in the week as it is."""
        week = stored.versions[-1].week
        self.version.data, self.zone.data = str(stored.revision), stored.versions[-1].zone
        for field, day in zip(self.days, week, strict=True):
            field.data = say_hours(Interval(a, b) for a, b in day)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A field that could not be read refuses the form."""
        return bool(super().validate(*args, **kwargs)) and not any(f.errors for f in self.days)


class DayForm(HouseForm):
    """One dated exception."""

    on = DayField(_label(N_("Day")), validators=[Needed()])
    kind = one_of(N_("What it is"), ExceptionKind)
    hours = HoursField(
        _label(P_("working time", "Hours")),
        description=_label(N_("Empty: as usual for such a day.")),
        validators=[Optional()],
    )  # fmt: skip

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A field that could not be read refuses the form."""
        return bool(super().validate(*args, **kwargs)) and not self.hours.errors

    def day(self) -> date:
        """The day of a form that was let through."""
        return cast(date, self.on.data)


class TryForm(HouseForm):
    """From a moment, so much working time."""

    start = MomentField(_label(P_("try the calendar", "from")), validators=[Needed()])
    add = NumberField(
        _label(P_("try the calendar", "add, hours")), largest=10_000, validators=[Needed()]
    )

    class Meta:
        csrf = False
