"""Deviations: two masked people each say what one is; the last word of each counts, and the earlier ones stay."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from irt.conduct.classifying import Classify, Standing, classify, standing
from irt.conduct.tables import Deviation, DeviationClass, DeviationRevision
from irt.participants.report import Report, report
from tests.cast import World, world
from tests.setting import open_trial, screened


@dataclass(frozen=True)
class Said:
    role: str
    revision: int
    severity: str = "minor"
    per_protocol: str = "keep"
    about: int | None = 1


DM, TS = "data_manager", "trial_statistician"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], Standing("suggested", None)),
        ([Said(DM, 1)], Standing("classified_by_one", None)),
        ([Said(TS, 1, "important", "exclude")], Standing("classified_by_one", None)),
        ([Said(DM, 1), Said(TS, 1)], Standing("agreed", "keep")),
        ([Said(DM, 1), Said(TS, 1, "important")], Standing("disagreed", None)),
        ([Said(DM, 1), Said(TS, 1, "minor", "exclude")], Standing("disagreed", None)),
        (
            [Said(DM, 1), Said(TS, 1, "important", "exclude"), Said(DM, 2, "important", "exclude")],
            Standing("agreed", "exclude"),
        ),
        ([Said(DM, 1), Said(TS, 1), Said(TS, 2, "none")], Standing("disagreed", None)),
    ],
)
def test_the_standing_is_read_from_the_last_word_of_each(said: list[Said], expected: Standing) -> None:
    orders = list(itertools.permutations(said))
    assert orders
    assert {standing(order, 1) for order in orders} == {expected}


@pytest.fixture
def trial(database_url: str) -> World:
    return open_trial(world(database_url), "01", "02")


def reported(trial: World, by: str = "coordinator_01") -> str:
    one = screened(trial)
    order = Report(site="01", participant=one.id, happened_on=trial.clock.now().date(), told="A pulse of steroid")
    return str(trial.do(report, order, by=by))


def word(deviation: str, severity: str = "minor", per_protocol: str = "keep", about: int = 1) -> Classify:
    values = {"severity": severity, "per_protocol": per_protocol, "reason": "No effect seen"}
    return Classify.model_validate({"deviation": deviation, "about": about, **values})


def test_each_of_the_two_has_rows_of_their_own_and_a_new_word_is_a_new_row(trial: World) -> None:
    found = reported(trial)
    trial.do(classify, word(found), by="data_manager")
    trial.do(classify, word(found, "important", "exclude"), by="trial_statistician")
    assert standing(trial.rows(DeviationClass), 1).state == "disagreed"
    trial.do(classify, word(found, "important", "exclude"), by="data_manager")
    rows = sorted((row.role, row.revision, row.severity, row.per_protocol) for row in trial.rows(DeviationClass))
    assert rows == [
        ("data_manager", 1, "minor", "keep"),
        ("data_manager", 2, "important", "exclude"),
        ("trial_statistician", 1, "important", "exclude"),
    ]
    assert standing(trial.rows(DeviationClass), 1) == Standing("agreed", "exclude")
    entry = trial.last_audit()
    assert (entry.act, entry.reason, entry.site) == ("deviation.classify", "No effect seen", "01")
    assert entry.participant == trial.row(Deviation).participant


def test_the_same_form_sent_twice_is_one_word(trial: World) -> None:
    found = reported(trial)
    for _ in range(2):
        trial.perform(classify, word(found), by="data_manager", request_id="one-form")
    assert len(trial.rows(DeviationClass)) == 1


def test_what_is_none_excludes_nobody_and_others_say_nothing(trial: World) -> None:
    found = reported(trial)
    assert trial.refusal(classify, word(found, "none", "exclude"), by="data_manager").code == "no_deviation_excludes"
    assert trial.refusal(classify, word("nothing"), by="data_manager").code == "not_found"
    for name in ("monitor", "investigator_01", "trial_manager", "medical_monitor"):
        assert trial.refusal(classify, word(found), by=name).code == "role_not_allowed"


def test_two_words_at_once_are_two_revisions(trial: World) -> None:
    found = reported(trial)
    order = word(found)
    trial.actor("data_manager")
    requests = [f"at-once-{number}" for number in range(4)]
    with ThreadPoolExecutor(4) as threads:
        done = list(
            threads.map(lambda one: trial.perform(classify, order, by="data_manager", request_id=one), requests)
        )
    assert len({one.answer for one in done}) == 4
    assert sorted(row.revision for row in trial.rows(DeviationClass)) == [1, 2, 3, 4]


def test_what_was_said_before_the_facts_moved_does_not_count_after(trial: World) -> None:
    deviation = moved(trial)
    for by in ("data_manager", "trial_statistician"):
        assert trial.refusal(classify, word(deviation, about=1), by=by).code == "deviation_moved"
        trial.do(classify, word(deviation, about=2), by=by)
    assert standing(trial.rows(DeviationClass), 2) == Standing("agreed", "keep")
    assert standing(trial.rows(DeviationClass), 3) == Standing("suggested", None)
    said = [Said(DM, 1), Said(TS, 1, about=None), Said(DM, 2, "important", "exclude", about=2)]
    assert standing(said, 1) == Standing("agreed", "keep"), "where a word names no revision: as first noted"
    assert standing(said, 2) == Standing("classified_by_one", None)


def moved(trial: World) -> str:
    """A deviation whose facts were judged anew after it was noted."""
    found = reported(trial)
    row = trial.row(Deviation, id=found)
    trial.put(
        DeviationRevision, id="moved", deviation=found, site=row.site, revision=2, stands=True,
        happened_on=row.happened_on, facts={}, noted_at=trial.clock.now(), noted_by="somebody",
    )  # fmt: skip
    return found
