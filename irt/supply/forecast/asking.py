"""Who asks for a kit on a day: participants at their visits, then those who are to be randomized.

A kit is chosen uniformly among all of its type that last long enough. Where not every type has one the request is
refused: a participant's kit then comes from the depot, by express, and is theirs alone: that it is handed over three
days later changes nothing for others. A randomization is tried again some days later, as at a site that is closed.
Boxes that were given wrongly leave the shelf when both are over.
"""

import numpy as np
import numpy.typing as npt

from irt.supply.forecast.agenda import Ints, turns
from irt.supply.forecast.draws import NEVER
from irt.supply.forecast.world import World

Flags = npt.NDArray[np.bool_]
Shares = npt.NDArray[np.float32]


def serve_visits(world: World, day: int) -> None:
    """Everybody who asks for a kit today, at each site one after another."""
    draws = world.draws
    people_of, number = np.divmod(world.asks.take(day), draws.asks.shape[2])
    if not len(number):
        return
    r, c = np.divmod(people_of, draws.comes.shape[1])
    s = draws.site[r, c].astype(np.int64)
    kind = world.type_of[r, c].astype(np.int64)
    until = world.randomized_on[r, c] + draws.until[r, c, number]
    which = draws.which[r, c, number + 1]
    given = np.zeros(len(r), bool)
    for turn in turns(r * world.sites + s):
        given[turn] = give(world, r[turn], s[turn], kind[turn], until[turn], which[turn])
    world.count(requests=r, dispensed=r[given], refused=r[~given])
    _express(world, day, r[~given], kind[~given], until[~given])
    at_visit = number < draws.opens.shape[2]
    for ahead in (world.waiting, world.soon):
        np.subtract.at(ahead, (r[at_visit], s[at_visit], kind[at_visit]), 1)
    with_it = given & at_visit
    wrong_boxes(world, r[with_it], s[with_it], c[with_it], number[with_it] + 1)


def randomize(world: World, day: int) -> None:
    """Everybody who is ready today, in each run one after another, until the study is full."""
    draws, wanted = world.draws, world.trial.participants
    run, one = np.divmod(world.candidates.take(day), draws.comes.shape[1])
    wanted_still = world.randomized[run] < wanted
    r, c = run[wanted_still], one[wanted_still]
    if not len(r) or day >= world.trial.longest:
        return
    s = draws.site[r, c].astype(np.int64)
    opens = world.open[r, s]
    asked, given, too_late = np.zeros((3, len(r)), bool)
    kind = np.zeros(len(r), np.int64)
    until = np.full(len(r), day + world.trial.first_lasting)
    for places in turns(r):
        room = world.randomized[r[places]] < wanted
        too_late[places[~room]] = True
        turn = places[room & opens[places]]
        kind[turn] = draws.types[r[turn], world.randomized[r[turn]]]
        given[turn] = give(world, r[turn], s[turn], kind[turn], until[turn], draws.which[r[turn], c[turn], 0])
        asked[turn] = True
        world.randomized[r[turn]] += given[turn]
    world.count(requests=r[asked], refused=r[asked & ~given], dispensed=r[given])
    again = ~given & ~too_late
    _again(world, day, r[again], c[again])
    r, s, c, kind = r[given], s[given], c[given], kind[given]
    _randomized(world, day, r, s, c, kind)
    wrong_boxes(world, r, s, c, np.zeros(len(r), np.int64))


def _randomized(world: World, day: int, r: Ints, s: Ints, c: Ints, kind: Ints) -> None:
    np.add.at(world.at_site, (r, s), 1)
    world.type_of[r, c] = kind
    world.randomized_on[r, c] = day
    world.counted.days[r] = day
    world.began[r] = np.minimum(world.began[r], day)
    world.expect(day, r, s, c, kind)
    asks = world.draws.asks[r, c]
    row, number = np.nonzero(asks < NEVER)
    people, each = world.draws.comes.shape[1], asks.shape[1]
    world.asks.put(day + asks[row, number], ((r[row] * people) + c[row]) * each + number)


def _again(world: World, day: int, r: Ints, c: Ints) -> None:
    """Put off: tried again some days later. A person is counted once, at the first attempt."""
    world.count(put_off=r[world.draws.comes[r, c] == day])
    again = np.full(len(r), day + world.trial.rests_on.retry_days)
    world.candidates.put(again, r * world.draws.comes.shape[1] + c)


def give(world: World, r: Ints, s: Ints, kind: Ints, until: Ints, which: Shares) -> Flags:
    """Take a kit of its type for each request (no two of one site in a run); answers which were served."""
    lasts = world.stock[r, s] * (world.expiry >= until[:, None])[:, None, :]
    served: Flags = np.asarray(np.all(lasts.max(axis=2) > 0, axis=1))
    r, s, kind = r[served], s[served], kind[served]
    of_type = np.cumsum(lasts[served, kind], axis=1)
    lot = (of_type <= which[served, None] * of_type[:, -1:]).sum(axis=1)
    world.stock[r, s, kind, lot] -= 1
    return served


def _express(world: World, day: int, r: Ints, kind: Ints, until: Ints) -> None:
    """One kit each from the depot, of the first lot to expire that lasts and has every type; none where none has."""
    sent = np.zeros(len(r), bool)
    for turn in turns(r):
        for lot in world.may_ship(day):
            left = turn[~sent[turn]]
            left = left[(world.expiry[lot] >= until[left]) & (world.depot[r[left], :, lot] > 0).all(axis=1)]
            world.depot[r[left], kind[left], lot] -= 1
            sent[left] = True
    world.count(shipped=r[sent], express=r[sent], dispensed=r[sent])


def wrong_boxes(world: World, r: Ints, s: Ints, c: Ints, box: Ints) -> None:
    """Now and then another box than the right one was given: one more kit leaves the shelf, whatever it is."""
    wrong = world.draws.wrong[r, c, box]
    if not wrong.any():
        return
    r, s, which = r[wrong], s[wrong], world.draws.which_wrong[r, c, box][wrong]
    for turn in turns(r * world.sites + s):
        runs, sites = r[turn], s[turn]
        kits = np.cumsum(world.stock[runs, sites].reshape(len(runs), -1), axis=1)
        some = kits[:, -1] > 0
        place = (kits <= which[turn, None] * kits[:, -1:]).sum(axis=1)[some]
        kind, lot = np.divmod(place, world.trial.lots)
        world.stock[runs[some], sites[some], kind, lot] -= 1
        world.count(lost=runs[some])
