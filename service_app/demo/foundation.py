"""The demo's beginning: our company, its people, calendar and promises, customers and machines."""

import calendar as months
from datetime import date, timedelta

from assets.machines import catalogue
from assets.machines import service as machines
from service_app.accounts import people as accounts
from service_app.accounts.models import User
from service_app.core.actor import SYSTEM
from service_app.customers import service as customers
from service_app.demo import agreements, company
from service_app.demo.company import Customer
from service_app.demo.fleet import FLEET, MODELS, Unit
from service_app.demo.people import STAFF
from service_app.demo.pictures import mark
from service_app.demo.stage import Stage, key
from service_app.files import service as files
from service_app.organisation import service as organisation
from service_app.organisation.queries import list_branches, list_teams, our_entity
from workorders.calendars import service as calendars
from workorders.calendars.rules import ROUND_THE_CLOCK
from workorders.sla import service as sla
from workorders.sla.policy import (
    DEFAULT_LIMITS,
    DEFAULT_STOPS,
    PRIORITIES,
    Moment,
    OwnClock,
    Policy,
    Special,
)
from workorders.sla.rules import Clock, WaitReason
from workorders.sla.steps import Step, When, Whom

STEPS = (
    Step(When.AFTER, 120, Whom.MANAGERS, Clock.RESTORE),
    Step(When.AFTER, 240, Whom.CUSTOMER, Clock.RESTORE),
    Step(When.PERCENT, 50, Whom.ENGINEER, Clock.RESTORE),
)
LOANER = OwnClock(1, "Замена на время ремонта", Moment.ACCEPTED, Moment.ARRIVED)
AROUND = Policy(
    limits={key: minutes // 2 for key, minutes in DEFAULT_LIMITS.items()}
    | {(Clock.UPDATE, priority): 720 for priority in PRIORITIES},
    specials=tuple(Special(Clock.OWN, 1440, LOANER.number, priority=n) for n in PRIORITIES),
    own=(LOANER,),
)
STOPS = {**DEFAULT_STOPS, WaitReason.PARTS: frozenset({Clock.RESTORE})}


def build(stage: Stage) -> None:
    """Everything that is there before the first request."""
    _people(stage)
    _our_side(stage)
    for customer in company.CUSTOMERS:
        _customer(stage, customer)
    models = {
        name: stage.do(
            catalogue.add_model, facts, uid=key("model", name),
            by=stage.actors["administrator"], at=stage.begins + timedelta(hours=11),
        )
        for name, facts in MODELS.items()
    }  # fmt: skip
    for unit in FLEET:
        _machine(stage, unit, models[unit.model].id)
    agreements.build(stage)


def _people(stage: Stage) -> None:
    for person in STAFF:
        user: User = stage.do(
            accounts.add, person.particulars, roles=frozenset({person.role}),
            uid=key("person", person.particulars.login), by=SYSTEM, at=stage.begins,
        )  # fmt: skip
        stage.enter(user)


def _our_side(stage: Stage) -> None:
    by, at = stage.actors["administrator"], stage.begins + timedelta(hours=9)
    stage.do(
        organisation.set_up, company.ENTITY, branch=company.BRANCH, team_name=company.TEAM, by=by,
        at=at,
    )  # fmt: skip
    logo = stage.do(files.store, mark(), by=by, at=at)
    entity = our_entity(stage.session)
    assert entity is not None  # set up above
    stage.do(organisation.change_logo, entity, logo, by=by, at=at)
    branch = list_branches(stage.session)[0]
    team = list_teams(stage.session)[branch.id][0]
    for person in STAFF:
        user = stage.users[person.particulars.login]
        crew = team if person.role.value == "engineer" else None
        stage.do(organisation.place_person, user, branch=branch, team=crew, by=by, at=at)
    week = stage.do(calendars.make_standard, name="Будни 9–18", zone=company.MOSCOW, by=by, at=at)
    policy = Policy(stops=STOPS, steps=STEPS)
    level = stage.do(sla.add_level, name="Стандарт", by=by, at=at)
    stage.do(sla.add_version, policy, level=level, calendar=week, by=by, at=at)
    always = stage.do(
        calendars.add_calendar, name="Круглосуточно", zone=company.MOSCOW, week=ROUND_THE_CLOCK,
        by=by, at=at,
    )  # fmt: skip
    around = stage.do(sla.add_level, name="Круглосуточно", by=by, at=at)
    stage.do(sla.add_version, AROUND, level=around, calendar=always, by=by, at=at)


def _customer(stage: Stage, customer: Customer) -> None:
    by, at = stage.actors["dispatcher"], stage.begins + timedelta(hours=10)
    made = stage.do(
        customers.add_company, customer.facts, uid=key("company", customer.key), by=by, at=at
    )
    stage.companies[customer.key] = made
    stage.sites[customer.key] = [
        stage.do(
            customers.add_site, made, facts, uid=key("site", customer.key, n), by=by, at=at
        )
        for n, facts in enumerate(customer.sites)
    ]  # fmt: skip
    stage.contacts[customer.key] = []
    for n, member in enumerate(customer.members):
        contact = stage.do(
            customers.add_contact, made, member.facts, site=stage.sites[customer.key][0],
            uid=key("contact", customer.key, n), by=by, at=at,
        )  # fmt: skip
        stage.contacts[customer.key].append(contact)
        if member.login:
            stage.enter(
                stage.do(
                    customers.give_access, contact, company=made, login=member.login, email="",
                    by=by, at=at,
                )
            )  # fmt: skip


def _machine(stage: Stage, unit: Unit, model_id: int) -> None:
    commissioned = stage.day - timedelta(days=int(unit.years * 365))
    passport = machines.Passport(
        model_id=model_id,
        serial=unit.serial,
        inventory_number=unit.inventory,
        manufactured_on=_first_of(commissioned, 3),
        shipped_on=commissioned - timedelta(days=24),
        commissioned_on=commissioned,
        warranty_months=unit.warranty[0],
        warranty_hours=unit.warranty[1],
        criticality=unit.criticality,
    )
    entered = stage.midnight - timedelta(days=int(unit.years * 365) - 1)
    stage.machines[unit.serial] = stage.do(
        machines.add, passport, company=stage.companies[unit.customer],
        site=stage.sites[unit.customer][unit.site], uid=key("machine", unit.serial),
        by=stage.actors["dispatcher"], at=max(entered, stage.begins) + timedelta(hours=12),
    )  # fmt: skip


def _first_of(day: date, months_before: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months_before, 12)
    return date(year, month + 1, min(12, months.monthrange(year, month + 1)[1]))
