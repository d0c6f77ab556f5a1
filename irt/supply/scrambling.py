"""Does a manifest tell kit types apart by what masked people see: number, place in the file, lot, expiry, vials?

Each type is held against all others. The tests are rank AUC (Mann–Whitney), serial correlation at lags 1 to 12, and
chi-square on characters, remainders and labels; a finding needs p < 1e-6 after Bonferroni over all tests made. Lots,
expiries and vials have hard rules besides, for a label of one type only needs no statistics.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import numpy.typing as npt

from irt.supply.tails import association, chi_square_tail, normal_tail

LEVEL = 1e-6
_LAGS = range(1, 13)
_SMALLEST_GROUP = 20
_UNEVEN_BY, _UNEVEN_LEVEL = 0.25, 1e-4

Yes = npt.NDArray[np.bool_]
Order = npt.NDArray[np.int64]


class PackedKit(Protocol):
    """What is asked of a manifest's row."""

    @property
    def kit_number(self) -> str: ...
    @property
    def kit_type(self) -> str: ...
    @property
    def lot(self) -> str: ...
    @property
    def expiry(self) -> date: ...
    @property
    def vials(self) -> int: ...


@dataclass(frozen=True)
class Finding:
    """One thing that tells types apart: what it is, and the figure that shows it. It never says which type is which."""

    what: str
    figure: str

    def __str__(self) -> str:
        return f"{self.what}: {self.figure}"


@dataclass(frozen=True)
class _Test:
    what: str
    shown: str
    p: float


def tells_apart(rows: Sequence[PackedKit]) -> list[Finding]:
    """Return everything that tells the types of `rows`, in the file's order, apart; none for a scrambled manifest.

    A manifest of one type has nothing to tell. One of fewer than about 30 kits cannot be judged by its order, as so
    few kits fall in order by chance; the rules on lots, expiries and vials hold at any size.
    """
    types = sorted({row.kit_type for row in rows})
    if len(types) < 2:
        return []
    findings = _names_in_labels(rows, types)
    # With two types, one against the rest says all; the other would only say it again.
    for kit_type in types[:1] if len(types) == 2 else types:
        in_type = np.array([row.kit_type == kit_type for row in rows])
        findings += _label_rules(rows, in_type)
        tests = _tests(rows, in_type)
        findings += [
            Finding(test.what, f"{test.shown}, {_p_text(test.p)}") for test in tests if test.p * len(tests) < LEVEL
        ]
    return list(dict.fromkeys(findings))


def _tests(rows: Sequence[PackedKit], in_type: Yes) -> list[_Test]:
    numbers = np.array([int(row.kit_number) for row in rows], dtype=np.int64)
    tests = _order_tests("", numbers, in_type) + _character_tests(rows, numbers, in_type)
    for label, values in _labels(rows).items():
        _, codes = np.unique(np.array(values), return_inverse=True)
        tests.append(_Test(label, "its shares of the types differ between values", association(codes, in_type)))
        groups = [np.flatnonzero(codes == code) for code in range(int(codes.max()) + 1)]
        if len(groups) > 1:
            tests += _tests_over_groups(label, groups, numbers, in_type)
            for places in groups:
                if len(places) >= _SMALLEST_GROUP and 0 < in_type[places].sum() < len(places):
                    tests += _order_tests(f" within {label} {values[places[0]]}", numbers[places], in_type[places])
    return tests


def _order_tests(where: str, numbers: Order, in_type: Yes) -> list[_Test]:
    by_number = np.argsort(numbers, kind="stable")
    by_place = np.arange(len(numbers))
    tests = []
    for what, order in ((f"kit numbers{where}", by_number), (f"order in the file{where}", by_place)):
        arranged = in_type[order]
        tests += [_rank_test(what, arranged), *_serial_tests(what, arranged)]
        tests += [_rhythm_test(what, arranged, beat) for beat in _LAGS if beat > 1]
    # Do number and place move together in one type and not in the other?
    ranks = np.empty(len(numbers))
    ranks[by_number] = np.arange(len(numbers))
    apart = np.argsort(np.abs(ranks - by_place), kind="stable")
    return [*tests, _rank_test(f"kit number against order in the file{where}", in_type[apart])]


def _tests_over_groups(label: str, groups: Sequence[Order], numbers: Order, in_type: Yes) -> list[_Test]:
    """Add up over groups, each too small to show it alone, whether types differ in rank, in whatever direction."""
    tests = []
    for what, values in (("kit numbers", numbers), ("order in the file", np.arange(len(numbers)))):
        squares = []
        for places in groups:
            arranged = in_type[places[np.argsort(values[places], kind="stable")]]
            if 0 < arranged.sum() < len(arranged):
                auc, deviation = _rank(arranged)
                squares.append(((auc - 0.5) / deviation) ** 2)
        if squares:
            shown = f"chi-square {sum(squares):.0f} of {len(squares)} ranks; a random order would give {len(squares)}"
            tests.append(_Test(f"{what} within each {label}", shown, chi_square_tail(sum(squares), len(squares))))
    return tests


def _rank(arranged: Yes) -> tuple[float, float]:
    """Return the AUC of place against type, and its standard deviation under a random order."""
    held = int(arranged.sum())
    others = len(arranged) - held
    wins = float(np.flatnonzero(arranged).sum()) - held * (held - 1) / 2
    return wins / (held * others), math.sqrt((len(arranged) + 1) / (12 * held * others))


def _rank_test(what: str, arranged: Yes) -> _Test:
    auc, deviation = _rank(arranged)
    # Which side of 0.5 it lies on would say which type comes first.
    shown = f"AUC {max(auc, 1 - auc):.2f}; a random order would give 0.5±{1.96 * deviation:.2f}"
    return _Test(what, shown, normal_tail((auc - 0.5) / deviation))


def _serial_tests(what: str, arranged: Yes) -> list[_Test]:
    centred = arranged - arranged.mean()
    variance = float((centred**2).mean())
    tests = []
    for lag in _LAGS:
        pairs = len(arranged) - lag
        if pairs < _SMALLEST_GROUP:
            break
        expected = -pairs * variance / (len(arranged) - 1)
        z = (float((centred[lag:] * centred[:-lag]).sum()) - expected) / (variance * math.sqrt(pairs))
        alike = float((arranged[lag:] == arranged[:-lag]).mean())
        by_chance = float(arranged.mean()) ** 2 + (1 - float(arranged.mean())) ** 2
        shown = f"kits {lag} apart are alike in {alike:.0%} of pairs; a random order would give {by_chance:.0%}"
        tests.append(_Test(what, shown, normal_tail(z)))
    return tests


def _rhythm_test(what: str, arranged: Yes, beat: int) -> _Test:
    p = association(np.arange(len(arranged)) % beat, arranged)
    return _Test(what, f"types follow every {beat}th place", p)


def _character_tests(rows: Sequence[PackedKit], numbers: Order, in_type: Yes) -> list[_Test]:
    lengths = np.array([len(row.kit_number) for row in rows])
    tests = [_Test("kit numbers", "their length differs between types", association(lengths, in_type))]
    for place in range(int(lengths.min())):
        digits = np.array([int(row.kit_number[place]) for row in rows])
        tests.append(_Test("kit numbers", f"digit {place + 1} differs between types", association(digits, in_type)))
    features: list[tuple[str, Callable[[Order], Order]]] = [
        ("number without its check digit", lambda values: values // 10),
        ("number", lambda values: values),
    ]
    for what, of in features:
        for divisor in range(2, 13):
            p = association(of(numbers) % divisor, in_type)
            tests.append(_Test("kit numbers", f"the {what} divided by {divisor} leaves other remainders", p))
    digit_sums = np.array([sum(map(int, row.kit_number)) for row in rows])
    for divisor in (2, 3, 10):
        p = association(digit_sums % divisor, in_type)
        tests.append(_Test("kit numbers", f"the digit sum divided by {divisor} leaves other remainders", p))
    return tests


def _labels(rows: Sequence[PackedKit]) -> dict[str, list[str]]:
    return {
        "lot": [row.lot for row in rows],
        "expiry": [row.expiry.isoformat() for row in rows],
        "vials": [str(row.vials) for row in rows],
        "lot and expiry": [f"{row.lot} {row.expiry.isoformat()}" for row in rows],
    }


def _label_rules(rows: Sequence[PackedKit], in_type: Yes) -> list[Finding]:
    findings = []
    overall = float(in_type.mean())
    for label, values in _labels(rows).items():
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, value in enumerate(values):
            places[value].append(place)
        for value, held in places.items():
            share = float(in_type[held].mean())
            if share in (0.0, 1.0):
                # With more than two types a label without one of them rules that one out: refused just so.
                kits = f"its {len(held)} kits lack a type or are all of one"
                findings.append(Finding(f"{label} {value}", f"{kits}; every {label} must hold all types"))
            elif abs(share - overall) > _UNEVEN_BY:
                z = (share - overall) / math.sqrt(overall * (1 - overall) / len(held))
                if normal_tail(z) < _UNEVEN_LEVEL:
                    shown = f"its share of a type is {abs(share - overall):.0%} off the manifest's"
                    findings.append(Finding(f"{label} {value}", shown))
    return findings


def _names_in_labels(rows: Sequence[PackedKit], types: Sequence[str]) -> list[Finding]:
    lots = {row.lot for row in rows}
    named = sorted(lot for lot in lots if any(name.casefold() in lot.casefold() for name in types))
    return [Finding("lot", f"{len(named)} of {len(lots)} lot codes hold the name of a kit type")] if named else []


def _p_text(p: float) -> str:
    return "p<1e-9" if p < 1e-9 else f"p={p:.0e}"
