"""One order of the demo while it is played: the steps move its moment on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from assets.machines.models import Machine
from service_app.core.actor import Actor
from service_app.customers.models import Contact
from service_app.demo.company import CUSTOMERS, Member
from service_app.demo.pictures import photo
from service_app.demo.stage import UNITS, Stage, key
from service_app.demo.stories import Story, said
from service_app.files import service as files
from service_app.files.models import StoredFile
from workorders.orders.models import WorkOrder
from workorders.sla.policy import Subject
from workorders.sla.queries import load
from workorders.sla.rules import Clock, ClockKey

Answer = TypeVar("Answer")
BY_KEY = {customer.key: customer for customer in CUSTOMERS}


@dataclass
class Scene:
    """A machine with its story; ``name`` makes the keys of everything in it."""

    stage: Stage
    name: str
    serial: str
    story: Story
    moment: datetime
    engineer: str = "engineer"
    taken: WorkOrder | None = None

    def __post_init__(self) -> None:
        self.customer = BY_KEY[UNITS[self.serial].customer]
        self.language = self.customer.facts.language
        self.steps = 0

    @property
    def order(self) -> WorkOrder:
        """The order, once it was opened."""
        assert self.taken is not None
        return self.taken

    @property
    def machine(self) -> Machine:
        """Which machine it is about."""
        return self.stage.machines[self.serial]

    @property
    def dispatcher(self) -> Actor:
        """Who takes in and closes."""
        return self.stage.actors["dispatcher"]

    @property
    def worker(self) -> Actor:
        """The engineer."""
        return self.stage.actors[self.engineer]

    def do(self, verb: Callable[..., Answer], *args: object, by: Actor, **named: object) -> Answer:
        """A verb on the order at the scene's moment, with a key of its own where it takes one."""
        return self.stage.do(verb, *args, by=by, at=self.moment, **named)

    def keyed(
        self, verb: Callable[..., Answer], *args: object, by: Actor, **named: object
    ) -> Answer:
        """The same for verbs that want a ``uid``."""
        self.steps += 1
        return self.do(verb, *args, uid=key(self.name, self.steps), by=by, **named)

    def later(self, minutes: float) -> None:
        """So many minutes of working time pass."""
        self.moment = self.stage.forward(self.moment, minutes)

    def until(self, moment: datetime) -> None:
        """It becomes ``moment``, or two minutes later when that has passed."""
        self.moment = max(moment, self.moment + timedelta(minutes=2))

    def say(self, words: str) -> str:
        """Words of the data tables in the customer's language."""
        return said(words, self.language)

    def allowed(self, clock: Clock) -> float:
        """Minutes the policy gives the order for a clock."""
        order, promises = self.order, load(self.stage.session)
        policy = promises.policies[order.policy_version]
        seconds = policy.seconds(ClockKey(clock), Subject(order.priority, work=order.kind))
        return (seconds or 0) / 60

    def picture(self, kind: str, *, by: Actor, figure: str = "") -> StoredFile:
        """A photo taken now."""
        return self.do(files.store, photo(kind, figure), by=by)

    def member(self, index: int) -> tuple[Member, Contact]:
        """One of the customer's people: what is known of them, and their row."""
        rows = self.stage.contacts[self.customer.key]
        return self.customer.members[index], rows[index]

    def decider(self) -> tuple[Member, Contact]:
        """The person of the customer who says yes or no: who signs, where several may."""
        taker = self.customer.taker
        found = [n for n, m in enumerate(self.customer.members) if m.facts.decides_on_price]
        return self.member(taker if taker in found else found[0])
