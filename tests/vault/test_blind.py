"""Door 1: whom it serves it serves uniformly, in one time and in one word, and it never answers with a type."""

from collections import Counter

import pytest

from irt.gate.act import REGISTRY, Act, Order, act
from irt.gate.fields import Code
from irt.supply import ledger
from irt.supply.tails import chi_square_tail
from irt.vault import blind
from tests.cast import World
from tests.stocked import on_shelf, randomized, running_trial, type_due

MATCHES = 3000


class Ask(Order):
    """For whom, and how often."""

    participant: Code
    site: Code


@act("test.match", roles=["pharmacist"])
def match_often(act: Act, order: Ask) -> dict[str, int]:
    """How often each kit is chosen when nothing is taken from the shelf."""
    until = act.now.date()
    found = [
        blind.match(
            act, participant=order.participant, shelf=ledger.ON_SHELF, closed="closed", site=order.site, until=until
        )
        for _ in range(MATCHES)
    ]
    return dict(Counter(found))


REGISTRY.pop("test.match")  # it is no act of the service


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", kits=24)


def test_every_kit_in_date_of_the_own_arm_is_equally_likely(trial: World) -> None:
    one, _ = randomized(trial)
    counts = trial.do(match_often, Ask(participant=one.id, site="01"), by="pharmacist_01")
    own = on_shelf(trial, "01")[type_due(trial, one.id)]
    assert set(counts) == set(own)
    expected = MATCHES / len(own)
    statistic = sum((counts[kit] - expected) ** 2 / expected for kit in own)
    assert chi_square_tail(statistic, len(own) - 1) > 0.001
    assert chi_square_tail(statistic, len(own) - 1) < 0.999  # nor more even than chance


def test_a_draw_knows_no_place_in_the_order_of_kits(trial: World) -> None:
    kits = sorted(kit for kinds in on_shelf(trial, "01").values() for kit in kinds)
    chosen = [kits.index(randomized(trial, f"EXAMPLE-10000{number}")[1].kit) for number in range(8)]
    assert chosen != sorted(chosen)
    assert min(chosen) < len(kits) // 2 <= max(chosen)
