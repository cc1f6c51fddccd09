"""A year of running hours: a reading a week or so, a replaced meter, a voided one, a silent one."""

from datetime import datetime, timedelta
from decimal import Decimal

from assets.meters import service as meters
from assets.meters.bulk import NewReading
from assets.meters.rules import ReadingSource
from service_app.core.actor import Actor
from service_app.demo.company import CUSTOMERS
from service_app.demo.fleet import FLEET, MISREAD, REPLACED_METER, SILENT
from service_app.demo.stage import HOME, Stage, key

REPLACED_DAYS_AGO = 245
SILENT_DAYS = 34
LOGINS = {c.key: next((m.login for m in c.members if m.login), "") for c in CUSTOMERS}


def replaced_at(stage: Stage) -> datetime:
    """When the meter of one machine was replaced."""
    return stage.midnight - timedelta(days=REPLACED_DAYS_AGO) + timedelta(hours=14, minutes=20)


def record(stage: Stage, since: datetime, until: datetime) -> None:
    """The readings sent in a stretch, by the customer's operator or told to the dispatcher."""
    moment = replaced_at(stage)
    if since <= moment < until:
        _record(stage, since, moment)
        _replace(stage, moment)
        since = moment + timedelta(hours=1)
    _record(stage, since, until)


def _record(stage: Stage, since: datetime, until: datetime) -> None:
    by_customer: dict[str, list[NewReading]] = {}
    for unit in FLEET:
        machine = stage.machines[unit.serial]
        for moment in _moments(stage, unit.serial, since, until):
            if machine.commissioned_on and moment.date() <= machine.commissioned_on:
                continue
            value = stage.hours.shown(unit.serial, moment)
            row = NewReading(len(by_customer), machine.id, value, moment)
            by_customer.setdefault(unit.customer, []).append(row)
    for customer, rows in sorted(by_customer.items()):
        by, source = _teller(stage, customer)
        outcome = stage.do(meters.record_many, rows, source=source, by=by, at=until)
        if outcome.refused:
            raise RuntimeError(f"a reading of the demo was refused: {outcome.refused[0].text}")


def _moments(stage: Stage, serial: str, since: datetime, until: datetime) -> list[datetime]:
    """Every seven days or so, at an hour of the working day; the same whatever the stretch."""
    step = 6 + sum(map(ord, serial)) % 3
    found = []
    for n in range(0, 396, step):
        day = stage.midnight - timedelta(days=n + sum(map(ord, serial)) % 5 + 1)
        moment = day.astimezone(HOME) + timedelta(hours=8 + n % 9, minutes=(n * 7) % 60)
        is_silent = serial == SILENT and stage.now - moment < timedelta(days=SILENT_DAYS)
        if since <= moment < until and not is_silent:
            found.append(moment)
    return found


def _teller(stage: Stage, customer: str) -> tuple[Actor, ReadingSource]:
    login = LOGINS[customer]
    if login:
        return stage.actors[login], ReadingSource.OPERATOR
    return stage.actors["dispatcher"], ReadingSource.STAFF


def _replace(stage: Stage, moment: datetime) -> None:
    last = stage.hours.replace(REPLACED_METER, moment)
    stage.do(
        meters.replace_meter, stage.machines[REPLACED_METER], old_value=last, new_value=Decimal(0),
        replaced_at=moment, ground="Счётчик разбит камнем, акт замены № 7",
        source=ReadingSource.STAFF, uid=key("meter", REPLACED_METER),
        by=stage.actors["dispatcher"], at=moment + timedelta(minutes=5),
    )  # fmt: skip


def mistake(stage: Stage) -> None:
    """A reading with two figures swapped, found the same day, voided, entered anew."""
    moment = stage.midnight - timedelta(hours=9)
    right = stage.hours.shown(MISREAD, moment)
    machine, later = stage.machines[MISREAD], moment + timedelta(minutes=40)
    wrong = stage.do(
        meters.record_reading, machine, value=right + 18, read_at=moment, ground="Со слов механика",
        source=ReadingSource.STAFF, uid=key("misread"), by=stage.actors["dispatcher"], at=moment,
    )  # fmt: skip
    stage.do(
        meters.void_reading, wrong, reason="Перепутаны две последние цифры",
        by=stage.actors["dispatcher"], at=later,
    )  # fmt: skip
    stage.do(
        meters.record_reading, machine, value=right, read_at=moment, source=ReadingSource.STAFF,
        uid=key("reread"), by=stage.actors["dispatcher"], at=later,
    )  # fmt: skip
