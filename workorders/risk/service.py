"""Count the chances anew."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from service_app.core.actor import Actor
from workorders.risk.models import RiskModel
from workorders.risk.queries import samples
from workorders.risk.rules import Sample, Trial, cut_of, tabulate, try_out

KEPT = 30
"""Countings that stay, so that a change in the trial can be looked at."""


def refit(session: Session, *, by: Actor, at: datetime) -> RiskModel:
    """Tables from the last year's decided promises, and their trial on the last quarter of them."""
    known = list(samples(session, at))
    cut = cut_of(known)
    row = RiskModel(
        fitted_at=at, promises=len(known), tables=tabulate(known), cut_at=cut,
        trial=_stored(try_out(known, cut)) if cut else None,
    )  # fmt: skip
    session.add(row)
    session.flush()  # for its id
    session.execute(delete(RiskModel).where(RiskModel.id <= row.id - KEPT))
    return row


def _stored(trial: Trial | None) -> dict[str, Any] | None:
    if trial is None:
        return None
    bins = [[b.count, round(b.given, 4), round(b.came, 4)] for b in trial.bins]
    return {
        "questions": trial.questions, "brier": trial.brier, "base": trial.base, "bins": bins
    }  # fmt: skip


def judge(known: Sequence[Sample]) -> Trial | None:
    """The trial of any past: of another system's log, say."""
    cut = cut_of(known)
    return try_out(known, cut) if cut else None
