"""The night before a shipping day: which sites are sent a box, and what it holds."""

import numpy as np
import numpy.typing as npt

from irt.supply.forecast.boxes import drawn, expected_per_day, filled, levels, sizes
from irt.supply.forecast.draws import NEVER, below, word
from irt.supply.forecast.world import Stock, World

Ints = npt.NDArray[np.integer]

ONE_MORE = 3  # one night in so many the minimum is one more, as `irt.vault.blind.calls_for_a_box` has it


def first_boxes(world: World) -> None:
    """Every site has a box before the first participant: drawn in the ratio of the arms, for nobody is known yet."""
    plan, shape = world.plan, world.waiting.shape
    if world.apart:
        _apart(world, 0, 0, np.full(shape, max(plan.maximum, plan.floor)))
        return
    words = world.draws.of_boxes(NEVER).ravel()
    count = np.full(len(words), world.trial.first_box(plan))
    _send(world, 0, 0, drawn(words, count, world.trial.parts).reshape(shape))


def order_boxes(world: World, day: int) -> None:
    """On a shipping day every site that lacks a type is sent a box, which is on its shelf `lead_days` later."""
    trial, plan = world.trial, world.plan
    if not plan.ships_on(trial.weekday(day)):
        return
    lasting = day + world.horizon + trial.study.kit.do_not_dispense_days
    there = world.lasting(world.stock, lasting) + world.lasting(world.coming, lasting)
    lacking = world.waiting - there
    recruiting = world.recruiting
    expected = expected_per_day(trial, world.at_site, world.days_open(day)[:, None])
    low, high = levels(trial, plan, np.where(recruiting, expected, 0.0))
    on = world.goes_on(day)[:, None]
    if world.apart:
        level = np.where(recruiting, np.maximum(low, plan.floor), low)[..., None]
        fill = np.maximum(lacking + np.maximum(high[..., None], level), 0)
        _apart(world, day, plan.lead_days, np.where((lacking > -level) & on[..., None], fill, 0))
        return
    words = world.draws.of_boxes(day)
    level = low + (below(word(words, 0), ONE_MORE) == 0)
    runs, sites = np.nonzero((lacking.max(axis=2) > -level) & on)
    of_site = lacking[runs, sites]
    count = sizes(
        trial, plan, there[runs, sites].sum(axis=1), world.waiting[runs, sites].sum(axis=1), high[runs, sites]
    )
    wanted = np.zeros_like(world.waiting)
    wanted[runs, sites] = filled(words[runs, sites], count, trial.parts, of_site, low[runs, sites])
    _send(world, day, plan.lead_days, wanted)


def _apart(world: World, day: int, days: int, wanted: Ints) -> None:
    """Each type in a box of its own."""
    for kind in range(world.trial.types):
        _send(world, day, days, np.where(np.arange(world.trial.types) == kind, wanted, 0))


def _send(world: World, day: int, days: int, wanted: Ints) -> None:
    """Boxes leave, site by site, each of one lot: the first to expire that can fill it. Where none can, no box does."""
    may_go = world.may_ship(day)
    box = np.zeros_like(world.stock)
    for site in range(wanted.shape[1]):
        runs = np.flatnonzero(wanted[:, site].any(axis=1))
        for lot in may_go:
            fits = (world.depot[runs, :, lot] >= wanted[runs, site]).all(axis=1)
            sent = runs[fits]
            world.depot[sent, :, lot] -= wanted[sent, site]
            box[sent, site, :, lot] += wanted[sent, site].astype(np.int16)
            world.counted.boxes[sent] += 1
            runs = runs[~fits]
    world.counted.shipped += box.sum(axis=(1, 2, 3), dtype=np.int32)
    _under_way(world, day + days, box)


def _under_way(world: World, day: int, box: Stock) -> None:
    world.coming += box
    world.arrives[day] = world.arrives[day] + box if day in world.arrives else box
