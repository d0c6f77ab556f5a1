"""Accidental unblinding: who learned of whose treatment, how, and what was done; never what the treatment was
(ICH E6(R3) 3.16.1(g), 4.1.4)."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from sqlalchemy import Row

from irt.actor import MASKED_ROLES, Role
from irt.clock import local_day
from irt.conduct.tables import Site
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import CalendarDay, ClockTime, Code, Number, Reason, Text
from irt.participants.tables import Participant
from irt.safety.unblinding_tables import UnblindedParticipant, Unblinding, UnblindingAssessment
from irt.study import Study
from irt.supply.tables import Lot

REPORTERS = MASKED_ROLES | {Role.LABORATORY}
ASSESSORS = frozenset({Role.TRIAL_MANAGER, Role.QUALITY})
Scope = Literal["participants", "site", "lot", "trial"]
SHORT = 3  # signs: what begins like a longer name is one, such as placebos
_BETWEEN = r"[\W_]*"  # IL-2, IL 2 and i.l.2 are one name


def _separated(value: Any) -> Any:
    """Screening numbers as people write them in one field: parted by blanks, commas or semicolons."""
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        return value
    return tuple(dict.fromkeys(part for one in given for part in re.split(r"[\s,;，；、]+", one) if part))


class ReportUnblinding(Order):
    """What happened. `site`: where; None for what happened at no site. `numbers`: screening numbers."""

    site: Code | None = None
    scope: Scope
    numbers: Annotated[tuple[Code, ...], BeforeValidator(_separated), Field(max_length=200)] = ()
    lot: Code | None = None
    learned_on: CalendarDay
    learned_at: ClockTime | None = None
    who: Text
    how: Text
    done: Text


class AssessUnblinding(Order):
    """What is made of a report. `revision`: how many assessments stood there when the form was shown, and one."""

    unblinding: Code
    revision: Number
    impact: Text
    corrective: Text
    reason: Reason


@act(
    "unblinding.report",
    roles=REPORTERS,
    during=None,
    always=True,
    sign="I report that a treatment may have become known, and have not written which",
)
def report(act: Act, order: ReportUnblinding) -> str:
    """Report an accidental unblinding, one's own or somebody's at one's site; answers its id.

    Refused: not_found (site, participant, lot), treatment_named, date_in_future, unblinding_scope_differs,
    unblinding_site_needed, unblinding_several_sites.
    """
    require_no_treatment(act, order.who, order.how, order.done)
    if bool(order.numbers) != (order.scope == "participants") or (order.lot is None) == (order.scope == "lot"):
        act.refuse("unblinding_scope_differs")
    people = _participants(act, order.numbers)
    site = order.site or next((row.site for row in people), None)
    if site is None and (act.sites is not None or order.scope == "site"):
        act.refuse("unblinding_site_needed")
    if site is not None:
        act.find(Site, code=site, lock=False)
    if any(row.site != site for row in people):
        act.refuse("unblinding_several_sites")
    if order.lot is not None:
        act.find(Lot, code=order.lot, lock=False)
    today = local_day(act.now, act.study.site(site or act.study.sites[0].code).time_zone)
    if order.learned_on > today:
        value = order.learned_on.isoformat()
        act.refuse("date_in_future", field="learned_on", value=value, today=today.isoformat())
    unblinding = act.add(
        Unblinding,
        id=new_id(act.entropy),
        site=site,
        scope=order.scope,
        lot=order.lot,
        learned_on=order.learned_on,
        learned_at=order.learned_at,
        who=order.who,
        how=order.how,
        done=order.done,
        reported_at=act.now,
        reported_by=act.actor.account,
        signature=act.signature,
    )
    for row in people:
        act.add(UnblindedParticipant, id=new_id(act.entropy), unblinding=unblinding, participant=row.id, site=row.site)
    act.send("unblinding.reported", audience=ASSESSORS, site=site, unblinding=unblinding)
    return unblinding


@act(
    "unblinding.assess",
    roles=ASSESSORS,
    during=None,
    always=True,
    reason=True,
    sign="I have assessed what this unblinding means for the trial",
)
def assess(act: Act, order: AssessUnblinding) -> str:
    """Say what a report means and what is done about it, or say it anew; answers the id of the row.

    Refused: not_found, treatment_named, unblinding_assessed (somebody else was faster).
    """
    found = act.find(Unblinding, id=order.unblinding, lock=False)
    require_no_treatment(act, order.impact, order.corrective, order.reason)
    if order.revision != 1 + len(act.rows(UnblindingAssessment, unblinding=found.id)):
        act.refuse("unblinding_assessed")
    return act.add(
        UnblindingAssessment,
        id=new_id(act.entropy),
        unblinding=found.id,
        site=found.site,
        revision=order.revision,  # two at once: the second loses the race by the table's key, and is refused
        impact=order.impact,
        corrective=order.corrective,
        reason=order.reason,
        assessed_at=act.now,
        assessed_by=act.actor.account,
        signature=act.signature,
    )


def names_treatment(study: Study, texts: Iterable[str]) -> bool:
    """Whether a text names an arm or a kit type of the study, in whatever spelling; names of one sign are passed over,
    for every sentence would hold them, and short ones hold for whole words alone."""
    terms = {_folded(term) for arm in study.arms for term in (arm.id, arm.kit_type, *_labels(arm), *arm.also_called)}
    patterns = [
        rf"(?<![a-z0-9]){_BETWEEN.join(map(re.escape, signs))}{'' if len(signs) > SHORT else '(?![a-z0-9])'}"
        for signs in (re.findall(r"[^\W_]", term) for term in sorted(terms))
        if len(signs) > 1
    ]
    return any(re.search(pattern, _folded(text)) for pattern in patterns for text in texts)


def _labels(arm: Any) -> tuple[str, ...]:
    return () if arm.label is None else (arm.label.en, arm.label.zh.removesuffix("组"))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def require_no_treatment(act: Act, *texts: str) -> None:
    """Refuse in the same words whatever was typed: which field and which name stay unsaid."""
    if names_treatment(act.study, texts):
        act.refuse("treatment_named")


def _participants(act: Act, numbers: Iterable[str]) -> list[Row[Any]]:
    found = []
    for number in numbers:
        rows = act.rows(Participant, screening_number=number)
        if not rows:
            act.refuse("not_found", what="participant")
        found += rows
    return found
