"""All that chance decides in a set of runs, drawn before the first day: the same for every policy.

So policies are compared on the same people, and a plain loop over one run can be given just what the arrays were given.
Kits that a participant asks for after the first are numbered: the visits first, then the replacements of each box.
A box has one number by chance, from which as many more follow as what it holds asks for (`word`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.recruitment import days_until

Ints = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]
Shares = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

NEVER = 30_000  # a day after every run's last
BLOCK = 2  # times the parts of the ratio: kit types come in blocks, so that they stay balanced over the trial


@dataclass
class Draws:
    """`runs` trials' worth of chance. Axes: run, candidate, kit asked for; days count from a candidate's randomization.

    site, comes: where and on which day a candidate is ready; types: of the n-th who is randomized. asks: the day of
    each kit asked for (NEVER: none); until: the day up to which that kit may be handed over. opens, dropped: the first
    day of each visit's window, and the day on which it is known that no kit will be given at it (NEVER: one will).
    wrong: whether another kit leaves the shelf with the box of a visit; which, which_wrong: shares that choose kits.
    """

    runs: int
    seed: tuple[int, ...]
    site: npt.NDArray[np.int8]
    comes: Days
    types: npt.NDArray[np.int8]
    asks: Days
    until: Days
    opens: Days
    dropped: Days
    wrong: Flags
    which: Shares
    which_wrong: Shares
    recruited_on: npt.NDArray[np.float64]
    shape: tuple[int, int]  # sites, types
    _days: dict[tuple[int, int], Any] = field(default_factory=dict)

    def of_boxes(self, day: int) -> Words:
        """The numbers (runs × sites) that decide on the night's level at each site, and on what its box holds."""

        def drawn(draws: np.random.Generator) -> Words:
            return draws.integers(0, 2**64, (self.runs, self.shape[0]), np.uint64)

        found: Words = self._of_day(0, day, drawn)
        return found

    def of_receipts(self, day: int) -> Shares:
        """The shares (runs × sites × types) that decide how many kits of a box received on a day are damaged."""

        def drawn(draws: np.random.Generator) -> Shares:
            return draws.random((self.runs, *self.shape), dtype=np.float32)

        found: Shares = self._of_day(1, day, drawn)
        return found

    def _of_day(self, what: int, day: int, drawn: Callable[[np.random.Generator], Any]) -> Any:
        if (what, day) not in self._days:
            self._days[what, day] = drawn(np.random.default_rng([*self.seed, what, day]))
        return self._days[what, day]


def word(numbers: Words, place: int) -> Words:
    """Return the number at a `place` of the sequence that begins with each of `numbers` (SplitMix64)."""
    z = numbers + np.uint64((place + 1) * 0x9E3779B97F4A7C15 % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: Words = z ^ (z >> np.uint64(31))
    return found


def below(words: Words, bound: int) -> Ints:
    """Return a whole number in [0, bound) for each of `words`: its first bits."""
    found: Ints = ((words >> np.uint64(32)) * np.uint64(bound) >> np.uint64(32)).astype(np.int64)
    return found


def share(words: Words) -> npt.NDArray[np.float64]:
    """Return a number in [0, 1) for each of `words`."""
    found: npt.NDArray[np.float64] = (words >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return found


def draw(trial: Trial, runs: int, seed: tuple[int, ...]) -> Draws:
    """Draw `runs` trials; the same seed draws the same."""
    chance = np.random.default_rng(seed)
    sites, most = len(trial.caps), max(trial.caps)
    times = trial.arrivals(trial.rates, chance, runs)
    recruited = days_until(times, trial.participants)
    flat = times.reshape(runs, -1)
    keep = np.isfinite(flat[0])
    comes = np.minimum(flat[:, keep], NEVER).astype(np.int32)
    site = np.repeat(np.arange(sites, dtype=np.int8), most)[keep]
    people = comes.shape[1]
    first = _first_dose(trial, chance, (runs, people))
    asks, until, opens, dropped = _visits(trial, chance, first)
    boxes = np.concatenate([np.zeros((runs, people, 1), np.int32), asks], axis=2)
    again, again_until = _replacements(trial, chance, boxes)
    kits = boxes.shape[2]
    return Draws(
        runs=runs, seed=seed, site=np.broadcast_to(site, comes.shape), comes=comes, types=_types(trial, chance, runs),
        asks=np.concatenate([asks, again], axis=2), until=np.concatenate([until, again_until], axis=2),
        opens=opens, dropped=dropped,
        wrong=chance.random((runs, people, kits), dtype=np.float32) < trial.rests_on.wrong_box,
        which=chance.random((runs, people, 2 * kits), dtype=np.float32),
        which_wrong=chance.random((runs, people, kits), dtype=np.float32),
        recruited_on=recruited, shape=(sites, trial.types),
    )  # fmt: skip


def _types(trial: Trial, chance: np.random.Generator, runs: int) -> npt.NDArray[np.int8]:
    block = np.repeat(np.arange(trial.types, dtype=np.int8), [BLOCK * part for part in trial.parts])
    many = -(-trial.participants // len(block))
    order = np.argsort(chance.random((runs, many, len(block)), dtype=np.float32), axis=2)
    return block[order].reshape(runs, -1)[:, : trial.participants]


def _first_dose(trial: Trial, chance: np.random.Generator, shape: tuple[int, int]) -> Days:
    """The day of the first dose; NEVER for those who take none."""
    a = trial.rests_on
    after = chance.integers(1, trial.study.dosing.first_dose_within_days + 1, shape, dtype=np.int32)
    first = np.where(chance.random(shape, dtype=np.float32) < a.first_at_home, after, np.int32(0))
    return np.where(chance.random(shape, dtype=np.float32) < a.never_dosed, np.int32(NEVER), first)


def _visits(trial: Trial, chance: np.random.Generator, first: Days) -> tuple[Days, Days, Days, Days]:
    """The day of each later visit's kit, until when it may be handed over, the window's first day, and if dropped when.

    A visit falls away with a withdrawal (known as its window opens), a stop of treatment, when it is skipped (known
    after its window) or when nobody comes and nobody says so (known as the next window opens).
    """
    a, shape = trial.rests_on, (*first.shape, len(trial.visit_days))
    never = first >= NEVER
    day = np.where(never, 0, first)[:, :, None] + np.array(trial.visit_days, np.int32)
    margin = np.array(trial.margins, np.int32)
    opens, latest = day - margin, day + margin
    uniform = chance.random(shape, dtype=np.float32)
    near = day + np.rint((uniform * 2 - 1) * (margin + 0.499)).astype(np.int32)
    comes = np.where(chance.random(shape, dtype=np.float32) < a.on_the_day, day, near)
    late = chance.random(shape, dtype=np.float32) < a.out_of_window
    comes = np.where(late, latest + chance.integers(1, a.late_by + 1, shape, dtype=np.int32), comes)
    dropped = np.full(shape, NEVER, np.int32)
    fate = chance.random(shape, dtype=np.float32)
    dropped = np.where(fate < a.skipped + a.unrecorded, opens + trial.study.kit.interval_days, dropped)
    dropped = np.where(fate < a.skipped, latest + 1, dropped)
    stops = np.where(
        chance.random(first.shape, dtype=np.float32) < a.stops,
        np.where(never, 0, first) + chance.integers(10, trial.study.dosing.last_day - 4, first.shape, dtype=np.int32),
        np.int32(NEVER),
    )[:, :, None]
    dropped = np.where(comes > stops, np.minimum(dropped, stops), dropped)
    leaves = chance.integers(1, shape[2] + 1, first.shape)
    leaves = np.where(chance.random(first.shape, dtype=np.float32) < a.withdraws, leaves, shape[2] + 1)
    left = np.take_along_axis(opens, np.minimum(leaves - 1, shape[2] - 1)[:, :, None], axis=2)
    gone = np.arange(1, shape[2] + 1) >= leaves[:, :, None]
    dropped = np.where(gone, np.minimum(dropped, left), dropped)
    dropped = np.where(never[:, :, None], np.minimum(dropped, a.never_dosed_known), dropped).astype(np.int32)
    asks = np.where(dropped < NEVER, np.int32(NEVER), comes.astype(np.int32))
    lasting = np.array(trial.lasting[1:], np.int32)
    return asks, (np.maximum(latest, comes) + lasting).astype(np.int32), opens.astype(np.int32), dropped


def _replacements(trial: Trial, chance: np.random.Generator, boxes: Days) -> tuple[Days, Days]:
    """The day on which a box that was lost or spoilt at home is replaced, and until when that kit must last."""
    a = trial.rests_on
    low, high = a.given_up_within
    day = boxes + chance.integers(low, high + 1, boxes.shape, dtype=np.int32)
    given_up = (chance.random(boxes.shape, dtype=np.float32) < a.box_given_up) & (boxes < NEVER)
    margins = np.array((trial.margins[0], *trial.margins), np.int32)
    lasting = np.array(trial.lasting, np.int32) + margins
    return np.where(given_up, day, np.int32(NEVER)), (day + lasting).astype(np.int32)
