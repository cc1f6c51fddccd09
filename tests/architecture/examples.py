"""A value for every argument of an address, so that the walk can open real pages.

Each room adds its arguments: name (or ``endpoint:name`` where one name means several things) →
a function of the session and the people that makes a row **of ``people.company``** (foreign for
the outsider) and answers the value for the address. Rows are made once a walk, in this order;
``made`` holds the values made so far.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from assets.faults.models import Fault, FaultPhoto
from assets.machines.models import Machine, MachineModel
from assets.meters.models import Meter, MeterSegment, Reading
from service_app.core.actor import SYSTEM
from service_app.core.text import Text
from service_app.customers.models import Contact
from service_app.documents.models import IssuedDocument
from service_app.documents.render import LOADER
from service_app.files.intake import PreparedFile
from service_app.files.service import store
from service_app.notifications.models import Notification
from service_app.organisation.models import Team
from service_app.outbox import service as outbox
from service_app.transfers.models import ImportRun
from tests.service_app.documents.builders import issue
from tests.service_app.documents.conftest import PAPERS
from workorders.breaches.models import Breach
from workorders.calendars.service import make_standard
from workorders.contracts.models import (
    Contract,
    ContractContact,
    ContractMachine,
    PriceList,
)
from workorders.execution.models import Labour
from workorders.intake.models import Proposal
from workorders.orders.models import OrderEvent, OrderLine, OrderPhoto, WorkOrder
from workorders.planning.models import Visit
from workorders.sla.policy import STANDARD
from workorders.sla.service import add_level, add_version

WHEN = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
Example = Callable[[Session, Any, dict[str, Any]], Any]


def _any_person(_session: Session, people: Any, _made: dict[str, Any]) -> int:
    return people.engineer.user_id


def _member(_session: Session, people: Any, _made: dict[str, Any]) -> int:
    return people.operator.user_id


def _team(session: Session, people: Any, _made: dict[str, Any]) -> int:
    return _id_of(session, Team(branch_id=people.branch.id, name="First"))


def _contact(session: Session, people: Any, _made: dict[str, Any]) -> int:
    return _id_of(session, Contact(company_id=people.company.id, family_name="Громов"))


def _model(session: Session, _people: Any, _made: dict[str, Any]) -> int:
    return _id_of(session, MachineModel(name="ЭГ-230"))


def _machine(session: Session, people: Any, made: dict[str, Any]) -> int:
    machine = Machine(
        model_id=made["model_id"],
        operating_company_id=people.company.id,
        owner_company_id=people.company.id,
    )
    return _id_of(session, machine)


def _reading(session: Session, _people: Any, made: dict[str, Any]) -> int:
    meter_id = _id_of(session, Meter(machine_id=made["machine_id"]))
    segment_id = _id_of(session, MeterSegment(meter_id=meter_id, ordinal=0))
    reading = Reading(
        meter_id=meter_id,
        segment_id=segment_id,
        value=Decimal(10),
        total=Decimal(10),
        read_at=WHEN,
        recorded_at=WHEN,
        source="engineer",
        by_name="Ковалёв",
    )
    return _id_of(session, reading)


def _fault(session: Session, _people: Any, made: dict[str, Any]) -> int:
    fault = Fault(
        machine_id=made["machine_id"],
        severity="stopped",
        symptom="Не заводится",
        happened_at=WHEN,
        recorded_at=WHEN,
    )
    return _id_of(session, fault)


def _fault_photo(session: Session, _people: Any, made: dict[str, Any]) -> int:
    content = b"\xff\xd8\xff photo"
    kept = PreparedFile("fault.jpg", "image/jpeg", ".jpg", content)
    file = store(session, kept, by=SYSTEM, at=WHEN)
    session.add(FaultPhoto(fault_id=made["fault_id"], file_id=file.id))
    return file.id


def _import_run(session: Session, people: Any, _made: dict[str, Any]) -> int:
    run = ImportRun(
        kind="machines",
        file_name="fleet.csv",
        sha256="0" * 64,
        asked_at=datetime(2026, 11, 24, 7, 42, tzinfo=UTC),
        by_name="Дроздова",
    )
    return _id_of(session, run)


def _id_of(session: Session, record: Any) -> int:
    session.add(record)
    session.flush()
    return record.id


def _paper(session: Session, people: Any, _made: dict[str, Any]) -> int:
    if str(PAPERS) not in LOADER.searchpath:
        LOADER.searchpath.append(str(PAPERS))
    return issue(session, branch_id=people.branch.id, company_id=people.company.id).id


def _papers_picture(session: Session, _people: Any, made: dict[str, Any]) -> str:
    snapshot = session.get_one(IssuedDocument, made["document_id"]).snapshot
    return str(snapshot["signers"][0]["signature"])


def _notice(session: Session, people: Any, _made: dict[str, Any]) -> int:
    said = Text("Look").to_json()
    user_id = people.operator.user_id
    return _id_of(session, Notification(user_id=user_id, key="walk", text=said, at=WHEN))


def _letter(session: Session, _people: Any, _made: dict[str, Any]) -> int:
    said = Text("Look")
    letter = outbox.send(session, to="a@b.example", subject=said, body=said, language="en", at=WHEN)
    session.flush()
    return letter.id


def _order(session: Session, people: Any, made: dict[str, Any]) -> str:
    order = WorkOrder(
        number="26-0001", branch_id=people.branch.id, kind="repair", place="on_site",
        status="in_work", symptom="Boom drops", source="qr", machine_id=made["machine_id"],
        company_id=people.company.id, payer_id=people.company.id, zone="Europe/Moscow",
        engineer_id=people.engineer.user_id, received_at=WHEN, phase_since=WHEN,
    )  # fmt: skip
    made["order_id"] = _id_of(session, order)
    return order.number


def _proposal(session: Session, _people: Any, made: dict[str, Any]) -> int:
    proposal = Proposal(
        order_id=made["order_id"], ordinal=1, kind="change", amount=Decimal(1), asked_at=WHEN
    )
    session.add(proposal)
    session.flush()
    return proposal.ordinal


def _qr_code(session: Session, _people: Any, made: dict[str, Any]) -> str:
    return session.get_one(Machine, made["machine_id"]).qr_token


def _follow_token(session: Session, _people: Any, made: dict[str, Any]) -> str:
    session.get_one(WorkOrder, made["order_id"]).follow_token = "walker"
    session.flush()
    return "walker"


def _order_line(session: Session, _people: Any, made: dict[str, Any]) -> int:
    line = OrderLine(
        order_id=made["order_id"], position=1, kind="work", coverage="customer",
        description="Repair", unit="h", quantity=Decimal(1), net_price=Decimal(1), vat_rate="22",
    )  # fmt: skip
    return _id_of(session, line)


def _order_event(session: Session, people: Any, made: dict[str, Any]) -> int:
    event = OrderEvent(
        order_id=made["order_id"], kind="start", happened_at=WHEN, recorded_at=WHEN,
        by_user_id=people.engineer.user_id, by_name="Ковалёв", is_for_customer=True,
        from_status="scheduled", to_status="in_work",
    )  # fmt: skip
    return _id_of(session, event)


def _order_photo(session: Session, _people: Any, made: dict[str, Any]) -> int:
    kept = PreparedFile("order.jpg", "image/jpeg", ".jpg", b"\xff\xd8\xff order")
    file = store(session, kept, by=SYSTEM, at=WHEN)
    photo = OrderPhoto(order_id=made["order_id"], event_id=made["event_id"], file_id=file.id)
    return _id_of(session, photo)


def _visit(session: Session, people: Any, made: dict[str, Any]) -> int:
    visit = Visit(
        order_id=made["order_id"], leader_id=people.engineer.user_id, planned_from=WHEN,
        planned_to=WHEN + timedelta(hours=2),
    )  # fmt: skip
    return _id_of(session, visit)


def _labour(session: Session, people: Any, made: dict[str, Any]) -> int:
    labour = Labour(
        order_id=made["order_id"], user_id=people.engineer.user_id, kind="work", rate="normal",
        minutes=30, worked_on=WHEN.date(),
    )  # fmt: skip
    return _id_of(session, labour)


def _day_that_differs(session: Session, people: Any, _made: dict[str, Any]) -> str:
    make_standard(session, name="Days", zone="Europe/Moscow", by=people.administrator, at=WHEN)
    return "2030-01-01"


def _breach(session: Session, _people: Any, made: dict[str, Any]) -> int:
    order = session.query(WorkOrder).filter_by(number=made["number"]).one()
    missed = Breach(order_id=order.id, clock="response", breached_at=order.received_at)
    return _id_of(session, missed)


def _level(session: Session, people: Any, _made: dict[str, Any]) -> int:
    by = people.administrator
    calendar = make_standard(session, name="Level", zone="Europe/Moscow", by=by, at=WHEN)
    level = add_level(session, name="Walked", by=by, at=WHEN)
    add_version(session, STANDARD, level=level, calendar=calendar, by=by, at=WHEN)
    return level.id


def _contract(session: Session, people: Any, _made: dict[str, Any]) -> int:
    contract = Contract(
        number="118/25", kind="prepaid", state="active", company_id=people.company.id,
        starts_on=WHEN.date(), covers_labour=True, included_hours=Decimal(40),
    )  # fmt: skip
    return _id_of(session, contract)


def _contract_row(session: Session, _people: Any, made: dict[str, Any]) -> int:
    row = ContractMachine(
        contract_id=made["contract_id"], machine_id=made["machine_id"], since_on=WHEN.date()
    )
    session.add(
        ContractContact(contract_id=made["contract_id"], contact_id=made["contact_id"], place=1)
    )
    return _id_of(session, row)


def _price_list(session: Session, _people: Any, _made: dict[str, Any]) -> int:
    return _id_of(session, PriceList(name="2026"))


EXAMPLES: dict[str, Example] = {
    "level_id": _level,
    "run_id": _import_run,
    "imports.sample:kind": lambda *_: "machines",
    "imports.sample:suffix": lambda *_: "csv",
    "asset:mark": lambda *_: "0",
    "asset:path": lambda *_: "vendor/icons.svg",
    "accounts.choose_language:code": lambda *_: "ru",
    "accounts.choose_theme:code": lambda *_: "dark",
    "accounts.choose_password:token": lambda *_: "not-a-link",
    "accounts.sign_in_demo:login": lambda *_: "engineer",
    "notice_id": _notice,
    "letter_id": _letter,
    "user_id": _any_person,
    "branch_id": lambda _session, people, _made: people.branch.id,
    "team_id": _team,
    "company_id": lambda _session, people, _made: people.company.id,
    "site_id": lambda _session, people, _made: people.site.id,
    "contact_id": _contact,
    "customers.member:user_id": _member,
    "customers.end_access:user_id": _member,
    "customers.hand_over_link:user_id": _member,
    "model_id": _model,
    "machine_id": _machine,
    "machines.move:to": lambda *_: "in_repair",
    "contract_id": _contract,
    "row_id": _contract_row,
    "price_list_id": _price_list,
    "contracts.act:what": lambda *_: "end",
    "contracts.change_hours:what": lambda *_: "buy",
    "reading_id": _reading,
    "fault_id": _fault,
    "faults.photo:file_id": _fault_photo,
    "document_id": _paper,
    "documents.file:key": _papers_picture,
    "number": _order,
    "line_id": _order_line,
    "event_id": _order_event,
    "photo_id": _order_photo,
    "visit_id": _visit,
    "breach_id": _breach,
    "calendars.remove_day:on": _day_that_differs,
    "labour_id": _labour,
    "documents.verify:number": lambda *_: "26-0402-1",
    "portal.by_code:code": _qr_code,
    "portal.follow:token": _follow_token,
    "papers.issue:kind": lambda *_: "receipt",
    "intake.proposal:ordinal": _proposal,
}
