"""The end of a simulated trial: what the checklist of the lock still counts is settled by those whose task it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from irt.actor import Role
from irt.dispensing.diary import RecordDiary, record_diary
from irt.dispensing.diary_lines import Entry
from irt.dispensing.dispense import PutBy, put_by
from irt.dispensing.excursions import DecideQuarantine, reject_quarantine
from irt.dispensing.lost import LostOrDamaged, lost_or_damaged
from irt.dispensing.planned import latest_records
from irt.dispensing.returns import ResolveDiscrepancy, resolve_discrepancy
from irt.dispensing.tables import Discrepancy, Mishap
from irt.dispensing.treatment import Complete, complete
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.lock.extract import Trial
from irt.outcomes.capture import Sheet, rate, rated_by, record
from irt.outcomes.queries import CloseQuery, WriteQuery, answer, close
from irt.outcomes.query_tables import Query
from irt.outcomes.results import RecordResult, record_result
from irt.outcomes.sampling import ADDITIONAL
from irt.participants.leave import Leave, screen_fail
from irt.participants.tables import VisitRecord
from irt.safety.clocks import to_judge
from irt.safety.coding import CodeEvent, ImportDictionary, code_event, import_dictionary
from irt.safety.desk import CloseCase, close_case
from irt.safety.emergency_tables import DeskClosing
from irt.safety.opinions import JudgeEvent, judge_event
from irt.safety.readings import current_events
from irt.safety.tables import AdverseEvent, EventOpinion, EventVersion, SusarCandidate
from irt.safety.unblinding_tables import Unblinding, UnblindingAssessment
from irt.safety.unblindings import AssessUnblinding, assess
from irt.simulation import oversight, rescue, troubles
from irt.simulation.dictionary import VERSION, code_of, files_of_terms
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Assignment, Kit, Quarantine, Shipment

if TYPE_CHECKING:
    from irt.simulation.life import Life

NOT_MADE = "not made at the visit, and it is too late now"


def settle(life: Life) -> None:
    """Settle everything that stands before the lock, in the order of its checklist."""
    for step in (_people, _diaries, _gaps, _queries, _events, _cases, _boxes, _kits, _counts, _ended):
        with trial_of(life) as trial:
            step(life, trial)
    oversight.deviations(life, at_the_end=True)


@contextmanager
def trial_of(life: Life) -> Iterator[Trial]:
    """The trial as it is stored now."""
    service = life.desk.service
    with service.database.read.connect() as connection:
        yield Trial(connection, service.study, service.clock.now())


def _people(life: Life, trial: Trial) -> None:
    """Who was screened and not randomized in time has failed screening."""
    for row in trial.people:
        if row.state == "screened":
            investigator = life.cast.at(row.site, "investigator")
            life.desk.do(investigator, screen_fail, Leave(participant=row.id, reason="recruitment has ended"))


def _diaries(life: Life, trial: Trial) -> None:
    """Doses of which nobody said what became of them were missed."""
    reason = life.study.treatment.missed_reasons[0].id
    for person in trial.randomized():
        open_doses = trial.course_of(person).unrecorded
        if open_doses and person.first_dose_on is not None:
            missed = Entry(outcome="missed", missed_reason=reason, note="not in the diary")
            lines = {f"{one.number}": missed for one in open_doses}
            coordinator = life.cast.at(person.site, "coordinator")
            life.desk.do(coordinator, record_diary, RecordDiary(participant=person.id, doses=lines))


def _gaps(life: Life, trial: Trial) -> None:
    """What was not recorded was not done; who answers for an instrument says so."""
    for person in trial.randomized():
        for one in trial.expected_of(person):
            if one.standing in ("missing", "draft", "due"):
                _not_done(life, trial, person, one.visit, one.instrument)


def _not_done(life: Life, trial: Trial, person: Any, visit: str, name: str) -> None:
    instrument = life.study.instrument(name)
    if instrument.can_unmask:
        record_of = latest_records(trial.of(VisitRecord, person.id)).get(visit)
        known = any(one.id == visit for one in life.study.visits)
        label = visit if known or record_of is None else f"{ADDITIONAL}{record_of.visited_on}"
        order = RecordResult(participant=person.id, visit=label, instrument=name, readings={}, not_done="not_taken")
        life.desk.do(life.cast.one(Role.LABORATORY), record_result, order)
        return
    role = rated_by(instrument)
    sheet = Sheet(participant=person.id, visit=visit, assessed_on=trial.today(person), not_done={name: NOT_MADE})
    act = record if role is Role.COORDINATOR else rate
    life.desk.do(life.cast.at(person.site, role), act, sheet)


def _queries(life: Life, trial: Trial) -> None:
    """Every query is answered by its owner, after a value that was copied wrongly is put right, and closed."""
    rounds = life.rounds
    for query in sorted(trial.all(Query), key=lambda row: (trial.numbers[row.participant], row.number)):
        if query.state == "closed":
            continue
        if query.state == "open":
            if rounds is not None:
                rounds.put_right(rounds.known(query.participant), query.visit, query.instrument)
            if _state(life, query.id) == "open":
                owner = life.cast.at(query.site, Role(query.owner))
                life.desk.do(owner, answer, WriteQuery(query=query.id, text="the source says so too"))
        if _state(life, query.id) == "answered":
            role = Role.MONITOR if query.origin == "monitor" else Role.DATA_MANAGER
            life.desk.do(life.cast.one(role), close, CloseQuery(query=query.id, text="settled"))


def _state(life: Life, query: str) -> str:
    with life.desk.service.database.reading(life.cast.one(Role.DATA_MANAGER)) as session:
        return str(session.scalars(select(Query).filter_by(id=query)).one().state)


def _events(life: Life, trial: Trial) -> None:
    """Every event is coded, and judged where an opinion is due."""
    manager, files = life.cast.one(Role.DATA_MANAGER), files_of_terms(life.study)
    order = ImportDictionary(version=VERSION, language="en", **ImportDictionary.encoded(files))  # type: ignore[arg-type]
    dictionary = life.desk.do(manager, import_dictionary, order).answer.dictionary
    for person in trial.people:
        for event, told in current_events(trial.of(AdverseEvent, person.id), trial.of(EventVersion, person.id)):
            code = CodeEvent(event=event.id, dictionary=dictionary, llt_code=code_of(life.study, told.term))
            life.desk.do(manager, code_event, code)
            versions, said = trial.of(EventVersion, event.id, "event"), trial.of(EventOpinion, event.id, "event")
            if to_judge(versions, said) is not None:
                opinion = JudgeEvent(
                    event=event.id, version=told.version, causality_drug=told.causality_drug, expectedness="expected",
                    reason="by the reference safety information",
                )  # fmt: skip
                life.desk.do(life.cast.one(Role.MEDICAL_MONITOR), judge_event, opinion)


def _cases(life: Life, trial: Trial) -> None:
    """Cases at the safety desk are closed, reports of unblinding assessed, intercurrent events judged."""
    officer = life.cast.one(Role.SAFETY_OFFICER)
    closed = {(row.candidate, row.part) for row in trial.all(DeskClosing)}
    for row in trial.all(SusarCandidate):
        if (row.id, "report") not in closed:
            life.desk.do(officer, close_case, CloseCase(candidate=row.id, part="report"))
        if row.urgency == "fatal" and (row.id, "follow_up") not in closed:
            life.desk.do(officer, close_case, CloseCase(candidate=row.id, part="follow_up"))
    assessed = {row.unblinding for row in trial.all(UnblindingAssessment)}
    for report in trial.all(Unblinding):
        if report.id not in assessed:
            order = AssessUnblinding(
                unblinding=report.id, revision=1, impact="none on outcomes", corrective="trained again",
                reason="as reported",
            )  # fmt: skip
            life.desk.do(life.cast.one(Role.QUALITY), assess, order)
    if life.rounds is not None:
        rescue.judge_all(life.rounds)


def _boxes(life: Life, trial: Trial) -> None:
    """What is on the way arrives."""
    for box in trial.all(Shipment):
        if box.received_at is None and box.cancelled_at is None:
            if box.sent_at is None:
                life.supply.send(box.id)
            life.supply.receive(box.site, box.id, [])


def _kits(life: Life, trial: Trial) -> None:
    """What is in quarantine is rejected, what was set aside is put by, and a box that never came back is lost."""
    for entry in trial.all(Quarantine):
        if entry.state == "open":
            order = DecideQuarantine(quarantine=entry.id, reason="the trial has ended")
            life.desk.do(life.cast.one(Role.QUALITY), reject_quarantine, order)
    waiting = {row.kit: row for row in trial.all(Assignment) if row.state == "assigned"}
    for kit in trial.all(Kit):
        if kit.state == "assigned" and (given := waiting.get(kit.number)) is not None:
            left = PutBy(participant=given.participant, visit=given.visit, reason="the participant has left")
            life.desk.attempt(life.cast.at(given.site, "pharmacist"), put_by, left)
        elif kit.state in AT_HOME:
            _lost(life, trial, kit)


def _counts(life: Life, trial: Trial) -> None:
    """Counts that differ are explained, and notes to file are signed."""
    for row in trial.all(Discrepancy):
        if row.state == "open":
            order = ResolveDiscrepancy(
                discrepancy=row.id, expected=row.expected, found=row.found, reason="asked: the participant cannot say"
            )
            life.desk.do(life.cast.at(row.site, "pharmacist"), resolve_discrepancy, order)
    for row in trial.all(Mishap):
        troubles.sign_note_of(life, row.site, row.id)


def _lost(life: Life, trial: Trial, kit: Any) -> None:
    person = next(row for row in trial.people if row.id == kit.participant)
    used = sum(dose.kit == kit.number for dose in trial.course_of(person).given)
    order = LostOrDamaged(
        kit=kit.number, what="lost", happened_on=trial.today(person), used=used, replace="no",
        told="never brought back, and not found at home",
    )  # fmt: skip
    life.desk.do(life.cast.at(person.site, "pharmacist"), lost_or_damaged, order)


def _ended(life: Life, trial: Trial) -> None:
    """Whoever is still in the trial has completed it or, where that cannot be said, was lost to follow-up."""
    for row in trial.people:
        if row.state == "randomized":
            coordinator = life.cast.at(row.site, "coordinator")
            if life.desk.attempt(coordinator, complete, Complete(participant=row.id)) is None:
                life.desk.do(coordinator, withdraw, Withdraw(participant=row.id, reason="lost to follow-up"))
