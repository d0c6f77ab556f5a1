"""How well can an arm be guessed from what is seen of kits? Areas under the curve, with intervals by participant.

A participant's kits are all of one arm, so that folds and intervals go by participant: kits split over folds would
teach the adversary by heart.

An adversary who is taught the arms of the others guesses worse than by tossing a coin where nothing tells: within a
block whoever comes next has the other arm, and whoever resembles her most (the same weeks, the same boxes) came next.
What nothing tells is therefore measured, not taken for one half: the arms are dealt anew by the trial's own design,
which breaks every link between kits and arms and keeps the blocks, and the same adversary is taught and scored.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import click
import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from tests.masking.attack.features import Table
from tests.masking.attack.history import Truth

FOLDS, ROUNDS, AGAIN, TURNS, DEALS = 5, 2, 800, 200, 100
ALLOWED = 0.03

Floats = npt.NDArray[np.float64]
Yes = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Area:
    """An area under the curve, with its 95 % interval from a bootstrap by participant.

    `area` is taken among kits of one site; `over_sites` among all: there an adversary also gains or loses by what
    chance gave to the sites, as sites are not balanced by themselves.
    """

    who: str
    area: float
    low: float
    high: float
    over_sites: float
    surely: tuple[float, float]  # the same with 95 % for all adversaries together
    dealt: Floats  # the areas with arms dealt anew

    @property
    def told(self) -> float:
        """0.5, and what the kits add to or take from the area that nothing tells."""
        return 0.5 + self.area - float(self.dealt.mean())

    @property
    def is_chance(self) -> bool:
        """Whether what the kits tell is 0.5 ± 0.03."""
        return abs(self.told - 0.5) <= ALLOWED

    @property
    def tells(self) -> bool:
        """Whether it is further away, and surely so: by its interval widened for the number of adversaries."""
        return not self.is_chance and not self.surely[0] <= self.dealt.mean() <= self.surely[1]

    @property
    def away(self) -> Floats:
        """How far the area, and then those of each deal, lie from what nothing tells, in standard deviations."""
        areas = np.append(self.area, self.dealt)
        away: Floats = np.abs(areas - self.dealt.mean()) / self.dealt.std()
        return away

    def __str__(self) -> str:
        shift = self.told - self.area
        usual = np.quantile(self.dealt, (0.025, 0.975))
        return (
            f"{self.who}: AUC {self.area:.3f} ({self.low:.3f} to {self.high:.3f}) within sites, "
            f"{self.over_sites:.3f} over sites; arms dealt anew {self.dealt.mean():.3f} "
            f"({usual[0]:.3f} to {usual[1]:.3f}); "
            f"kits tell {self.told:.3f} ({self.low + shift:.3f} to {self.high + shift:.3f})"
        )


def furthest_is_chance(areas: Sequence[Area]) -> float:
    """In what share of deals the adversary who is furthest from chance is as far as the one who saw the true arms."""
    furthest = np.max([area.away for area in areas], axis=0)
    return float(np.mean(furthest >= furthest[0] - 1e-12))


@dataclass(frozen=True)
class Single:
    """The feature that alone tells most, and how often chance alone gives one as telling among so many (`p`)."""

    name: str
    features: int
    distance: float
    p: float

    def __str__(self) -> str:
        return (
            f"furthest single feature of {self.features}: {self.name}, AUC 0.5 ± {self.distance:.3f}; "
            f"with arms dealt anew the furthest is as far in {self.p:.0%} of deals"
        )


def guesses(
    tables: Sequence[tuple[Table, Truth]], seed: int = 1, rounds: int = ROUNDS, deals: int = DEALS
) -> list[Area]:
    """The areas of every adversary, each kit guessed by one that never saw its participant.

    `tables`: for each trial what was seen, and the truth. Each is learnt by itself; the areas are of all together.
    """
    models: dict[str, Callable[[int], Any]] = {
        "logistic": lambda at: make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=500)),
        "boosted trees": lambda at: HistGradientBoostingClassifier(max_iter=60, max_depth=4, random_state=at),
        "forest": lambda at: RandomForestClassifier(100, min_samples_leaf=5, random_state=at),
        "arms of the other kits in the box": lambda at: _BoxMates(),
    }
    chance = np.random.default_rng([seed, 0xDEA1])
    anew = [[(table, _dealt_to(table, truth, chance)) for table, truth in tables] for _ in range(deals)]
    found = []
    for who, make in models.items():
        score = partial(_scored, make, seed=seed, rounds=rounds)
        with click.progressbar(anew, label=who, file=sys.stderr) as shown:
            dealt = [_areas([score(*one) for one in deal], once=True)[0] for deal in shown]
        true = [score(table, truth.participants) for table, truth in tables]
        found.append(_with_interval(who, true, np.asarray(dealt), 0.05 / len(models), seed))
    return found


class _BoxMates:
    """Knows the arms of the participants it was taught, and says how many kits of a box went to the second arm."""

    def fit(self, features: Floats, truth: Yes) -> "_BoxMates":
        """Count by box."""
        self._second: dict[float, float] = defaultdict(float)
        self._all: dict[float, float] = defaultdict(float)
        for box, second in zip(features[:, -1], truth, strict=True):
            self._second[box] += second
            self._all[box] += 1
        return self

    def predict_proba(self, features: Floats) -> Floats:
        """The share of the box, drawn towards one half where little is known."""
        share = np.asarray([(self._second[box] + 1) / (self._all[box] + 2) for box in features[:, -1]])
        return np.column_stack([1 - share, share])


@dataclass(frozen=True)
class _Scored:
    """A trial with its kits' scores: `told` holds for each round the scores and the fold in which each was given."""

    table: Table
    truth: Yes
    told: list[tuple[Floats, npt.NDArray[np.int64]]]


def _scored(make: Callable[[int], Any], table: Table, arms: dict[str, bool], *, seed: int, rounds: int) -> _Scored:
    truth = np.asarray([arms[who] for who in table.participants])
    # The last column is for _BoxMates alone, which looks at nothing else; to the others it is one more number.
    features = np.column_stack([table.values, np.unique(table.boxes, return_inverse=True)[1]])
    told = []
    for at in range(rounds):
        scores, fold_of = np.zeros(len(truth)), np.zeros(len(truth), dtype=np.int64)
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed * 100 + at)
        with threadpool_limits(1):  # threads that wait for one another on a busy machine take ten times as long
            for fold, (learn, test) in enumerate(folds.split(features, truth, table.participants)):
                model = make(at).fit(features[learn], truth[learn])
                scores[test], fold_of[test] = model.predict_proba(features[test])[:, 1], fold
        told.append((scores, fold_of))
    return _Scored(table, truth, told)


def _with_interval(who: str, scored: Sequence[_Scored], dealt: Floats, level: float, seed: int) -> Area:
    within = _areas(scored, seed=seed)
    low, high = np.quantile(within[1:], (0.025, 0.975))
    over_sites = float(_areas(scored, once=True, within_sites=False)[0])
    surely = tuple(map(float, np.quantile(within[1:], (level / 2, 1 - level / 2))))
    return Area(who, float(within[0]), float(low), float(high), over_sites, surely, dealt)


def _areas(scored: Sequence[_Scored], *, seed: int = 1, once: bool = False, within_sites: bool = True) -> Floats:
    """The share of pairs of one kit of each arm that are put in order, over all groups of kits that are of one measure.

    Scores of different folds are not. The first area is of the kits as they are; the others are of participants drawn
    anew.
    """
    chance = np.random.default_rng([seed, 0xA0C])
    columns = 1 if once else 1 + AGAIN
    right, pairs = np.zeros(columns), np.zeros(columns)
    for one in scored:
        names, whose = np.unique(one.table.participants, return_inverse=True)
        drawn = chance.multinomial(len(names), np.full(len(names), 1 / len(names)), size=columns - 1)
        weights = np.vstack([np.ones(len(names)), drawn])[:, whose].T.astype(float)
        sites = np.unique(one.table.sites, return_inverse=True)[1] if within_sites else 0
        for scores, fold_of in one.told:
            group_of = fold_of * 1000 + sites
            for group in np.unique(group_of):
                here = group_of == group
                more, of = _in_order(scores[here], one.truth[here], weights[here])
                right, pairs = right + more, pairs + of
    return right / pairs


def _in_order(scores: Floats, truth: Yes, weights: Floats) -> tuple[Floats, Floats]:
    """Pairs of one kit of each arm that are put in order (ties half), and all; for each column of weights."""
    place = np.unique(scores, return_inverse=True)[1]
    second, first = (np.zeros((place.max() + 1, weights.shape[1])) for _ in range(2))
    np.add.at(second, place[truth], weights[truth])
    np.add.at(first, place[~truth], weights[~truth])
    return (second * (first.cumsum(axis=0) - first / 2)).sum(axis=0), second.sum(axis=0) * first.sum(axis=0)


def furthest_feature(tables: Sequence[tuple[Table, Truth]], seed: int = 1) -> Single:
    """The single feature whose order is furthest from telling nothing, held against arms dealt anew.

    Over several trials the distances of a feature are added up, whichever way each goes.
    """
    ranks = [np.apply_along_axis(rankdata, 0, table.values) for table, _ in tables]
    chance = np.random.default_rng([seed, 0xFEA])
    distance = _distances(ranks, [(table, truth.participants) for table, truth in tables])
    furthest = [
        _distances(ranks, [(table, _dealt_to(table, truth, chance)) for table, truth in tables]).max()
        for _ in range(TURNS)
    ]
    at = int(distance.argmax())
    p = (1 + np.sum(np.asarray(furthest) >= distance[at] - 1e-12)) / (1 + TURNS)
    return Single(tables[0][0].names[at], len(distance), float(distance[at]), float(p))


def _distances(ranks: Sequence[Floats], tables: Sequence[tuple[Table, dict[str, bool]]]) -> Floats:
    """For each feature the root mean square over trials of its area's distance from one half."""
    squares = []
    for ranked, (table, arms) in zip(ranks, tables, strict=True):
        second = np.asarray([arms[who] for who in table.participants])
        held = int(second.sum())
        areas = (ranked[second].sum(axis=0) - held * (held + 1) / 2) / (held * (len(second) - held))
        squares.append((areas - 0.5) ** 2)
    distances: Floats = np.sqrt(np.mean(squares, axis=0))
    return distances


def _dealt_to(table: Table, truth: Truth, chance: np.random.Generator) -> dict[str, bool]:
    """Other arms for the participants: by the trial's design, or where it has none mixed within each site."""
    if truth.deal:
        return truth.deal(chance)
    site_of = dict(zip(table.participants, table.sites, strict=True))
    dealt = {}
    for site in sorted(set(site_of.values())):
        people = sorted(who for who in site_of if site_of[who] == site)
        mixed = chance.permutation([truth.participants[who] for who in people])
        dealt |= dict(zip(people, mixed.tolist(), strict=True))
    return dealt
