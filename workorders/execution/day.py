"""An engineer's day and week put together: the job now, what comes later, what is ready."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from service_app.core.reader import Reader
from workorders.execution import queries
from workorders.execution.models import Labour
from workorders.execution.rules import Step, next_step
from workorders.orders import countdown
from workorders.orders.countdown import ShownClock
from workorders.orders.models import OrderLine, WorkOrder
from workorders.orders.queries import list_clocks, list_lines, needs_hours
from workorders.orders.rules import FINAL, Status
from workorders.planning.models import Visit
from workorders.planning.queries import for_person, open_visit
from workorders.planning.rules import OPEN, VisitStatus
from workorders.sla.queries import load

WEEK = 7


@dataclass(frozen=True)
class Job:
    """An order of the day with its visit, if one is planned, and what to do next."""

    order: WorkOrder
    visit: Visit | None
    step: Step

    @property
    def is_running(self) -> bool:
        """In work and not waiting."""
        return self.order.status == Status.IN_WORK and self.order.wait_reason is None


@dataclass(frozen=True)
class Present:
    """The job now: its promise, how long it runs, how many of its lines are done."""

    job: Job
    pill: ShownClock | None
    running: timedelta | None
    lines: Sequence[OrderLine]

    @property
    def done(self) -> int:
        """Lines done."""
        return sum(line.is_done for line in self.lines)


@dataclass(frozen=True)
class MyDay:
    """What the page shows."""

    today: date
    present: Present | None
    later: Sequence[Job]
    without_time: Sequence[Job]
    ready: Sequence[WorkOrder]
    tomorrow: Sequence[Visit]


def job_of(order: WorkOrder, visit: Visit | None) -> Job:
    """The order with its next step."""
    step = next_step(
        order.status_kind, visit.status_kind if visit else None,
        is_waiting=order.wait_reason is not None, place=order.place_kind, kind=order.kind_kind,
    )  # fmt: skip
    return Job(order, visit, step)


def my_day(session: Session, actor: Actor, reader: Reader) -> MyDay:
    """The day on the reader's clock; visits begun on earlier days and not over belong to it."""
    today = reader.today
    start, end = _bounds(today, reader), _bounds(today + timedelta(days=1), reader)
    user_id = actor.user_id or 0
    found = for_person(session, user_id, start, _bounds(today + timedelta(days=2), reader))
    visits = [v for v in found if v.planned_from < end and v.status in OPEN]
    jobs = [job for v in visits if _is_to_do(job := job_of(v.order, v))]
    loose = [job_of(order, None) for order in queries.without_visit(session, user_id)]
    present = _choose([*jobs, *loose])
    return MyDay(
        today,
        _present(session, present, reader.now) if present else None,
        [j for j in jobs if j is not present],
        [j for j in loose if j is not present],
        queries.ready_for(session, user_id),
        [v for v in found if v.planned_from >= end and _is_to_come(v)],
    )


def _is_to_do(job: Job) -> bool:
    return job.step not in (Step.NOTHING, Step.HAND_OVER)


def _is_to_come(visit: Visit) -> bool:
    return visit.status == VisitStatus.PLANNED and visit.order.status_kind not in FINAL


def _bounds(day: date, reader: Reader) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=reader.zone)


def _choose(jobs: Iterable[Job]) -> Job | None:
    """What runs; else where the crew is or goes; else the earliest; what waits comes last."""
    going = (VisitStatus.ON_SITE, VisitStatus.ON_THE_WAY)
    ranked = sorted(
        enumerate(jobs),
        key=lambda pair: (
            not pair[1].is_running,
            pair[1].visit is None or pair[1].visit.status not in going,
            pair[1].order.wait_reason is not None,
            pair[0],
        ),
    )
    return ranked[0][1] if ranked else None


def _present(session: Session, job: Job, now: datetime) -> Present:
    order, promises = job.order, load(session)
    calendar = promises.calendar_for(order.policy_version)
    stored = list_clocks(session, [order.id])[order.id]
    pill = countdown.nearest(countdown.shown_all(stored, promises, now))
    since = queries.running_since(session, order.id) if job.is_running else None
    running = timedelta(seconds=calendar.between(since, now)) if since else None
    return Present(job, pill, running, list_lines(session, order.id))


@dataclass(frozen=True)
class StepState:
    """What the step page shows of an order."""

    present: Present
    labour: Sequence[Labour]
    needs_hours: bool

    @property
    def labour_total(self) -> timedelta:
        """Everybody's labour."""
        return timedelta(minutes=sum(row.minutes for row in self.labour))


def step_of(session: Session, order: WorkOrder, now: datetime) -> StepState:
    """The order as its engineer works on it."""
    present = _present(session, job_of(order, open_visit(session, order.id)), now)
    return StepState(present, queries.list_labour(session, order.id), needs_hours(order))


@dataclass(frozen=True)
class ShownDay:
    """One day of the week."""

    day: date
    visits: Sequence[Visit]


def my_week(session: Session, actor: Actor, reader: Reader) -> list[ShownDay]:
    """Seven days from today, empty ones too."""
    today = reader.today
    start, end = _bounds(today, reader), _bounds(today + timedelta(days=WEEK), reader)
    by_day: dict[date, list[Visit]] = {today + timedelta(days=n): [] for n in range(WEEK)}
    for visit in for_person(session, actor.user_id or 0, start, end):
        day = max(today, reader.local(visit.planned_from).date())
        by_day[day].append(visit)
    return [ShownDay(day, visits) for day, visits in by_day.items()]
