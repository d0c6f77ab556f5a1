"""One participant's treatment, lived: the first dose, doses at home, visits with what comes back and what is given.

Nature decides what happens; the people at the site record it through the acts, mostly rightly and mostly in time.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from irt.clock import local_time
from irt.dispensing.attendance import RecordVisit, SkipVisit, record_visit, skip_visit
from irt.dispensing.calendar import schedule
from irt.dispensing.diary import RecordDiary, record_diary
from irt.dispensing.diary_lines import Entry
from irt.dispensing.dispense import Assign, assign
from irt.dispensing.first_dose import FirstDose, record_first_dose
from irt.dispensing.returns import ReturnKit, return_kit
from irt.dispensing.treatment import Complete, complete
from irt.participants.visits import Window, windows
from irt.simulation import changes, mistakes, oversight, troubles
from irt.simulation.habits import FORGETS_BOX, FORGETS_DIARY, TAKEN_ALL_THE_SAME, Box, becomes_of

if TYPE_CHECKING:
    from irt.simulation.life import Enrolled, Life

DAY = timedelta(days=1)
OUT_OF_WINDOW, SKIPPED, UNRECORDED = 0.03, 0.008, 0.004
ON_ITS_WAY = 3
MISCOUNTED, PUT_RIGHT = 0.015, 0.85
REASONS = ("the participant was travelling", "a public holiday", "the participant had a fever", "bad weather")


def begin(life: Life, one: Enrolled) -> None:
    """After the first box was handed over: the first dose at the clinic, or some days later at home; or never."""
    after = one.habits.first_dose_after
    if after is None:
        life.at(life.today(one) + 9 * DAY, one.site, partial(changes.leave, life, one))
    elif after == 0:
        first_dose(life, one, "clinic")
    else:
        life.at(life.today(one) + after * DAY, one.site, partial(first_dose, life, one, "home"))


def first_dose(life: Life, one: Enrolled, place: Literal["clinic", "home"]) -> None:
    """The calendar begins: visits, and what befalls the participant, are counted from here."""
    if one.left or not one.home:
        return
    today, box = life.today(one), one.home[-1]
    zone = life.study.site(one.site).time_zone
    order = FirstDose(
        participant=one.id, kit=box.kit, taken_on=today, taken_at=local_time(life.desk.clock.now(), zone),
        place=place, injection_site=life.nature.pick(life.study.treatment.injection_sites).id,
    )  # fmt: skip
    life.desk.do(life.cast.at(one.site, "coordinator"), record_first_dose, order)
    box.used += 1
    one.first_dose, one.last_dose, one.lived_to = today, today, today + DAY
    plan_visits(life, one)
    changes.plan(life, one)
    if life.harm is not None:
        life.harm.sampled(one)


def plan_visits(life: Life, one: Enrolled) -> None:
    """Put every visit that is wanted on the agenda: on its day, near it, out of its window, or not at all."""
    assert one.first_dose is not None
    dispensing = [visit.id for visit in life.study.dispensing_visits]
    planned = windows(life.study, one.first_dose)
    for window in planned[1:]:
        if window.visit not in life.wanted_visits:
            continue
        left = one.person.withdraws_before_visit
        if left is not None and window.visit in dispensing and dispensing.index(window.visit) == left:
            life.at(window.earliest, one.site, partial(changes.leave, life, one))
            return
        margin = life.study.visit(window.visit).window_days
        day = window.due + life.nature.days_off(margin) * DAY
        if life.nature.happens(SKIPPED) and window.visit != planned[-1].visit:
            life.at(window.latest + DAY, one.site, partial(skipped, life, one, window))
            continue
        if life.nature.happens(UNRECORDED):
            continue
        if life.nature.happens(OUT_OF_WINDOW):
            day = window.latest + life.nature.number(1, 4) * DAY
        life.at(day, one.site, partial(comes, life, one, window))


def comes(life: Life, one: Enrolled, window: Window) -> None:
    """A visit: the diary is filled in, boxes come back, the next one is given; by telephone nothing changes hands."""
    if one.left or window.visit in one.seen:
        return
    visit = life.study.visit(window.visit)
    today = life.today(one)
    reason = None if window.earliest <= today <= window.latest else life.nature.pick(REASONS)
    lived(life, one, today)
    diary(life, one)
    if visit.contact:
        attend(life, one, visit.id, reason)
        finish(life, one)
        return
    if visit.returns:
        bring_back(life, one, forget=visit.dispense)
    if visit.dispense and one.stopped_on is None:
        changes.resume_if_held(life, one)
        give(life, one, window, reason)
    else:
        attend(life, one, visit.id, reason)
    if visit.id in one.seen:
        rounds(life, one, visit.id)
    finish(life, one)


def rounds(life: Life, one: Enrolled, visit: str) -> None:
    """Blood is taken, and the raters see the participant."""
    if life.harm is not None:
        life.harm.visited(one, visit)
    if life.rounds is not None:
        life.rounds.visited(one, visit)


def give(life: Life, one: Enrolled, window: Window, reason: str | None) -> None:
    """Ask for the visit's box and hand it over; where none can be sent, another day within the window."""
    visit = window.visit
    if troubles.elsewhere(life, one, visit):
        return
    mistakes.before_visit(life, one, visit)
    pharmacist = life.cast.at(one.site, "pharmacist")
    done = life.desk.attempt(pharmacist, assign, Assign(participant=one.id, visit=visit))
    if done is None:
        oversight.allowed(life, one, visit)
        again = life.today(one) + DAY
        if again <= window.latest:
            life.at(again, one.site, partial(comes, life, one, window))
        return
    if done.answer.kit is None:  # one is on its way: the participant comes again when it is there
        life.at(life.today(one) + ON_ITS_WAY * DAY, one.site, partial(comes, life, one, window))
        return
    one.given[visit] = done.answer.kit
    one.seen.add(visit)
    troubles.handed_over(life, one, visit, reason)


def attend(life: Life, one: Enrolled, visit: str, reason: str | None) -> None:
    """Record that a visit took place at which no box is given."""
    order = RecordVisit(participant=one.id, visit=visit, visited_on=life.today(one), reason=reason)
    if life.desk.attempt(life.cast.at(one.site, "coordinator"), record_visit, order) is not None:
        one.seen.add(visit)


def skipped(life: Life, one: Enrolled, window: Window) -> None:
    """The participant does not come, and says so."""
    if one.left or window.visit in one.seen:
        return
    order = SkipVisit(participant=one.id, visit=window.visit, reason=life.nature.pick(REASONS))
    if life.desk.attempt(life.cast.at(one.site, "coordinator"), skip_visit, order) is not None:
        one.seen.add(window.visit)


def lived(life: Life, one: Enrolled, until: date) -> None:
    """What became of every dose due before `until` and not yet lived; it waits to be recorded."""
    if one.first_dose is None or one.died:
        return
    for dose in schedule(life.study.dosing, one.first_dose)[1:]:
        if not one.lived_to <= dose.due_on < until or one.on_hold(dose.due_on):
            continue
        if one.stopped_on is not None and dose.due_on > one.stopped_on:
            break
        one.unrecorded[str(dose.number)] = _became(life, one, dose.due_on, until)
    one.lived_to = max(one.lived_to, until)


def _became(life: Life, one: Enrolled, due: date, until: date) -> Entry:
    just_late = one.last_dose is not None and due - one.last_dose < 2 * DAY
    box = next((box for box in reversed(one.home) if box.left and box.since <= due), None)
    what = becomes_of(life.nature, one.habits)
    if what == "late" and due + DAY >= until:
        what = "taken"
    if box is None:
        return Entry(outcome="missed", missed_reason="no_vial")
    if what == "missed" or (just_late and not life.nature.happens(TAKEN_ALL_THE_SAME)):
        return Entry(outcome="missed", missed_reason=life.nature.pick(life.study.treatment.missed_reasons[:3]).id)
    box.used += 1
    box.mishandled(life.nature)
    taken_on = due + DAY if what == "late" else due
    one.last_dose = max(one.last_dose or taken_on, taken_on)
    partial_dose = what == "partial"
    return Entry(
        outcome="partial" if partial_dose else "taken",
        taken_on=taken_on,
        taken_at=f"{life.nature.number(7, 9):02d}:{life.nature.number(0, 11) * 5:02d}",
        kit=box.kit,
        place="home",
        injection_site=life.nature.pick(life.study.treatment.injection_sites).id,
        missed_reason="broken_vial" if partial_dose else None,
        why="taken a day after the late one" if just_late else None,
    )


def diary(life: Life, one: Enrolled) -> None:
    """Record what waits, unless the booklet was left at home."""
    if one.unrecorded and not life.nature.happens(FORGETS_DIARY):
        order = RecordDiary(participant=one.id, doses=dict(one.unrecorded))
        life.desk.do(life.cast.at(one.site, "coordinator"), record_diary, order)
        one.unrecorded.clear()


def bring_back(life: Life, one: Enrolled, *, forget: bool) -> None:
    """Every box at home comes back and is counted, now and then wrongly; somebody may have left it at home."""
    if forget and life.nature.happens(FORGETS_BOX):
        return
    for box in list(one.home):
        unused = box.left - (1 if box.left and life.nature.happens(MISCOUNTED) else 0)
        order = ReturnKit(
            participant=one.id, kit=box.kit, returned_on=life.today(one), unused=unused, used=box.used,
            broken=box.broken, lost=box.mislaid,
        )  # fmt: skip
        life.desk.do(life.cast.at(one.site, "pharmacist"), return_kit, order)
        one.home.remove(box)
    if life.nature.happens(PUT_RIGHT):
        life.at(life.today(one) + life.nature.number(1, 5) * DAY, one.site, partial(changes.put_right, life, one))


def finish(life: Life, one: Enrolled) -> None:
    """When all visits are over and no box is out, the participant has completed the trial."""
    last = [visit.id for visit in life.study.visits][-1]
    if last not in one.seen or one.left or one.home or one.held:
        return
    done = life.desk.attempt(life.cast.at(one.site, "coordinator"), complete, Complete(participant=one.id))
    one.left = done is not None


def box_given(life: Life, one: Enrolled, kit: str) -> None:
    """A box is in the participant's hands from now on."""
    one.home.append(Box(kit, life.study.kit.vials, life.today(one)))
    one.had.append(kit)
