"""The practice code of a site: it belongs to nobody, and an investigator of the site breaks it before it may open.

Whoever stands before a patient at night has answered the same questions by then, and signed (ICH E6(R3) 4.3.2).
"""

from typing import ClassVar

from irt.actor import Role
from irt.conduct.tables import PracticeBreak, Site
from irt.entropy import new_id
from irt.gate.act import Act, act
from irt.gate.fields import Code
from irt.safety.break_code import Emergency, require_answers


class Practise(Emergency):
    """At which site the practice code is broken, with the answers of an emergency that was invented for it."""

    UNRECORDED: ClassVar[frozenset[str]] = frozenset(Emergency.model_fields)

    site: Code


@act(
    "code_break.practise", roles=[Role.INVESTIGATOR], during=None,
    sign="I have broken the practice code, and know how to break a participant's",
)  # fmt: skip
def practise(act: Act, order: Practise) -> str:
    """Write down that an investigator broke the practice code of a site; answers its id.

    The answers are judged as in an emergency and kept nowhere. Refused: not_found, not_offered, stop_reason_missing,
    say_in_words.
    """
    act.find(Site, code=order.site, lock=False)
    require_answers(act, order)
    broken = new_id(act.entropy)
    act.add(
        PracticeBreak, id=broken, site=order.site, broken_at=act.now, broken_by=act.actor.account,
        signature=act.signature,
    )  # fmt: skip
    return broken
