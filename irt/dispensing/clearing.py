"""What stays on a shelf at a site where nobody is given a kit any more: it goes whole, or not at all.

A choice of kits could tell their types: only the whole shelf says nothing.
"""

from collections.abc import Iterable
from datetime import date

from irt.conduct.tables import Site
from irt.dispensing.ahead import kits_needed
from irt.gate.act import Act
from irt.supply.tables import Kit

ENDING = ("closed_to_recruitment", "closed")  # the states of a site in which its shelf may be cleared
UNUSED = "available"


def may_clear(act: Act, site: str) -> bool:
    """Whether nobody is given a kit from the site's shelf any more, by its state and by the visits that are due."""
    state = act.find(Site, code=site, lock=False).state
    return bool(state == "closed" or (state in ENDING and not kits_needed(act, site, date.max, held=True)))


def require_whole(act: Act, site: str, wanted: Iterable[str]) -> None:
    """What is available goes together, on a locked shelf. Refused: shelf_not_whole (the kits left out)."""
    shelf, chosen = {kit.number for kit in act.rows(Kit, site=site, state=UNUSED)}, set(wanted)
    if (shelf & chosen) and (left := sorted(shelf - chosen)):
        act.refuse("shelf_not_whole", kits=left)
