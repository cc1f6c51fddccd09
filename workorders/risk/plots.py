"""The calibration of the chances as a plot."""

from collections.abc import Sequence
from dataclasses import dataclass

from service_app.core.reader import Reader
from service_app.core.text import Text
from workorders.risk.rules import Trial


@dataclass(frozen=True)
class Calibration:
    """Dots of (chance given, share late, size 0 … 1), and the words around them."""

    dots: Sequence[tuple[float, float, float]]
    label: Text
    brier: str
    base: str


def calibration(trial: Trial, me: Reader) -> Calibration:
    """Where chance given and what came agree, dots lie on the diagonal."""
    most = max(b.count for b in trial.bins)
    dots = [(b.given, b.came, (b.count / most) ** 0.5) for b in trial.bins]
    brier, base = me.number(trial.brier, 3), me.number(trial.base, 3)
    label = Text(
        "Chance given against the share that was late, over %(n)s chances: Brier score %(brier)s,"
        " %(base)s when everybody is told the same",
        n=trial.questions, brier=brier, base=base,
    )  # fmt: skip
    return Calibration(dots, label, brier, base)
