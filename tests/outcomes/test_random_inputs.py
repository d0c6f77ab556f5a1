"""100,000 random inputs of TIS against a second, slow computation: every cell of the table, edges, steps, order."""

from collections import Counter
from fractions import Fraction
from random import Random

import pytest

from irt.outcomes.response import TotalImprovement, total_improvement
from tests.outcomes.random_cases import draw, improve
from tests.outcomes.reference import MULTIPLES, TABLE, slow_tis

INPUTS, A_CASE = 100_000, 4  # as drawn, and three times with one measure better
LEVELS = {"none": (0, 20), "minimal": (20, 40), "moderate": (40, 60), "major": (60, 101)}


def agreed(score: TotalImprovement, case: dict) -> dict[str, int]:
    """Check a score against the slow one; answers which row of the table holds each measure."""
    enzyme, slow = slow_tis(case)
    assert {one.measure: (one.percent, one.points) for one in score.measures} == {
        name: (percent, points) for name, (percent, _, points) in slow.items()
    }
    total = sum(points for *_, points in slow.values())
    assert score.total == total
    assert 0 <= total <= 100
    assert total % Fraction(5, 2) == 0
    assert score.enzyme == enzyme
    least, below = LEVELS[str(score.category)]
    assert least <= total < below
    assert score.responder is (total >= 20)
    return {name: place for name, (_, place, _) in slow.items()}


@pytest.mark.long(25)
def test_random_inputs_agree_with_a_slow_computation() -> None:
    chance = Random(20261130)
    cells: Counter[tuple[str, int]] = Counter()
    on_edge: Counter[str] = Counter()
    categories: Counter[str | None] = Counter()
    edges = rises = 0
    for _ in range(INPUTS // A_CASE):
        drawn = draw(chance)
        on_edge.update(drawn.edges)
        score: TotalImprovement | None = None
        for turn in range(A_CASE):
            before, better = score, improve(chance, drawn) if turn else None
            score = total_improvement(**drawn.case)
            rows = agreed(score, drawn.case)
            edges += bool(drawn.edges)
            categories[score.category] += 1
            cells.update(rows.items())
            cells.update([(f"{drawn.case['mmt_max']} mmt", rows["mmt"]), (str(score.enzyme), rows["enzyme"])])
            if before is not None:
                pairs = list(zip(before.measures, score.measures, strict=True))
                assert all(one.points <= other.points for one, other in pairs)
                changed = {one.measure for one, other in pairs if one.points != other.points}
                assert changed <= {better}
                assert (score.total > before.total) is bool(changed)
                rises += bool(changed)
    assert edges >= INPUTS / 3
    assert rises > 1_000
    named = [*TABLE, "80 mmt", "150 mmt", *MULTIPLES]
    assert min(cells[name, row] for name in named for row in range(5)) > 500, cells
    assert min(on_edge[name] for name in TABLE) > 5_000, on_edge
    assert min(categories[name] for name in LEVELS) > 500, categories
