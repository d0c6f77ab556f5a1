"""What masked people can see of the supply, in the order in which it happened: kits, boxes, shelves, statuses.

Nothing here knows a type or an arm. `tests/masking/attack/reading.py` reads it from a trial's database, and
`model_world.py` makes it up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import numpy as np

# arrived: a kit stands on a site's shelf from now on, alone or out of a box
# left: it does so no more, and not because it was chosen
# drawn: it was chosen on the shelf for a participant
# own: it is a participant's without having been chosen on a shelf (an express kit)
# open, closed: whether the site may randomize, as set anew from its shelf
# refused: a kit was asked for, and the shelf could not serve every arm
Kind = Literal["arrived", "left", "drawn", "own", "open", "closed", "refused"]
ALWAYS = (date.min, date.min)


@dataclass(frozen=True)
class Kit:
    """A kit as its label and the books have it. `line`: its place in what the depot and the site list of its box."""

    number: str
    expiry: date
    lot: str = ""
    box: str = ""
    line: int = 0


@dataclass(frozen=True)
class Box:
    """A shipment with the kits that were packed into it, by number."""

    id: str
    site: str
    kits: tuple[str, ...]
    number: str = ""
    requested_at: datetime | None = None
    received_at: datetime | None = None
    express: bool = False


@dataclass(frozen=True)
class Event:
    """One thing that happened at a site.

    `until`: a kit counted as in date if it expires on that day or later; the first is the least day that the rule may
    have asked for, the second the latest, where not everything that it depends on is recorded.
    """

    kind: Kind
    at: datetime
    site: str
    kit: str = ""
    participant: str = ""
    until: tuple[date, date] = ALWAYS
    again: bool = False  # drawn: not the first kit of its visit
    below: int = 0  # closed: some type had fewer than so many; 0: it depends on visits that the history does not hold


@dataclass(frozen=True)
class History:
    """A whole trial. `home` names the site of each participant."""

    kits: dict[str, Kit]
    boxes: tuple[Box, ...]
    events: tuple[Event, ...]
    home: dict[str, str]
    enrolled: dict[str, datetime] = field(default_factory=dict)

    def drawn(self) -> Sequence[Event]:
        """Every kit that was chosen on a shelf for a participant."""
        return [event for event in self.events if event.kind == "drawn"]

    def of_participant(self) -> dict[str, str]:
        """For each kit that is known to be of a participant's type: which participant."""
        return {event.kit: event.participant for event in self.events if event.kind in ("drawn", "own")}


@dataclass(frozen=True)
class Truth:
    """What only the vault knows, to score by: whether it is the second of the two types, by participant and by kit.

    `deal` gives the participants other arms as the trial's own design would have, and tells nothing of what was seen.
    """

    participants: dict[str, bool]
    kits: dict[str, bool]
    deal: Callable[[np.random.Generator], dict[str, bool]] | None = None
