"""Special reports: told by the investigator, signed, version after version, within the hours of the study file."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from irt.assurance.verify import verify
from irt.gate.perform import Done
from irt.gate.refusals import Refused
from irt.gate.tables import Outbox
from irt.migrate import newest
from irt.participants.screen import Screened
from irt.safety.clocks import report_clock
from irt.safety.facts import instant_of
from irt.safety.special_reports import (
    FollowMisuse,
    FollowPregnancy,
    ReportMisuse,
    ReportPregnancy,
    follow_misuse,
    follow_pregnancy,
    report_misuse,
    report_pregnancy,
)
from irt.safety.special_tables import SpecialReport, SpecialReportVersion
from irt.safety.tables import AdverseEvent
from irt.supply.tables import Assignment, Kit
from tests.cast import World, world
from tests.setting import screened
from tests.stocked import randomized, running_trial, type_due, types_of
from tests.wiring import at_once, study_of_tests

BY = "investigator_01"
DAY = timedelta(days=1)


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


@pytest.fixture
def one(trial: World) -> Screened:
    found, _ = randomized(trial)
    trial.clock.advance(2 * DAY)
    return found


def today(world: World) -> date:
    return world.clock.now().date()


def pregnancy(world: World, **other: Any) -> dict[str, Any]:
    known = {"whose": "partner", "outcome": "ongoing", "aware_on": today(world) - DAY, "aware_at": "12:00"}
    return {**known, **other}


def misuse(world: World, **other: Any) -> dict[str, Any]:
    known = {"told": "Two vials on one day", "happened_on": today(world) - DAY, "harm": "no", "vials_taken": 2,
             "vials_intended": 1, "aware_on": today(world) - DAY, "aware_at": "12:00"}  # fmt: skip
    return {**known, **other}


def overdose(world: World, one: Screened, **other: Any) -> ReportMisuse:
    return ReportMisuse(participant=one.id, kind="overdose", **misuse(world, **other))


def an_event(world: World, participant: str, site: str = "01", ident: str = "event") -> str:
    world.put(AdverseEvent, id=ident, participant=participant, site=site, number=1, opened_at=world.clock.now(),
              opened_by="nobody")  # fmt: skip
    return ident


def versions(world: World) -> list[Any]:
    return sorted(world.rows(SpecialReportVersion), key=lambda row: row.version)


# -- done, audited ---------------------------------------------------------------------------------------------------


def test_a_pregnancy_and_its_follow_up_both_stay(trial: World, one: Screened) -> None:
    began = today(trial) - 60 * DAY
    order = ReportPregnancy(participant=one.id, **pregnancy(trial, last_period_on=began))
    report = trial.do(report_pregnancy, order, by=BY)
    known = pregnancy(trial, last_period_on=began, outcome="live_birth", outcome_on=today(trial), child="well",
                      aware_on=today(trial), aware_at="08:00")  # fmt: skip
    follow = FollowPregnancy(report=report, reason="The child was born", **known)
    assert trial.do(follow_pregnancy, follow, by=BY) == report
    assert trial.last_audit().reason == "The child was born"
    row = trial.row(SpecialReport)
    assert (row.id, row.kind, row.number, row.site) == (report, "pregnancy", 1, "01")
    first, second = versions(trial)
    assert (first.version, first.outcome, first.why, first.child) == (1, "ongoing", None, None)
    assert (second.version, second.outcome, second.why, second.child) == (2, "live_birth", "The child was born", "well")
    assert first.aware_at == datetime(2026, 3, 3, 4, 0, tzinfo=UTC), "12:00 in Beijing"
    assert first.signature != second.signature
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


@pytest.mark.parametrize("kind", ["medication_error", "overdose", "misuse"])
def test_each_of_the_others_is_reported_and_audited(trial: World, one: Screened, kind: Any) -> None:
    kit = trial.row(Assignment, participant=one.id).kit
    event = an_event(trial, one.id)
    order = ReportMisuse(participant=one.id, kind=kind, **misuse(trial, kit=kit, harm="yes", event=event))
    report = trial.do(report_misuse, order, by=BY)
    entry = trial.last_audit()
    assert (entry.act, entry.site, entry.participant) == ("misuse.report", "01", one.id)
    assert {change[0] for change in json.loads(entry.body)["changes"]} == {
        "special_report", "special_report_version", "outbox", "signature",
    }  # fmt: skip
    (version,) = versions(trial)
    assert (version.report, version.kit, version.harm, version.event) == (report, kit, True, event)
    assert (version.vials_taken, version.vials_intended, version.whose) == (2, 1, None)
    trial.do(follow_misuse, FollowMisuse(report=report, reason="Asked again", **misuse(trial)), by=BY)
    assert [row.why for row in versions(trial)] == [None, "Asked again"]


def test_those_whom_the_study_file_names_are_told_and_of_the_number_alone(trial: World, one: Screened) -> None:
    messages = []
    for function, order in (
        (report_pregnancy, ReportPregnancy(participant=one.id, **pregnancy(trial))),
        (report_misuse, overdose(trial, one)),
    ):
        report = trial.do(function, order, by=BY)
        (message,) = [row for row in trial.rows(Outbox, kind="special_report") if row.facts["report"] == report]
        messages.append(message)
    for message in messages:
        assert message.audience == sorted(trial.study.safety.serious_event_recipients)
        assert message.facts == {"number": one.screening_number, "report": message.facts["report"]}
    assert [row.number for row in sorted(trial.rows(SpecialReport), key=lambda row: row.number)] == [1, 2]


def test_a_wrong_kit_reads_the_same_whatever_it_held(trial: World, one: Screened) -> None:
    """Facts, message and refusals of the report differ in the number alone."""
    types, due = types_of(trial), type_due(trial, one.id)
    shelf = [row.number for row in trial.rows(Kit, site="01", state="available")]
    same = next(kit for kit in shelf if types[kit] == due)
    other = next(kit for kit in shelf if types[kit] != due)
    bodies = []
    for kit in (same, other):
        trial.do(report_misuse, ReportMisuse(participant=one.id, kind="medication_error", **misuse(trial, kit=kit)),
                 by=BY)  # fmt: skip
        changes = json.loads(trial.last_audit().body)["changes"]
        ids = {"id", "report", "signature", "number", "body", "seal"}
        bodies.append([(table, {k: v for k, v in (new or {}).items() if k not in ids and k != "facts"}, len(str(old)))
                       for table, _key, old, new in changes])  # fmt: skip
    assert str(bodies[0]).replace(same, "KIT") == str(bodies[1]).replace(other, "KIT")


# -- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["coordinator_01", "pharmacist_01", "assessor_01", "laboratory", "medical_monitor",
                                "monitor"])  # fmt: skip
def test_nobody_but_an_investigator_reports(trial: World, one: Screened, by: str) -> None:
    assert trial.refusal(report_misuse, overdose(trial, one), by=by).code == "role_not_allowed"


def test_the_other_site_finds_no_such_participant_report_or_kit(trial: World, one: Screened) -> None:
    report = trial.do(report_misuse, overdose(trial, one), by=BY)
    assert trial.refusal(report_misuse, overdose(trial, one), by="investigator_02").code == "not_found"
    follow = FollowMisuse(report=report, reason="Not ours", **misuse(trial))
    assert trial.refusal(follow_misuse, follow, by="investigator_02").code == "not_found"
    kit = trial.rows(Kit, site="02", state="available")[0].number
    away = trial.refusal(report_misuse, overdose(trial, one, kit=kit), by=BY)
    never = trial.refusal(report_misuse, overdose(trial, one, kit="99999999"), by=BY)
    assert (away.code, away.facts) == (never.code, never.facts) == ("not_found", {"what": "kit"})


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"whose": "participant"}, "pregnancy_not_theirs"),
        ({"last_period_on": date(2026, 3, 1), "expected_on": date(2026, 3, 1)}, "pregnancy_days"),
        ({"last_period_on": date(2026, 3, 1), "outcome": "unknown", "outcome_on": date(2026, 2, 1)}, "pregnancy_days"),
        ({"outcome_on": date(2026, 3, 1)}, "pregnancy_not_ended"),
        ({"outcome": "unknown", "child": "well"}, "pregnancy_not_ended"),
        ({"last_period_on": date(2026, 5, 1)}, "date_in_future"),
        ({"aware_on": date(2026, 3, 4), "aware_at": "23:00"}, "aware_in_future"),
    ],
)  # fmt: skip
def test_a_pregnancy_that_cannot_be(trial: World, changed: dict[str, Any], code: str) -> None:
    man = screened(trial, sex="male", identity_document="EXAMPLE-MAN").id  # harm waits for no randomization
    trial.clock.advance(2 * DAY)
    order = ReportPregnancy(participant=man, **pregnancy(trial, **changed))
    assert trial.refusal(report_pregnancy, order, by=BY).code == code


def test_a_misuse_that_cannot_be(trial: World, one: Screened) -> None:
    another, _ = randomized(trial, "EXAMPLE-ANOTHER")
    theirs = an_event(trial, another.id, ident="theirs")
    mine = an_event(trial, one.id, ident="mine")
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"happened_on": today(trial)}, "aware_before"),
        ({"happened_on": today(trial) + DAY}, "date_in_future"),
        ({"harm": "yes", "event": theirs}, "event_not_theirs"),
        ({"harm": "yes", "event": "never"}, "event_not_theirs"),
        ({"harm": "no", "event": mine}, "event_without_harm"),
    )
    for changed, code in cases:
        assert trial.refusal(report_misuse, overdose(trial, one, **changed), by=BY).code == code


def test_a_report_is_followed_up_as_what_it_is(trial: World, one: Screened) -> None:
    report = trial.do(report_misuse, overdose(trial, one), by=BY)
    follow = FollowPregnancy(report=report, reason="A slip", **pregnancy(trial))
    assert trial.refusal(follow_pregnancy, follow, by=BY).code == "not_found"


# -- repeated, concurrent --------------------------------------------------------------------------------------------


def test_a_report_is_taken_once_for_one_form(trial: World, one: Screened) -> None:
    order = overdose(trial, one)
    signature = trial.sign(report_misuse, order, BY)
    first, again = (
        trial.service.gate.perform(report_misuse, order, by=trial.actor(BY), request_id="form", signature=signature)
        for _ in range(2)
    )
    assert (again.answer, again.repeated) == (first.answer, True)
    assert len(trial.rows(SpecialReport)) == 1


def test_two_reports_and_two_follow_ups_at_once_are_numbered_one_after_the_other(
    trial: World, one: Screened, database_url: str
) -> None:
    rival = world(database_url, seed=bytes([7] * 32))
    rival.clock.move_to(trial.clock.now())
    rival.actors = dict(trial.actors)
    order = overdose(trial, one)
    answers = at_once(*(lambda here=here: here.perform(report_misuse, order, by=BY) for here in (trial, rival)))
    assert all(isinstance(one, Done) for one in answers)
    assert sorted(row.number for row in trial.rows(SpecialReport)) == [1, 2]
    report = trial.rows(SpecialReport)[0].id
    follow = FollowMisuse(report=report, reason="Asked again", **misuse(trial))
    answers = at_once(*(lambda here=here: here.perform(follow_misuse, follow, by=BY) for here in (trial, rival)))
    assert not [one for one in answers if isinstance(one, Refused)]
    assert [row.version for row in versions(trial) if row.report == report] == [1, 2, 3]


# -- the clock, pure -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "clock", "zone", "due"),
    [
        (date(2026, 2, 28), "23:30", "Asia/Shanghai", "2026-03-01T15:30:00+00:00"),  # a month ends
        (date(2028, 2, 28), "08:00", "Asia/Shanghai", "2028-02-29T00:00:00+00:00"),  # a leap day
        (date(2026, 12, 31), "12:00", "UTC", "2027-01-01T12:00:00+00:00"),  # a holiday stops no clock
        (date(2026, 3, 28), "12:00", "Europe/Berlin", "2026-03-29T11:00:00+00:00"),  # 24 hours, a day of 23 between
        (date(2026, 10, 25), "02:30", "Europe/Berlin", "2026-10-26T00:30:00+00:00"),  # the hour that comes twice
    ],
)
def test_a_day_after_the_site_knew_it_is_due(day: date, clock: str, zone: str, due: str) -> None:
    aware, safety = instant_of(day, clock, zone), study_of_tests().safety
    assert safety.investigator_report_hours == 24
    running = report_clock(aware, safety)
    assert running.due == datetime.fromisoformat(due)
    assert running.state(running.due, running.due) == "done"
    late = running.due + timedelta(microseconds=1)
    assert running.state(late, late) == "late"
