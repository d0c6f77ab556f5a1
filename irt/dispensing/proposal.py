"""What a count of vials says about the doses that nobody has recorded: proposed, and only differences asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from irt.dispensing.course import DueDose


@dataclass(frozen=True, slots=True)
class Proposal:
    """How many of the doses were taken, how many missed (which ones is asked), and how many vials are too many."""

    taken: int
    missed: int
    over: int


def proposed(due: Sequence[DueDose], used: int) -> Proposal:
    """What `used` vials of the kit in hand say about doses that were due and are not recorded.

    As many used as due: all were taken. Fewer: the rest was missed, and the participant says which. More: all were
    taken, and what became of the vials over is asked.
    """
    taken = min(len(due), used)
    return Proposal(taken, len(due) - taken, used - taken)
