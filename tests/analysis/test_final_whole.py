"""The final analysis as a whole: the same bytes, in any order of rows, by letters as by names, and on few people."""

import random
import re

import pytest

from irt.analysis.final import final_analysis
from irt.lock.contents import TABLES
from tests.analysis.analysed import LISTS, results, row, rows
from tests.analysis.invented import changed, invented
from tests.house.sources import ROOT

READS = re.compile(r"(?<![\w])open\(|\bnow\(|\btoday\(|\btime\(|\bread_(text|bytes)\(")

TABLE_IDS = [
    "disposition", "populations", "populations_excluded", "treated_otherwise", "baseline_characteristics",
    "primary_arms", "primary", "responder_reasons", "secondary", "exploratory", "responders", "multiplicity",
    "sensitivity", "tipping_point", "tis_over_time", "measures_over_time", "forest", "adverse_events_summary",
    "adverse_events_by_term", "adverse_events_by_grade", "serious", "special_interest", "serious_events",
    "exposure_adjusted", "laboratory_shifts", "exposure", "adherence", "adherence_summary", "holds", "stops",
    "masking_report", "list_report",
]  # fmt: skip


def test_every_table_is_there_with_rows_and_names_its_sources():
    found = results()
    assert list(found.tables) == TABLE_IDS
    assert [one.id for one in found.tables.values() if not one.rows] == []
    assert all(set(one.sources) <= set(TABLES) and one.sources for one in found.tables.values())
    assert found.facts["rerandomizations"] == str(LISTS)


def test_the_same_trial_gives_the_same_bytes():
    again = final_analysis(invented(60, 5), lists=LISTS)
    assert {name: one.csv() for name, one in again.tables.items()} == {
        name: one.csv() for name, one in results().tables.items()
    }
    other = final_analysis(invented(60, 6), lists=LISTS)
    assert other.tables["primary"].csv() != again.tables["primary"].csv()


def test_no_order_of_rows_matters():
    opened = invented(60, 5)

    def shuffled(held):
        return random.Random(3).sample(held, len(held))

    mixed = changed(opened, **dict.fromkeys(TABLES, shuffled))
    assert mixed.tables["doses"] != opened.tables["doses"]
    found = final_analysis(mixed, lists=LISTS)
    for name, one in results().tables.items():
        assert found.tables[name].csv() == one.csv(), name


def test_letters_give_the_same_numbers_up_to_sign():
    named, lettered = results(), results(view="letters")  # A is the placebo
    assert [one["arm"] for one in rows(lettered, "primary_arms")] == ["A", "B"]
    turned = rows(lettered, "primary_arms")[::-1]
    for mine, theirs in zip(rows(named, "primary_arms"), turned, strict=True):
        assert [mine[key] for key in mine if key != "arm"] == [theirs[key] for key in theirs if key != "arm"]
    for method in ("mantel_haenszel_risk_difference", "newcombe", "miettinen_nurminen_stratified"):
        mine, theirs = row(named, "primary", method=method), row(lettered, "primary", method=method)
        expected = [-theirs[key] for key in ("estimate", "high", "low")]
        assert [mine[key] for key in ("estimate", "low", "high")] == pytest.approx(expected, abs=1e-9)
    for method in ("cochran_mantel_haenszel", "rerandomization_test", "breslow_day"):
        p = row(lettered, "primary", method=method)["p"]
        assert row(named, "primary", method=method)["p"] == pytest.approx(p, abs=1e-9)
    for one in rows(named, "secondary"):
        other = row(lettered, "secondary", endpoint=one["endpoint"])
        assert one["difference"] == pytest.approx(-other["difference"], abs=1e-7), one["endpoint"]
        assert one["p"] == pytest.approx(other["p"], abs=1e-6)
    mine, theirs = (row(one, "sensitivity", analysis="multiple_imputation") for one in (named, lettered))
    assert mine["estimate"] == pytest.approx(-theirs["estimate"], abs=1e-9)
    assert row(lettered, "sensitivity", analysis="copy_reference")["note"].startswith("not_possible")


def test_a_rehearsal_is_analysed_like_the_trial():
    found = results(view="rehearsal")
    assert found.facts["view"] == "rehearsal"
    assert found.tables["primary"].csv() == results().tables["primary"].csv()


@pytest.mark.parametrize("participants", [0, 1, 2, 3, 9])
def test_few_participants_leave_cells_empty_and_say_why(participants):
    found = final_analysis(invented(participants), lists=LISTS)
    assert list(found.tables) == TABLE_IDS
    assert row(found, "populations", set="randomized", arm="all")["participants"] == participants
    for one in rows(found, "secondary"):
        assert one["difference"] is not None or one["note"]
    if not participants:
        assert {one["note"] for one in rows(found, "primary")} == {"not_estimable"}


def test_progress_goes_up_to_the_end():
    told: list[tuple[int, int]] = []
    final_analysis(invented(8), progress=lambda done, of: told.append((done, of)), lists=LISTS)
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert {of for _, of in told} == {len(told)}


def test_the_study_file_says_how_many_lists_are_redrawn():
    found = final_analysis(invented(8))
    assert row(found, "primary", method="rerandomization_test")["lists"] == 99_999


def test_nothing_of_the_analysis_reads_a_clock_or_a_file():
    paths = sorted((ROOT / "irt" / "analysis" / "final").glob("*.py"))
    assert {"__init__.py", "reading.py", "primary.py", "safety.py"} <= {path.name for path in paths}
    assert len(paths) > 20
    assert [path.name for path in paths if READS.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("line", ["with open(name) as file:", "when = datetime.now(UTC)", "Path(name).read_text()"])
def test_what_reads_a_clock_or_a_file_would_be_noticed(line):
    assert READS.search(line)
