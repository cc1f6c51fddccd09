"""What open orders have in common: moments around now, and the first steps of each."""

from datetime import datetime, timedelta

from service_app.demo import reception, repair
from service_app.demo.scene import Scene
from service_app.demo.stage import HOME, Stage
from workorders.orders.rules import Place, Source


class Live:
    """The open orders by their machines, and moments around now."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.scenes: dict[str, Scene] = {}

    def ago(self, minutes: float) -> datetime:
        """The moment so many minutes of working time before now."""
        return self.stage.back(self.stage.now, minutes)

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """An hour of a day from today; hours that have passed today come in a while."""
        asked = self.stage.midnight + timedelta(days=day, hours=hour, minutes=minute)
        if day == 0 and asked < self.stage.now + timedelta(minutes=30):
            soon = self.stage.now + timedelta(minutes=45 + hour)
            asked = soon.astimezone(HOME).replace(second=0, microsecond=0)
        return asked


def taken_in(scene: Scene, source: Source = Source.PORTAL, *, with_photo: bool = False) -> None:
    """Reported, accepted, the expectation agreed."""
    reception.receive(scene, source=source, with_photo=with_photo)
    scene.later(9)
    reception.accept(scene)
    scene.later(5)
    reception.agree(scene)


def approved(scene: Scene, *, term_minutes: float = 960, asked: float = 60) -> None:
    """Term and price told and agreed, where the customer pays."""
    reception.price(scene)
    if reception.customer_pays(scene):
        scene.later(20)
        reception.quote(scene, term_minutes=term_minutes)
        scene.later(asked)
        reception.answer(scene)


def at_work(scene: Scene, *, minutes: int = 150) -> None:
    """Assigned, on the way, there, begun."""
    scene.later(10)
    arrival = scene.stage.forward(scene.moment, 60)
    repair.assign(scene, arrival, minutes)
    if scene.order.place == Place.ON_SITE:
        scene.later(20)
        repair.set_out(scene)
    scene.until(arrival)
    repair.start(scene)


def finished(scene: Scene, *, has_left: bool = False, picture: str = "") -> None:
    """The work of the story is done."""
    scene.later(scene.story.work_minutes)
    repair.labour(scene, scene.story.work_minutes)
    repair.finish(scene, has_left=has_left, picture=picture)
