"""The year behind: ninety orders from the call to the signed act, most of them in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service_app.demo import reception, repair
from service_app.demo.fleet import FLEET, Unit
from service_app.demo.scene import Scene
from service_app.demo.stage import Stage
from service_app.demo.stories import REMARKS, SERVICE, STORIES, Story
from workorders.contracts.rules import Coverage
from workorders.handover.rules import SigningWay
from workorders.orders.rules import Kind, Place, Source
from workorders.sla.rules import Clock, WaitReason

ORDERS = 92
FIRST, LAST = 116_000, 4_400
"""Working minutes before today in which the first and the last order were received."""
LATE = {
    4: Clock.RESPONSE, 11: Clock.RESTORE, 19: Clock.ARRIVAL, 27: Clock.QUOTE, 33: Clock.RESTORE,
    41: Clock.RESTORE, 48: Clock.RESPONSE, 55: Clock.ARRIVAL, 60: Clock.QUOTE, 68: Clock.RESTORE,
    77: Clock.ARRIVAL, 83: Clock.RESTORE, 86: Clock.QUOTE, 89: Clock.RESPONSE,
}  # fmt: skip
"""Which of them broke which promise."""
OUT_OF_WARRANTY = 3.1
ENGINEER_OF = {"EG": "engineer", "DG": "galiev", "VK": "yudin", "KZ": "lapin", "PL": "orlov"}
WAITS = {
    WaitReason.PARTS: "Ждём деталь со склада, будет завтра|Waiting for the part from the store",
    WaitReason.ACCESS: "Машину не остановили, ждём смену|The machine was not stopped for us",
    WaitReason.CUSTOMER: "Заказчик готовит площадку|The customer prepares the place",
    WaitReason.SUPPLIER: "Деталь едет с завода|The part is on its way from the maker",
    WaitReason.WEATHER: "Ливень, работать нельзя|Heavy rain, no work possible",
}


@dataclass(frozen=True)
class Plan:
    """One order before it is played. ``minutes`` of working time before today it was received."""

    number: int
    unit: Unit
    story: Story
    kind: Kind
    place: Place
    received_at: datetime
    late: Clock | None


def plans(stage: Stage) -> list[Plan]:
    """The year's orders by the moment they were received."""
    chance, found = stage.chance, []
    busy = [u for u in FLEET for _ in range(2 if u.criticality.value == "high" else 1)]
    for number in range(ORDERS):
        share = (number + chance.uniform(0, 0.8)) / ORDERS
        received = stage.back(stage.midnight, FIRST - (FIRST - LAST) * share)
        young = timedelta(days=30)
        units = [u for u in busy if stage.now - received + young < timedelta(days=u.years * 365)]
        if LATE.get(number) is Clock.QUOTE:  # a price is told only where nobody else pays
            units = [u for u in units if u.years > OUT_OF_WARRANTY]
        unit = chance.choice(units)
        kind = Kind.REPAIR
        if number not in LATE and number % 6 == 2:
            kind = Kind.CONSULTATION if number % 24 == 14 else Kind.SCHEDULED_SERVICE
        in_workshop = unit.model in ("PL", "VK") and number % 5 == 1 and number not in LATE
        place = Place.WORKSHOP if in_workshop and kind is Kind.REPAIR else Place.ON_SITE
        story = chance.choice(STORIES[unit.model])
        found.append(Plan(number, unit, story, kind, place, received, LATE.get(number)))
    return found


def play(stage: Stage, plan: Plan) -> None:
    """The whole life of one order."""
    engineer = ENGINEER_OF[plan.unit.model]
    if plan.number % 7 == 3:
        engineer = stage.chance.choice(sorted(ENGINEER_OF.values()))
    scene = Scene(
        stage, f"past-{plan.number}", plan.unit.serial, plan.story, plan.received_at, engineer
    )
    _open(scene, plan)
    _late_or(scene, plan, Clock.RESPONSE, 0.15, 0.8)
    reception.accept(scene)
    if plan.kind is Kind.CONSULTATION:
        _consult(scene)
        return
    paused = _agree_price(scene, plan)
    _visit(scene, plan, paused)
    _work(scene, plan)
    _hand_back(scene, plan)


def _open(scene: Scene, plan: Plan) -> None:
    if plan.kind is Kind.SCHEDULED_SERVICE:
        reception.ask(scene, plan.kind, SERVICE[plan.unit.model])
    elif plan.kind is Kind.CONSULTATION:
        reception.ask(scene, plan.kind, plan.story.symptom)
    elif plan.place is Place.WORKSHOP:
        reception.ask(scene, plan.kind, plan.story.symptom, place=plan.place)
    else:
        source = Source.QR if plan.number % 3 == 0 else Source.PORTAL
        reception.receive(scene, source=source, with_photo=plan.number % 8 == 0)


def _late_or(scene: Scene, plan: Plan, clock: Clock, low: float, high: float) -> None:
    """Let the time pass until a share of what the clock allows is used; more than all when late."""
    chance, allowed = scene.stage.chance, scene.allowed(clock)
    share = chance.uniform(1.1, 1.7) if plan.late is clock else chance.uniform(low, high)
    scene.until(scene.stage.forward(plan.received_at, share * allowed))


def _agree_price(scene: Scene, plan: Plan) -> float:
    """Lines, and the customer's yes where he pays; the minutes the clocks stood still for it."""
    scene.later(scene.stage.chance.uniform(3, 10))
    if plan.kind is Kind.REPAIR:
        reception.agree(scene)
    reception.price(scene)
    if not reception.customer_pays(scene):
        return 0
    _late_or(scene, plan, Clock.QUOTE, 0.3, 0.8)
    reception.quote(scene, term_minutes=min(scene.allowed(Clock.RESTORE), 1400))
    paused = scene.stage.chance.uniform(20, 200)
    scene.later(paused)
    reception.answer(scene)
    return paused


def _visit(scene: Scene, plan: Plan, paused: float) -> None:
    """The visit is planned, and the engineer comes."""
    scene.later(scene.stage.chance.uniform(4, 15))
    allowed = scene.allowed(Clock.ARRIVAL)
    share = scene.stage.chance.uniform(0.4, 0.75)
    used = min(share * allowed, 700) + paused
    if plan.late is Clock.ARRIVAL:
        used = 1.3 * allowed + paused
    arrival = scene.stage.forward(plan.received_at, used)
    arrival = max(arrival, scene.stage.forward(scene.moment, 50))
    repair.assign(scene, arrival, max(60, plan.story.work_minutes))
    if plan.place is Place.ON_SITE:
        scene.until(arrival - timedelta(minutes=45))
        repair.set_out(scene)
    scene.until(arrival)
    repair.start(scene)


def _work(scene: Scene, plan: Plan) -> None:
    chance, story = scene.stage.chance, plan.story
    if plan.number % 8 == 0 and story.picture:
        scene.later(10)
        repair.note(scene, "", story.picture)
    if plan.late is Clock.RESTORE:
        _wait(scene, chance.choice((WaitReason.SUPPLIER, WaitReason.WEATHER)),
              scene.allowed(Clock.RESTORE) * chance.uniform(1.0, 1.3))  # fmt: skip
    elif plan.number % 9 == 5:
        reasons = (WaitReason.PARTS, WaitReason.ACCESS, WaitReason.CUSTOMER)
        _wait(scene, chance.choice(reasons), chance.uniform(90, 420))
    minutes = int(max(40, story.work_minutes * chance.uniform(0.8, 1.15)))
    scene.later(minutes)
    repair.labour(scene, minutes)
    if plan.kind is Kind.REPAIR and story.severity != "minor":
        repair.runs_again(scene)
    scene.later(8)
    repair.finish(scene, has_left=plan.place is Place.WORKSHOP)


def _wait(scene: Scene, reason: WaitReason, minutes: float) -> None:
    scene.later(25)
    repair.pause(scene, reason, WAITS[reason])
    scene.later(minutes)
    repair.resume(scene)


def _hand_back(scene: Scene, plan: Plan) -> None:
    """The act in one of three ways, and the end."""
    if plan.place is Place.WORKSHOP:
        scene.later(30)
        repair.make_ready(scene)
        scene.later(scene.stage.chance.uniform(200, 700))
    scene.later(12)
    way = {1: SigningWay.PAPER, 5: SigningWay.OUTSIDE}.get(plan.number % 10, SigningWay.SCREEN)
    repair.hand_over(scene, way, remarks=REMARKS if plan.number % 30 == 17 else "")
    if plan.place is Place.ON_SITE:
        scene.later(6)
        repair.leave(scene)
    scene.later(scene.stage.chance.uniform(120, 400))
    if way is SigningWay.PAPER:
        repair.receive_original(scene)
    repair.close(scene)


def _consult(scene: Scene) -> None:
    """A question answered by phone."""
    scene.later(6)
    reception.add(scene, scene.story.items[0], Coverage.INTERNAL)
    scene.later(10)
    repair.assign(scene, scene.moment + timedelta(minutes=15), 45)
    scene.later(20)
    repair.start(scene)
    scene.later(30)
    repair.labour(scene, 30)
    repair.finish(scene, has_left=True)
    scene.later(5)
    repair.close(scene)
