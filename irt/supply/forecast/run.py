"""Many trials under one policy, day by day until the last of them is over."""

from collections.abc import Callable

import numpy as np

from irt.supply.forecast.agenda import Ints
from irt.supply.forecast.asking import randomize, serve_visits
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.draws import Draws
from irt.supply.forecast.policies import Policy
from irt.supply.forecast.shipping import first_boxes, order_boxes
from irt.supply.forecast.world import Counted, World

PLENTY = 20  # times the kits of all participants: more of each type and lot than any run can need

Watch = Callable[[World, int], None]


def lived(
    trial: Trial,
    policy: Policy,
    draws: Draws,
    *,
    apart: bool = False,
    made: Ints | None = None,
    watch: Watch | None = None,
) -> Counted:
    """Live the trials of `draws` under a policy, and answer what was counted in each.

    `apart`: boxes are triggered and filled per kit type, which would tell them; to learn the price of not doing so.
    `made`: kits of each type and lot (default: as planned). `watch` sees the world at the end of every day.
    """
    world = World(trial, policy, draws, made=planned(trial, policy) if made is None else made, apart=apart)
    first_boxes(world)
    day = 0
    while world.goes_on(day).any():
        world.night(day)
        order_boxes(world, day)
        world.receive(day)
        serve_visits(world, day)
        randomize(world, day)
        if watch is not None:
            watch(world, day)
        day += 1
    return world.counted


def planned(trial: Trial, policy: Policy) -> Ints:
    """Kits of each type and lot (types × lots) as a packaging run is planned; enough of its last lot and after it."""
    parts = np.array(trial.parts)[:, None]
    share = trial.planned_kits(policy.plan) // (trial.limited_lots + 1)
    made = np.tile(share * parts // parts.sum(), (1, trial.lots))
    made[:, trial.limited_lots :] = trial.participants * len(trial.lasting) * PLENTY
    return made
