"""Labour and the engineer's next step. Pure."""

from datetime import date

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_, P_, Text
from workorders.orders.rules import WITHOUT_HANDOVER, Kind, Place, Status
from workorders.planning.rules import VisitStatus

DAY_MINUTES = 24 * 60


class LabourKind(Labelled):
    """What time was spent on."""

    WORK = "work", P_("labour", "Work"), Tone.PETROL, "tool"
    TRAVEL = "travel", P_("labour", "Travel"), Tone.PETROL, "truck-delivery"
    WAITING = "waiting", P_("labour", "Our waiting"), Tone.SLATE, "clock-pause"


class LabourRate(Labelled):
    """How an hour is paid."""

    NORMAL = "normal", N_("normal hours")
    OVERTIME = "overtime", N_("overtime")
    NIGHT = "night", N_("night or day off")


class NoPhoto(Labelled):
    """Why there is no photo after the repair."""

    EARLIER = "earlier", N_("it is among the photos added before")
    FORBIDDEN = "forbidden", N_("photos are forbidden there")
    CAMERA = "camera", N_("the camera does not work")
    UNSEEN = "unseen", N_("nothing of it can be seen from outside")


class Step(Labelled):
    """What an engineer does next, as the biggest button says it."""

    SET_OUT = "set_out", N_("Leaving now"), Tone.PETROL, "truck-delivery"
    ARRIVE = "arrive", N_("On site, start"), Tone.PETROL, "map-pin"
    START = "start", N_("Start the work"), Tone.PETROL, "player-play"
    RESUME = "resume", N_("Go on"), Tone.PETROL, "player-play"
    FINISH = "finish", N_("Work is done"), Tone.GREEN, "checks"
    HAND_OVER = "hand_over", N_("Hand over to the customer"), Tone.GREEN, "signature"
    LEAVE = "leave", N_("Leaving the site"), Tone.PETROL, "truck-delivery"
    NOTHING = "nothing", N_("Nothing to do here now"), Tone.PLAIN, "circle-check"


def next_step(
    status: Status,
    visit: VisitStatus | None,
    *,
    is_waiting: bool,
    place: Place,
    kind: Kind = Kind.REPAIR,
) -> Step:
    """The one next action of the engineer whose order this is."""
    if status in (Status.READY, Status.DONE) and kind not in WITHOUT_HANDOVER:
        return Step.HAND_OVER
    if status not in (Status.SCHEDULED, Status.IN_WORK, Status.ACCEPTED):
        going = visit in (VisitStatus.ON_SITE, VisitStatus.ON_THE_WAY)
        return Step.LEAVE if going else Step.NOTHING
    if is_waiting:
        return Step.RESUME
    if visit is VisitStatus.PLANNED and place is Place.ON_SITE:
        return Step.SET_OUT
    if visit is VisitStatus.ON_THE_WAY:
        return Step.ARRIVE
    if status is Status.IN_WORK:
        return Step.FINISH
    if status is Status.SCHEDULED:
        return Step.START
    return Step.LEAVE if visit is VisitStatus.ON_SITE else Step.NOTHING


def labour_problem(
    minutes: int, worked_on: date, *, today: date, received_on: date, already: int
) -> Text | None:
    """Why labour cannot be so: nothing, to come, before the order, or more than a day has."""
    if minutes <= 0:
        return N_("Enter how long it took.")
    if worked_on > today:
        return Text("%(day)s has not come yet.", day=worked_on)
    if worked_on < received_on:
        return Text("The order was received only on %(day)s.", day=received_on)
    if already + minutes > DAY_MINUTES:
        return Text(
            "%(day)s would have more than 24 hours of labour for one person.", day=worked_on
        )
    return None
