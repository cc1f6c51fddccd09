"""Verbs over models: what machines of a kind share."""

import uuid
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets.machines.models import Machine, MachineModel
from assets.machines.rules import MeterUnit, ModelKind
from service_app.core.actor import Actor
from service_app.core.db import made_before
from service_app.core.errors import Conflict, Invalid, NotAllowed
from service_app.core.search import sort_key
from service_app.core.text import N_, Text


@dataclass(frozen=True)
class ModelFacts:
    """What a model is asked for; rates are in meter units a day."""

    name: str
    english_name: str = ""
    kind: ModelKind = ModelKind.OTHER
    maker: str = ""
    meter_unit: MeterUnit = MeterUnit.HOURS
    max_per_day: Decimal | None = None
    typical_per_day: Decimal | None = None
    technical_data: tuple[tuple[str, str], ...] = ()


def add_model(
    session: Session, facts: ModelFacts, *, uid: uuid.UUID, by: Actor, at: datetime
) -> MachineModel:
    """A new model; the same form sent twice gives the same one."""
    known = made_before(session, MachineModel, uid)
    if known is not None:
        return known
    model = MachineModel(uid=uid)
    _fill(session, model, facts)
    session.add(model)
    session.flush()  # for the id
    return model


def change_model(
    session: Session,
    model: MachineModel,
    facts: ModelFacts,
    *,
    version: int,
    by: Actor,
    at: datetime,
) -> None:
    """Other facts; machines of the model are found by its new name at once.

    Raises :class:`NotAllowed` for another unit while machines of the model exist: their totals
    are in the old one.
    """
    if model.version != version:
        raise Conflict
    machines = session.scalars(select(Machine).where(Machine.model_id == model.id)).all()
    if machines and facts.meter_unit != model.meter_unit:
        raise NotAllowed(
            N_("Machines of this model count already. Make another model for another unit."),
            "meter_unit",
        )
    before = (model.name, model.english_name, model.kind, model.maker)
    _fill(session, model, facts)
    if before != (model.name, model.english_name, model.kind, model.maker):
        for machine in machines:
            machine.make_findable()


def _fill(session: Session, model: MachineModel, facts: ModelFacts) -> None:
    if facts.max_per_day is not None and facts.max_per_day <= 0:
        raise Invalid(N_("It has to be more than 0."), "max_per_day")
    if facts.meter_unit is MeterUnit.HOURS and (facts.max_per_day or 0) > 24:
        raise Invalid(N_("A day has 24 hours."), "max_per_day")
    typical, most = facts.typical_per_day, facts.max_per_day
    if facts.meter_unit is MeterUnit.HOURS:
        most = most or Decimal(24)
    if typical is not None and (typical < 0 or (most is not None and typical > most)):
        raise Invalid(
            Text("It has to be between 0 and %(most)s.", most=most or 0), "typical_per_day"
        )
    twin = session.scalar(
        select(MachineModel).where(
            MachineModel.name == facts.name, MachineModel.maker == facts.maker
        )
    )
    if twin is not None and twin is not model:
        raise Invalid(Text("There is a model %(name)s already.", name=twin.name), "name")
    for field in fields(facts):
        value = getattr(facts, field.name)
        if field.name == "technical_data":
            value = [list(pair) for pair in value]
        if getattr(model, field.name) != value:
            setattr(model, field.name, value)
    model.sort_key = sort_key(facts.name)
