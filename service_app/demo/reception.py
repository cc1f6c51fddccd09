"""Scenes of intake: the call, the acceptance, what is agreed, term and price, the answer."""

from datetime import timedelta

from service_app.core.actor import GUEST, Actor
from service_app.core.money import standard_rate
from service_app.demo.scene import Scene
from service_app.demo.stage import HOME, key
from service_app.demo.stories import SERVICE_ITEMS, TRAVEL, YES_WORDS, Item
from workorders.contracts.rules import Coverage
from workorders.intake import quoting, reporting
from workorders.intake import service as intake
from workorders.intake.models import Proposal
from workorders.orders.lines import LineValues, add_line
from workorders.orders.queries import list_lines
from workorders.orders.rules import AnswerWay, Expectation, Kind, Place, Source
from workorders.orders.service import Reporter


def receive(scene: Scene, *, source: Source = Source.PORTAL, with_photo: bool = False) -> None:
    """A fault reported at the machine, in the portal, or by phone when the caller has no log-in."""
    member, contact = scene.member(scene.customer.caller)
    name = f"{contact.first_name} {contact.family_name}"
    if source is Source.PORTAL and not member.login:
        source = Source.PHONE
    by = scene.stage.actors[member.login] if member.login else scene.dispatcher
    reporter = Reporter(name, contact.phone, by.user_id if member.login else None)
    if source is Source.QR and not member.login:
        by = Actor(None, name, GUEST.may, GUEST.company_ids)
        reporter = Reporter(name, contact.phone, None, is_guest=True)
    photos = []
    if with_photo:
        photos.append(scene.picture(scene.story.picture or "gauge", by=by))
        shown = scene.stage.hours.shown(scene.serial, scene.moment)
        photos.append(scene.picture("meter", by=by, figure=str(shown)))
    hours = scene.stage.hours.shown(scene.serial, scene.moment) if with_photo else None
    what = reporting.Report(scene.story.severity, scene.say(scene.story.symptom), hours, photos)
    scene.taken = scene.stage.do(
        reporting.report, scene.machine, what, source=source, reporter=reporter,
        uid=key("order", scene.name), by=by, at=scene.moment,
    )  # fmt: skip


def ask(scene: Scene, kind: Kind, symptom: str, *, place: Place = Place.ON_SITE) -> None:
    """A request the dispatcher writes down: a service, a consultation, a machine brought to us."""
    member, contact = scene.member(scene.customer.caller)
    asked = reporting.StaffRequest(
        machine_id=scene.machine.id, machine_words="", company_id=None,
        severity=scene.story.severity, symptom=scene.say(symptom), kind=kind, place=place,
        source=Source.PHONE, name=f"{contact.first_name} {contact.family_name}",
        phone=member.facts.phone,
    )  # fmt: skip
    scene.taken = scene.stage.do(
        reporting.open_by_staff, asked, uid=key("order", scene.name), by=scene.dispatcher,
        at=scene.moment,
    )  # fmt: skip


def accept(scene: Scene) -> None:
    """The dispatcher takes it in."""
    scene.keyed(intake.accept, scene.order, by=scene.dispatcher)


def agree(scene: Scene, expectation: Expectation = Expectation.MAKE_IT_RUN) -> None:
    """What is expected, and that the rules were shown."""
    how = scene.say(
        "по телефону, правила отправлены на почту|by phone, the rules were sent by e-mail"
    )
    scene.do(
        intake.agree_expectation, scene.order, expectation, acknowledged_how=how,
        by=scene.dispatcher,
    )  # fmt: skip


def price(scene: Scene, *, coverage: Coverage | None = None) -> None:
    """The lines of the story and the way there, paid by whom the verdict says."""
    items = scene.story.items if scene.order.kind == Kind.REPAIR else SERVICE_ITEMS
    if scene.order.place == Place.ON_SITE and TRAVEL not in items:
        items = (*items, TRAVEL)
    for item in items:
        add(scene, item, coverage or scene.order.coverage_for(item.kind))


def customer_pays(scene: Scene) -> bool:
    """Whether the lines leave something to the customer."""
    lines = list_lines(scene.stage.session, scene.order.id)
    return any(line.coverage == Coverage.CUSTOMER for line in lines)


def add(scene: Scene, item: Item, coverage: Coverage) -> None:
    """One line."""
    values = LineValues(
        item.kind, coverage, scene.say(item.words), scene.say(item.unit), item.quantity,
        item.price, standard_rate(scene.moment.astimezone(HOME).date()), article=item.article,
    )  # fmt: skip
    scene.keyed(add_line, scene.order, values, by=scene.dispatcher)


def quote(scene: Scene, *, term_minutes: float) -> Proposal:
    """Term and price; the machine runs in so many minutes of working time."""
    term = scene.stage.forward(scene.moment, term_minutes)
    term = (term + timedelta(minutes=59)).replace(minute=0, second=0, microsecond=0)
    return scene.keyed(
        quoting.quote, scene.order, term_at=term,
        valid_until=scene.moment.date() + timedelta(days=14), by=scene.dispatcher,
    )  # fmt: skip


def answer(scene: Scene, *, is_yes: bool = True, words: str = "") -> None:
    """The customer's yes or no: in the portal, or by phone and recorded."""
    member, contact = scene.decider()
    said = scene.say(words or scene.stage.chance.choice(YES_WORDS))
    way = AnswerWay.PORTAL if member.login else AnswerWay.PHONE
    by = scene.stage.actors[member.login] if member.login else scene.dispatcher
    name = f"{contact.first_name} {contact.family_name}"
    given = quoting.Given(is_yes, name, way, said)
    scene.keyed(quoting.answer_quote, scene.order, given, by=by)
