"""From recorded forms to the responses: as the pure functions say, by study.toml; out of its window is missing."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from irt.dispensing.planned import planned_visits
from irt.outcomes.enzyme import most_abnormal
from irt.outcomes.primary import Intercurrent, PrimaryOutcome
from irt.outcomes.response import definition_of_improvement, total_improvement
from irt.outcomes.scoring import assessment_day, core_set_of, doi_of, responder_of, tis_of
from irt.outcomes.tables import EnzymeChoice, OutcomeForm
from irt.outcomes.whereabouts import study_day
from irt.study import Study
from tests.outcomes.rated import Choice, Core, Row, forms, record_visit
from tests.treated import treated
from tests.wiring import study_of_tests

STUDY = study_of_tests()
DAY_1 = date(2026, 3, 2)
PLANNED = planned_visits(STUDY, DAY_1, DAY_1)
BEFORE, WEEK_12 = DAY_1 - timedelta(days=5), DAY_1 + timedelta(days=84)
CK = [Choice("ck", Decimal(200))]
BETTER = Core(56, "4", "6", (1,) * 8, "4.4", {"ck": "800", "ldh": "900", "ast": "90", "alt": "80"})
NAMES = {"ck": "CK", "aldolase": "aldolase", "ldh": "LDH", "ast": "AST", "alt": "ALT"}


def both(later: Core = BETTER, first: Core | None = None, on: date = WEEK_12) -> list[Row]:
    return [*forms("W0", BEFORE, first or Core()), *forms("W12", on, later)]


def without(rows: list[Row], visit: str, instrument: str) -> list[Row]:
    return [row for row in rows if (row.visit, row.instrument) != (visit, instrument)]


def primary_of(study: Study, rows: Any, choices: Any, planned: Any, events: list[Intercurrent]) -> PrimaryOutcome:
    endpoint = next(one for one in study.analysis.endpoints if one.id == study.analysis.primary)
    score = tis_of(study, rows, choices, planned, endpoint.visit)
    return responder_of(study, rows, planned, events, endpoint, score.total)


def test_a_core_set_is_read_with_the_enzyme_that_was_fixed() -> None:
    core = core_set_of(STUDY, both(), CK, PLANNED, "W12")
    pairs = {name: (pair.baseline, pair.followup) for name, pair in core.pairs.items()}
    assert pairs == {
        "phga": (8, 4), "pga": (8, 6), "mmt": (40, 56), "haq": (2, 1), "enzyme": (2000, 800),
        "extramuscular": (6, Fraction(22, 5)),
    }  # fmt: skip
    assert (core.enzyme, core.enzyme_limit, core.mmt_max, core.missing) == ("ck", 200, 80, ())
    # 40 % of 10, 20 % of 10, 20 % of 80, 33 % of 3, 40 % of 15 × 200, 16 % of 10
    points = [Fraction(one) for one in ("17.5", "5", "20", "7.5", "7.5", "12.5")]
    found = tis_of(STUDY, both(), CK, PLANNED, "W12")
    assert ([one.points for one in found.measures], found.total) == (points, 70)
    later = [*CK, Choice("ldh", Decimal(250), revision=2)]
    assert core_set_of(STUDY, both(), later, PLANNED, "W12").pairs["enzyme"].followup == 900


def random_core(chance: Random) -> Core:
    haq = tuple(chance.choice((None, *range(4), *range(4))) for _ in range(8))
    vas = [str(Decimal(chance.randint(0, 100)) / 10) for _ in range(3)]
    measured = chance.sample(list(NAMES), chance.randint(0, 5))
    limits = {name: str(chance.randint(20, 300)) for name in measured}
    enzymes = {name: str(chance.randint(0, 3000)) for name in measured}
    return Core(chance.randint(0, 80), vas[0], vas[1], haq, vas[2], enzymes, limits)


def written(core: Core) -> dict[str, Any]:
    answered = [one for one in core.haq if one is not None]
    haq = Fraction(sum(answered), len(answered)) if len(answered) >= 6 else None
    return {"phga": core.phga, "pga": core.pga, "mmt": core.mmt, "haq": haq, "extramuscular": core.extramuscular}


def measured(first: Core, later: Core) -> dict[str, Mapping[str, Any]]:
    return {
        NAMES[name]: {"baseline": value, "followup": later.enzymes.get(name), "uln": first.limits[name]}
        for name, value in first.enzymes.items()
    }


def test_a_thousand_participants_score_as_the_pure_functions_say() -> None:
    chance, seen = Random(6), set()
    for _ in range(1000):
        first, later = random_core(chance), random_core(chance)
        chosen = most_abnormal(STUDY, first.readings())
        choices = [Choice(chosen.enzyme.id, chosen.upper_limit)] if chosen else [Choice(None, None)]
        given = (written(first), written(later), measured(first, later), 80)
        tis, doi = (of(STUDY, both(later, first), choices, PLANNED, "W12") for of in (tis_of, doi_of))
        expected, improved = total_improvement(*given), definition_of_improvement(*given)
        assert (tis.measures, tis.total, tis.category) == (expected.measures, expected.total, expected.category)
        assert (doi.measures, doi.met) == (improved.measures, improved.met)
        assert (NAMES[tis.enzyme] if tis.enzyme else None) == expected.enzyme
        seen |= {tis.enzyme, tis.category}
    assert seen >= {*NAMES, None, "none", "minimal", "moderate", "major"}


@pytest.mark.parametrize("days", [-4, 4, 20])
def test_a_value_out_of_its_window_is_missing(days: int) -> None:
    rows = [replace(row, assessed_on=WEEK_12 + timedelta(days=days)) if row.visit == "W12" and
            row.instrument == "haq" else row for row in both()]  # fmt: skip
    found = tis_of(STUDY, rows, CK, PLANNED, "W12")
    assert (found.missing, found.total) == (("haq",), None)
    assert doi_of(STUDY, rows, CK, PLANNED, "W12").met is None
    edge = [replace(row, assessed_on=WEEK_12 + timedelta(days=days // 4 * 3 if days < 20 else 3)) for row in rows]
    assert tis_of(STUDY, [*forms("W0", BEFORE, Core()), *(row for row in edge if row.visit == "W12")], CK, PLANNED,
                  "W12").missing == ()  # fmt: skip


def test_a_baseline_after_the_first_dose_is_missing() -> None:
    for day, missing in ((DAY_1, ()), (DAY_1 + timedelta(days=1), ("mmt",))):
        rows = [replace(row, assessed_on=day) if (row.visit, row.instrument) == ("W0", "mmt8") else row
                for row in both()]  # fmt: skip
        assert tis_of(STUDY, rows, CK, PLANNED, "W12").missing == missing


def test_what_is_draft_not_done_or_unanswered_is_missing() -> None:
    rows = both()
    for state in ("draft", "not_done"):
        changed = [replace(row, state=state) if row.instrument == "mdaat" else row for row in rows]
        assert tis_of(STUDY, changed, CK, PLANNED, "W12").missing == ("extramuscular",)
    assert tis_of(STUDY, without(rows, "W12", "patient_global"), CK, PLANNED, "W12").missing == ("pga",)
    assert tis_of(STUDY, both(replace(BETTER, haq=(1,) * 5 + (None,) * 3)), CK, PLANNED, "W12").missing == ("haq",)
    assert tis_of(STUDY, rows, [], PLANNED, "W12").missing == ("enzyme",)


def test_the_highest_revision_counts() -> None:
    corrected = Row("W12", "physician_global", WEEK_12, {"vas": "8"}, revision=2)
    found = {one.measure: one.points for one in tis_of(STUDY, [corrected, *both()], CK, PLANNED, "W12").measures}
    assert found["phga"] == 0


def test_a_range_and_a_level_of_the_study_file_are_followed() -> None:
    enzymes = tuple(one.model_copy(update={"range_multiple": Decimal(6)}) for one in STUDY.core_set.enzymes)
    analysis = STUDY.analysis.model_copy(update={"response_levels": (Decimal(20), Decimal(40), Decimal(90))})
    core = STUDY.core_set.model_copy(update={"enzymes": enzymes})
    changed = STUDY.model_copy(update={"core_set": core, "analysis": analysis})
    before, after = (tis_of(one, both(), CK, PLANNED, "W12") for one in (STUDY, changed))
    assert (before.category, after.category) == ("major", "moderate")
    percents = [next(one.percent for one in found.measures if one.measure == "enzyme") for found in (before, after)]
    assert percents == [40, 100]


@pytest.mark.parametrize(("day", "value", "strategy"), [(84, 0, "composite"), (85, 1, "observed")])
def test_events_count_up_to_the_last_measure(day: int, value: int, strategy: str) -> None:
    found = primary_of(STUDY, both(), CK, PLANNED, [Intercurrent("rescue", day)])
    assert (found.value, found.strategy) == (value, strategy)


def test_without_an_assessment_events_count_up_to_the_end_of_the_window() -> None:
    rows = [row for row in both() if row.visit == "W0"]
    assert assessment_day(STUDY, rows, PLANNED, "W12") == 89
    assert primary_of(STUDY, rows, CK, PLANNED, [Intercurrent("death", 88)]).strategy == "composite"
    assert primary_of(STUDY, rows, CK, PLANNED, [Intercurrent("death", 89)]).strategy == "non_responder_imputation"
    assert (study_day(STUDY, PLANNED, DAY_1), study_day(STUDY, PLANNED, WEEK_12)) == (1, 85)


def test_what_raters_record_is_what_is_scored(database_url: str) -> None:
    one = treated(database_url)
    record_visit(one.world, one.id, "W0", one.day(1))
    one.on_day(86)
    record_visit(one.world, one.id, "W12", one.day(86), BETTER)
    rows, choices = one.world.rows(OutcomeForm), one.world.rows(EnzymeChoice)
    planned = planned_visits(one.world.study, one.day_1, one.day_1)
    found = tis_of(one.world.study, rows, choices, planned, "W12")
    assert (found.enzyme, found.missing) == ("ck", ())
    assert found.total == tis_of(STUDY, both(), CK, PLANNED, "W12").total
    assert doi_of(one.world.study, rows, choices, planned, "W12").met is True
    assert primary_of(one.world.study, rows, choices, planned, []).value == 1
