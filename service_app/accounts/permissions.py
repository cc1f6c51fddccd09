"""Who may do what: one matrix on one screen. Everything else asks it."""

from service_app.core.enums import Labelled, Tone
from service_app.core.text import N_


class Role(Labelled):
    """What a person is in the service. Operators belong to a customer, the others to us."""

    OPERATOR = "operator", N_("Operator"), Tone.VIOLET, "user"
    ENGINEER = "engineer", N_("Engineer"), Tone.PETROL, "tool"
    DISPATCHER = "dispatcher", N_("Dispatcher"), Tone.PETROL, "phone-call"
    STOREKEEPER = "storekeeper", N_("Storekeeper"), Tone.PETROL, "packages"
    MANAGER = "manager", N_("Manager"), Tone.PETROL, "gauge"
    ADMINISTRATOR = "administrator", N_("Administrator"), Tone.PETROL, "settings"


class Permission(Labelled):
    """One thing a person may be let do."""

    SIGNED_IN = "signed_in", N_("Use the program: own settings, inbox, search")
    MACHINES_VIEW = "machines.view", N_("See machines, their hours and faults")
    MACHINES_EDIT = "machines.edit", N_("Add and change machines, models and labels")
    METERS_RECORD = "meters.record", N_("Enter running hours")
    METERS_CORRECT = "meters.correct", N_("Void readings, replace meters, record against checks")
    FAULTS_EDIT = "faults.edit", N_("Open, work on and close faults")
    CUSTOMERS_VIEW = "customers.view", N_("See companies, sites and contacts")
    CUSTOMERS_EDIT = "customers.edit", N_("Add and change companies, sites and contacts")
    ORDERS_VIEW = "orders.view", N_("See work orders")
    ORDERS_REPORT = "orders.report", N_("Report a fault, follow requests")
    ORDERS_ANSWER = "orders.answer", N_("Decide on a quote for the own company")
    ORDERS_DISPATCH = "orders.dispatch", N_("Take in, quote, assign and plan work orders")
    ORDERS_WORK = "orders.work", N_("Do the work: visits, labour, notes, photos, waits")
    ORDERS_HANDOVER = "orders.handover", N_("Hand machines over and have acts signed")
    ORDERS_CLOSE = "orders.close", N_("Close work orders")
    ORDERS_CANCEL = "orders.cancel", N_("Cancel work orders")
    ORDERS_RECORD_ANSWER = "orders.record_answer", N_("Record the customer's answer for him")
    ORDERS_BACKDATE = "orders.backdate", N_("Enter events more than 72 hours old, with a reason")
    ORDERS_MONEY = "orders.money", N_("See and enter prices and sums")
    CONTRACTS_VIEW = "contracts.view", N_("See contracts; the customer's people their own")
    CONTRACTS_EDIT = "contracts.edit", N_("Make and change contracts, price lists and their hours")
    PROMISES_VIEW = "promises.view", N_("See promises, breaches and risks")
    BREACHES_REVIEW = "breaches.review", N_("Give causes to breaches")
    ACTIONS_DO = "actions.do", N_("Do the corrective actions given to them")
    IMPORTS_RUN = "imports.run", N_("Import lists of machines, readings and past orders")
    JOURNAL_VIEW = "journal.view", N_("Read the journal")
    DOCUMENTS_VIEW = "documents.view", N_("See issued papers")
    PEOPLE_EDIT = "people.edit", N_("Add people, give roles, reset passwords")
    ORGANISATION_EDIT = "organisation.edit", N_("Change the company, calendars, policies, numbers")
    JOBS_VIEW = "jobs.view", N_("See jobs and deliveries")


_R = Role
_STAFF = frozenset({_R.ENGINEER, _R.DISPATCHER, _R.STOREKEEPER, _R.MANAGER, _R.ADMINISTRATOR})
_OFFICE = frozenset({_R.DISPATCHER, _R.MANAGER, _R.ADMINISTRATOR})
_LEADS = frozenset({_R.MANAGER, _R.ADMINISTRATOR})
_FIELD = _OFFICE | {_R.ENGINEER}
_ALL = frozenset(Role)

MATRIX: dict[Permission, frozenset[Role]] = {
    #                                    O  E  D  S  M  A
    Permission.SIGNED_IN: _ALL,
    Permission.MACHINES_VIEW: _ALL,
    Permission.MACHINES_EDIT: _OFFICE,
    Permission.METERS_RECORD: _FIELD | {_R.OPERATOR},
    Permission.METERS_CORRECT: _OFFICE,
    Permission.FAULTS_EDIT: _FIELD,
    Permission.CUSTOMERS_VIEW: _STAFF,
    Permission.CUSTOMERS_EDIT: _OFFICE,
    Permission.ORDERS_VIEW: _ALL,
    Permission.ORDERS_REPORT: frozenset({_R.OPERATOR, _R.DISPATCHER, _R.ADMINISTRATOR}),
    Permission.ORDERS_ANSWER: frozenset({_R.OPERATOR}),
    Permission.ORDERS_DISPATCH: _OFFICE,
    Permission.ORDERS_WORK: _FIELD,
    Permission.ORDERS_HANDOVER: _FIELD,
    Permission.ORDERS_CLOSE: _OFFICE,
    Permission.ORDERS_CANCEL: _OFFICE,
    Permission.ORDERS_RECORD_ANSWER: _FIELD,
    Permission.ORDERS_BACKDATE: _LEADS,
    Permission.ORDERS_MONEY: _STAFF,
    Permission.CONTRACTS_VIEW: _ALL,
    Permission.CONTRACTS_EDIT: _LEADS,
    Permission.PROMISES_VIEW: _OFFICE,
    Permission.BREACHES_REVIEW: _LEADS,
    Permission.ACTIONS_DO: _STAFF,
    Permission.IMPORTS_RUN: _LEADS,
    Permission.JOURNAL_VIEW: _LEADS,
    Permission.DOCUMENTS_VIEW: _ALL,
    Permission.PEOPLE_EDIT: frozenset({_R.ADMINISTRATOR}),
    Permission.ORGANISATION_EDIT: frozenset({_R.ADMINISTRATOR}),
    Permission.JOBS_VIEW: _LEADS,
}


def permissions_of(roles: frozenset[Role]) -> frozenset[str]:
    """Every permission that any of the roles gives."""
    return frozenset(p.value for p, holders in MATRIX.items() if roles & holders)
