"""The shipped trial, read: no mistakes, frozen, exact, and what it answers."""

import hashlib
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from irt.actor import MASKED_ROLES, NEITHER_ROLES, UNMASKED_ROLES, Role
from irt.study import Study, StudyMistakes, Threshold, check_study, load_study, parse_study, report
from irt.study.part import ACCOUNTS_NAMES, UNMASKED_NAMES, RoleName
from tests.study.written import SHIPPED, TEXT, edited, values, write


@pytest.fixture(scope="module")
def study() -> Study:
    return load_study(SHIPPED)


def test_the_shipped_file_has_no_mistake(study: Study) -> None:
    assert check_study(SHIPPED) == []
    assert report([]) == "no mistakes"
    assert study.sha256 == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()


def test_it_holds_the_file_as_it_was_read(tmp_path: Path) -> None:
    """Not as it may be edited later, and with the ends of lines that another system wrote."""
    written = SHIPPED.read_bytes().replace(b"\n", b"\r\n")
    path = tmp_path / "study.toml"
    path.write_bytes(written)
    study = load_study(path)
    path.write_text("nothing")
    assert (study.content, study.sha256) == (written, hashlib.sha256(written).hexdigest())


def test_the_last_visit_is_the_last_at_the_clinic(study: Study) -> None:
    assert (study.first_visit.id, study.first_visit.day) == ("W0", 1)
    assert (study.last_visit.id, study.last_visit.day, study.last_visit.contact) == ("W24", 169, False)
    assert any(one.contact and one.day > 169 for one in study.visits)
    turned = study.model_copy(update={"visits": study.visits[::-1]})
    assert (turned.first_visit.id, turned.last_visit.id) == ("W0", "W24")


def test_a_response_reaches_its_threshold_or_the_least_level(study: Study) -> None:
    of = {one.id: study.analysis.least_response(one) for one in study.analysis.endpoints}
    assert (of["tis20_w12"], of["tis40_w12"], of["doi_w12"]) == (20, 40, 20)


def test_it_is_the_trial_of_the_record(study: Study) -> None:
    assert (study.cap, study.ratio, study.dosing.doses, study.dosing.last_day) == (240, (1, 1), 84, 167)
    assert sum(site.cap for site in study.sites) == 340
    assert [site.code for site in study.sites if not site.example] == ["01"]
    assert [one.id for one in study.dispensing_visits] == ["W0", "W4", "W8", "W12", "W16", "W20"]
    assert study.visit("SC").day == study.dosing.last_day + study.safety.emergent_days_after_last_dose
    assert study.visits_of("mmt8") == ("W0", "W12", "W24", "ET")
    assert (study.kit.vials, study.kit.do_not_dispense_days, study.kit.do_not_ship_days) == (18, 33, 47)
    assert {one.id: one.range_multiple for one in study.core_set.enzymes} == {
        "ck": 15, "aldolase": 6, "ldh": 3, "ast": 3, "alt": 3,
    }  # fmt: skip
    assert all(criterion.example for criterion in study.criteria if criterion.kind == "exclusion")


def test_what_the_diary_a_hold_and_a_stop_offer(study: Study) -> None:
    treatment = study.treatment
    offered = (treatment.injection_sites, treatment.missed_reasons, treatment.hold_reasons, treatment.stop_reasons)
    assert [len(choices) for choices in offered] == [6, 6, 6, 7]
    assert all(one.name.en and one.name.zh for choices in offered for one in choices)
    assert {one.id: one.intercurrent for one in treatment.stop_reasons if one.intercurrent != "other"} == {
        "adverse_event": "adverse_event", "lack_of_efficacy": "lack_of_efficacy",
    }  # fmt: skip
    assert all(one.early_termination for one in treatment.stop_reasons)
    assert treatment.missed_in_a_row == 3
    assert study.early_termination is not None
    assert (study.early_termination.id, study.early_termination.within_days) == ("ET", 7)


def test_nothing_masked_names_an_arm(study: Study) -> None:
    assert "PBO" not in repr(study)
    assert "kit_type" not in repr(study)
    assert all(word in study.kit.label.en for word in ("IL-2", "or placebo"))


def test_what_can_unmask_is_the_laboratory_s(study: Study) -> None:
    assert {one.id for one in study.instruments if one.can_unmask} == {"t_cells", "cytokines", "blood_count"}
    assert {one.id for one in study.instruments if one.rater == "laboratory"} == {"t_cells", "cytokines", "blood_count"}


def test_it_is_frozen(study: Study) -> None:
    for part, name in ((study, "cap"), (study.sites[0], "cap"), (study.kit, "vials"), (study.visits[0].name, "en")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(part, name, getattr(part, name))


@pytest.mark.parametrize(
    ("dose", "level"),
    [
        (Decimal(10), "gc_low"), (Decimal("10.00"), "gc_low"), (Decimal("10.01"), "gc_high"), (Decimal(0), "gc_low"),
        ("10.0", "gc_low"), ("10.01", "gc_high"), ("10.000000000000000000001", "gc_high"),
    ],
)  # fmt: skip
def test_the_stratum_is_cut_exactly_at_ten(study: Study, dose: Decimal | str, level: str) -> None:
    assert study.stratum_of({"prednisone_mg_per_day": dose, "anti_mda5": "positive"}, "01") == f"{level}|positive"


def test_strata(study: Study) -> None:
    low, high = ("gc_low|negative", "gc_low|positive"), ("gc_high|negative", "gc_high|positive")
    assert study.strata_keys() == [*low, *high]
    with pytest.raises(KeyError):
        study.stratum_of({"prednisone_mg_per_day": Decimal(5)}, "01")
    for wrong in ({"prednisone_mg_per_day": "much"}, {"anti_mda5": "unknown"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            study.stratum_of({"prednisone_mg_per_day": Decimal(5), "anti_mda5": "positive"} | wrong, "01")


def test_the_site_as_a_factor(tmp_path: Path) -> None:
    changed = values()
    changed["strata"].append({"id": "site", "source": "site"})
    study = load_study(write(tmp_path / "study.toml", changed))
    assert len(study.strata_keys()) == 4 * 8
    stratum = study.stratum_of({"prednisone_mg_per_day": Decimal(5), "anti_mda5": "negative"}, "02")
    assert stratum == "gc_low|negative|02"
    assert stratum in study.strata_keys()


@pytest.mark.parametrize(
    ("threshold", "values", "met"),
    [
        ("ck", {"ck": "260", "ck_uln": "200"}, True), ("ck", {"ck": "259", "ck_uln": "200"}, False),
        ("mmt8", {"mmt8_150": "125"}, True), ("mmt8", {"mmt8_150": "126"}, False),
        ("prednisone_dose", {"prednisone_mg_per_day": "30", "weight_kg": "60"}, False),
        ("prednisone_dose", {"prednisone_mg_per_day": "30", "weight_kg": "60.1"}, True),
        ("creatinine_high", {"creatinine": "150", "creatinine_uln": "100"}, False),
        ("ck", {"ck": "260"}, None), ("ck", {"ck": "260", "ck_uln": "0"}, None),
    ],
)  # fmt: skip
def test_thresholds_are_exact_at_their_edge(
    study: Study, threshold: str, values: dict[str, str], met: bool | None
) -> None:
    found: Threshold = next(one for one in study.thresholds if one.id == threshold)
    assert found.met({name: Decimal(value) for name, value in values.items()}) is met


def test_the_roles_are_those_of_the_actors() -> None:
    assert set(get_args(RoleName)) == {role.value for role in Role}
    assert {role.value for role in UNMASKED_ROLES} == UNMASKED_NAMES
    assert {role.value for role in NEITHER_ROLES} == ACCOUNTS_NAMES


def test_signers_before_the_release_are_masked(study: Study) -> None:
    assert {Role(role) for role in study.lock.signers} <= MASKED_ROLES


def test_mistakes_stop_the_loading_and_are_reported(tmp_path: Path) -> None:
    text = edited(edited(TEXT, "[kit]", "vials = 18", "vials = 17"), 'code = "02"', "Asia/Shanghai", "Mars/Olympus")
    with pytest.raises(StudyMistakes) as caught:
        load_study(write(tmp_path / "study.toml", text))
    assert [one.key for one in caught.value.mistakes] == ["sites[1].time_zone", "kit.vials"]
    assert str(caught.value) == report(caught.value.mistakes)
    assert report(caught.value.mistakes).splitlines() == [
        'sites[1].time_zone: "Mars/Olympus" is no time zone; write a name of the IANA database, such as Asia/Shanghai',
        "kit.vials: 17 are fewer than the doses of 34 days (interval and both windows) and spare; write at least 18",
        "2 mistakes",
    ]


def test_the_content_of_a_file_is_the_same_study_and_has_the_same_mistakes(tmp_path: Path) -> None:
    assert parse_study(SHIPPED.read_bytes(), "it") == load_study(SHIPPED)
    broken = SHIPPED.read_text(encoding="utf-8").replace("cap = 240", "cap = -1", 1)
    for content in (broken.encode(), b"\xff", b"= ="):
        path = tmp_path / "study.toml"
        path.write_bytes(content)
        with pytest.raises(StudyMistakes) as read:
            load_study(path)
        with pytest.raises(StudyMistakes) as parsed:
            parse_study(content, str(path))
        assert parsed.value.mistakes == read.value.mistakes
