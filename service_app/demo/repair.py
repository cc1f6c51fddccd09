"""Scenes of execution and handover: the visit, waits, labour, the finish, the act, closing."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from service_app.demo.scene import Scene
from service_app.demo.stories import DEMONSTRATIONS, SERVICE_DONE
from service_app.documents import service as documents
from workorders.execution import service as execution
from workorders.execution.document import job_sheet
from workorders.execution.labour import Spent, enter_labour
from workorders.execution.rules import LabourKind, LabourRate, NoPhoto
from workorders.handover import service as handover
from workorders.handover.rules import SigningWay
from workorders.handover.service import Signer, Signing
from workorders.intake.document import receipt
from workorders.orders import service as orders
from workorders.orders.document import language_of
from workorders.orders.photos import attach
from workorders.orders.queries import list_lines, needs_hours
from workorders.orders.rules import Kind
from workorders.orders.service import Told
from workorders.orders.story import Happening
from workorders.planning import service as planning
from workorders.sla.rules import WaitReason

LONGEST_DAY = 600
PAPERS = {
    "receipt": ("workorders/intake/pdf/receipt.html", receipt),
    "job_sheet": ("workorders/execution/pdf/job_sheet.html", job_sheet),
}
"""Kind of paper → its template and what it says."""


def assign(scene: Scene, start: datetime, minutes: int, purpose: str = "") -> None:
    """The engineer gets the order and a visit."""
    scene.keyed(
        planning.assign, scene.order, scene.stage.users[scene.engineer], planned_from=start,
        planned_to=start + timedelta(minutes=minutes), purpose=purpose, even_if_busy=True,
        by=scene.dispatcher,
    )  # fmt: skip


def set_out(scene: Scene) -> None:
    """On the way."""
    scene.keyed(execution.set_out, scene.order, by=scene.worker)


def start(scene: Scene) -> None:
    """There, and at work; the meter is read."""
    scene.keyed(execution.start, scene.order, by=scene.worker)
    if needs_hours(scene.order):
        shown = scene.stage.hours.shown(scene.serial, scene.moment)
        scene.keyed(execution.record_hours, scene.order, shown, by=scene.worker)


def note(scene: Scene, words: str, picture: str = "", figure: str = "") -> None:
    """What the engineer saw, with a photo of it."""
    happening = Happening.NOTE if words else Happening.PHOTO
    event = scene.keyed(
        orders.append, scene.order, happening, told=Told(words=scene.say(words)),
        for_customer=True, by=scene.worker,
    )  # fmt: skip
    if picture:
        photo = scene.picture(picture, by=scene.worker, figure=figure)
        attach(scene.stage.session, scene.order, event, [photo])


def pause(scene: Scene, reason: WaitReason, words: str, *, until: datetime | None = None) -> None:
    """The order waits."""
    scene.keyed(
        orders.open_wait, scene.order, reason, until=until, told=Told(words=scene.say(words)),
        by=scene.worker,
    )  # fmt: skip


def resume(scene: Scene) -> None:
    """It goes on."""
    scene.keyed(orders.close_wait, scene.order, by=scene.worker)


def labour(scene: Scene, minutes: int, *, kind: LabourKind = LabourKind.WORK) -> None:
    """What the engineer spent today."""
    day = scene.moment.astimezone(ZoneInfo(scene.order.zone)).date()
    spent = Spent(kind, LabourRate.NORMAL, max(15, min(minutes, LONGEST_DAY)), day)
    user = scene.stage.users[scene.engineer]
    scene.keyed(enter_labour, scene.order, user, spent, by=scene.worker)


def finish(scene: Scene, *, has_left: bool = False, picture: str = "") -> None:
    """The work is done, every line of it."""
    done = frozenset(line.id for line in list_lines(scene.stage.session, scene.order.id))
    is_repair = scene.order.kind == Kind.REPAIR
    words = scene.story.remedy if is_repair else SERVICE_DONE
    photos = [scene.picture(picture, by=scene.worker)] if picture else []
    no_photo = NoPhoto.UNSEEN if is_repair and not photos else None
    answers = execution.Answers(photos=photos, no_photo=no_photo)
    scene.keyed(
        execution.finish, scene.order, words=scene.say(words),
        cause=scene.say(scene.story.cause) if is_repair else "", done_lines=done,
        has_left=has_left, answers=answers, by=scene.worker,
    )  # fmt: skip


def runs_again(scene: Scene) -> None:
    """The machine runs before the papers are ready."""
    scene.keyed(execution.mark_runs_again, scene.order, by=scene.worker)


def make_ready(scene: Scene) -> None:
    """The customer may come for it."""
    papers = scene.say(
        "Доверенность на получение, паспорт|Power of attorney, passport of the person"
    )
    scene.keyed(handover.make_ready, scene.order, papers_to_bring=papers, by=scene.dispatcher)


def hand_over(scene: Scene, way: SigningWay = SigningWay.SCREEN, remarks: str = "") -> None:
    """Both sign."""
    user, (member, contact) = scene.stage.users[scene.engineer], scene.member(scene.customer.taker)
    giver = Signer(user.full_name, user.position, user.signing_ground)
    taker = Signer(contact.full_name, contact.position, member.facts.signing_ground)
    drawn = [
        scene.stage.signature(who.name, by=scene.worker, at=scene.moment)
        for who in ((giver, taker) if way is SigningWay.SCREEN else ())
    ]
    signing = Signing(
        giver=giver, taker=taker, way=way,
        demonstration=scene.say(scene.stage.chance.choice(DEMONSTRATIONS)),
        remarks=scene.say(remarks), giver_signature=drawn[0] if drawn else None,
        taker_signature=drawn[1] if drawn else None,
        outside_number=f"ЭДО-{scene.order.number}" if way is SigningWay.OUTSIDE else "",
    )  # fmt: skip
    scene.keyed(handover.hand_over, scene.order, signing, by=scene.worker)


def leave(scene: Scene) -> None:
    """Off the site; the visit is over."""
    scene.keyed(execution.leave, scene.order, by=scene.worker)


def issue(scene: Scene, kind: str) -> None:
    """A paper the dispatcher prints."""
    order, session = scene.order, scene.stage.session
    template, make = PAPERS[kind]
    ground = ("order", order.number)
    paper = scene.keyed(
        documents.issue, kind=kind, number=documents.next_number(session, ground),
        branch_id=order.branch_id, company_id=order.payer_id, ground=ground,
        language=language_of(order), zone=order.zone, template=template,
        snapshot=make(session, order), by=scene.dispatcher,
    )  # fmt: skip
    scene.do(orders.note_paper, order, paper.number, uid=paper.uid, by=scene.dispatcher)


def receive_original(scene: Scene) -> None:
    """The signed paper came back."""
    on = scene.moment.date()
    scene.keyed(handover.receive_original, scene.order, on, by=scene.dispatcher)


def close(scene: Scene) -> None:
    """Nothing is left to do."""
    scene.keyed(handover.close, scene.order, words="", by=scene.dispatcher)
