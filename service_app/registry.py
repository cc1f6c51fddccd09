"""Explicit lists of what the house holds: pages, jobs, menu, links, commands, models."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from flask import Blueprint, Flask, url_for
from sqlalchemy.orm import Session

from assets.faults import facts as fault_facts
from assets.faults import models as _faults  # noqa: F401 - tables
from assets.faults import views as faults_views
from assets.machines import catalogue_views, page
from assets.machines import facts as machine_facts
from assets.machines import imports as machine_imports
from assets.machines import jobs as machines_jobs
from assets.machines import models as _machines  # noqa: F401
from assets.machines import paper_views as _paper_views  # noqa: F401 - routes
from assets.machines import views as machines_views
from assets.machines.page import MachinePages, Tab
from assets.meters import facts as meter_facts
from assets.meters import imports as meter_imports
from assets.meters import models as _meters  # noqa: F401
from assets.meters import views as meters_views
from service_app.accounts import admin_views as people_views
from service_app.accounts import jobs as accounts_jobs
from service_app.accounts import models as _accounts  # noqa: F401 - tables
from service_app.accounts import setup_views
from service_app.accounts import views as accounts_views
from service_app.accounts.permissions import Permission, Role
from service_app.core.text import N_, P_, Text
from service_app.customers import models as _customers  # noqa: F401
from service_app.customers import views as customers_views
from service_app.desk import (
    board,
    calendars,
    deliveries,
    open_promises,
    papers,
    past_promises,
    policies,
    promises,
    search,
)
from service_app.desk import company_promises as _company_promises  # noqa: F401 - routes
from service_app.desk import holidays as _holidays  # noqa: F401 - routes
from service_app.desk import policy_try as _policy_try  # noqa: F401 - routes
from service_app.desk import views as desk_views
from service_app.desk.promise_queries import late_until
from service_app.documents import jobs as documents_jobs
from service_app.documents import models as _documents  # noqa: F401
from service_app.documents import views as documents_views
from service_app.files import jobs as files_jobs
from service_app.files import models as _files  # noqa: F401
from service_app.journal import models as _journal  # noqa: F401
from service_app.journal import views as journal_views
from service_app.notifications import jobs as notifications_jobs
from service_app.notifications import models as _notifications  # noqa: F401
from service_app.notifications import views as notifications_views
from service_app.notifications.queries import unread_of
from service_app.organisation import models as _organisation  # noqa: F401
from service_app.organisation import queries as organisation
from service_app.organisation import views as organisation_views
from service_app.organisation.queries import AdminSection
from service_app.outbox import jobs as outbox_jobs
from service_app.outbox import models as _outbox  # noqa: F401
from service_app.outbox import queries as outbox_queries
from service_app.portal import deciding as _deciding  # noqa: F401 - routes
from service_app.portal import following as _following  # noqa: F401 - routes
from service_app.portal import models as _portal  # noqa: F401
from service_app.portal import service as portal_service
from service_app.portal import views as portal_views
from service_app.reports import views as reports_views
from service_app.transfers import jobs as transfers_jobs
from service_app.transfers import models as _transfers  # noqa: F401
from service_app.transfers import views as transfers_views
from service_app.transfers.service import Importer
from service_app.web import menu
from service_app.web import views as web_views
from service_app.web.nav import Entry, Menu
from service_app.worker import jobs as worker_jobs
from service_app.worker import models as _worker  # noqa: F401
from service_app.worker.rules import FREQUENT_SECONDS
from workorders.breaches import actions as breach_actions
from workorders.breaches import jobs as breaches_jobs
from workorders.breaches import models as _breaches  # noqa: F401
from workorders.breaches import views as breaches_views
from workorders.breaches.actions import to_do_of
from workorders.breaches.queries import without_cause
from workorders.calendars import models as _calendars  # noqa: F401
from workorders.contracts import facts as contract_facts
from workorders.contracts import hour_views as _hour_views  # noqa: F401 - routes
from workorders.contracts import jobs as contracts_jobs
from workorders.contracts import models as _contracts  # noqa: F401
from workorders.contracts import price_views as _price_views  # noqa: F401 - routes
from workorders.contracts import views as contracts_views
from workorders.execution import models as _execution  # noqa: F401
from workorders.execution import views as execution_views
from workorders.handover import models as _handover  # noqa: F401
from workorders.handover import views as handover_views
from workorders.intake import models as _intake  # noqa: F401
from workorders.intake import views as intake_views
from workorders.orders import facts as order_facts
from workorders.orders import imports as order_imports
from workorders.orders import jobs as orders_jobs
from workorders.orders import models as _orders  # noqa: F401
from workorders.orders import promise_views as _promise_views  # noqa: F401 - routes
from workorders.orders import views as orders_views
from workorders.planning import models as _planning  # noqa: F401
from workorders.planning import views as planning_views
from workorders.risk import jobs as risk_jobs
from workorders.risk import models as _risk  # noqa: F401
from workorders.risk import views as risk_views
from workorders.sla import models as _sla  # noqa: F401

BLUEPRINTS: tuple[Blueprint, ...] = (
    web_views.blueprint,
    setup_views.blueprint,
    accounts_views.blueprint,
    people_views.blueprint,
    journal_views.blueprint,
    organisation_views.blueprint,
    customers_views.blueprint,
    transfers_views.blueprint,
    machines_views.blueprint,
    catalogue_views.blueprint,
    meters_views.blueprint,
    faults_views.blueprint,
    documents_views.blueprint,
    desk_views.blueprint,
    portal_views.blueprint,
    deliveries.blueprint,
    notifications_views.blueprint,
    papers.blueprint,
    board.blueprint,
    search.blueprint,
    promises.blueprint,
    calendars.blueprint,
    policies.blueprint,
    reports_views.blueprint,
    open_promises.blueprint,
    past_promises.blueprint,
    contracts_views.blueprint,
    breaches_views.blueprint,
    risk_views.blueprint,
    handover_views.blueprint,
    planning_views.blueprint,
    execution_views.blueprint,
    intake_views.blueprint,
    orders_views.blueprint,
)


IMPORTERS: dict[str, Importer] = {
    one.kind: one
    for one in (machine_imports.IMPORTER, meter_imports.IMPORTER, order_imports.IMPORTER)
}
"""Kinds of lists that can be imported, in the order people need them."""


class Job(NamedTuple):
    """Timed work: ``run(session, now=…)`` returns how many rows it touched.

    The worker runs it in a transaction by SYSTEM at ``now``. A job with many rows, or one that
    waits for something outside, commits by ``transaction(…)`` of its own, batch after batch, and
    holds none open while it waits. ``has_work(session, now)`` is a cheap look of a frequent job:
    while it says no, nothing is claimed or written.
    """

    name: str
    every_seconds: int
    run: Callable[..., int]
    has_work: Callable[[Session, datetime], bool] | None = None


_WORK: tuple[Job, ...] = (
    Job("accounts.sweep", 3600, accounts_jobs.sweep),
    Job("machines.refresh_words", 60, machines_jobs.refresh_words),
    Job("outbox.deliver", 5, outbox_jobs.deliver, outbox_queries.has_due),
    Job("outbox.sweep", 86_400, outbox_jobs.sweep),
    Job("notifications.failed_letters", 300, notifications_jobs.tell_of_failed_letters),
    Job("notifications.sweep", 86_400, notifications_jobs.sweep),
    Job("files.remove_orphans", 86_400, files_jobs.remove_orphans),
    Job("transfers.sweep", 86_400, transfers_jobs.sweep),
    Job("transfers.run", 1, partial(transfers_jobs.run, IMPORTERS), transfers_jobs.has_work),
    Job("portal.sweep", 3600, portal_service.sweep),
    Job("orders.tell_deadlines", 20, orders_jobs.sweep, orders_jobs.has_work),
    Job("breaches.pull", 30, breaches_jobs.pull, breaches_jobs.has_work),
    Job("breaches.remind_of_actions", 3600, breach_actions.remind),
    Job("contracts.look_after", 3600, contracts_jobs.look_after),
    Job("risk.refresh", 3600, risk_jobs.refresh),
    Job("documents.render", 1, documents_jobs.render_pending, documents_jobs.has_work),
)
_FREQUENT = frozenset(job.name for job in _WORK if job.every_seconds <= FREQUENT_SECONDS)
JOBS: tuple[Job, ...] = (
    *_WORK,
    Job("worker.sweep", 3600, partial(worker_jobs.sweep, _FREQUENT)),
)

COUNTERS: dict[str, menu.Counter] = {
    "late": menu.Counter(late_until(menu.NOW), is_late=True),
    "without_cause": menu.Counter(without_cause()),
    "actions": menu.Counter(to_do_of(menu.USER)),
    menu.BELL: menu.Counter(unread_of(menu.USER)),
}
"""By the name an Entry gives: how many wait."""

LINKS: dict[str, tuple[str, str]] = {
    "order": ("orders.show", "number"),
    "orders": ("orders.index", ""),
    "machine": ("machines.show", "machine_id"),
    "document": ("documents.show", "document_id"),
    "labels": ("machines.labels", ""),
    "jobs": ("jobs.index", ""),
    "contract": ("contracts.show", "contract_id"),
    "import": ("imports.show", "run_id"),
    "actions": ("breaches.list_actions", ""),
}
"""Kind of a ground or a notice's link → the endpoint that shows it, and its argument's name."""

_MACHINE_PAGES = (
    "machines.", "meters.", "faults.", "orders.for_machine", "orders.papers_of_machine",
)  # fmt: skip
_MACHINES = Entry(
    N_("Machines"),
    "backhoe",
    "machines.index",
    group=N_("Equipment"),
    also=(*_MACHINE_PAGES, "models."),
)
_CUSTOMERS = Entry(N_("Customers"), "building", "customers.index", also=("customers.",))
_CONTRACTS = Entry(N_("Contracts"), "file-text", "contracts.index", also=("contracts.",))
_ADMINISTRATION = Entry(
    N_("Administration"),
    "settings",
    "organisation.index",
    also=(
        "organisation.", "people.", "imports.", "journal.", "jobs.", "calendars.", "policies.",
        "desk.start",
    ),
)  # fmt: skip

_MY_DAY = Entry(
    N_("My day"), "list-check", "execution.my_day", phone_label=N_("My day"), also=("execution.",)
)
_MY_WEEK = Entry(N_("My week"), "calendar", "execution.my_week", phone_label=P_("menu", "Week"))
_FIELD_ORDERS = Entry(
    N_("Work orders"),
    "clipboard-list",
    "orders.index",
    phone_label=P_("menu", "Orders"),
    also=("orders.", "handover.", "intake."),
)
_FIELD_MACHINES = replace(_MACHINES, phone_label=N_("Machines"))

_PORTAL = Entry(
    N_("Machines"), "backhoe", "portal.home", phone_label=N_("Machines"), also=_MACHINE_PAGES
)
_REQUESTS = Entry(
    N_("Requests"), "clipboard-list", "orders.index", phone_label=N_("Requests"), also=("orders.",)
)
_PAPERS = Entry(
    N_("Documents"), "file-text", "portal.documents", phone_label=N_("Documents"),
    also=("documents.",),
)  # fmt: skip

_PROMISES = Entry(
    N_("Promises"),
    "gauge",
    "promises.index",
    phone_label=N_("Promises"),
    count="late",
    also=("risk.", "past_promises.", "open_promises."),
)
_BREACHES = Entry(
    N_("Breaches"), "flag", "breaches.index", count="without_cause", also=("breaches.",)
)
_ACTIONS = Entry(N_("Corrective actions"), "checks", "breaches.list_actions", count="actions")
_REPORTS = Entry(N_("Reports"), "chart-histogram", "reports.sla", also=("reports.",))
_BOARD = Entry(N_("Dispatch board"), "layout-dashboard", "board.index", phone_label=N_("Intake"))
_ORDERS = Entry(
    N_("Work orders"),
    "clipboard-list",
    "orders.index",
    phone_label=P_("menu", "Orders"),
    also=("orders.", "handover.", "intake.", "planning.", "execution."),
)
_DESK_MACHINES = replace(_MACHINES, phone_label=N_("Machines"))

NAVIGATION: Menu = {
    Role.OPERATOR.value: (
        _PORTAL,
        _REQUESTS,
        _PAPERS,
        replace(_CONTRACTS, phone_label=N_("Contracts")),
    ),
    Role.ENGINEER.value: (_MY_DAY, _MY_WEEK, _FIELD_MACHINES, _FIELD_ORDERS, _ACTIONS),
    Role.DISPATCHER.value: (
        _BOARD,
        _ORDERS,
        _DESK_MACHINES,
        _CUSTOMERS,
        _CONTRACTS,
        _PROMISES,
        _BREACHES,
    ),
    Role.STOREKEEPER.value: (_FIELD_ORDERS, _FIELD_MACHINES, _ACTIONS),
    Role.MANAGER.value: (
        _PROMISES,
        _BREACHES,
        _ORDERS,
        _BOARD,
        _DESK_MACHINES,
        _CUSTOMERS,
        _CONTRACTS,
        _REPORTS,
    ),
    Role.ADMINISTRATOR.value: (
        _BOARD,
        _ORDERS,
        _PROMISES,
        _BREACHES,
        _DESK_MACHINES,
        _CUSTOMERS,
        _CONTRACTS,
        _REPORTS,
        _ADMINISTRATION,
    ),
}

MACHINE_PAGES = MachinePages(
    facts=(
        meter_facts.facts,
        fault_facts.facts,
        order_facts.facts,
        machine_facts.facts,
        contract_facts.facts,
    ),
    columns=(
        meter_facts.HOURS,
        fault_facts.FAULTS,
        order_facts.OPEN_ORDER,
        machine_facts.WARRANTY,
    ),
    tabs=(
        Tab(N_("Overview"), "machines.show"),
        Tab(N_("Passport"), "machines.passport"),
        Tab(N_("Running hours"), "meters.index"),
        Tab(N_("Faults"), "faults.index", count=fault_facts.count),
        Tab(N_("Orders"), "orders.for_machine", count=order_facts.count),
        Tab(N_("Documents"), "orders.papers_of_machine", count=order_facts.count_papers),
        Tab(N_("Journal"), "machines.journal", is_for_staff=True),
    ),
    narrowings=(fault_facts.OPEN_FAULTS,),
)
"""What rooms give to a machine's page and to the fleet, in the order it is shown."""

HOMES: dict[str, str] = {
    Role.DISPATCHER.value: "board.index",
    Role.OPERATOR.value: "portal.home",
    Role.ADMINISTRATOR.value: "desk.start",
    Role.MANAGER.value: "promises.index",
    Role.ENGINEER.value: "execution.my_day",
    Role.STOREKEEPER.value: "orders.index",
}
"""Role → endpoint of its first page, the most particular role first."""

ADMIN_SECTIONS: tuple[AdminSection, ...] = (
    AdminSection(
        N_("Company and letterhead"),
        N_("Names, requisites, logo, service rules: what pages and papers say about us."),
        "organisation.company",
        "building",
        Permission.ORGANISATION_EDIT,
        organisation.missing_in_company,
        (
            N_("INN"),
            N_("KPP"),
            N_("OGRN"),
            N_("Bank"),
            N_("Logo"),
            N_("Currency"),
            N_("We pay VAT"),
            N_("Agreement on a simple electronic signature"),
            N_("Service rules"),
        ),
    ),
    AdminSection(
        N_("Branches and teams"),
        N_("Where we work from, on which clock, and who works where."),
        "organisation.branches",
        "map-pin",
        Permission.ORGANISATION_EDIT,
        None,
        (N_("Time zone"), N_("City"), N_("Numbers begin with")),
    ),
    AdminSection(
        N_("People and roles"),
        N_("Who signs in, with which roles, and what each role may do."),
        "people.index",
        "users",
        Permission.PEOPLE_EDIT,
        None,
        (N_("Login"), N_("Password"), N_("Roles"), N_("Who may do what")),
    ),
    AdminSection(
        N_("Working calendars"),
        N_(
            "When time counts: the week, holidays, short days, the zone."
            " Every deadline rests on it."
        ),
        "calendars.index",
        "calendar",
        Permission.ORGANISATION_EDIT,
        None,
        (N_("Working week"), N_("Holiday"), N_("Short day"), N_("Time zone")),
    ),
    AdminSection(
        N_("Promises and policies"),
        N_(
            "How fast we answer, quote, arrive and restore, by priority, and which wait stops what."
        ),
        "policies.index",
        "clock",
        Permission.ORGANISATION_EDIT,
        None,
        (N_("Limits"), N_("Priority"), N_("Waits")),
    ),
    AdminSection(
        N_("Numbers and documents"),
        N_("Which numbers orders and papers got last."),
        "organisation.numbers",
        "hash",
        Permission.ORGANISATION_EDIT,
    ),
    AdminSection(
        N_("Jobs and deliveries"),
        N_("Whether the background worker runs, what its jobs did, which letters did not go."),
        "jobs.index",
        "refresh",
        Permission.JOBS_VIEW,
    ),
    AdminSection(
        N_("Import"),
        N_("Lists of machines, running hours and past orders from CSV or XLSX."),
        "imports.index",
        "upload",
        Permission.IMPORTS_RUN,
        None,
        (N_("Machines"), N_("Running hours"), N_("Past work orders")),
    ),
    AdminSection(
        N_("Journal"),
        N_("Who changed what and when, old and new."),
        "journal.index",
        "history",
        Permission.JOURNAL_VIEW,
    ),
)
"""The administration's front page; a room that has settings adds its section."""

NUMBER_KINDS: dict[str, Text] = {
    "order": N_("Work orders"),
    "passport": N_("Machine passports"),
    "labels": N_("QR labels"),
}
"""Kind of a number series → what people call it."""


def init_app(app: Flask) -> None:
    """Give templates the menu."""
    app.extensions["admin_sections"] = ADMIN_SECTIONS
    app.extensions["number_kinds"] = NUMBER_KINDS
    app.extensions["importers"] = IMPORTERS
    app.extensions["house_homes"] = HOMES
    app.extensions["house_jobs"] = JOBS
    app.extensions["house_links"] = LINKS
    page.init_app(app, MACHINE_PAGES)
    menu.init_app(app, menu.Sources(NAVIGATION, COUNTERS, _brand))
    if app.extensions["house_config"].mode != "test":
        setup_views.announce(app, app.extensions["database"])


def _brand(session: Session) -> menu.Brand:
    entity = organisation.our_entity(session)
    if entity is None:
        return menu.Brand()
    logo = url_for("organisation.logo", v=entity.logo_id) if entity.logo_id else None
    return menu.Brand(entity.brand, logo)


__all__ = ["BLUEPRINTS", "COUNTERS", "Entry", "HOMES", "JOBS", "LINKS", "NAVIGATION", "N_"]
