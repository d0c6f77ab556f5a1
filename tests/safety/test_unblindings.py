"""Accidental unblinding: reported by whoever is masked, never with the treatment; assessed by two offices."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import spec_of
from irt.gate.refusals import Refused
from irt.gate.tables import Outbox, SignatureRow
from irt.safety.unblinding_tables import UnblindedParticipant, Unblinding, UnblindingAssessment
from irt.safety.unblindings import AssessUnblinding, ReportUnblinding, assess, names_treatment, report
from tests.cast import CAST, World, world
from tests.setting import open_trial, screened


@pytest.fixture
def trial(database_url: str) -> World:
    return open_trial(world(database_url), "01", "02")


def order(trial: World, **other: Any) -> ReportUnblinding:
    values = {"site": "01", "scope": "site", "learned_on": trial.clock.now().date(), "who": "The study nurse"}
    values |= {"how": "The depot's list lay open", "done": "The list was locked away"}
    return ReportUnblinding.model_validate(values | other)


def assessment(unblinding: str, revision: int = 1, **other: str) -> AssessUnblinding:
    values = {"impact": "None on the endpoint", "corrective": "Retraining", "reason": "as the plan says"}
    return AssessUnblinding.model_validate({"unblinding": unblinding, "revision": revision, **values, **other})


# -- unblinding.report -------------------------------------------------------------------------------------------


def test_a_report_is_kept_signed_and_both_offices_are_told(trial: World) -> None:
    one = screened(trial)
    wanted = order(
        trial,
        site=None,
        scope="participants",
        numbers=f"{one.screening_number}; {one.screening_number}",
        learned_at="08:10",
    )
    unblinding = trial.do(report, wanted, by="assessor_01")
    row = trial.row(Unblinding, id=unblinding)
    assert (row.site, row.scope, row.learned_at, row.lot) == ("01", "participants", "08:10", None)
    assert row.reported_by == trial.actor("assessor_01").account
    assert trial.row(UnblindedParticipant, unblinding=unblinding).participant == one.id
    assert trial.row(SignatureRow, id=row.signature).meaning == spec_of(report).sign
    told = trial.row(Outbox, kind="unblinding.reported")
    assert (told.audience, told.site, told.participant) == (["quality", "trial_manager"], "01", None)
    entry = trial.last_audit()
    assert (entry.act, entry.site) == ("unblinding.report", "01")
    tables = {change[0] for change in json.loads(entry.body)["changes"]}
    assert tables == {"signature", "unblinding", "unblinded_participant", "outbox"}


@pytest.mark.parametrize("name", ["coordinator_02", "laboratory", "sponsor", "depot", "trial_statistician"])
def test_every_masked_role_and_the_laboratory_report(trial: World, name: str) -> None:
    site = CAST[name].site
    trial.do(report, order(trial, site=site, scope="site" if site else "trial"), by=name)
    assert trial.row(Unblinding).site == site


@pytest.mark.parametrize("name", ["supply_manager", "safety_officer", "unblinded_statistician", "administrator"])
def test_who_is_not_masked_has_nothing_to_report(trial: World, name: str) -> None:
    assert trial.refusal(report, order(trial), by=name).code == "role_not_allowed"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"scope": "participants"}, "unblinding_scope_differs"),
        ({"scope": "lot"}, "unblinding_scope_differs"),
        ({"scope": "trial", "lot": "L1"}, "unblinding_scope_differs"),
        ({"scope": "site", "numbers": ["01-0001"]}, "unblinding_scope_differs"),
        ({"scope": "participants", "numbers": ["01-9999"]}, "not_found"),
        ({"scope": "lot", "lot": "L77"}, "not_found"),
        ({"site": "02"}, "not_found"),
        ({"site": None}, "unblinding_site_needed"),
    ],
)
def test_what_is_refused_at_a_site(trial: World, given: dict[str, Any], code: str) -> None:
    assert trial.refusal(report, order(trial, **given), by="coordinator_01").code == code


def test_participants_of_another_site_are_not_found_and_two_sites_need_two_reports(trial: World) -> None:
    here, there = screened(trial), screened(trial, "coordinator_02", site="02", identity_document="EXAMPLE-000002")
    both = order(trial, site=None, scope="participants", numbers=[here.screening_number, there.screening_number])
    assert trial.refusal(report, both, by="coordinator_01").code == "not_found"
    assert trial.refusal(report, both, by="monitor").code == "unblinding_several_sites"
    assert trial.refusal(report, order(trial, site=None), by="monitor").code == "unblinding_site_needed"
    tomorrow = order(trial, learned_on=trial.clock.now().date() + timedelta(days=1))
    assert trial.refusal(report, tomorrow, by="monitor").facts["field"] == "learned_on"


def test_a_lot_and_the_whole_trial_may_belong_to_no_site(trial: World) -> None:
    for given in ({"scope": "lot", "lot": "L1"}, {"scope": "trial"}):
        trial.do(report, order(trial, site=None, **given), by="quality")
    assert sorted((row.scope, row.lot, row.site) for row in trial.rows(Unblinding)) == [
        ("lot", "L1", None),
        ("trial", None, None),
    ]


NAMING = (
    "he got IL2", "it was il-2, she said", "Ｐ Ｂ Ｏ was on the box", "she had PLACEBO", "用的是安慰剂",
    "低剂量白细胞介素-2",
    "the low dose interleukin 2 arm", "kit type I.L.2", "pbo", "It was Interleukin-2", "白细胞介素－2", "白介素2",
    "注射用重组人白介素-2", "rhIL-2", "r IL2", "the placebos", "he is in the control arm", "在对照组",
)  # fmt: skip
SILENT = (
    "until 2 pm she held the list", "a mail from the depot, 32 lines", "the sitting investigator", "药房清单被看到",
    "the pboard", "fil2ter", "interleukin-6 was high", "白细胞介素-6", "given saline at once",
)  # fmt: skip


@pytest.mark.parametrize("field", ["who", "how", "done"])
def test_a_treatment_is_refused_in_the_same_words_whatever_it_was(trial: World, field: str) -> None:
    refusals = {str(trial.refusal(report, order(trial, **{field: text}), by="coordinator_01")) for text in NAMING}
    assert refusals == {"treatment_named"}
    stored = json.dumps([entry.body for entry in [trial.last_audit()]])
    assert not any(text in stored for text in NAMING)


def test_what_names_a_treatment_and_what_does_not(trial: World) -> None:
    assert [text for text in NAMING if not names_treatment(trial.study, [text])] == []
    assert [text for text in SILENT if names_treatment(trial.study, [text])] == []


def test_a_report_sent_twice_is_one(trial: World) -> None:
    first = trial.perform(report, order(trial), by="pharmacist_01", request_id="form")
    again = trial.perform(report, order(trial), by="pharmacist_01", request_id="form")
    assert (again.repeated, again.answer) == (True, first.answer)
    assert len(trial.rows(Unblinding)) == 1


def test_two_reports_at_once_are_two(trial: World) -> None:
    people = ("coordinator_01", "pharmacist_01")
    for name in people:
        trial.actor(name)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda name: trial.do(report, order(trial), by=name), people))
    assert sorted(row.id for row in trial.rows(Unblinding)) == sorted(found)


# -- unblinding.assess -------------------------------------------------------------------------------------------


def test_an_assessment_is_signed_and_a_second_stands_beside_the_first(trial: World) -> None:
    unblinding = trial.do(report, order(trial), by="assessor_01")
    trial.do(assess, assessment(unblinding), by="trial_manager")
    trial.do(assess, assessment(unblinding, 2, impact="One rating is left out"), by="quality")
    rows = sorted(trial.rows(UnblindingAssessment, unblinding=unblinding), key=lambda row: row.revision)
    assert [(row.revision, row.site, row.impact) for row in rows] == [
        (1, "01", "None on the endpoint"),
        (2, "01", "One rating is left out"),
    ]
    entry = trial.last_audit()
    assert (entry.act, entry.site, entry.reason) == ("unblinding.assess", "01", "as the plan says")
    assert {change[0] for change in json.loads(entry.body)["changes"]} == {"signature", "unblinding_assessment"}


def test_who_may_not_assess_and_what_is_refused(trial: World) -> None:
    unblinding = trial.do(report, order(trial), by="assessor_01")
    for name in ("assessor_01", "investigator_01", "monitor", "trial_statistician", "laboratory"):
        assert trial.refusal(assess, assessment(unblinding), by=name).code == "role_not_allowed"
    assert trial.refusal(assess, assessment("nothing"), by="quality").code == "not_found"
    assert trial.refusal(assess, assessment(unblinding, 2), by="quality").code == "unblinding_assessed"
    for field in ("impact", "corrective", "reason"):
        named = assessment(unblinding, **{field: "placebo, as it turned out"})
        assert trial.refusal(assess, named, by="quality").code == "treatment_named"


def test_of_two_assessments_at_once_the_second_is_told_to_read_the_first(trial: World) -> None:
    unblinding, people = trial.do(report, order(trial), by="assessor_01"), ("trial_manager", "quality")
    for name in people:
        trial.actor(name)

    def assessed(name: str) -> str:
        try:
            trial.do(assess, assessment(unblinding), by=name)
        except Refused as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(assessed, people)) == ["done", "unblinding_assessed"]
    assert len(trial.rows(UnblindingAssessment)) == 1


def test_an_assessment_sent_twice_is_one(trial: World) -> None:
    unblinding, form = trial.do(report, order(trial), by="assessor_01"), new_id(trial.entropy)
    trial.perform(assess, assessment(unblinding), by="quality", request_id=form)
    assert trial.perform(assess, assessment(unblinding), by="quality", request_id=form).repeated


def test_the_roles_of_both_acts() -> None:
    assert Role.LABORATORY in spec_of(report).roles
    assert spec_of(assess).roles == {Role.TRIAL_MANAGER, Role.QUALITY}
