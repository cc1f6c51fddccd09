"""What is expected to be late, from the chances of the promises looked at."""

import pytest

from service_app.desk.burning import Placed, expected
from workorders.risk.rules import Chance


def looked_at(*values: float | None) -> list[Placed]:
    """Promises with these chances; nothing else of them is asked."""
    told = (Chance(v, 0, 0) if v is not None else None for v in values)
    return [Placed(None, chance, is_late=False) for chance in told]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "due", "said"),
    [
        ([], 0, None),
        ([None, None], 2, None),
        ([0.5, 0.25], 2, 0.75),
        ([0.5, 0.25], 20, 7.5),  # the rest in proportion
        ([0.5, 0.25], 1, 0.75),  # one was kept in between
    ],
)
def test_what_is_expected_to_be_late(values, due, said) -> None:
    assert expected(looked_at(*values), due) == said
