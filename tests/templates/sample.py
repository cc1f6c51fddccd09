"""Made-up things for the gallery of components: the order of the design's pictures."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace as Thing
from typing import Any

from wtforms import BooleanField, FileField, HiddenField, PasswordField, StringField, TextAreaField

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, Text, verbatim
from service_app.web.forms import ChoiceField, HouseForm, NumberField
from service_app.web.nav import Group, ShownEntry
from service_app.web.signature import SignatureField

NOW = datetime(2026, 11, 24, 7, 42, tzinfo=UTC)


class Turn(Labelled):
    """Statuses, one of every tone."""

    RECEIVED = "received", verbatim("Received"), Tone.PETROL_OPEN, "inbox"
    ACCEPTED = "accepted", verbatim("Accepted"), Tone.PETROL, "user-check"
    QUOTED = "quoted", verbatim("Waiting for approval"), Tone.VIOLET, "receipt"
    IN_WORK = "in_work", verbatim("In work"), Tone.PETROL_SOLID, "tool"
    DONE = "done", verbatim("Work done"), Tone.GREEN, "checks"
    LATE = "late", verbatim("Late"), Tone.RED, "alert-octagon"
    SOON = "soon", verbatim("Window is open"), Tone.AMBER, "clock"
    CLOSED = "closed", verbatim("Closed"), Tone.PLAIN, "lock"


class Badness(Labelled):
    STOPPED = "stopped", verbatim("Stopped, cannot work"), Tone.RED, "alert-octagon"
    DEGRADED = "degraded", verbatim("Works with limits"), Tone.AMBER, "alert-triangle"
    MINOR = "minor", verbatim("Does not hinder work"), Tone.SLATE, "info-circle"


class Parts(Labelled):
    PARTS = "parts", verbatim("parts"), Tone.SLATE, "package"


def clocks() -> list[Thing]:
    """A pill in each of its states."""
    until = NOW + timedelta(hours=2)

    def one(name: str, tone: str, text: Any, share: float, seconds: int, runs: bool) -> Thing:
        return Thing(
            name=verbatim(name), tone=tone, text=text, share=share, seconds=seconds,
            title=Text("%(name)s: %(moment)s", name=verbatim(name), moment=until),
            runs_until=until if runs else None, soon=1800,
        )  # fmt: skip

    return [
        one("Restore", "", timedelta(seconds=37_200), 0.35, 37_200, True),
        one("Quote", "soon", timedelta(seconds=3480), 0.88, 3480, True),
        one("Response", "late", "+22 min", 1.0, 1320, True),
        one("Restore", "paused", timedelta(seconds=18_600), 0.5, 18_600, False),
        one("Quote", "met", N_("kept"), 0.0, 0, False),
        one("Response", "missed", "late by 22 min", 0.0, 1320, False),
    ]


def phases() -> list[Thing]:
    return [
        Thing(label="Intake", state="done", share=100, line="23 Nov 09:12 – 11:50"),
        Thing(label="Execution", state="now", share=45, line="In work, A. Kovalyov"),
        Thing(label="Handover", state="", share=0, line="Test run, act, signature"),
    ]


def photos() -> list[Thing]:
    return [
        Thing(url="/picture/1", thumb="/picture/1", alt="Oil on the cylinder rod"),
        Thing(url="/picture/2", thumb="/picture/2", alt="Hour meter 6481.3"),
        Thing(url="/picture/paper", thumb="", alt="report.pdf"),
    ]


def _event(time: str, tone: Tone, icon: str, sentence: str, **more: Any) -> Thing:
    base: dict[str, Any] = {
        "is_wait": False, "at": NOW, "title": time, "time": time, "tone": tone, "icon": icon,
        "sentence": sentence, "tail": "", "quote": "", "is_customer_quote": False, "photos": [],
        "undo_url": None, "is_small": False,
    }  # fmt: skip
    return Thing(**{**base, **more})


def story() -> list[tuple[str, list[Thing]]]:
    wait = Thing(is_wait=True, icon="package", sentence="Waited for parts 2 h 35 min, clock still")
    words = "Boom drops by itself, left boom cylinder leaking"
    return [
        ("Today, Tuesday 24 November", [
            _event("10:36", Tone.VIOLET, "message-2", "A. Kovalyov asked the customer"),
            _event("10:28", Tone.RED, "alert-triangle", "A. Kovalyov measured 312 bar",
                   photos=photos()),
            wait,
        ]),
        ("Monday 23 November", [
            _event("12:10", Tone.PLAIN, "calendar-event", "Olga Smirnova assigned A. Kovalyov",
                   is_small=True, tail="for today 14:30"),
            _event("11:50", Tone.GREEN, "thumb-up", "A. Gromov approved", undo_url="/undo"),
            _event("09:12", Tone.AMBER, "qrcode", "Ivan Petrov reported", quote=words,
                   is_customer_quote=True),
        ]),
    ]  # fmt: skip


def menu() -> dict[str, Any]:
    """A dispatcher's menu, as the layouts get it."""

    def entry(label: str, icon: str, current: bool = False, count: int = 0, late: bool = False):
        return ShownEntry(verbatim(label), icon, f"/{icon}", current, count or None, late)

    first = (
        entry("Dispatch board", "layout-dashboard", True, 2, True),
        entry("Work orders", "clipboard-list", False, 64),
    )
    second = (entry("Machines", "backhoe"), entry("Maintenance", "calendar-month", False, 7))
    bottom = (*first, second[0], entry("More", "dots"))
    return {
        "navigation": (Group(None, first), Group(verbatim("Equipment"), second)),
        "bottom_navigation": bottom,
        "organisation_name": "Meridian Service",
        "organisation_logo_url": None,
        "actor": Thing(is_staff=True, name="O. Smirnova"),
        "person": Thing(id=7, name="Olga Smirnova", initials="OS", role_rows=[], are_keys_on=True),
        "unread": 1,
    }


class SampleForm(HouseForm):
    """Every kind of field."""

    class Meta:
        csrf = False

    version = HiddenField(default="3")
    hours = NumberField("Running hours")
    words = TextAreaField("Describe it in one sentence", description="You can dictate")
    kind = ChoiceField("Severity", members=tuple(Badness))
    how_bad = ChoiceField("What is wrong with the machine?", members=tuple(Badness))
    name = StringField("Name")
    secret = PasswordField("Password")
    agrees = BooleanField("I agree to sign on the screen", description="Under agreement № 12")
    picture = FileField("Scan of the act")
    signature = SignatureField()


WRONG = {
    "hours": "Less than on 23 November: it was 6,481. Check the figures.",
    "how_bad": "Choose how bad it is",
    "agrees": "Tick the box, or sign above",
    "signature": "The line is empty. Sign, or type the name and tick the box.",
}


def form(*, is_wrong: bool = False) -> SampleForm:
    made = SampleForm(formdata=None)
    if is_wrong:
        for name, sentence in WRONG.items():
            made[name].errors = [sentence]
    return made


def moves() -> list[Thing]:
    return [
        Thing(label="Record the customer's answer", url="/answer", icon="phone-call", key="R"),
        Thing(label="Reassign", url="/assign", icon="user-check", key="S"),
        Thing(label="Print", url="/print", icon="printer"),
        Thing(label="Cancel the order", url="/cancel", icon="ban", is_post=True),
    ]
