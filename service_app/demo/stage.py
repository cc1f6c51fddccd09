"""What the demo's scenes are played on: the people, machines and calendar, and who acts when."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from assets.machines.models import Machine
from service_app.accounts.models import User
from service_app.core.actor import Actor
from service_app.customers.models import Company, Contact, Site
from service_app.customers.queries import actor_for
from service_app.demo.fleet import FLEET
from service_app.demo.hours import Hours
from service_app.demo.pictures import signature
from service_app.files import service as files
from service_app.files.models import StoredFile
from workorders.calendars.worktime import Calendar
from workorders.sla.queries import load

Answer = TypeVar("Answer")
DEMO = uuid.uuid5(uuid.NAMESPACE_URL, "the demo company")
HOME = ZoneInfo("Europe/Moscow")
UNITS = {unit.serial: unit for unit in FLEET}


def key(*parts: object) -> uuid.UUID:
    """The same parts give the same key, in every demo company."""
    return uuid.uuid5(DEMO, "/".join(map(str, parts)))


@dataclass
class Stage:
    """Everything by the name the data tables give it. ``now`` is the moment of loading."""

    session: Session
    now: datetime
    users: dict[str, User] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    companies: dict[str, Company] = field(default_factory=dict)
    sites: dict[str, list[Site]] = field(default_factory=dict)
    contacts: dict[str, list[Contact]] = field(default_factory=dict)
    machines: dict[str, Machine] = field(default_factory=dict)
    drawn: dict[str, StoredFile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.day = self.now.astimezone(HOME).date()
        self.midnight = datetime(self.day.year, self.day.month, self.day.day, tzinfo=HOME)
        self.begins = self.midnight - timedelta(days=395)
        self.chance = random.Random(self.day.isoformat())
        self.hours = Hours(self.day)

    @property
    def calendar(self) -> Calendar:
        """The calendar promises are counted by."""
        return load(self.session).calendar

    def do(
        self, verb: Callable[..., Answer], *args: object, by: Actor, at: datetime, **named: object
    ) -> Answer:
        """One verb by one person at one moment; the journal names both."""
        self.session.info.update(by=by, at=at)
        answer = verb(self.session, *args, by=by, at=at, **named)
        self.session.flush()  # the journal writes what was done under this name
        return answer

    def enter(self, user: User) -> Actor:
        """Somebody who signs in comes on stage."""
        self.users[user.login] = user
        self.actors[user.login] = actor_for(self.session, user)
        return self.actors[user.login]

    def signature(self, name: str, *, by: Actor, at: datetime) -> StoredFile:
        """The strokes of a person, kept once: writing a file for good takes its time."""
        if name not in self.drawn:
            self.drawn[name] = self.do(files.store, signature(name), by=by, at=at)
        return self.drawn[name]

    def forward(self, moment: datetime, minutes: float) -> datetime:
        """So many minutes of working time later."""
        return self.calendar.due(moment, int(minutes * 60))

    def back(self, moment: datetime, minutes: float) -> datetime:
        """So many minutes of working time earlier; a moment of working time."""
        left, end = int(minutes * 60), moment
        while True:
            begin = end - timedelta(days=30)
            for opened, closed in reversed(self.calendar.intervals(begin, end)):
                length = int((closed - opened).total_seconds())
                if length > left:
                    return closed - timedelta(seconds=left)
                left -= length
            end = begin
