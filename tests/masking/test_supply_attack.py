"""The attack on the supply side finds each leak that is planted, and nothing where the service's own rule picks."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.masking.attack.boxes import same_box_pairs
from tests.masking.attack.certainty import known_after_breaks
from tests.masking.attack.facts import Fact, facts_of
from tests.masking.attack.features import kits_seen
from tests.masking.attack.guessing import furthest_feature, furthest_is_chance, guesses
from tests.masking.attack.history import Event, History, Kit, Truth
from tests.masking.attack.model_world import Setting, play
from tests.masking.attack.planted import lived, picking
from tests.masking.attack.search import GaveUp, Search
from tests.masking.supply_attack import LEAST_FOUND, in_model

PLAIN = Setting(minimum=40, maximum=60)  # shelves that never run low, of kits whose types are drawn one by one
AT = datetime(2026, 3, 2, tzinfo=UTC)
SOON, LATE = date(2027, 1, 31), date(2027, 6, 30)


def small(*events: Event, expiries: dict[str, date] | None = None) -> History:
    """A site 01 whose kits A, B, … arrive, and then these events."""
    expiries = expiries or dict.fromkeys("ABCDEF", SOON)
    kits = {number: Kit(number, expiry) for number, expiry in expiries.items()}
    home = {event.participant: "01" for event in events if event.participant}
    return History(kits, (), (*(Event("arrived", AT, "01", kit) for kit in kits), *events), home)


def drawn(kit: str, participant: str) -> Event:
    return Event("drawn", AT, "01", kit, participant)


def true(history: History, second: str) -> Truth:
    """The truth where these participants and kits are of the second type."""
    whose = history.of_participant()
    people = {who: who in second for who in history.home}
    return Truth(people, {kit: people[whose[kit]] if kit in whose else kit in second for kit in history.kits})


# -- what follows from a history ---------------------------------------------------------------------------------


def test_a_later_expiry_taken_tells_of_the_earlier_one_only_under_that_rule() -> None:
    expiries = dict.fromkeys("AB", SOON) | dict.fromkeys("CD", LATE)
    history = small(drawn("C", "p"), drawn("A", "q"), drawn("B", "r"), expiries=expiries)
    truth = true(history, "qr")
    known = known_after_breaks(history, truth, "earliest_expiry", times=3)
    assert (known.others, known.known, known.mistaken, known.wrong) == (6, 6, 0, {})
    assert known_after_breaks(history, truth, "uniform", times=3).known == 0


def test_a_refusal_tells_of_every_kit_that_stood_there() -> None:
    refused = Event("refused", AT, "01")
    history = small(drawn("A", "p"), refused, drawn("B", "q"), drawn("C", "r"))
    truth = true(history, "p")
    known = known_after_breaks(history, truth, "uniform", times=6)
    assert known.facts["refused"] == 1
    assert known.known > 0
    assert known_after_breaks(small(*(e for e in history.events if e.participant)), truth, "uniform").known == 0


def test_a_closed_site_tells_of_a_participant_with_two_of_the_kits_that_stood_there() -> None:
    closed = Event("closed", AT, "01", below=2)
    people = [drawn(kit, who) for kit, who in zip("ABCD", "ppqq", strict=True)]
    history = small(closed, *people)
    known = known_after_breaks(history, true(history, ""), "uniform", times=4)
    assert (known.others, known.known) == (4, 4)


def test_an_open_site_alone_tells_nobody() -> None:
    history = small(Event("open", AT, "01"), *(drawn(kit, who) for kit, who in zip("ABC", "pqr", strict=True)))
    truth = true(history, "qE")
    known = known_after_breaks(history, truth, "uniform", times=6)
    assert known.facts["open"] == 1
    assert (known.known, known.undecided) == (0, 0)


def test_a_kit_that_may_not_be_in_date_counts_neither_way() -> None:
    unsure = (SOON, LATE)
    refused = Event("refused", AT, "01", until=unsure)
    expiries = {"A": SOON, "B": LATE, "C": LATE, "D": SOON}
    facts = [fact for fact in facts_of(small(refused, expiries=expiries), "uniform") if fact.kind == "refused"]
    assert facts == [Fact("refused", (("kit B", 1), ("kit C", 1)), frozenset({0, 2}))]


def test_an_assumption_that_is_not_so_is_named_and_left_out() -> None:
    history = small(Event("refused", AT, "01"), drawn("A", "p"), drawn("B", "q"))
    known = known_after_breaks(history, true(history, "q"), "uniform")
    assert known.wrong == {"refused": 1}
    assert known.known == 0


# -- the search --------------------------------------------------------------------------------------------------


def test_a_chain_is_followed_to_its_end_and_a_way_round_is_found() -> None:
    differ = [Fact("x", ((f"{n}", 1), (f"{n + 1}", 1)), frozenset({1})) for n in range(9)]
    answer = {str(n): n % 2 == 1 for n in range(10)}
    search = Search(differ, answer)
    assert search.settle({"0": False})
    assert search.settled() == answer
    other = Search(differ[:4] + differ[5:], answer)
    assert other.settle({"0": False})
    found = other.another("9", False)
    assert found is not None
    assert all(fact.holds(found) for fact in differ[:4] + differ[5:])
    assert other.another("4", True) is None


def test_what_propagation_alone_does_not_see_is_proved_by_trying() -> None:
    pairs = [("a", "b"), ("a", "c"), ("b", "c")]
    one_of_two = [Fact("x", (*((name, 1) for name in pair), ("z", 1)), frozenset({1, 2})) for pair in pairs]
    two_of_three = Fact("x", (("a", 1), ("b", 1), ("c", 1), ("z", 3)), frozenset({1, 2, 5}))
    search = Search([*one_of_two, two_of_three], {"a": True, "b": True, "c": False, "z": False})
    assert search.another("z", True) is None
    assert search.another("c", True) is not None
    with pytest.raises(GaveUp):
        search.another("z", True, steps=0)


# -- in worlds made up -------------------------------------------------------------------------------------------


def test_rules_that_tell_are_found_out_and_the_uniform_one_tells_nobody() -> None:
    earliest, seldom = (in_model("earliest_expiry", weeks, worlds=2) for weeks in (8, 26))
    assert earliest.share > LEAST_FOUND > seldom.share > 0, "more expiries on a shelf tell more"
    assert in_model("lowest_number", 8, worlds=1).share > 0.9
    uniform = in_model("uniform", 8, worlds=2)
    assert uniform.others == earliest.others >= 1000
    assert (uniform.known, uniform.undecided, uniform.wrong) == (0, 0, {})
    assert earliest.mistaken == 0


@pytest.mark.long(18)
def test_numbers_that_drift_with_the_arm_are_found() -> None:
    history, truth = play(replace(PLAIN, drift=0.6), 1)
    seen = [(kits_seen(history), truth)]
    areas = guesses(seen, rounds=1, deals=20)
    assert any(area.tells and area.told > 0.58 for area in areas)
    assert furthest_is_chance(areas) < 0.05
    single = furthest_feature(seen)
    assert "number" in single.name
    assert single.p < 0.01


@pytest.mark.long(36)
def test_where_nothing_is_planted_nothing_is_found() -> None:
    seen = [(kits_seen(history), truth) for history, truth in (play(PLAIN, seed) for seed in (1, 2))]
    assert sum(len(table.boxes) for table, _ in seen) > 1000
    areas = guesses(seen, rounds=1, deals=20)
    assert not any(area.tells for area in areas)
    assert furthest_is_chance(areas) > 0.05
    assert furthest_feature(seen).p > 0.01
    assert same_box_pairs(seen).tells_little


def test_boxes_of_two_and_two_are_found() -> None:
    history, truth = play(Setting(boxes="equal", per_box=4), 1)
    pairs = same_box_pairs([(kits_seen(history), truth)])
    assert pairs.low < 1 / 3 < pairs.high
    assert not pairs.tells_little
    assert pairs.pairs > 500


# -- in the service ----------------------------------------------------------------------------------------------


@pytest.mark.long(60)
@pytest.mark.parametrize(("rule", "tells"), [("lowest_number", True), ("uniform", False)])
def test_the_service_with_its_rule_changed_is_found_out(rule, tells: bool, tmp_path: Path) -> None:
    with picking(rule):
        history, truth = lived(tmp_path, 28, seed=5)
    whose = history.of_participant()
    assert len(whose) >= 28
    assert all(truth.kits[kit] == truth.participants[who] for kit, who in whose.items())
    known = known_after_breaks(history, truth, rule)
    assert not known.wrong, "the attack assumes of the service what is not so"
    assert known.mistaken == 0
    assert {"served", "open"} <= set(known.facts)
    assert (known.share > LEAST_FOUND) == tells
    table = kits_seen(history)
    assert len(table.boxes) == len(history.drawn())
