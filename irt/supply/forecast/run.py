"""Many trials under one policy, day by day until the last of them is over."""

from collections.abc import Callable

from irt.supply.forecast.asking import randomize, serve_visits
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.draws import Draws
from irt.supply.forecast.policies import Policy
from irt.supply.forecast.shipping import first_boxes, order_boxes
from irt.supply.forecast.world import Counted, World

PLENTY = 20  # times the kits of a participant: more of each type and lot than any run can need

Watch = Callable[[World, int], None]


def lived(
    trial: Trial,
    policy: Policy,
    draws: Draws,
    *,
    apart: bool = False,
    made: int | None = None,
    watch: Watch | None = None,
) -> Counted:
    """Live the trials of `draws` under a policy, and answer what was counted in each.

    `apart`: boxes are triggered and filled per kit type, which would tell them; to learn the price of not doing so.
    `made`: kits of each type and lot (default: never too few). `watch` sees the world at the end of every day.
    """
    enough = trial.participants * (len(trial.visit_days) + 1) * PLENTY
    world = World(trial, policy, draws, made=enough if made is None else made, apart=apart)
    first_boxes(world)
    day = 0
    while world.goes_on(day).any():
        world.morning(day)
        order_boxes(world, day)
        serve_visits(world, day)
        randomize(world, day)
        if watch is not None:
            watch(world, day)
        day += 1
    return world.counted
