"""What becomes of a deviation: data manager and trial statistician, both masked, each say what it is; the last word
of each counts, and the two together decide who is in the per-protocol set."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from irt.actor import Role
from irt.conduct.tables import Deviation, DeviationClass, DeviationRevision
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Number, Reason
from irt.gate.state import CLEANING

CLASSIFIERS = (Role.DATA_MANAGER, Role.TRIAL_STATISTICIAN)
Severity = Literal["none", "minor", "important"]
PerProtocol = Literal["keep", "exclude"]
State = Literal["suggested", "classified_by_one", "agreed", "disagreed"]


class Word(Protocol):
    """What a standing is read from: a row of `deviation_class`."""

    role: str
    revision: int
    about: int | None
    severity: str
    per_protocol: str


WordT = TypeVar("WordT", bound=Word)


@dataclass(frozen=True)
class Standing:
    """Where a deviation stands. `per_protocol`: the effect of what was agreed on; None while nothing is."""

    state: State
    per_protocol: str | None


def last_words(classes: Iterable[WordT], now: int) -> dict[str, WordT]:
    """The last word of each role about a deviation as it is now, which is its revision `now` (1: as first noted).

    What was said of it before its facts moved was said of other facts, and does not count.
    """
    said = [one for one in classes if (one.about or 1) == now]
    return {one.role: one for one in sorted(said, key=lambda row: row.revision)}


def standing(classes: Iterable[Word], now: int) -> Standing:
    """The standing of one deviation from all rows about it, in any order: the last word of each role counts."""
    last = last_words(classes, now)
    words = {(one.severity, one.per_protocol) for one in last.values()}
    if len(last) < len(CLASSIFIERS):
        return Standing("classified_by_one" if last else "suggested", None)
    return Standing("agreed", words.pop()[1]) if len(words) == 1 else Standing("disagreed", None)


class Classify(Order):
    """What one of the two makes of a deviation, as it was shown. Severity none: on reflection no deviation.

    `about`: the revision that was shown; 1: as it was first noted.
    """

    deviation: Code
    about: Number
    severity: Severity
    per_protocol: PerProtocol
    reason: Reason


@act("deviation.classify", roles=CLASSIFIERS, during=CLEANING, reason=True)
def classify(act: Act, order: Classify) -> str:
    """Say what a deviation is, or say it anew: the earlier word stays. Answers the id of the row.

    Somebody with both roles speaks as data manager: the other word is another person's. Refused: not_found,
    no_deviation_excludes (one that is none excludes nobody), deviation_moved (its facts are others by now).
    """
    found = act.find(Deviation, id=order.deviation, lock=False)
    if order.severity == "none" and order.per_protocol == "exclude":
        act.refuse("no_deviation_excludes")
    if order.about != 1 + len(act.rows(DeviationRevision, deviation=found.id)):
        act.refuse("deviation_moved")
    role = next(one for one in CLASSIFIERS if one in act.actor.roles)
    earlier = act.rows(DeviationClass, deviation=found.id, role=role)
    act.about(participant=found.participant)
    return act.add(
        DeviationClass,
        id=new_id(act.entropy),
        deviation=found.id,
        site=found.site,
        role=role,
        revision=len(earlier) + 1,  # two at once: the second loses the race by the table's key
        about=order.about,
        severity=order.severity,
        per_protocol=order.per_protocol,
        reason=order.reason,
        classified_by=act.actor.account,
        classified_at=act.now,
    )
