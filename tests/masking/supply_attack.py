"""`python -m tests.masking.supply_attack DATABASE_URL… --keys KEYS`: what the supply of lived trials tells of arms.

Everything but the score is read as a masked person reads it. Exit status 1 if something tells, or a detector is blind.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from irt.app import build
from irt.cli.wiring import settings_of
from tests.masking.attack.boxes import same_box_pairs
from tests.masking.attack.certainty import Known, known_after_breaks
from tests.masking.attack.facts import Rule
from tests.masking.attack.features import kits_seen
from tests.masking.attack.guessing import ALLOWED, furthest_feature, furthest_is_chance, guesses
from tests.masking.attack.history import History, Truth
from tests.masking.attack.model_world import Setting, play
from tests.masking.attack.reading import history_of, truth_of

MOST_KNOWN, LEAST_FOUND, SELDOM = 0.01, 0.20, 0.01
# A site that recruits one participant a week.
SIXTEEN = Setting(participants=16, weeks=16, minimum=16, maximum=24, boxes="filled", balanced=True)
LOTS = (8, 13, 26)  # weeks

Trial = tuple[History, Truth]


def main(words: Sequence[str] | None = None) -> int:
    """Attack, print, and say by the exit status whether all is as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.masking.supply_attack", description=__doc__)
    parser.add_argument("databases", nargs="+", metavar="DATABASE_URL", help="of one lived trial; several are pooled")
    parser.add_argument("--keys", type=Path, nargs="+", required=True, help="the trials' folders of keys, in order")
    parser.add_argument("--times", type=int, default=20, help="how often one participant of every site is broken")
    asked = parser.parse_args(words)
    if len(asked.databases) != len(asked.keys):
        parser.error("--keys: name as many folders as databases")
    trials = [read(url, keys) for url, keys in zip(asked.databases, asked.keys, strict=True)]
    return 0 if all([features(trials), pairs(trials), breaks(trials, asked.times), detectors()]) else 1


def read(url: str, keys: Path) -> Trial:
    """The history of a lived trial, and the truth about it."""
    service = build(settings_of(url, keys=keys))
    return history_of(service), truth_of(service)


def features(trials: Sequence[Trial]) -> bool:
    """(a) Can the arm be guessed from what is seen of a kit?"""
    tables = [(kits_seen(history), truth) for history, truth in trials]
    kits, people = sum(len(table.boxes) for table, _ in tables), sum(len(history.home) for history, _ in trials)
    print(f"(a) {kits} kits chosen for {people} participants, {len(tables[0][0].names)} features each")
    found, single = guesses(tables), furthest_feature(tables)
    for area in found:
        print(f"    {area}")
    print(f"    {single}")
    worst, as_far = max(found, key=lambda area: abs(area.told - 0.5)), furthest_is_chance(found)
    good = not any(area.tells for area in found) and min(single.p, as_far) > SELDOM
    within = "within" if worst.is_chance else "not within"
    print(f"    furthest of {len(found)}: {worst.who}, {worst.told:.3f}, {within} 0.5 ± {ALLOWED}: {_is(good)}")
    print(f"    of {len(worst.dealt)} deals of arms anew, the furthest of {len(found)} is as far in {as_far:.0%}")
    if good and not worst.is_chance:
        print("    chance reaches as far with so few participants: name more trials for a narrower interval")
    return good


def pairs(trials: Sequence[Trial]) -> bool:
    """(b) Are kits of one box evened out?"""
    found = same_box_pairs([(kits_seen(history), truth) for history, truth in trials])
    print(f"(b) kits of one box for two participants: {found}: {_is(found.tells_little)}")
    return found.tells_little


def breaks(trials: Sequence[Trial], times: int) -> bool:
    """(c) One code break at every site: who is known for certain?"""
    found = Known()
    for history, truth in trials:
        found.add(known_after_breaks(history, truth, "uniform", times=times))
    good = found.share <= MOST_KNOWN and not found.wrong and not found.mistaken
    print(f"(c) one code break a site: {found}: {_is(good)}")
    return good


def in_model(rule: Rule, lot_weeks: int, worlds: int = 6, setting: Setting = SIXTEEN) -> Known:
    """One code break a site in a small world where kits are picked by this rule."""
    found = Known()
    for seed in range(worlds):
        changed = Setting(**{**vars(setting), "rule": rule, "lot_weeks": lot_weeks})
        found.add(known_after_breaks(*play(changed, seed), rule, times=5))
    return found


def detectors() -> bool:
    """What the same attack finds where a rule of picking tells, and where it does not."""
    rules: list[tuple[Rule, str, int]] = [("earliest_expiry", "earliest expiry first", weeks) for weeks in LOTS]
    rules += [("lowest_number", "lowest number first", LOTS[0]), ("uniform", "uniform", LOTS[0])]
    shares = {}
    for rule, said, weeks in rules:
        found = in_model(rule, weeks)
        shares[rule, weeks] = found.share
        print(f"{said}, 16 a site, a lot every {weeks} weeks: {100 * found.share:.0f} % known (of {found.others})")
    sees = shares["earliest_expiry", LOTS[0]] > LEAST_FOUND and shares["uniform", LOTS[0]] <= MOST_KNOWN
    if not sees:
        print("    the attack does not find what it is known to find")
    return sees


def _is(good: bool) -> str:
    return "as it must be" if good else "TELLS"


if __name__ == "__main__":
    sys.exit(main())
