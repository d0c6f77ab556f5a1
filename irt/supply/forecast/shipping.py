"""The night before a shipping day: which sites are sent a box, and what it holds."""

import numpy as np
import numpy.typing as npt

from irt.supply.forecast.boxes import drawn, expected_per_day, levels, shared_out, sizes
from irt.supply.forecast.world import Stock, World

Ints = npt.NDArray[np.integer]


def first_boxes(world: World) -> None:
    """Every site is filled up once before the first participant: its shelf is empty, and randomization wants it."""
    _order(world, 0, days=0)


def order_boxes(world: World, day: int) -> None:
    """On a shipping day every site that runs low is sent a box, which is on its shelf `lead_days` later."""
    if world.plan.ships_on(world.trial.weekday(day)):
        _order(world, day, days=world.plan.lead_days)


def _order(world: World, day: int, *, days: int) -> None:
    trial, plan, rule = world.trial, world.plan, world.rule
    lasting = day + world.horizon + trial.study.kit.do_not_dispense_days
    coming = world.lasting(world.coming, lasting)
    there = world.lasting(world.stock, lasting) + coming
    expected = expected_per_day(trial, world.at_site, day)
    low, high = levels(trial, plan, expected if rule.full_to_the_end else np.where(world.recruiting, expected, 0.0))
    lacks = there < world.waiting + low
    stuck = (rule.closed_gets_box | (days == 0)) & ~world.open & world.recruiting & (coming.sum(axis=2) == 0)
    on = world.goes_on(day)[:, None]
    if world.apart:
        fill = np.maximum(world.waiting + high, np.where(stuck, plan.floor, 0)[..., None]) - there
        wanted = np.where((lacks | stuck[..., None]) & on[..., None], np.maximum(fill, 0), 0)
        for kind in range(trial.types):
            _send(world, day, days, np.where(np.arange(trial.types) == kind, wanted, 0))
        return
    count = sizes(plan, there.sum(axis=2), world.waiting.sum(axis=2), low.sum(axis=2), high.sum(axis=2))
    anyway = stuck | (rule.by_type & lacks.any(axis=2))
    count = np.where(anyway, np.maximum(count, plan.smallest_box), count)
    ahead = world.changes[day + 1 : day + 1 + rule.contents_days].sum(axis=0, dtype=np.int32)
    needed = world.waiting + ahead.reshape(world.waiting.shape) + low - there
    _send(world, day, days, _contents(world, day, count * on, needed))


def _contents(world: World, day: int, count: Ints, needed: Ints) -> Ints:
    """What the boxes hold (runs × sites × types): drawn within the bounds that the vault would set."""
    wanted = np.zeros_like(needed)
    runs, sites = np.nonzero(count)
    many = count[runs, sites]
    bounds = shared_out(many, many // (2 * world.trial.types), needed[runs, sites])
    shares = world.draws.of_boxes(day)[runs, sites]
    wanted[runs, sites] = drawn(shares, many, world.trial.parts, bounds)
    return wanted


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
