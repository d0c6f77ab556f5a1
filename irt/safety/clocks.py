"""The clocks of safety reporting: what starts one, when it ends, how it stands. Pure, over rows and instants.

Investigator to sponsor: hours from the site's awareness, exact. Sponsor to authorities (ICH E2A III.B): calendar days
from day zero, the day by the sponsor's calendar on which the sponsor had the facts; a holiday or weekend stops none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from irt.clock import local_day
from irt.study.closing import Safety

Urgency = Literal["fatal", "other"]
Kind = Literal["report", "opinion", "first", "follow_up"]
State = Literal["due", "overdue", "done", "late"]
Stage = Literal["half", "over"]

URGENT = frozenset({"death", "life_threatening"})
EXCLUDED = "unrelated"  # "unlikely" does not exclude: it leaves a reasonable possibility (ICH E2A II.A.1)
MATERIAL = ("verbatim", "term", "grade", "onset_on", "seriousness", "causality_drug", "outcome")  # what is judged
TICK = timedelta(microseconds=1)  # no instant is stored finer


@dataclass(frozen=True, slots=True)
class Clock:
    """One deadline. `due`: the last instant that is in time."""

    kind: Kind
    began: datetime
    due: datetime

    @property
    def half(self) -> datetime:
        """The instant at which half of the time is gone."""
        return self.began + (self.due - self.began) / 2

    def state(self, done_at: datetime | None, now: datetime) -> State:
        """How it stands at `now`; late: it was done, after its time."""
        if done_at is not None and done_at <= now:
            return "done" if done_at <= self.due else "late"
        return "due" if now <= self.due else "overdue"

    def stage(self, now: datetime) -> Stage | None:
        """Of what somebody is to be reminded at `now`, as long as it is not done; None in its first half."""
        if now > self.due:
            return "over"
        return "half" if now >= self.half else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """That an event may have to be reported in the urgent or the other time, and since when."""

    urgency: Urgency
    version: int  # whose facts made it one
    day_zero: date
    arose_at: datetime


def report_clock(aware_at: datetime, safety: Safety) -> Clock:
    """The investigator's clock: so many hours from the site's awareness, by no calendar."""
    return Clock("report", aware_at, aware_at + timedelta(hours=safety.investigator_report_hours))


def desk_clocks(urgency: str, day_zero: date, safety: Safety) -> tuple[Clock, ...]:
    """The sponsor's clocks for a candidate: the first report, and what completes an urgent one.

    Each runs to the end of its last day by the sponsor's calendar.
    """
    if urgency == "other":
        return (_days("first", day_zero, safety.other_report_days, safety),)
    complete = safety.fatal_report_days + safety.fatal_follow_up_days
    return (
        _days("first", day_zero, safety.fatal_report_days, safety),
        _days("follow_up", day_zero, complete, safety),
    )


def _days(kind: Kind, day_zero: date, days: int, safety: Safety) -> Clock:
    zone = ZoneInfo(safety.sponsor_time_zone)
    began, after = (datetime.combine(day_zero + timedelta(days=more), time(), zone) for more in (0, days + 1))
    return Clock(kind, began.astimezone(ZoneInfo("UTC")), after.astimezone(ZoneInfo("UTC")) - TICK)


def is_serious(version: Any) -> bool:
    """Whether a version tells a serious event, and not one that was told by mistake."""
    return bool(version.stands and version.seriousness)


def urgency_of(version: Any) -> Urgency:
    """The time in which a serious event is reported, if it is."""
    return "fatal" if URGENT & set(version.seriousness) else "other"


def report_of(versions: Iterable[Any], safety: Safety) -> tuple[Clock, datetime] | None:
    """The clock of the investigator's report on an event, and when it was done; None of what never was serious.

    It counts from the earliest awareness that any serious version tells: one typed wrongly can be put right, and
    only to an earlier moment. Nobody can make a report timely by a later word.
    """
    known = [one for one in _in_order(versions) if is_serious(one)]
    if not known:
        return None
    return report_clock(min(one.aware_at for one in known), safety), known[0].recorded_at


def is_late(versions: Iterable[Any], safety: Safety) -> bool:
    """Whether the investigator's report came after its time, by what is known of the awareness now."""
    report = report_of(versions, safety)
    return report is not None and report[1] > report[0].due


def first_serious(versions: Iterable[Any]) -> Any | None:
    """The version that first told the event as serious: the investigator's report is done with it."""
    return next((one for one in _in_order(versions) if is_serious(one)), None)


def to_judge(versions: Iterable[Any], opinions: Iterable[Any]) -> Any | None:
    """The version since which the sponsor's opinion is due; None where none is.

    Every serious event waits for one, whatever the investigator thinks of it, and again when what is judged is other
    than it was.
    """
    return next(iter(_waiting(versions, opinions)), None)


def opinion_clocks(versions: Iterable[Any], opinions: Iterable[Any], safety: Safety) -> list[tuple[Any, Clock]]:
    """The clocks of an opinion that is due, each with the version that began it; the one that ends first stands first.

    Each ends when the report to the authorities would be due if the opinion made the event a case: of what waits the
    first version, and the first that is fatal or threatens life where that came later. Waiting stops no time.
    """
    waiting = _waiting(versions, opinions)
    begin = [*waiting[:1], *(one for one in waiting if urgency_of(one) == "fatal")][:2]
    found = [(one, _of_opinion(one, safety)) for place, one in enumerate(begin) if one not in begin[:place]]
    return sorted(found, key=lambda pair: (pair[1].due, int(pair[0].version)))


def _of_opinion(version: Any, safety: Safety) -> Clock:
    day_zero = local_day(version.recorded_at, safety.sponsor_time_zone)
    return replace(desk_clocks(urgency_of(version), day_zero, safety)[0], kind="opinion")


def _waiting(versions: Iterable[Any], opinions: Iterable[Any]) -> list[Any]:
    """The serious versions that the sponsor has not judged; none where what is judged is as it was."""
    known, latest = _in_order(versions), _latest(opinions)
    if not known or not is_serious(known[-1]):
        return []
    if latest is None:
        return [one for one in known if is_serious(one)]
    judged = known[latest.about - 1]
    if not _differ(known[-1], judged):
        return []
    return [one for one in known[latest.about :] if is_serious(one) and _differ(one, judged)]


def candidates(versions: Iterable[Any], opinions: Iterable[Any], zone: str) -> list[Candidate]:
    """Every candidate that the history of one event has made, in order; `zone`: the sponsor's.

    One arises once an event is serious, the investigator or the sponsor cannot exclude the drug, and the sponsor has
    found it unexpected: at most one for each urgency, and none for the other time once there is an urgent one. What a
    later version takes back takes back no candidate. An opinion is of the version that was the last when it was given.
    """
    steps = [((one.version, 0), one.recorded_at, one) for one in versions]
    steps += [((one.about, one.revision), one.judged_at, one) for one in opinions]
    known, judged, found = list[Any](), list[Any](), list[Candidate]()
    for (_, revision), at, row in sorted(steps, key=lambda step: step[0]):
        (judged if revision else known).append(row)
        if not _arises(known[-1], judged[-1] if judged else None):
            continue
        urgency = urgency_of(known[-1])
        if urgency not in {one.urgency for one in found} and (urgency == "fatal" or not found):
            origin = _origin(known, judged, urgency)
            found.append(Candidate(urgency, origin.version, local_day(origin.recorded_at, zone), at))
    return found


def _arises(version: Any, opinion: Any | None) -> bool:
    if opinion is None or opinion.expectedness != "unexpected" or not is_serious(version):
        return False
    return _suspected(version, opinion)


def _suspected(version: Any, opinion: Any) -> bool:
    return {version.causality_drug, opinion.causality_drug} != {EXCLUDED}


def _origin(known: Sequence[Any], judged: Sequence[Any], urgency: Urgency) -> Any:
    """The version with whose facts the sponsor had all that the last opinion judges."""
    since = _cleared(known, judged, urgency)
    return next(one for one in known[since:] if _meets(one, urgency) and _suspected(one, judged[-1]))


def _cleared(known: Sequence[Any], judged: Sequence[Any], urgency: Urgency) -> int:
    """Up to which version the sponsor had found that nothing is to be reported; 0: up to none.

    Another mind about the same facts moves no day zero: only facts that came later do.
    """
    found = 0
    for opinion in judged[:-1]:
        about = known[opinion.about - 1]
        cleared = _meets(about, urgency) and not _arises(about, opinion)
        if cleared and any(_meets(one, urgency) and _differ(one, about) for one in known[opinion.about :]):
            found = max(found, opinion.about)
    return found


def _meets(version: Any, urgency: Urgency) -> bool:
    return is_serious(version) and (urgency == "other" or urgency_of(version) == "fatal")


def _differ(one: Any, other: Any) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in MATERIAL)


def _in_order(versions: Iterable[Any]) -> list[Any]:
    return sorted(versions, key=lambda one: int(one.version))


def _latest(opinions: Iterable[Any]) -> Any | None:
    return max(opinions, key=lambda one: int(one.revision), default=None)
