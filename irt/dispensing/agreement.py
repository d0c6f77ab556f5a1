"""Vials against the diary: what a kit's vials say was used, what was recorded from it, and doses beyond those due."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from irt.clock import local_day
from irt.dispensing.adherence import Adherence, GivenKit, Interval, intervals, of_interval, overall
from irt.dispensing.course import Course, course_of
from irt.dispensing.discrepancies import AGREES_NOW, settle_difference
from irt.dispensing.tables import Discrepancy, KitReturn
from irt.gate.act import Act
from irt.supply.ledger import AT_HOME
from irt.supply.tables import Assignment, Kit, Movement

BACK = ("returned", "reconciled", "destroyed", "sent_back", "back_at_depot")
DAY = timedelta(days=1)


def compare_diary(act: Act, participant: Row[Any]) -> None:
    """Open, keep in step or resolve what is asked about a participant's diary; called whenever either side changes.

    Kind `diary`, of each kit that came back: used vials (expected) against doses recorded from it, taken or partial
    (found), once every dose that was due up to the return is recorded. Kind `adherence`, of the participant: more doses
    taken (found) than were due, less held ones (expected), by the diary or else by the vials.
    """
    zone = act.study.site(participant.site).time_zone
    course = course_of(act, participant, local_day(act.now, zone))
    counts = latest_counts(act.rows(KitReturn, participant=participant.id))
    kits = had_by(participant.id, counts, lambda **equal: act.rows(Kit, **equal))
    recorded = Counter(row.kit for row in course.given)
    asked = {row.kit for row in act.rows(Discrepancy, participant=participant.id, kind="diary", state="open")}
    for number, count in sorted(counts.items()):
        gone_on = kits[number].participant != participant.id  # to somebody else, by mistake: their count of it is over
        back = gone_on or kits[number].state in BACK  # of a kit given up as lost nobody has seen the vials
        left_out = any(one.due_on <= count.returned_on for one in course.unrecorded)
        whole = course.first_dose_on is None or not left_out  # of the never-dosed there is nothing to record
        if number in asked or (back and whole):
            used = count.used - count.used_before
            settle_difference(act, participant, "diary", used, recorded[number], number, by=AGREES_NOW)
    given = given_kits(
        zone, kits, counts, act.rows(Assignment, participant=participant.id), lambda kit: act.rows(Movement, kit=kit)
    )
    due, taken = _excess(course, given)
    settle_difference(act, participant, "adherence", due, max(due, taken), by=AGREES_NOW)


def latest_counts(rows: Iterable[Any]) -> dict[str, Any]:
    """The count that holds for each kit that was ever counted, by number."""
    return {row.kit: row for row in sorted(rows, key=lambda row: int(row.revision))}


def unaccounted(kit: Any, count: Any) -> int:
    """Vials of a kit that its count leaves open; negative: more came back than went out."""
    return int(kit.vials - count.unused - count.used - count.broken - count.lost)


def had_by(participant: str, counts: Mapping[str, Any], rows: Callable[..., Iterable[Any]]) -> dict[str, Any]:
    """The kits that a participant has or had, by number: also those that somebody else has by now.

    `counts`: the participant's own, by number; `rows` reads the kits with these values.
    """
    found = {kit.number: kit for kit in rows(participant=participant)}
    return found | {number: kit for number in counts.keys() - found.keys() for kit in rows(number=number)}


def given_kits(
    zone: str,
    kits: Mapping[str, Any],
    counts: Mapping[str, Any],
    assignments: Iterable[Any],
    lines_of: Callable[[str], Iterable[Any]],
) -> list[GivenKit]:
    """The kits that a participant has or had at home, each with its visit, and its count where it has one.

    `kits` and `counts` by number; `assignments` of the participant; `lines_of` a kit: those of its ledger, asked for
    where a box was given that no visit has. A box that was given once more is at home until it is counted once more.
    """
    handed = {
        row.kit: (row.visit, local_day(row.handed_over_at, zone))
        for row in assignments
        if row.handed_over_at is not None
    }
    found = []
    for number, kit in sorted(kits.items()):
        count = counts.get(number)
        holder = kit.participant if count is None else count.participant
        returned, used = None, None
        if kit.state not in AT_HOME or kit.participant != holder:
            if count is None:
                continue
            returned, used = count.returned_on, count.used - count.used_before
        visit, day = handed.get(number) or (None, _wrong_box(lines_of(number), holder, zone, returned))
        if day is not None:
            found.append(GivenKit(number, visit, day, returned, used))
    return found


def parts_of(course: Course, given: list[GivenKit]) -> list[tuple[Interval, Adherence]]:
    """The adherence of each visit's kits, up to the day that the course goes to; none before a first dose."""
    if course.first_dose_on is None:
        return []
    extra = [row.taken_on for row in course.extra]
    last = course.planned[-1].due_on if course.planned else course.until
    ended = course.until >= min(last, course.ends_on or last)
    found = intervals(given, course.first_dose_on, course.until, ended=ended)
    return [(one, of_interval(one, course.due, extra)) for one in found]


def _wrong_box(lines: Iterable[Any], holder: str, zone: str, returned: date | None) -> date | None:
    """When a box that no visit has was given: it may be told of as late as the day on which it came back."""
    theirs = (line for line in lines if line.after in AT_HOME and line.participant == holder)
    days = [local_day(line.moved_at, zone) for line in theirs]
    days += [returned - DAY] if returned is not None and days else []
    return min(days, default=None)


def _excess(course: Course, given: list[GivenKit]) -> tuple[int, int]:
    """Doses due less held ones, and doses taken, where those are more by the diary, or else by the vials.

    By the vials once the diary is whole up to the last return: a dose of that day may be from the kit that came back,
    and then it is not one of the days that the kit was for.
    """
    due, taken = course.tally.due - course.tally.held, len(course.given)
    back = max((kit.returned_on for kit in given if kit.returned_on is not None), default=None)
    if taken > due or back is None or any(one.due_on <= back for one in course.unrecorded):
        return due, taken
    parts = [(interval, found) for interval, found in parts_of(course, given) if interval.over]
    within = overall(parts)
    last_day = {kit.kit: interval.to_on for interval, _ in parts for kit in interval.kits}
    later = sum(row.kit in last_day and row.taken_on > last_day[row.kit] for row in course.given)
    if within.used is not None and within.used - later > within.due:
        return within.due, within.used - later
    return due, taken
