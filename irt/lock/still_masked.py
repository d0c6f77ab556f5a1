"""What a rehearsal leaves out: the trial goes on masked, and more than the arm itself can tell an arm."""

from collections.abc import Mapping, Sequence

from irt.actor import UNMASKED_ROLES
from irt.lock.contents import Row

UNTOLD = dict.fromkeys(("reason", "body", "hash"), "")


def still_masked(tables: Mapping[str, Sequence[Row]]) -> dict[str, Sequence[Row]]:
    """The tables of a rehearsal as somebody masked may hold them.

    Left out: results that the laboratory alone may see, safety values that the investigator alone may see, all that
    unmasked people did, what the entries of the audit trail hold and hash (sealed values among them), and in which box
    a kit lies that has not left the depot.
    """
    trail = [row for row in tables["audit_trail"] if not UNMASKED_ROLES & set(row["roles"].split(","))]
    return dict(tables) | {
        "laboratory": [],
        "safety_laboratory": [row for row in tables["safety_laboratory"] if row["withheld"] == "N"],
        # numbered anew: a gap would tell that something was done
        "audit_trail": [dict(row) | UNTOLD | {"seq": str(number)} for number, row in enumerate(trail, 1)],
        "kits": [dict(row) | ({"state": "at_depot", "site": ""} if row["state"] == "packed" else {})
                 for row in tables["kits"]],
    }  # fmt: skip
