from datetime import date

import numpy as np
import pytest

from irt.supply.manifest import ManifestRow
from irt.supply.numbers import make_kit_numbers, scramble_types
from irt.supply.scrambling import tells_apart

DAYS = (date(2027, 6, 30), date(2027, 12, 31))


def scrambled(seed, counts=None, lots=4):
    """A manifest as `irt kits generate` lays it out: in each lot the same number of each type, in random order."""
    entropy = np.random.default_rng(seed).bytes
    counts = counts or {"RARE1": 60, "RARE2": 60}
    types, labels = [], []
    for lot in range(lots):
        some = scramble_types({kind: count // lots for kind, count in counts.items()}, entropy)
        types += some
        labels += [(f"L{lot}", DAYS[lot % 2])] * len(some)
    numbers = make_kit_numbers(len(types), entropy)
    return [list(row) for row in zip(numbers, types, *zip(*labels, strict=True), strict=True)]


def found(rows):
    return tells_apart([ManifestRow(n, number, kind, lot, day, 18) for n, (number, kind, lot, day) in enumerate(rows)])


@pytest.mark.parametrize(
    ("counts", "seeds"),
    [
        ({"RARE1": 60, "RARE2": 60}, 200),
        ({"RARE1": 80, "RARE2": 40}, 200),
        ({"RARE1": 720, "RARE2": 720}, 60),
        ({"RARE1": 40, "RARE2": 40, "RARE3": 40}, 60),
        ({"RARE1": 8, "RARE2": 8}, 60),
    ],
)
def test_scrambled_manifest_passes(counts, seeds):
    assert [seed for seed in range(seeds) if found(scrambled(seed, counts))] == []


def ranks(rows, column):
    return np.argsort(np.argsort([row[column] for row in rows]))


def with_types(rows, of):
    """The rows with types laid anew: `of` gives each row's (place, rank of its number) the index of a type."""
    for place, (row, rank) in enumerate(zip(rows, ranks(rows, 0), strict=True)):
        row[1] = f"RARE{1 + int(of(place, int(rank), row[0]))}"
    return rows


def mostly(test, seed=9):
    """A rule that holds for nine kits in ten."""
    coin = np.random.default_rng(seed).random
    return lambda place, rank, number: test(place, rank, number) ^ (coin() < 0.1)


def low_within_each_lot(rows):
    for lot in range(4):
        places = [place for place, row in enumerate(rows) if row[2] == f"L{lot}"]
        for rank, place in enumerate(sorted(places, key=lambda place: rows[place][0])):
            rows[place][1] = f"RARE{1 + ((rank < len(places) / 2) ^ (lot % 2))}"
    return rows


PLANTS = {
    "low numbers are one type": (lambda r: with_types(r, lambda p, n, t: n < 60), "kit numbers: AUC 1.00; "),
    "low numbers mostly one type": (lambda r: with_types(r, mostly(lambda p, n, t: n < 60)), "kit numbers: AUC 0.9"),
    "file in order of type": (lambda r: with_types(r, lambda p, n, t: p < 60), "order in the file: AUC 1.00"),
    "types alternate in the file": (lambda r: with_types(r, lambda p, n, t: p % 2), "order in the file: kits 1 apart"),
    "types alternate by number": (lambda r: with_types(r, lambda p, n, t: n % 2), "kit numbers: kits 1 apart"),
    "two and two in the file": (lambda r: with_types(r, lambda p, n, t: p // 2 % 2), "order in the file: kits 2 apart"),
    "three and three by number": (lambda r: with_types(r, lambda p, n, t: n // 3 % 2), "kit numbers: kits 3 apart"),
    "long runs in the file": (lambda r: with_types(r, lambda p, n, t: p // 15 % 2), "order in the file: kits 1 apart"),
    "even numbers": (lambda r: with_types(r, mostly(lambda p, n, t: int(t) % 2)), "the number divided by 2"),
    "first digit": (lambda r: with_types(r, lambda p, n, t: t[0] in "13579"), "digit 1 differs"),
    "check digit": (lambda r: with_types(r, mostly(lambda p, n, t: t[-1] in "02345")), "digit 7 differs"),
    "third digit": (lambda r: with_types(r, mostly(lambda p, n, t: t[2] < "5")), "digit 3 differs"),
    "remainder by 7": (lambda r: with_types(r, lambda p, n, t: int(t) // 10 % 7 < 3), "divided by 7"),
    "digit sum": (lambda r: with_types(r, lambda p, n, t: sum(map(int, t)) % 2), "digit sum divided by 2"),
    "low numbers within each lot": (low_within_each_lot, "kit numbers within each lot: chi-square"),
    "a lot of one type": (lambda r: [[*x[:2], "L9", x[3]] if p == x[1] else x for p, x in
                                     zip(["RARE1"] * 5 + [""] * 115, r, strict=True)], "lot L9: its "),
    "a lot for each type": (lambda r: [[*x[:2], f"K{x[1][-1]}", x[3]] for x in r], "lot K1: its 60 kits"),
    "an expiry for each type": (lambda r: [[*x[:3], DAYS[int(x[1][-1]) - 1]] for x in r], "expiry 2027-06-30: its 60"),
    "an uneven lot": (lambda r: [[*x[:2], f"K{int(x[1][-1]) ^ (p % 10 == 0)}", x[3]] for p, x in enumerate(r)],
                      "lot: its shares of the types differ"),
    "lot and expiry together": (lambda r: [[*x[:2], f"K{p % 2}", DAYS[(p + int(x[1][-1])) % 2]]
                                           for p, x in enumerate(r)], "lot and expiry K0 2027-"),
    "the type's name in the lot": (lambda r: [[*x[:2], "x-rare1" if x[2] == "L0" else x[2], x[3]] for x in r],
                                   "1 of 4 lot codes hold the name"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTS)
def test_planted_pattern_is_found_with_its_figure(name):
    plant, words = PLANTS[name]
    findings = found(plant(scrambled(7)))
    assert any(words in str(finding) for finding in findings), [str(finding) for finding in findings]


def test_vials_that_differ_are_found():
    rows = scrambled(7)
    kits = [ManifestRow(n, *row, vials=18 if row[1] == "RARE1" else 17) for n, row in enumerate(rows)]
    assert any(str(finding).startswith("vials 17: its 60 kits") for finding in tells_apart(kits))


def test_third_type_apart_from_two_scrambled_ones_is_found():
    rows = scrambled(7, {"RARE1": 40, "RARE2": 40, "RARE3": 40})
    numbers = sorted(row[0] for row in rows)
    for row in sorted(rows, key=lambda row: row[1]):
        row[0] = numbers.pop(0 if row[1] != "RARE3" else -1)
    assert any("kit numbers: AUC 1.00" in str(finding) for finding in found(rows))


def test_figure_shows_what_chance_would_give():
    finding = next(f for f in found(PLANTS["low numbers are one type"][0](scrambled(7))))
    assert str(finding) == "kit numbers: AUC 1.00; a random order would give 0.5±0.10, p<1e-9"


def test_findings_do_not_say_which_type_is_which():
    shown = [
        "\n".join(map(str, found(with_types(scrambled(7), lambda p, rank, t, first=first: (rank < 60) ^ first))))
        for first in (False, True)
    ]
    assert "RARE" not in shown[0]
    assert shown[0] == shown[1] != ""


def test_one_type_has_nothing_to_tell():
    assert found([row for row in scrambled(7) if row[1] == "RARE1"]) == []
    assert tells_apart([]) == []
