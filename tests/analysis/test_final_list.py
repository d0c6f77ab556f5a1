"""The list as it was, how the masking held, and the order in which endpoints are tested."""

from fractions import Fraction

import pytest

from irt.analysis.final.list_report import convergence
from irt.analysis.final.multiplicity import sequence
from irt.analysis.final.reading import read_trial
from irt.randomization.predictability import expected_right
from irt.study import load_study
from tests.analysis.analysed import results, row, rows
from tests.analysis.invented import STUDY, invented

OPENED = invented(60, 5)
STUDY_FILE = load_study(STUDY)


@pytest.mark.parametrize(
    ("arms", "right"), [("", 0.0), ("A", 0.5), ("AB", 1.5), ("AABB", 2.5), ("ABAB", 3.0), ("AAAB", 1.5), ("BBBB", 0.5)]
)
def test_right_guesses_on_a_list(arms, right):
    assert convergence(list(arms)) == right


def test_over_all_lists_of_a_block_guesses_are_as_many_as_expected():
    lists = ["AABB", "ABAB", "ABBA", "BBAA", "BABA", "BAAB"]
    assert Fraction(sum(2 * convergence(list(one)) for one in lists)) / 12 == Fraction(17, 6)  # 4 × 17/24


def value(quantity, group="all", part="balance"):
    return row(results(), "list_report", part=part, group=group, quantity=quantity)["value"]


def test_balance_is_counted_over_time():
    people = [one for one in OPENED.tables["participants"] if one["arm"]]
    counts = [sum(one["arm"] == arm for one in people) for arm in ("IL2", "PBO")]
    assert value("difference_at_end") == counts[0] - counts[1]
    running, largest = 0, 0
    for one in sorted(OPENED.tables["allocations"], key=lambda row: (row["randomized_at_utc"], row["participant"])):
        running += 1 if one["arm"] == "IL2" else -1
        largest = max(largest, abs(running))
    assert value("largest_difference") == largest > abs(counts[0] - counts[1])
    for stratum in STUDY_FILE.strata_keys():
        assert value("largest_difference", stratum) <= value("worst_in_a_stratum_by_law") == 3
        here = [one for one in people if one["stratum_used"] == stratum]
        assert value("participants", stratum) == len(here)
    for site in STUDY_FILE.sites:
        here = [one["arm"] for one in people if one["site"] == site.code]
        assert value("difference_at_end", site.code) == here.count("IL2") - here.count("PBO")


def test_guesses_stand_beside_what_the_law_expects():
    strata = STUDY_FILE.strata_keys()
    part = "predictability"
    assert value("right_guesses", part=part) == sum(value("right_guesses", one, part) for one in strata)
    for one in strata:
        places = value("participants", one)
        assert value("right_guesses_by_law", one, part) == float(expected_right(OPENED.plan, places))
    assert 50 < value("right_guesses_percent", part=part) < 80


def test_slots_are_used_and_left():
    assert value("used", part="use") == 60
    assert value("left", part="use") == len(OPENED.tables["randomization_list"]) - 60
    assert {value("skipped", one, "use") for one in STUDY_FILE.strata_keys()} == {0}


def test_the_proof_is_printed():
    for name in ("merkle_root", "seed_sha256", "block_sizes", "replayed"):
        assert value(name, part="proof") == OPENED.facts[name]
    assert "seed" not in {one["quantity"] for one in rows(results(), "list_report")}


def test_how_the_masking_held():
    found = results()

    def count(item, arm="all", site=""):
        return row(found, "masking_report", item=item, arm=arm, site=site)["count"]

    assert (count("code_break"), count("desk_opening"), count("wrong_kit_other_arm"), count("wrong_kit_same_arm")) == (
        1,
        1,
        1,
        1,
    )
    assert (count("wrong_kit_other_arm", "PBO"), count("wrong_kit_other_arm", "IL2")) == (1, 0)
    broken = OPENED.tables["unblinding_log"][0]
    assert count(broken["kind"], site=broken["site"]) == 1


def test_endpoints_are_tested_in_order_until_one_shows_nothing():
    order = STUDY_FILE.analysis.fixed_sequence
    p = dict.fromkeys(order, 0.01) | {order[2]: 0.06, "tis40_w12": 0.001}
    told = list(sequence(STUDY_FILE, p))
    assert [(one[0], one[3], one[4]) for one in told[:4]] == [
        (1, "confirmatory", "Y"), (2, "confirmatory", "Y"), (3, "confirmatory", "N"), (4, "nominal", ""),
    ]  # fmt: skip
    assert {one[3] for one in told[3:]} == {"nominal"}
    assert (None, "tis40_w12", 0.001, "nominal", "") in told


@pytest.mark.parametrize(("p", "shown"), [(0.05, "Y"), (0.0500001, "N"), (None, "N")])
def test_the_level_is_alpha_and_nothing_known_shows_nothing(p, shown):
    order = STUDY_FILE.analysis.fixed_sequence
    told = list(sequence(STUDY_FILE, {order[0]: p, order[1]: 0.001}))
    assert told[0][4] == shown
    assert told[1][3] == ("confirmatory" if shown == "Y" else "nominal")


def test_the_sequence_has_the_p_of_the_tables():
    assert [one["endpoint"] for one in rows(results(), "multiplicity")][:7] == list(STUDY_FILE.analysis.fixed_sequence)
    first = row(results(), "multiplicity", position=1)
    assert first["p"] == row(results(), "primary", method="cochran_mantel_haenszel")["p"]
    for one in rows(results(), "multiplicity")[1:]:
        assert one["p"] == row(results(), "secondary", endpoint=one["endpoint"])["p"]


def test_people_are_read_once_each():
    trial = read_trial(OPENED)
    assert len({one.number for one in trial.people}) == len(trial.people) == 60
