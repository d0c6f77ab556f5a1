"""Events judged masked: gathered where they happened, judged anew when they are told otherwise, and then scored."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from irt.assurance.verify import verify
from irt.dispensing.planned import planned_visits
from irt.migrate import newest
from irt.outcomes.adjudicate import Adjudicate, adjudicate
from irt.outcomes.intercurrent import STOP, adjudicated_events, decided, verdicts
from irt.outcomes.intercurrent_tables import Adjudication, InterferingMedication
from irt.outcomes.medication import CorrectMedication, correct_medication
from irt.outcomes.primary import Intercurrent
from irt.safety.tables import AdverseEvent
from tests.outcomes.happened import MONITOR, died, events, judge, judgement, medication, rescued, stopped
from tests.safety.sampled import tell
from tests.treated import Patient, treated
from tests.wiring import at_once


@pytest.fixture
def one(database_url: str) -> Patient:
    one = treated(database_url, "01", "02")
    one.on_day(60)
    return one


def counted(one: Patient) -> list[Intercurrent]:
    """The events that count."""
    study = one.world.study
    planned = planned_visits(study, one.day_1, one.day_1)
    return adjudicated_events(study, planned, events(one), one.world.rows(Adjudication))


def standings(one: Patient) -> dict[str, str]:
    return {each.event.subject: each.standing for each in decided(events(one), one.world.rows(Adjudication))}


def test_events_are_gathered_where_they_happened_with_what_the_study_says_they_are(one: Patient) -> None:
    rescued(one, 50)
    rescued(one, 45, "other_prohibited")
    stopped(one, 55, "lack_of_efficacy")
    died(one, 58)
    died(one, 57)
    assert [(each.subject, each.happened_on, each.proposed) for each in events(one)] == [
        ("medication.2", one.day(45), "other"), ("medication.1", one.day(50), "rescue"), ("stop", one.day(55), STOP),
        ("death", one.day(57), "death"),
    ]  # fmt: skip
    assert verdicts(one.world.study) == ("death", "rescue", STOP, "other", "none")
    assert set(standings(one).values()) == {"to_judge"}
    assert counted(one) == []


def test_a_fatal_event_that_was_told_by_mistake_is_no_death(one: Patient) -> None:
    died(one, 58)
    event = one.world.row(AdverseEvent)
    tell(one.world, event.id, one.id, "01", one.day(58), outcome="fatal", stands=False)
    assert events(one) == []


def test_it_is_judged_once_signed_and_counted_on_its_study_day(one: Patient) -> None:
    rescued(one, 50)
    order = judgement(one, "medication.1")
    first = one.world.perform(adjudicate, order, by=MONITOR, request_id="once")
    assert one.world.perform(adjudicate, order, by=MONITOR, request_id="once").seq == first.seq
    row = one.world.row(Adjudication)
    assert (row.verdict, row.revision, row.told, row.happened_on) == (
        "rescue", 1, "as the protocol says", one.day(50),
    )  # fmt: skip
    assert row.signature is not None
    entry = one.world.last_audit()
    assert (entry.site, entry.participant, entry.reason) == ("01", one.id, "as the protocol says")
    assert counted(one) == [Intercurrent("rescue", 50)]
    assert standings(one) == {"medication.1": "judged"}
    world = one.world
    assert verify(world.database, world.keys, world.vault, world.study, revision=newest()) == []


def test_what_is_told_otherwise_is_to_be_judged_again_and_does_not_count_till_then(one: Patient) -> None:
    rescued(one, 50)
    judge(one, "medication.1")
    stale = judgement(one, "medication.1")
    told = medication(one, 51).model_dump() | {"number": 1, "revision": 2, "reason": "read from the chart"}
    one.world.do(correct_medication, CorrectMedication(**told), by="coordinator_01")
    assert standings(one) == {"medication.1": "changed"}
    assert counted(one) == []
    assert one.world.refusal(adjudicate, stale, by=MONITOR).code == "event_facts_moved"
    judge(one, "medication.1", "none")
    assert standings(one) == {"medication.1": "judged"}
    assert counted(one) == []
    judge(one, "medication.1", "rescue", on=one.day(52))
    assert counted(one) == [Intercurrent("rescue", 52)]
    rows = sorted(one.world.rows(Adjudication), key=lambda row: row.revision)
    assert [(row.revision, row.verdict) for row in rows] == [(1, "rescue"), (2, "none"), (3, "rescue")]
    told |= {"started_on": one.day(50), "stands": "no", "revision": 3}
    one.world.do(correct_medication, CorrectMedication(**told), by="coordinator_01")
    assert counted(one) == []


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"verdict": "missing"}, "not_offered"),
        ({"verdict": "maybe"}, "not_offered"),
        ({"subject": "medication.2"}, "not_found"),
        ({"subject": "death"}, "not_found"),
        ({"participant": "nobody"}, "not_found"),
        ({"happened_on": "2099-01-01"}, "date_in_future"),
        ({"basis": "0" * 32}, "event_facts_moved"),
        ({"revision": 2}, "adjudicated_meanwhile"),
        ({"reason": "surely on placebo"}, "treatment_named"),
        ({"reason": "安慰剂组"}, "treatment_named"),
        ({"reason": "looks like I.L.-2"}, "treatment_named"),
    ],
)
def test_what_cannot_be_judged_is_refused(one: Patient, other: dict[str, Any], code: str) -> None:
    rescued(one, 50)
    order = Adjudicate(**judgement(one, "medication.1").model_dump() | other)
    assert one.world.refusal(adjudicate, order, by=MONITOR).code == code


@pytest.mark.parametrize(
    "by",
    ["investigator_01", "coordinator_01", "monitor", "data_manager", "trial_statistician", "unblinded_statistician",
     "safety_officer", "laboratory", "assessor_01"],
)  # fmt: skip
def test_nobody_but_the_medical_monitor(one: Patient, by: str) -> None:
    rescued(one, 50)
    assert one.world.refusal(adjudicate, judgement(one, "medication.1"), by=by).code == "role_not_allowed"


def test_of_two_at_once_the_second_is_told(one: Patient) -> None:
    rescued(one, 50)
    world, order = one.world, judgement(one, "medication.1")
    other = judgement(one, "medication.1", "none")
    world.actor(MONITOR)
    answers = at_once(
        lambda: world.perform(adjudicate, order, by=MONITOR, request_id="one"),
        lambda: world.perform(adjudicate, other, by=MONITOR, request_id="two"),
    )
    assert len(world.rows(Adjudication)) == 1
    assert [getattr(answer, "code", None) for answer in answers].count("adjudicated_meanwhile") == 1


def test_a_stop_counts_for_its_own_reason(one: Patient) -> None:
    stopped(one, 55, "adverse_event")
    judge(one, "stop")
    assert counted(one) == [Intercurrent("discontinuation", 55, "adverse_event")]
    judge(one, "stop", "other")
    assert counted(one) == [Intercurrent("discontinuation", 55, "other")]


def test_the_order_of_reports_changes_nothing(one: Patient) -> None:
    rescued(one, 50)
    stopped(one, 55, "adverse_event")
    died(one, 58)
    for subject in ("medication.1", "stop", "death"):
        judge(one, subject)
    rows, now = one.world.rows(Adjudication), events(one)
    planned = planned_visits(one.world.study, one.day_1, one.day_1 + timedelta(days=0))
    found = {
        tuple(sorted(map(str, adjudicated_events(one.world.study, planned, order, given))))
        for order in permutations(now)
        for given in permutations(rows)
    }
    assert len(found) == 1
    assert len(next(iter(found))) == 3
    assert len(one.world.rows(InterferingMedication)) == 1
