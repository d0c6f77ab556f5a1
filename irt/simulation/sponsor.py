"""What the sponsor does about harm: the medical monitor's opinion, the safety desk, reminders, notices acknowledged."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from irt.gate.tables import Outbox
from irt.people.notice_kinds import URGENT
from irt.people.notices import Acknowledge, acknowledge, reaching
from irt.safety.desk import CloseCase, OpenCase, close_case, open_case
from irt.safety.facts import THREATENING
from irt.safety.opinions import JudgeEvent, judge_event
from irt.safety.reminding import RemindOfClocks, remind_of_clocks
from irt.safety.tables import EventTold, SusarCandidate
from irt.simulation import emergencies, telling

if TYPE_CHECKING:
    from irt.simulation.harm import Harm
    from irt.simulation.illness import Illness
    from irt.simulation.life import Enrolled

OTHER_MIND, JUDGED_AGAIN, OPENED, CLOSED, ACKNOWLEDGED = 0.12, 0.6, 0.95, 0.85, 0.7
WEEK = 7


def to_judge(harm: Harm, one: Enrolled, ill: Illness) -> None:
    """The medical monitor looks at what is serious within days; at what is new of it mostly again, else is reminded."""
    lasts = (harm.life.study.safety.other_report_days + 2) * telling.DAY
    harm.remind_until = max(harm.remind_until, harm.life.today(one) + lasts)
    if ill.version == 1 or not ill.judged or harm.chance.happens(JUDGED_AGAIN):
        harm.life.when(telling.later(harm, one, harm.chance.number(1, 2)), partial(_judged, harm, ill, ill.version))


def _judged(harm: Harm, ill: Illness, version: int) -> None:
    if ill.version != version:  # what came meanwhile is looked at by itself
        return
    assert ill.event is not None, "it was reported"
    known = {term.id for term in harm.life.study.adverse_event_terms if term.special_interest}
    expected = ill.facts["term"] in known and ill.facts["grade"] < THREATENING
    causality = ill.facts["causality_drug"]
    if harm.chance.happens(OTHER_MIND):
        causality = "possible" if causality == "unrelated" else "unrelated"
    order = JudgeEvent(
        event=ill.event, version=version, causality_drug=causality, reason="by the reference safety information",
        expectedness="expected" if expected else "unexpected",
    )  # fmt: skip
    harm.life.desk.do(harm.life.cast.one("medical_monitor"), judge_event, order)
    ill.judged = True


def morning(harm: Harm, day: date) -> None:
    """Clocks are reminded of; the safety officer sees what has come; once a week notices are acknowledged."""
    life, officer = harm.life, harm.life.cast.one("safety_officer")
    with life.desk.service.database.reading(officer) as session:
        found = session.scalars(select(SusarCandidate).order_by(SusarCandidate.arose_at, SusarCandidate.id))
        new = [row for row in found if row.id not in harm.cases]
        waiting = session.scalars(select(EventTold).filter_by(state="open", serious=True)).first()
    if waiting is not None or day <= harm.remind_until:
        life.desk.do(life.desk.service.credentials.operator(), remind_of_clocks, RemindOfClocks())
    for row in new:
        _case(harm, row, day)
    if (day - life.first_day).days % WEEK == WEEK - 1:
        _read(harm)


def _case(harm: Harm, row: SusarCandidate, day: date) -> None:
    """One case: opened within days, shown once, and handled in time or late."""
    chance, safety = harm.chance, harm.life.study.safety
    harm.cases.add(row.id)
    longest = max(safety.fatal_report_days + safety.fatal_follow_up_days, safety.other_report_days)
    harm.remind_until = max(harm.remind_until, day + (longest + 2) * telling.DAY)
    one = next(person for person in harm.life.participants if person.id == row.participant)
    if chance.happens(OPENED):
        harm.life.when(telling.later(harm, one, chance.number(0, 2)), partial(_opened, harm, one, row.id))
    officer, close = harm.life.cast.one("safety_officer"), harm.life.desk.do
    urgent = row.urgency == "fatal"
    if chance.happens(CLOSED):
        days = chance.number(3, safety.fatal_report_days + 1 if urgent else safety.other_report_days + 1)
        order = CloseCase(candidate=row.id, part="report")
        harm.life.when(telling.later(harm, one, days), partial(close, officer, close_case, order))
        if urgent:
            order = CloseCase(candidate=row.id, part="follow_up")
            harm.life.when(telling.later(harm, one, days + 6), partial(close, officer, close_case, order))


def _opened(harm: Harm, one: Enrolled, candidate: str) -> None:
    officer = harm.life.cast.one("safety_officer")
    order = OpenCase(candidate=candidate, reason="the report to the authority is due")
    opening = harm.life.desk.do(officer, open_case, order).answer
    emergencies.looked_at(harm, one, officer, opening)


def _read(harm: Harm) -> None:
    """Whoever was told of something urgent in the last week has mostly read it, and says so."""
    life = harm.life
    since = life.desk.clock.now() - WEEK * telling.DAY
    with life.desk.service.database.reading(life.cast.one("auditor")) as session:
        rows = session.scalars(select(Outbox).where(Outbox.kind.in_(URGENT), Outbox.created_at > since))
        told = sorted(rows, key=lambda row: (row.created_at, row.id))
        for row in told:
            session.expunge(row)
    for row in told:
        for actor in life.cast.people.values():
            if reaching(row, actor.grants) and row.id not in harm.read and harm.chance.happens(ACKNOWLEDGED):
                life.desk.do(actor, acknowledge, Acknowledge(notice=row.id))
        harm.read.add(row.id)
