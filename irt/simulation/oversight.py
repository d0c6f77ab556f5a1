"""What is done from afar, or each quarter: deviations classified, lines signed, changes decided, kits destroyed."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from irt.conduct.classifying import Classify, classify
from irt.conduct.tables import Deviation, DeviationClass, DeviationRevision
from irt.dispensing.allowance import AllowKit, allow_kit, waits_for_word
from irt.dispensing.books import accountability, gather
from irt.dispensing.change_requests import AskChange, DecideChange, agree_change, ask_change, decline_change
from irt.dispensing.disposal import DisposalOrder, DisposeOf, destroy, to_choose_from, witness
from irt.dispensing.sign_off import AT_ONCE, SignOff, sign_off
from irt.dispensing.tables import Discrepancy, KitAllowance
from irt.participants.tables import Participant
from irt.supply.overdue import is_coming
from irt.supply.tables import Assignment, Express, Shipment

if TYPE_CHECKING:
    from irt.actor import Actor
    from irt.simulation.life import Enrolled, Life

CLASSIFY_DAYS, QUARTER_DAYS = 30, 91
LEFT_FOR_LATER, OF_ANOTHER_MIND, IMPORTANT, CHANGED, DECLINED = 0.1, 0.05, 0.12, 0.02, 0.3


def morning(life: Life, day: date) -> None:
    """Every month deviations are classified; every quarter books are signed and kits destroyed."""
    days = (day - life.first_day).days
    if days and days % CLASSIFY_DAYS == 0:
        deviations(life)
    if days and days % QUARTER_DAYS == 0:
        for site in life.study.sites:
            books(life, site.code)
            destroyed(life, site.code)


def deviations(life: Life, *, at_the_end: bool = False) -> None:
    """Data manager and trial statistician look at what is new; mostly they agree, and at the end in everything."""
    for role in ("data_manager", "trial_statistician"):
        actor = life.cast.one(role)
        with life.desk.service.database.reading(actor) as session:
            moved = Counter(session.scalars(select(DeviationRevision.deviation)))
            words = [row for row in session.scalars(select(DeviationClass)) if row.about == 1 + moved[row.deviation]]
            said = {row.deviation: row for row in words if row.role == role}
            others = {row.deviation: row for row in words if row.role != role}
            new = [row.id for row in session.scalars(select(Deviation).order_by(Deviation.noted_at, Deviation.id))]
        for deviation in new:
            other = others.get(deviation)
            apart = at_the_end and other is not None and deviation in said and _differ(said[deviation], other)
            if apart or (deviation not in said and (at_the_end or not life.nature.happens(LEFT_FOR_LATER))):
                _classify(life, actor, deviation, 1 + moved[deviation], other, agrees=at_the_end)


def _differ(one: DeviationClass, other: DeviationClass) -> bool:
    return (one.severity, one.per_protocol) != (other.severity, other.per_protocol)


def _classify(
    life: Life, actor: Actor, deviation: str, about: int, other: DeviationClass | None, *, agrees: bool = False
) -> None:
    important = life.nature.happens(IMPORTANT)
    words = (
        {"severity": "important", "per_protocol": "exclude"}
        if important
        else {"severity": "minor", "per_protocol": "keep"}
    )
    if other is not None and (agrees or not life.nature.happens(OF_ANOTHER_MIND)):
        words = {"severity": other.severity, "per_protocol": other.per_protocol}
    order = Classify.model_validate(
        {"deviation": deviation, "about": about, "reason": "by the plan for deviations", **words}
    )
    life.desk.do(actor, classify, order)


def books(life: Life, site: str) -> None:
    """The monitor signs the lines that are closed, some at a time."""
    monitor = life.cast.one("monitor")
    with life.desk.service.database.reading(monitor) as session:

        def rows(model: type, **equal: object) -> list[object]:
            return list(session.scalars(select(model).filter_by(**equal)))

        lines = accountability(gather(rows, site, life.study.site(site).time_zone))
    closed = [line for line in lines if line.state in ("reconciled", "destroyed", "sent_back")][-AT_ONCE:]
    if closed:
        order = SignOff(site=site, book="accountability", lines={line.kit: line.digest for line in closed})
        life.desk.do(monitor, sign_off, order)


def destroyed(life: Life, site: str) -> None:
    """The pharmacist destroys what is counted and explained, before the coordinator."""
    pharmacist = life.cast.at(site, "pharmacist")
    with life.desk.service.database.reading(pharmacist) as session:
        asked = {row.kit for row in session.scalars(select(Discrepancy).filter_by(site=site, state="open"))}
        kits = tuple(kit.number for kit in to_choose_from(session, site) if kit.number not in asked)
    if kits:
        order = DisposeOf(site=site, kits=kits, method="incinerated by the hospital's contractor")
        disposal = life.desk.do(pharmacist, destroy, order).answer
        life.desk.do(life.cast.at(site, "coordinator"), witness, DisposalOrder(disposal=disposal))


def allowed(life: Life, one: Enrolled, visit: str) -> None:
    """The trial manager lets a visit whose kits are gone have one more, where it waits for that."""
    manager = life.cast.one("trial_manager")
    with life.desk.service.database.reading(manager) as session:
        given = session.scalars(select(Assignment).filter_by(participant=one.id)).all()
        sent = session.scalars(select(Express).filter_by(participant=one.id)).all()
        coming = {box.id for box in session.scalars(select(Shipment).filter_by(kind="express")) if is_coming(box)}
        words = {
            row.ordinal for row in session.scalars(select(KitAllowance).filter_by(participant=one.id, visit=visit))
        }
    if waits_for_word(visit, given, sent, coming, words):
        order = AllowKit(participant=one.id, visit=visit, reason="the pharmacist told on the telephone how it went")
        life.desk.do(manager, allow_kit, order)


def after_randomizing(life: Life, one: Enrolled) -> None:
    """Now and then a year of birth was mistyped: the site asks, the data manager decides."""
    if not life.nature.happens(CHANGED):
        return
    coordinator, manager = life.cast.at(one.site, "coordinator"), life.cast.one("data_manager")
    with life.desk.service.database.reading(coordinator) as session:
        born = session.scalars(select(Participant).filter_by(id=one.id)).one().birth_year
    order = AskChange(
        participant=one.id, target="birth_year", wanted={"birth_year": str(born + 1)}, reason="mistyped at screening"
    )
    change = life.desk.do(coordinator, ask_change, order).answer
    decide = decline_change if life.nature.happens(DECLINED) else agree_change
    life.desk.do(manager, decide, DecideChange(change=change, reason="checked against the source document"))
