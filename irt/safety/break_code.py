"""The emergency code break: the site's investigator alone, at once, in every state of the study (ICH E6(R3) 2.11).

The act writes that it happened, why, and the line of the visitors' book; what was given is shown after that has been
committed, by `irt.safety.showing`, and is in no row, answer, message or log.
"""

from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Row, bindparam, select

from irt.actor import Role
from irt.conduct.tables import Site
from irt.dispensing.diary_lines import offered
from irt.dispensing.treatment import require_offered, stop_now
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, KitNumber, Reason, Text
from irt.gate.rows import table_of
from irt.participants.tables import Participant
from irt.safety.emergency_tables import CodeBreak, SecondPerson
from irt.safety.tables import AdverseEvent
from irt.supply import ledger
from irt.supply.tables import Assignment, Kit
from irt.vault import reveal

HOUR = timedelta(hours=1)
AGREE = (Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.MEDICAL_MONITOR)
ALARMED = frozenset({Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER})  # of several, where they may learn of one
_break, _second = table_of(CodeBreak), table_of(SecondPerson)
LATELY = select(_break.c.id).where(_break.c.site == bindparam("site"), _break.c.broken_at > bindparam("since"))
AGREED = (
    select(_second.c.id)
    .where(
        _second.c.site == bindparam("site"), _second.c.agreed_at > bindparam("since"),
        _second.c.agreed_by != bindparam("account"),
    )
    .order_by(_second.c.agreed_at.desc(), _second.c.id)
    .limit(1)
)  # fmt: skip


class Emergency(Order):
    """Why a code is broken, and what follows for the treatment.

    `stop_note` is read beside the stop, also by those who do not learn of the break.
    """

    break_reason: Code
    told: Text
    sponsor_told: Literal["yes", "no"] = "no"
    treatment: Literal["stop", "continue"]
    stop_reason: Code | None = None
    stop_note: Text | None = None


class BreakCode(Emergency):
    """Whose code, by participant or by the number on a kit, and the adverse event that it is about.

    `alone`: a second person is asked for by now, and the investigator does not wait for one.
    """

    participant: Code | None = None
    kit: KitNumber | None = None
    event: Code | None = None
    alone: Literal["yes"] | None = None


class Agree(Order):
    """At which site further codes are to be broken, and why."""

    site: Code
    reason: Reason


@act(
    "code_break.open", roles=[Role.INVESTIGATOR], during=None, reveals=True, emergency=True,
    sign="I need to know this participant's treatment now, in an emergency",
)  # fmt: skip
def break_code(act: Act, order: BreakCode) -> str:
    """Write down an emergency code break; answers its line of the visitors' book, which shows the treatment once.

    Refused, all of it mistakes of the form: whose_code, not_found, kit_of_nobody, kit_of_another, event_of_another,
    not_randomized, not_offered, stop_reason_missing, say_in_words. And second_person_wanted: sent again with `alone`
    it is done.
    """
    participant = _whose(act, order)
    if order.event is not None and act.find(AdverseEvent, id=order.event, lock=False).participant != participant.id:
        act.refuse("event_of_another")
    require_answers(act, order)
    earlier = lately(act, participant.site)
    second = _second_person(act, participant.site, earlier)
    alone = earlier >= act.study.safety.code_breaks_an_hour and second is None
    if alone and order.alone is None:
        act.refuse("second_person_wanted", earlier=earlier)
    opening = reveal.enter(act, "code_break", participant.id)
    act.add(
        CodeBreak,
        id=opening,
        participant=participant.id,
        site=participant.site,
        kit=order.kit,
        reason=order.break_reason,
        told=order.told,
        event=order.event,
        sponsor_told=order.sponsor_told == "yes",
        treatment=_what_follows(act, order, participant),
        stop_reason=order.stop_reason if order.treatment == "stop" else None,
        earlier=earlier,
        second=second,
        alone=alone,
        broken_at=act.now,
        broken_by=act.actor.account,
        signature=act.signature,
    )
    _tell(act, participant, earlier, alone=alone)
    return opening


@act(
    "code_break.agree", roles=AGREE, during=None, emergency=True,
    sign="I agree that further codes are broken at this site now",
)  # fmt: skip
def agree(act: Act, order: Agree) -> str:
    """A second person's word for the code breaks of the coming hour at a site; answers its id. Refused: not_found."""
    act.find(Site, code=order.site, lock=False)
    agreed = new_id(act.entropy)
    act.add(
        SecondPerson, id=agreed, site=order.site, reason=order.reason, agreed_at=act.now,
        agreed_by=act.actor.account, signature=act.signature,
    )  # fmt: skip
    return agreed


def _whose(act: Act, order: BreakCode) -> Row[Any]:
    """The participant whose code is asked for. The one whose box it is now, where several had it."""
    if order.participant is None and order.kit is None:
        act.refuse("whose_code")
    owner = _owner(act, order.kit) if order.kit is not None else None
    if owner is not None and order.participant not in (None, owner):
        act.refuse("kit_of_another", kit=order.kit)
    participant = act.find(Participant, id=owner or order.participant)
    act.find(Site, code=participant.site)  # whoever breaks codes at a site, does so one after another
    return participant


def _owner(act: Act, number: str) -> str:
    meant = [row for row in act.rows(Assignment, kit=number) if row.state != "void"]
    kit = act.find(Kit, number=number, lock=False) if meant else ledger.find_sent(act, number, lock=False)
    latest = max(meant, key=lambda row: (row.assigned_at, row.id), default=None)
    owner = kit.participant or (latest.participant if latest is not None else None)
    if owner is None:
        act.refuse("kit_of_nobody", kit=number)
    return str(owner)


def require_answers(act: Act, order: Emergency) -> None:
    """Refuse answers that the study does not offer, and a stop without its reason.

    Refused: not_offered, stop_reason_missing, say_in_words.
    """
    if not offered(act.study.safety.code_break_reasons, order.break_reason):
        act.refuse("not_offered", field="break_reason", value=order.break_reason)
    if order.treatment == "stop":
        if order.stop_reason is None:
            act.refuse("stop_reason_missing")
        require_offered(
            act,
            "stop_reason",
            order.stop_reason,
            act.study.treatment.stop_reasons,
            order.stop_note,
            note_field="stop_note",
        )


def lately(act: Act, site: str) -> int:
    """How many codes were broken at a site within the hour that ends now."""
    return len(act.select(LATELY, site=site, since=act.now - HOUR))


def _second_person(act: Act, site: str, earlier: int) -> str | None:
    if earlier < act.study.safety.code_breaks_an_hour:
        return None
    agreed = act.select(AGREED, site=site, since=act.now - HOUR, account=act.actor.account)
    return str(agreed[0].id) if agreed else None


def _what_follows(act: Act, order: BreakCode, participant: Row[Any]) -> str:
    if order.treatment == "continue":
        return "continues"
    assert order.stop_reason is not None, "a stop has its reason"
    return "stopped" if stop_now(act, participant, order.stop_reason, order.stop_note) else "was_over"


def _tell(act: Act, participant: Row[Any], earlier: int, *, alone: bool) -> None:
    """Those whom study.toml names learn that it happened. Where breaks follow one another, others look at once."""
    number = participant.screening_number
    act.send(
        "code_break.done", audience=act.study.safety.code_break_recipients, site=participant.site,
        participant=participant.id, number=number,
    )  # fmt: skip
    alarmed = ALARMED.intersection(act.study.safety.code_break_recipients)
    if alarmed and earlier >= act.study.safety.code_breaks_an_hour:
        act.send("code_break.serial", audience=alarmed, site=participant.site, count=earlier + 1, alone=alone)
