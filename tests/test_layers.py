"""Which columns of a layer go first when it is made thinner, on small numbers; what torch does with them is trained."""

import numpy as np
import pytest

from patentprep.training.layers import AT_ONCE, least_missed

DRAW = np.random.default_rng(7)
ROWS = DRAW.normal(size=(400, 4))


def error(rows: np.ndarray, wanted: np.ndarray, kept: int, group: int = 1) -> float:
    """The share of the variance of the wanted that the fit misses."""
    columns, weight, constant = least_missed(rows, wanted, kept, group)
    return float((wanted - rows[:, columns] @ weight - constant).var() / wanted.var())


def test_what_is_kept_is_fitted_with_a_constant() -> None:
    wanted = ROWS @ [[1.0, 0.0], [-2.0, 3.0], [0.5, 1.0], [4.0, 0.0]] + [5.0, -7.0]
    columns, weight, constant = least_missed(ROWS, wanted, 4)
    assert columns == [0, 1, 2, 3]
    assert np.allclose(constant, [5.0, -7.0], atol=0.01) and np.allclose(weight[1], [-2.0, 3.0], atol=0.01)


@pytest.mark.parametrize(
    ("what", "rows", "kept"),
    [
        ("what copies another", np.column_stack([ROWS, ROWS[:, 1]]), 4),
        ("what others add up to", np.column_stack([ROWS, ROWS[:, 0] + ROWS[:, 3]]), 4),
        ("what never changes", np.column_stack([ROWS, np.ones(400)]), 4),
        ("what nobody needs", np.column_stack([ROWS, DRAW.normal(size=(400, 3))]), 4),
        ("more than go at once", np.column_stack([ROWS, np.tile(ROWS, (1, AT_ONCE))]), 4),
    ],
)
def test_first_goes(what: str, rows: np.ndarray, kept: int) -> None:
    wanted = ROWS @ [[1.0], [2.0], [-1.0], [3.0]]
    assert error(rows, wanted, kept) < 0.01, what


def test_the_loudest_is_not_the_one_that_is_needed() -> None:
    rows = np.column_stack([ROWS[:, 0] * 10, ROWS[:, 1]])
    columns, weight, _ = least_missed(rows, ROWS[:, 1:2], 1)
    assert columns == [1] and weight == pytest.approx(1.0, abs=0.1)


def test_columns_of_a_head_go_together() -> None:
    """Two heads of two columns each: that with the best single column has less to give than the other."""
    wanted = 1.2 * ROWS[:, [0]] + ROWS[:, [2]] + ROWS[:, [3]]
    assert least_missed(ROWS, wanted, 1)[0] == [0]
    assert least_missed(ROWS, wanted, 2, group=2)[0] == [2, 3]
