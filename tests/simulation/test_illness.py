"""What nature draws of harm: facts of the study's terms, by the contents of the box at hand; in a stream of its own."""

from datetime import date

import pytest

from irt.simulation.illness import ANAPHYLAXIS, CAUSES, Cause, daily, facts_of
from irt.simulation.nature import Chance, Nature
from irt.study import Study, load_study
from tests.wiring import STUDY_FILE

OF_THE_DRUG = {"fever", "chills", "injection_site_reaction", "rash"}
OF_THE_DISEASE = {"upper_respiratory_infection", "lung_infection", "other_infection", "myalgia"}


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(STUDY_FILE)


@pytest.mark.parametrize("cause", [*CAUSES, ANAPHYLAXIS], ids=lambda cause: cause.words[-1])
def test_grades_are_those_of_the_term(study: Study, cause: Cause) -> None:
    chance, grades = Chance(1, 2), {one.id: one.grades for one in study.adverse_event_terms}
    drawn = [facts_of(chance, study, cause) for _ in range(300)]
    assert {one["term"] for one in drawn} == {cause.term}
    assert {one["grade"] for one in drawn} <= set(grades[cause.term] if cause.term else range(1, 6)) - {5}
    assert all(one["seriousness"] for one in drawn if one["grade"] == 4)
    assert len({one["causality_drug"] for one in drawn}) > 2


def test_the_test_drug_has_its_own_harm_and_the_disease_spares_nobody() -> None:
    rates = {
        cause.term: both for cause, *both in zip(CAUSES, daily(test_drug=True), daily(test_drug=False), strict=True)
    }
    assert all(rates[term][0] > 2 * rates[term][1] > 0 for term in OF_THE_DRUG)
    assert all(rates[term][0] == rates[term][1] > 0 for term in OF_THE_DISEASE)


def test_one_of_several_is_likely_by_its_weight() -> None:
    chance = Chance(3, 4)
    drawn = [chance.one_of((0.0, 3.0, 1.0, 0.0)) for _ in range(4000)]
    assert set(drawn) == {1, 2}
    assert 0.7 < drawn.count(1) / len(drawn) < 0.8


def test_harm_moves_nothing_else_that_nature_draws(study: Study) -> None:
    alone, beside, harm = Nature(study, 5), Nature(study, 5), Chance(5, 0x29)
    today = date(2026, 1, 5)
    assert [alone.person(today) for _ in range(20)] == [
        beside.person(today) for _ in range(20) if facts_of(harm, study, CAUSES[0])
    ]
