"""Orders that are open now, one in every phase. Each begins so many working minutes ago."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from assets.faults.rules import Severity
from service_app.demo import reception, repair
from service_app.demo.live import Live, approved, at_work, finished, taken_in
from service_app.demo.scene import Scene
from service_app.demo.stage import UNITS, Stage
from service_app.demo.stories import SERVICE, STORIES
from workorders.handover.rules import SigningWay
from workorders.intake import quoting, reporting
from workorders.intake import service as intake
from workorders.orders.rules import Expectation, Kind, Place, Source
from workorders.orders.service import Reporter
from workorders.sla.rules import WaitReason


@dataclass(frozen=True)
class Opening:
    """When the order was received, whose machine, which story of its model, who does it."""

    minutes: float
    serial: str
    story: int
    engineer: str
    play: Callable[[Live, Scene], None]


def play(stage: Stage) -> None:
    """Every open order, in the order they were received."""
    live = Live(stage)
    for one in sorted(OPENINGS, key=lambda o: -o.minutes):
        story = STORIES[UNITS[one.serial].model][one.story]
        begun = stage.back(stage.now, one.minutes)
        name = f"now-{one.serial}-{one.minutes}"
        scene = Scene(stage, name, one.serial, story, begun, one.engineer)
        live.scenes.setdefault(one.serial, scene)
        one.play(live, scene)


def _uncollected(_: Live, scene: Scene) -> None:
    """Ready in the workshop, and nobody comes for it."""
    reception.ask(scene, Kind.REPAIR, scene.story.symptom, place=Place.WORKSHOP)
    scene.later(12)
    reception.accept(scene)
    reception.agree(scene)
    approved(scene, term_minutes=1400)
    at_work(scene)
    finished(scene, has_left=True, picture="seal")
    scene.later(30)
    repair.make_ready(scene)


def _paper_on_its_way(_: Live, scene: Scene) -> None:
    """Signed on paper; the original has not come back."""
    taken_in(scene, with_photo=True)
    approved(scene)
    at_work(scene)
    finished(scene)
    scene.later(15)
    repair.hand_over(scene, SigningWay.PAPER)
    scene.later(5)
    repair.leave(scene)


def _planned(day: int, hour: int, minute: int = 0) -> Callable[[Live, Scene], None]:
    """A repair with a visit on a day from today."""

    def scenes(live: Live, scene: Scene) -> None:
        taken_in(scene)
        approved(scene, term_minutes=1900, asked=90)
        scene.later(15)
        repair.assign(scene, live.at(day, hour, minute), 120)

    return scenes


def _service(day: int, hour: int, minute: int = 0) -> Callable[[Live, Scene], None]:
    """A scheduled service with a visit on a day from today."""

    def scenes(live: Live, scene: Scene) -> None:
        reception.ask(scene, Kind.SCHEDULED_SERVICE, SERVICE[UNITS[scene.serial].model])
        scene.later(10)
        reception.accept(scene)
        reception.price(scene)
        scene.later(15)
        repair.assign(scene, live.at(day, hour, minute), 120)

    return scenes


def _undecided(_: Live, scene: Scene) -> None:
    """Term and price are told, and the customer thinks."""
    taken_in(scene)
    reception.price(scene)
    scene.later(60)
    reception.quote(scene, term_minutes=2400)


def _called(live: Live, scene: Scene) -> None:
    """The same, with a call agreed for today."""
    _undecided(live, scene)
    scene.until(live.ago(60))
    scene.do(
        intake.agree_call, scene.order, call_at=live.at(0, 15, 30), about="решение по смете",
        by=scene.dispatcher,
    )  # fmt: skip


def _waits_for_parts(live: Live, scene: Scene) -> None:
    taken_in(scene, with_photo=True)
    approved(scene, asked=25)
    at_work(scene)
    scene.later(40)
    repair.note(scene, "Сердцевина радиатора течёт, нужна новая|The core leaks", "gauge", "96")
    words = "Радиатор едет со склада, будет завтра к 11"
    repair.pause(scene, WaitReason.PARTS, words, until=live.at(1, 11))


def _waits_for_access(_: Live, scene: Scene) -> None:
    taken_in(scene)
    approved(scene, asked=30)
    at_work(scene)
    scene.later(30)
    repair.pause(scene, WaitReason.ACCESS, "Комбайн ушёл на дальнее поле, вернут к обеду")


def _done(_: Live, scene: Scene) -> None:
    """Done, to be handed over today."""
    taken_in(scene)
    approved(scene, asked=20)
    at_work(scene)
    finished(scene)


def _decided(_: Live, scene: Scene) -> None:
    """Approved, and no engineer yet."""
    taken_in(scene)
    approved(scene, asked=45)


def _in_work(_: Live, scene: Scene) -> None:
    taken_in(scene)
    approved(scene, asked=25)
    at_work(scene)
    repair.note(scene, "Впускной клапан снят, седло изношено|Inlet valve removed", "gauge", "210")


def _on_the_way(live: Live, scene: Scene) -> None:
    taken_in(scene)
    approved(scene, asked=20)
    scene.later(10)
    repair.assign(scene, live.at(0, 13), 150)
    scene.until(live.ago(25))
    repair.set_out(scene)


def _excavator(live: Live, scene: Scene) -> None:
    """The machine of the sign-in page's operator and engineer: in work, with a question open."""
    taken_in(scene, Source.QR, with_photo=True)
    reception.price(scene)
    scene.later(45)
    reception.quote(scene, term_minutes=1100)
    repair.issue(scene, "receipt")
    scene.later(75)
    reception.answer(scene, words="Да, начинайте. Стрела на земле, доступ с 8:00")
    at_work(scene, minutes=240)
    repair.issue(scene, "job_sheet")
    scene.later(60)
    repair.pause(scene, WaitReason.PARTS, "Ремкомплект в машине не той серии, склад везёт PT-2217")
    scene.later(110)
    repair.resume(scene)
    scene.until(live.ago(14))
    repair.note(scene, "Давление в контуре стрелы 312 бар, норма 330–350", "gauge", "312")
    scene.until(live.ago(6))
    hose = scene.picture("hose", by=scene.worker)
    scene.keyed(
        quoting.ask_change, scene.order, by=scene.worker,
        words="Нашли протёртый шланг ковша. Заменить сразу?", amount=Decimal(6200),
        extra_minutes=60, term_at=None, photo=hose,
    )  # fmt: skip
    scene.do(
        intake.agree_call, scene.order, call_at=live.stage.now + timedelta(minutes=18),
        about="шланг, +6 200 ₽", by=scene.dispatcher,
    )  # fmt: skip


def _the_same_again(live: Live, scene: Scene) -> None:
    """Another driver reports what is reported already."""
    safin, contact = scene.member(2)
    by = live.stage.actors[safin.login]
    scene.taken = scene.keyed(
        reporting.report, scene.machine,
        reporting.Report(Severity.STOPPED, "Двенадцатая стоит, стрела падает"),
        source=Source.PORTAL, by=by,
        reporter=Reporter(contact.short_name, contact.phone, by.user_id),
    )  # fmt: skip
    scene.later(6)
    twin = live.scenes[scene.serial]
    scene.keyed(intake.mark_duplicate, scene.order, twin.order, by=scene.dispatcher)


def _declined(_: Live, scene: Scene) -> None:
    reception.ask(scene, Kind.REPAIR, "Закончился тонер, привезите")
    scene.later(15)
    reason = "Расходные материалы заказывают у поставщика, телефон на крышке принтера"
    scene.keyed(intake.decline, scene.order, reason=reason, by=scene.dispatcher)


def _cancelled(_: Live, scene: Scene) -> None:
    taken_in(scene)
    scene.later(40)
    reason = "The customer mended it himself"
    scene.keyed(intake.cancel, scene.order, reason=reason, by=scene.dispatcher)


def _diagnosed(_: Live, scene: Scene) -> None:
    """The cause is being looked for; term and price are not told yet."""
    reception.receive(scene, with_photo=True)
    scene.later(11)
    reception.accept(scene)
    reception.agree(scene, Expectation.FIND_CAUSE)
    scene.later(15)
    repair.assign(scene, scene.moment, 120, scene.say("Диагностика|Diagnosis"))
    scene.later(20)
    repair.start(scene)


def _accepted(_: Live, scene: Scene) -> None:
    taken_in(scene)


def _received(_: Live, scene: Scene) -> None:
    reception.receive(scene)


def _guest(_: Live, scene: Scene) -> None:
    reception.receive(scene, source=Source.QR)


OPENINGS = (
    Opening(4300, "PL850-3305", 2, "orlov", _uncollected),
    Opening(3500, "VK55-1185", 2, "yudin", _uncollected),
    Opening(2900, "DG400-0088", 0, "galiev", _paper_on_its_way),
    Opening(1590, "PL850-3306", 1, "orlov", _called),
    Opening(900, "VK55-1145", 1, "engineer", _service(0, 14)),
    Opening(880, "VK55-1150", 1, "galiev", _service(1, 10)),
    Opening(860, "EG230-00396", 5, "orlov", _service(0, 15)),
    Opening(840, "KZ740-2055", 3, "lapin", _planned(1, 9, 30)),
    Opening(820, "PL850-3310", 0, "orlov", _planned(1, 10, 30)),
    Opening(800, "VK55-1195", 1, "yudin", _service(1, 11)),
    Opening(780, "DG400-0104", 4, "engineer", _planned(1, 9, 30)),
    Opening(710, "KZ740-2049", 3, "lapin", _service(0, 14)),
    Opening(700, "DG400-0101", 3, "galiev", _undecided),
    Opening(690, "EG230-00391", 3, "galiev", _waits_for_parts),
    Opening(640, "KZ740-2051", 0, "lapin", _waits_for_access),
    Opening(600, "DG400-0096", 4, "engineer", _done),
    Opening(560, "EG230-00417", 0, "engineer", _excavator),
    Opening(550, "PL850-3314", 1, "galiev", _planned(0, 15, 30)),
    Opening(545, "DG400-0093", 0, "galiev", _diagnosed),
    Opening(530, "EG230-00417", 0, "engineer", _the_same_again),
    Opening(510, "EG230-00405", 1, "yudin", _planned(0, 16, 30)),
    Opening(500, "PL850-3322", 1, "orlov", _declined),
    Opening(470, "EG230-00409", 5, "yudin", _cancelled),
    Opening(420, "VK55-1182", 0, "yudin", _decided),
    Opening(400, "VK55-1190", 2, "orlov", _in_work),
    Opening(250, "VK55-1140", 1, "yudin", _accepted),
    Opening(200, "EG230-00402", 1, "yudin", _diagnosed),
    Opening(170, "DG400-0110", 1, "yudin", _on_the_way),
    Opening(130, "PL850-3290", 3, "orlov", _accepted),
    Opening(85, "PL850-3302", 0, "orlov", _received),
    Opening(24, "KZ740-2056", 2, "lapin", _received),
    Opening(11, "EG230-00388", 2, "engineer", _guest),
)
"""Story 0 of an excavator is the boom that drops: the order of the design's pictures."""
