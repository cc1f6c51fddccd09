"""Pages of what may happen to any order: list, note, photo, pause, priority, lines, undo."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from assets.machines.page import machine_page
from assets.machines.queries import get_machine
from service_app.accounts.guard import current_actor, requires
from service_app.accounts.permissions import Permission
from service_app.core.clock import now
from service_app.core.db import transaction
from service_app.core.errors import Conflict, NotFound
from service_app.core.money import rates_on, standard_rate
from service_app.core.text import N_, Text
from service_app.customers.queries import company_name
from service_app.files.intake import prepare_all
from service_app.files.sending import send_stored
from service_app.files.service import store_all
from service_app.organisation.queries import our_entity
from service_app.web.addresses import asked_id
from service_app.web.forms import refusals
from service_app.web.links import link_to
from service_app.web.notices import tell
from service_app.web.reading import reader
from service_app.web.session import db_session
from workorders.contracts.models import PriceItem
from workorders.contracts.queries import contract_number, prices_of
from workorders.orders import countdown, lines, queries, rows, service
from workorders.orders.forms import LineForm, NoteForm, PriorityForm, ResumeForm, WaitForm
from workorders.orders.models import OrderLine, WorkOrder
from workorders.orders.photos import attach
from workorders.orders.queries import Filters
from workorders.orders.rules import Kind, LineKind, Priority, Status
from workorders.orders.service import Told
from workorders.orders.story import Happening
from workorders.sla.queries import load
from workorders.sla.rules import Clock, ClockKey, WaitReason

blueprint = Blueprint("orders", __name__)
P = Permission


def the_order(number: str) -> WorkOrder:
    """The order of the address, if this person may see it (404 otherwise)."""
    return queries.get_order(db_session(), current_actor(), number)


def back_to(order: WorkOrder) -> ResponseReturnValue:
    """To the page of ours the form names as ``back``, else to the order's page."""
    target = request.form.get("back", "")
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\"))
    return redirect(target if is_ours else url_for("orders.show", number=order.number))


@blueprint.get("/orders")
@requires(P.ORDERS_VIEW)
def index() -> ResponseReturnValue:
    """All orders this person may see, newest first, with filters in the address."""
    session, actor = db_session(), current_actor()
    filters = _filters()
    page = rows.list_page(session, actor, filters, key=request.args.get("after"))
    if not actor.is_staff:
        return render_template("workorders/orders/own.html", page=page, filters=filters)
    promises, at = load(session), now()
    pills = {
        order_id: countdown.shown(row, promises, at)
        for order_id, row in rows.nearest_clocks(session, [o.id for o in page.rows]).items()
    }
    return render_template(
        "workorders/orders/index.html",
        page=page,
        filters=filters,
        pills=pills,
        company=company_name(session, actor, filters.company_id),
        contract=contract_number(session, actor, filters.contract_id),
        statuses=list(Status),
    )


def _filters() -> Filters:
    args = request.args
    status, kind = args.get("status", ""), args.get("kind", "")
    show = args.get("show", "")
    return Filters(
        words=args.get("q", "")[:100],
        status=Status(status) if status in set(Status) else None,
        kind=Kind(kind) if kind in set(Kind) else None,
        company_id=asked_id("company"),
        contract_id=asked_id("contract"),
        engineer_id=current_actor().user_id if show == "mine" else None,
        is_open=show in ("open", "mine"),
        is_waiting=show == "waiting",
        is_past=show == "past",
    )


@blueprint.get("/machines/<int:machine_id>/orders")
@requires(P.ORDERS_VIEW)
def for_machine(machine_id: int) -> ResponseReturnValue:
    """A machine's orders, imported history included."""
    session, actor = db_session(), current_actor()
    machine = get_machine(session, actor, machine_id)
    found = queries.for_machine(session, actor, machine.id, key=request.args.get("after"))
    return machine_page(
        "workorders/orders/for_machine.html", machine, tab="orders.for_machine", page=found
    )


@blueprint.get("/machines/<int:machine_id>/documents")
@requires(P.DOCUMENTS_VIEW)
def papers_of_machine(machine_id: int) -> ResponseReturnValue:
    """Papers issued for a machine and its orders."""
    session, actor = db_session(), current_actor()
    machine = get_machine(session, actor, machine_id)
    found = queries.papers_of_machine(session, actor, machine.id, key=request.args.get("after"))
    return machine_page(
        "workorders/orders/papers_of_machine.html", machine, tab="orders.papers_of_machine",
        page=found, link_to=link_to,
    )  # fmt: skip


@blueprint.post("/orders/<number>/notes")
@requires(P.ORDERS_VIEW)
def add_note(number: str) -> ResponseReturnValue:
    """A note or photos into the story; staff keep it to themselves unless they say otherwise."""
    files = prepare_all(request.files.getlist("photos"))
    order, session, actor = the_order(number), db_session(), current_actor()
    form = NoteForm()
    if not form.validate_on_submit() or not (form.words.data or files):
        tell(N_("Write a word or add a photo."), "danger")
        return back_to(order)
    if not (actor.is_staff or actor.can(P.ORDERS_REPORT)):
        raise NotFound
    with transaction(session, by=actor, at=now()):
        known = queries.find_event(session, form.key())
        event = known or service.append(
            session,
            order,
            Happening.NOTE if form.words.data else Happening.PHOTO,
            told=Told(words=form.words.data),
            uid=form.key(),
            by=actor,
            at=now(),
            for_customer=not actor.is_staff or form.audience.data == "customer",
        )
        if known is None:
            stage = "after" if order.status == Status.DONE else "during"
            attach(
                session, order, event, store_all(session, files, by=actor, at=now()), stage=stage
            )
    tell(N_("Added to the story."))
    return back_to(order)


@blueprint.get("/orders/<number>/photos/<int:photo_id>")
@requires(P.ORDERS_VIEW)
def photo(number: str, photo_id: int) -> ResponseReturnValue:
    """A photo of the story; the customer sees those of events meant for them."""
    session, actor = db_session(), current_actor()
    found = queries.get_photo(session, the_order(number), photo_id)
    if not actor.is_staff and not queries.is_for_customer(session, found):
        raise NotFound
    return send_stored(found.file, thumbnail="small" in request.args)


@blueprint.route("/orders/<number>/pause", methods=["GET", "POST"])
@requires(P.ORDERS_WORK)
def wait(number: str) -> ResponseReturnValue:
    """Why a pause: one reason, and what it does to the promise."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = WaitForm()
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            service.open_wait(
                session,
                order,
                WaitReason(form.reason.data),
                until=form.until.data,
                told=form.told(form.words.data),
                uid=form.key(),
                by=actor,
                at=now(),
            )
        if not form.problems:
            tell(_wait_notice(order))
            return back_to(order)
    policy = load(session).policy_for(order.policy_version)
    halted = {r: policy.halts(r, ClockKey(Clock.RESTORE)) for r in WaitReason}
    page = render_template("workorders/orders/wait.html", order=order, form=form, halted=halted)
    return page, 422 if form.is_submitted() else 200


def _wait_notice(order: WorkOrder) -> Text:
    assert order.wait_kind is not None
    return Text("%(number)s waits: %(reason)s.", number=order.number, reason=order.wait_kind.label)


@blueprint.post("/orders/<number>/resume")
@requires(P.ORDERS_WORK)
def resume(number: str) -> ResponseReturnValue:
    """End the open wait."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = ResumeForm()
    form.validate()
    with transaction(session, by=actor, at=now()):
        service.close_wait(
            session,
            order,
            told=form.told(form.words.data or ""),
            uid=form.key(),
            by=actor,
            at=now(),
        )
    tell(Text("%(number)s goes on.", number=order.number))
    return back_to(order)


@blueprint.route("/orders/<number>/priority", methods=["GET", "POST"])
@requires(P.ORDERS_DISPATCH)
def set_priority(number: str) -> ResponseReturnValue:
    """Another priority with the reason; clocks follow, pauses stay."""
    order, session, actor = the_order(number), db_session(), current_actor()
    form = PriorityForm(priority=str(order.priority))
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            chosen = Priority(int(form.priority.data))
            service.set_priority(
                session, order, chosen, reason=form.reason.data, by=actor, at=now()
            )
        if not form.problems:
            tell(N_("The priority is changed; the deadlines followed."))
            return back_to(order)
    page = render_template(
        "workorders/orders/set_priority.html", order=order, form=form, priorities=list(Priority)
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/orders/<number>/undo/<int:event_id>")
@requires(P.ORDERS_VIEW)
def undo(number: str, event_id: int) -> ResponseReturnValue:
    """Take back one's own last step within ten minutes."""
    order, session, actor = the_order(number), db_session(), current_actor()
    event = queries.get_event(session, order, event_id)
    with transaction(session, by=actor, at=now()):
        service.undo(session, order, event, by=actor, at=now())
    tell(N_("The step is taken back."))
    return back_to(order)


@blueprint.get("/orders/<number>/works")
@requires(P.ORDERS_MONEY)
def works(number: str) -> ResponseReturnValue:
    """Lines with who covers them, VAT and sums."""
    order, session = the_order(number), db_session()
    found = queries.list_lines(session, order.id)
    return render_template(
        "workorders/orders/works.html",
        order=order,
        lines=found,
        sums=lines.sums_of(found, order.currency),
        line_sums=lines.sums_by_line(found, order.currency),
    )


@blueprint.route("/orders/<number>/works/new", methods=["GET", "POST"])
@requires(P.ORDERS_MONEY)
def add_line(number: str) -> ResponseReturnValue:
    """A new line; what was typed stays when something is wrong."""
    order, session, actor = the_order(number), db_session(), current_actor()
    contract, priced = prices_of(session, order.contract_id)
    discount = contract.parts_discount_percent if contract else Decimal(0)
    form = LineForm(**_line_defaults(order, priced, discount))
    _narrow_rates(form)
    if form.validate_on_submit():
        with refusals(form), transaction(session, by=actor, at=now()):
            lines.add_line(session, order, form.values(), uid=form.key(), by=actor, at=now())
        if not form.problems:
            tell(N_("The line is added."))
            return redirect(url_for("orders.works", number=number))
    page = render_template(
        "workorders/orders/line.html", order=order, form=form, line=None, contract=contract,
        priced=priced,
    )  # fmt: skip
    return page, 422 if form.is_submitted() else 200


def _line_defaults(
    order: WorkOrder, priced: Sequence[PriceItem], discount: Decimal
) -> dict[str, Any]:
    entity = our_entity(db_session())
    rate = standard_rate(reader().today, is_vat_payer=entity is None or entity.is_vat_payer)
    asked = request.args.get("kind", "")
    kind = LineKind(asked) if asked in set(LineKind) else LineKind.WORK
    units = {LineKind.PART: N_("pcs"), LineKind.TRAVEL: N_("trip")}
    begun: dict[str, Any] = {
        "kind": kind.value, "unit": reader().say(units.get(kind, N_("h"))),
        "vat_rate": rate.value, "quantity": Decimal(1),
    }  # fmt: skip
    price_id = asked_id("price")
    price = next((item for item in priced if item.id == price_id), None)
    if price is not None:
        kind = LineKind(price.kind)
        begun |= {
            "kind": price.kind, "description": price.description, "unit": price.unit,
            "net_price": price.net_price, "article": price.article,
        }  # fmt: skip
    begun["coverage"] = order.coverage_for(kind).value
    if kind is LineKind.PART and discount:
        begun["discount_percent"] = discount
    return begun


def _narrow_rates(form: LineForm, *, keep: str | None = None) -> None:
    rates = rates_on(reader().today)
    form.vat_rate.members = tuple(r for r in type(rates[0]) if r in rates or r.value == keep)


@blueprint.route("/orders/<number>/works/<int:line_id>", methods=["GET", "POST"])
@requires(P.ORDERS_MONEY)
def change_line(number: str, line_id: int) -> ResponseReturnValue:
    """Change a line; somebody else's change in between is told."""
    order, session, actor = the_order(number), db_session(), current_actor()
    line = lines.get_line(session, order, line_id)
    form = LineForm()
    _narrow_rates(form, keep=line.vat_rate)
    if not form.is_submitted():
        form.fill(line)
    elif form.validate():
        with refusals(form), transaction(session, by=actor, at=now()):
            _refuse_stale(form, line)
            lines.change_line(session, order, line, form.values(), by=actor, at=now())
        if not form.problems:
            tell(N_("The line is changed."))
            return redirect(url_for("orders.works", number=number))
        form.compare_with(line)
    page = render_template(
        "workorders/orders/line.html", order=order, form=form, line=line, contract=None, priced=()
    )
    return page, 422 if form.is_submitted() else 200


def _refuse_stale(form: LineForm, line: OrderLine) -> None:
    if form.opened_on() != line.version:
        raise Conflict


@blueprint.post("/orders/<number>/works/<int:line_id>/remove")
@requires(P.ORDERS_MONEY)
def remove_line(number: str, line_id: int) -> ResponseReturnValue:
    """Take a line out; it stays in the journal."""
    order, session, actor = the_order(number), db_session(), current_actor()
    line = lines.get_line(session, order, line_id)
    with transaction(session, by=actor, at=now()):
        lines.remove_line(session, order, line, by=actor, at=now())
    tell(N_("The line is taken out."))
    return redirect(url_for("orders.works", number=number))
