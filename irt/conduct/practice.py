"""The practice code of a site: it belongs to nobody, and its investigator breaks it before the site may open.

Whoever stands before a patient at night knows by then where it is done, and has signed there once (ICH E6(R3) 4.3.2).
"""

from irt.actor import Role
from irt.conduct.tables import PracticeBreak, Site
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Text


class Practise(Order):
    """At which site the practice code is broken, and with which words."""

    site: Code
    told: Text


@act(
    "code_break.practise", roles=[Role.INVESTIGATOR], during=None,
    sign="I have broken the practice code, and know how to break a participant's",
)  # fmt: skip
def practise(act: Act, order: Practise) -> str:
    """Write down that an investigator broke the practice code of a site; answers its id. Refused: not_found."""
    act.find(Site, code=order.site, lock=False)
    broken = new_id(act.entropy)
    act.add(
        PracticeBreak, id=broken, site=order.site, broken_at=act.now, broken_by=act.actor.account,
        signature=act.signature,
    )  # fmt: skip
    return broken
