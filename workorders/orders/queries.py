"""Reads of orders: what a person may see, what a move still needs, the story."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Exists, ScalarSelect, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, defer, joinedload

from assets.machines.models import Machine, MachineModel
from service_app.accounts.models import User
from service_app.core.actor import Actor
from service_app.core.errors import NotFound
from service_app.core.money import Line as MoneyLine
from service_app.core.paging import Order, Page, fetch_page
from service_app.core.text import Text
from service_app.core.text_index import matching
from service_app.documents.models import IssuedDocument
from service_app.documents.queries import visible_to as visible_papers
from workorders.contracts.rules import Coverage
from workorders.orders.models import OrderClock, OrderEvent, OrderLine, OrderPhoto, WorkOrder
from workorders.orders.moves import ASKED_ON_ITS_PAGE, Action, Need, OrderFacts, refusal
from workorders.orders.rules import OPEN, REPAIRS, Kind, Place, Status, Step, effective
from workorders.orders.story import Happening

ALWAYS_ASKED = frozenset(
    {Need.REASON, Need.TWIN, Need.ANSWER, Need.PAPERS, Need.DEMONSTRATION, Need.SIGNERS}
)
"""Needs only the move's own form can meet."""
STORY_PAGE = 30


def visible_to(actor: Actor) -> Select[WorkOrder]:
    """Orders this person may see: staff all, others those of their companies, for ever."""
    orders = select(WorkOrder)
    if actor.company_ids is None:
        return orders
    ids = actor.company_ids
    return orders.where(or_(WorkOrder.company_id.in_(ids), WorkOrder.payer_id.in_(ids)))


def get_order(session: Session, actor: Actor, number: str) -> WorkOrder:
    """The order with what its page names, or NotFound."""
    statement = visible_to(actor).where(WorkOrder.number == number).options(*PAGE)
    order = session.scalars(statement).unique().one_or_none()
    if order is None:
        raise NotFound
    return order


PAGE = (
    joinedload(WorkOrder.machine).joinedload(Machine.model),
    joinedload(WorkOrder.company),
    joinedload(WorkOrder.payer),
    joinedload(WorkOrder.site),
    joinedload(WorkOrder.engineer),
    joinedload(WorkOrder.branch),
)
ROW = (
    defer(WorkOrder.verdict),  # lists show no JSON, and reading it is a tenth of their time
    joinedload(WorkOrder.machine).options(
        defer(Machine.technical_data), joinedload(Machine.model).defer(MachineModel.technical_data)
    ),
    joinedload(WorkOrder.company),
    joinedload(WorkOrder.engineer).lazyload(User.role_rows),
)


def find_event(session: Session, uid: uuid.UUID) -> OrderEvent | None:
    """The event a form or a phone made before."""
    return session.scalars(select(OrderEvent).where(OrderEvent.uid == uid)).one_or_none()


def list_steps(session: Session, order: WorkOrder) -> list[tuple[OrderEvent, Step]]:
    """Moves and what undid them, oldest first."""
    events = session.scalars(
        select(OrderEvent)
        .where(
            OrderEvent.order_id == order.id,
            or_(OrderEvent.to_status.is_not(None), OrderEvent.undoes_id.is_not(None)),
        )
        .order_by(OrderEvent.happened_at, OrderEvent.id)
    )
    return [
        (e, Step(e.id, Status(e.to_status) if e.to_status else None, e.undoes_id)) for e in events
    ]


def last_move(session: Session, order: WorkOrder) -> OrderEvent | None:
    """The last move that counts."""
    steps = list_steps(session, order)
    counted = {s.id for s in effective([s for _, s in steps])}
    return next((e for e, s in reversed(steps) if s.id in counted), None)


def last_move_at(session: Session, order: WorkOrder) -> datetime:
    """When the last move that counts happened: the next may not come before it."""
    last = last_move(session, order)
    return last.happened_at if last else order.received_at


def undone_ids(events: Iterable[OrderEvent]) -> set[int]:
    """Events taken back, the takings-back themselves, and waits that came with either."""
    listed = list(events)
    gone = {e.undoes_id for e in listed if e.undoes_id is not None}
    gone |= {e.id for e in listed if e.undoes_id is not None}
    return gone | {e.id for e in listed if e.data.get("with") in gone}


def list_waits(session: Session, order: WorkOrder) -> list[OrderEvent]:
    """Openings and closings of waits that count, oldest first."""
    kinds = [Happening.WAIT_OPENED, Happening.WAIT_CLOSED]
    events = session.scalars(
        select(OrderEvent)
        .where(
            OrderEvent.order_id == order.id,
            or_(OrderEvent.kind.in_(kinds), OrderEvent.undoes_id.is_not(None)),
        )
        .order_by(OrderEvent.happened_at, OrderEvent.id)
    ).all()
    gone = undone_ids(events)
    return [e for e in events if e.kind in kinds and e.id not in gone]


@dataclass(frozen=True)
class LineCounts:
    """How many lines there are of the kinds moves ask for."""

    all: int
    paid_by_customer: int
    done: int


def counts_of(lines: Iterable[OrderLine]) -> LineCounts:
    """The same of lines in hand."""
    found = list(lines)
    paid = sum(line.coverage == Coverage.CUSTOMER for line in found)
    return LineCounts(len(found), paid, sum(line.is_done for line in found))


def count_lines(session: Session, order_id: int) -> LineCounts:
    """Counted in one query; removed lines are left out."""
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((OrderLine.coverage == Coverage.CUSTOMER, 1), else_=0)), 0),
            func.coalesce(func.sum(case((OrderLine.is_done, 1), else_=0)), 0),
        ).where(OrderLine.order_id == order_id, OrderLine.is_removed.is_(False))
    ).one()
    return LineCounts(int(row[0]), int(row[1]), int(row[2]))


def facts_of(
    session: Session, order: WorkOrder, *, filled: Collection[Need] = frozenset()
) -> OrderFacts:
    """What the table of moves asks about an order; ``filled`` is what the caller brings."""
    has_labour = bool(session.scalar(select(_labour_stands(order.id))))
    return facts_with(order, count_lines(session, order.id), has_labour=has_labour, filled=filled)


def facts_with(
    order: WorkOrder, lines: LineCounts, *, has_labour: bool, filled: Collection[Need] = frozenset()
) -> OrderFacts:
    """The same from lines and story in hand."""
    is_repair = order.kind in REPAIRS
    missing = set(ALWAYS_ASKED)
    checks = {
        Need.MACHINE: order.machine_id is not None or bool(order.machine_words),
        Need.EXPECTATION: order.expectation is not None or not is_repair,
        Need.RULES: order.rules_acknowledged_at is not None or not is_repair,
        Need.PRICE: lines.all > 0,
        Need.TERM: order.term_at is not None,
        Need.NOTHING_TO_PAY: not customer_pays(order, lines),
        Need.SOMETHING_TO_PAY: customer_pays(order, lines),
        Need.ENGINEER: order.engineer_id is not None,
        Need.NO_WAIT: order.wait_reason is None,
        Need.HOURS: not needs_hours(order),
        Need.WORK: lines.done > 0 or has_labour,
        Need.PHOTO: not is_repair,
        Need.NO_QUESTION: order.question_since is None,
        Need.ORIGINAL: not order.is_original_awaited or order.original_received_on is not None,
    }
    missing |= {need for need, is_met in checks.items() if not is_met}
    return OrderFacts(
        Status(order.status), Kind(order.kind), Place(order.place), frozenset(missing - set(filled))
    )


def _labour_stands(order_id: int) -> Exists:
    """Whether labour was entered and not taken out again."""
    later = aliased(OrderEvent)
    return exists().where(
        OrderEvent.order_id == order_id,
        OrderEvent.kind == Happening.LABOUR,
        ~exists().where(later.undoes_id == OrderEvent.id).correlate(OrderEvent),
    )


def refusal_of(session: Session, order: WorkOrder, action: Action, actor: Actor) -> Text | None:
    """What a person would be told if they made this move with a filled form now; None: go ahead."""
    return refusal(facts_of(session, order, filled=ASKED_ON_ITS_PAGE[action]), action, actor.can)


def customer_pays(order: WorkOrder, lines: LineCounts) -> bool:
    """Whether there is anything for the customer to pay: by the lines, else by the verdict."""
    if lines.all:
        return lines.paid_by_customer > 0
    return order.suggested_coverage == Coverage.CUSTOMER


def needs_hours(order: WorkOrder) -> bool:
    """Running hours are asked only where there is a meter; why it cannot be read answers too."""
    machine = order.machine
    has_meter = machine is not None and machine.has_meter
    return has_meter and order.hours_at_handover is None and order.meter_unread is None


def list_lines(session: Session, order_id: int) -> Sequence[OrderLine]:
    """The order's lines in their order, removed ones left out."""
    return session.scalars(
        select(OrderLine)
        .where(OrderLine.order_id == order_id, OrderLine.is_removed.is_(False))
        .order_by(OrderLine.position, OrderLine.id)
    ).all()


def find_event_of(session: Session, order: WorkOrder, event_id: int) -> OrderEvent | None:
    """An event of this order by its id; None for one of another order."""
    found = select(OrderEvent).where(OrderEvent.id == event_id, OrderEvent.order_id == order.id)
    return session.scalars(found).one_or_none()


def list_clocks(session: Session, order_ids: Collection[int]) -> dict[int, list[OrderClock]]:
    """Stored clocks by order."""
    out: dict[int, list[OrderClock]] = {n: [] for n in order_ids}
    found = select(OrderClock).where(OrderClock.order_id.in_(order_ids)).order_by(OrderClock.id)
    for clock in session.scalars(found):
        out[clock.order_id].append(clock)
    return out


def list_for_customer(
    session: Session,
    order_id: int,
    *,
    before: tuple[datetime, int] | None = None,
) -> list[OrderEvent]:
    """What is meant for the customer of the story, newest first, a page of it."""
    statement = (
        select(OrderEvent)
        .where(OrderEvent.order_id == order_id, OrderEvent.is_for_customer.is_(True))
        .order_by(OrderEvent.happened_at.desc(), OrderEvent.id.desc())
    )
    if before is not None:
        at, event_id = before
        statement = statement.where(
            or_(
                OrderEvent.happened_at < at,
                and_(OrderEvent.happened_at == at, OrderEvent.id < event_id),
            )
        )
    return list(session.scalars(statement.limit(STORY_PAGE)))


@dataclass(frozen=True)
class Story:
    """All that happened to an order, newest first, and the photos by event."""

    events: list[OrderEvent]
    photos: dict[int, list[OrderPhoto]]

    @property
    def labour_minutes(self) -> int:
        """Labour entered and not taken out again, of everybody."""
        gone = undone_ids(self.events)
        entered = [e for e in self.events if e.kind == Happening.LABOUR and e.id not in gone]
        return sum(int(e.data["minutes"]) for e in entered)

    def page(self, before: tuple[datetime, int] | None) -> tuple[list[OrderEvent], bool]:
        """Up to :data:`STORY_PAGE` events before a place in it, and whether there are earlier."""
        rest = [e for e in self.events if before is None or (e.happened_at, e.id) < before]
        return rest[:STORY_PAGE], len(rest) > STORY_PAGE


def whole_story(session: Session, order_id: int) -> Story:
    """The story and its photos in one query; the staff's page tells and counts from it."""
    found = session.execute(
        select(OrderEvent, OrderPhoto)
        .outerjoin(OrderPhoto, OrderPhoto.event_id == OrderEvent.id)
        .where(OrderEvent.order_id == order_id)
        .order_by(OrderEvent.happened_at.desc(), OrderEvent.id.desc(), OrderPhoto.id)
    ).unique()
    events: dict[int, OrderEvent] = {}
    photos: dict[int, list[OrderPhoto]] = {}
    for event, photo in found:
        events[event.id] = event
        if photo is not None:
            photos.setdefault(event.id, []).append(photo)
    return Story(list(events.values()), photos)


def list_photos(session: Session, order_id: int) -> dict[int, list[OrderPhoto]]:
    """Photos by event."""
    out: dict[int, list[OrderPhoto]] = {}
    for photo in session.scalars(
        select(OrderPhoto).where(OrderPhoto.order_id == order_id).order_by(OrderPhoto.id)
    ):
        out.setdefault(photo.event_id, []).append(photo)
    return out


def list_with_events(session: Session, order_ids: Collection[int]) -> dict[int, list[OrderEvent]]:
    """Whole stories of many orders at once, oldest first, for the replay."""
    out: dict[int, list[OrderEvent]] = {n: [] for n in order_ids}
    for event in session.scalars(
        select(OrderEvent)
        .where(OrderEvent.order_id.in_(order_ids))
        .order_by(OrderEvent.order_id, OrderEvent.happened_at, OrderEvent.id)
    ):
        out[event.order_id].append(event)
    return out


def for_machine(
    session: Session, actor: Actor, machine_id: int, *, key: str | None = None
) -> Page[WorkOrder]:
    """A machine's orders, newest first, as this person may see them."""
    order = (
        Order(WorkOrder.received_at, is_descending=True),
        Order(WorkOrder.id, is_descending=True),
    )
    found = visible_to(actor).where(WorkOrder.machine_id == machine_id)
    shown = found.options(joinedload(WorkOrder.engineer).lazyload(User.role_rows))
    return fetch_page(session, shown, order=order, key=key)


def count_for_machine(actor: Actor, machine_id: int) -> ScalarSelect[int]:
    """How many of a machine's orders this person may see, as a part of a query."""
    found = visible_to(actor).where(WorkOrder.machine_id == machine_id)
    return found.with_only_columns(func.count()).scalar_subquery()


def newest_open(
    session: Session, actor: Actor, machine_ids: Collection[int]
) -> dict[int, WorkOrder]:
    """The newest order still going on by machine, of those this person may see."""
    found = visible_to(actor).where(
        WorkOrder.machine_id.in_(machine_ids),
        WorkOrder.is_past.is_(False),
        WorkOrder.status.in_(OPEN),
    )
    oldest_first = found.order_by(WorkOrder.received_at, WorkOrder.id)
    rows = session.scalars(oldest_first.options(defer(WorkOrder.verdict)))
    return {order.machine_id: order for order in rows if order.machine_id is not None}


def papers_of_machine(
    session: Session, actor: Actor, machine_id: int, *, key: str | None = None
) -> Page[IssuedDocument]:
    """Papers issued for the machine's orders and for itself, newest first, as this person may
    see both the order and the paper."""
    order = (Order(IssuedDocument.id, is_descending=True),)
    return fetch_page(session, _papers(actor, machine_id), order=order, key=key)


def count_papers(actor: Actor, machine_id: int) -> ScalarSelect[int]:
    """How many papers there are in :func:`papers_of_machine`, as a part of a query."""
    return _papers(actor, machine_id).with_only_columns(func.count()).scalar_subquery()


def _papers(actor: Actor, machine_id: int) -> Select[IssuedDocument]:
    own = visible_to(actor).where(WorkOrder.machine_id == machine_id)
    paper = IssuedDocument
    return visible_papers(actor).where(
        or_(
            and_(
                paper.ground_kind == "order",
                paper.ground_ref.in_(own.with_only_columns(WorkOrder.number)),
            ),
            and_(paper.ground_kind == "machine", paper.ground_ref == str(machine_id)),
        )
    )


def get_event(session: Session, order: WorkOrder, event_id: int) -> OrderEvent:
    """An event of an order the caller may already see."""
    event = session.get(OrderEvent, event_id)
    if event is None or event.order_id != order.id:
        raise NotFound
    return event


def open_for_machine(session: Session, machine_id: int) -> WorkOrder | None:
    """The newest open order of a machine, if any."""
    finals = [Status.CLOSED, Status.DECLINED, Status.DUPLICATE, Status.CANCELLED]
    return session.scalars(
        select(WorkOrder)
        .where(
            WorkOrder.machine_id == machine_id,
            WorkOrder.is_past.is_(False),
            WorkOrder.status.not_in([*finals, Status.HANDED_OVER]),
        )
        .order_by(WorkOrder.received_at.desc())
        .limit(1)
    ).first()


def money_line(line: OrderLine) -> MoneyLine:
    """The line's figures as the arithmetic of money takes them."""
    return MoneyLine(
        quantity=Decimal(line.quantity),
        net_price=line.net_price,
        discount_percent=line.discount_percent,
        vat_rate=line.vat_rate,
    )


@dataclass(frozen=True)
class Filters:
    """What a list of orders is narrowed to; each part may be absent."""

    words: str = ""
    status: Status | None = None
    kind: Kind | None = None
    company_id: int | None = None
    contract_id: int | None = None
    engineer_id: int | None = None
    is_open: bool = False
    is_waiting: bool = False
    is_past: bool | None = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing narrows the list."""
        return self == Filters()


def narrowed(actor: Actor, filters: Filters) -> Select[WorkOrder]:
    """The visible orders under the filters, in no order."""
    found = visible_to(actor).where(matching(WorkOrder, filters.words))
    if filters.is_past is not None and not filters.words:
        found = found.where(WorkOrder.is_past.is_(filters.is_past))
    if filters.status is not None:
        found = found.where(WorkOrder.status == filters.status)
    elif filters.is_open:
        found = found.where(WorkOrder.status.in_(OPEN))
    if filters.kind is not None:
        found = found.where(WorkOrder.kind == filters.kind)
    if filters.company_id is not None:
        found = found.where(WorkOrder.company_id == filters.company_id)
    if filters.contract_id is not None:
        found = found.where(WorkOrder.contract_id == filters.contract_id)
    if filters.engineer_id is not None:
        found = found.where(WorkOrder.engineer_id == filters.engineer_id)
    if filters.is_waiting:
        found = found.where(WorkOrder.wait_reason.is_not(None))
    return found


def get_photo(session: Session, order: WorkOrder, photo_id: int) -> OrderPhoto:
    """A photo of an order the caller may already see."""
    photo = session.get(OrderPhoto, photo_id)
    if photo is None or photo.order_id != order.id:
        raise NotFound
    return photo


def is_for_customer(session: Session, photo: OrderPhoto) -> bool:
    """Whether the photo's event is one the customer may read."""
    event = session.get(OrderEvent, photo.event_id)
    return event is not None and event.is_for_customer
