"""What every part of the study file is made of: frozen tables, exact numbers, codes, texts in both languages, roles."""

from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict


class Part(BaseModel):
    """A frozen table of the study file; an unknown key and a value of another type are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _exact(value: object) -> object:
    return Decimal(value) if type(value) is int else value


_T = TypeVar("_T")

Many = Annotated[tuple[_T, ...], Strict(False)]
"""A list; its elements are as strict as everything else."""
Number = Annotated[
    Decimal, BeforeValidator(_exact), Field(ge=-1_000_000_000, le=1_000_000_000, max_digits=15, decimal_places=6)
]
"""An exact decimal: 0.1 is a tenth, for bands and cuts have edges."""
Count = Annotated[int, Field(ge=1, le=1_000_000)]
"""A whole number from 1."""
Days = Annotated[int, Field(ge=0, le=3650)]
"""Days, weeks or hours: a whole number from 0."""
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]
"""An identifier: ASCII, so that it can stand in a stratum's key, an address, a file."""
Line = Annotated[str, Field(min_length=1, max_length=600, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f]$")]
"""One line of text."""


class Words(Part):
    """A text in both languages."""

    en: Line
    zh: Line


# The names of irt.actor.Role, which stands to the right of this package; a test holds the two together.
RoleName = Literal[
    "investigator", "coordinator", "pharmacist", "assessor", "physician_assessor", "monitor", "data_manager",
    "medical_monitor", "trial_manager", "trial_statistician", "sponsor", "quality", "depot", "auditor", "laboratory",
    "supply_manager", "safety_officer", "unblinded_statistician", "administrator", "operator",
]  # fmt: skip
UNMASKED_NAMES = frozenset({"supply_manager", "safety_officer", "unblinded_statistician"})
ACCOUNTS_NAMES = frozenset({"administrator", "operator"})
SIGNER_NAMES = frozenset({  # of the lock; a test holds them against those who may
    "investigator", "data_manager", "trial_statistician", "medical_monitor", "trial_manager", "sponsor", "quality",
    "monitor",
})  # fmt: skip
RATER_NAMES = frozenset({"assessor", "physician_assessor", "laboratory"})  # learn nothing of a code break

Rater = Literal["participant", "assessor", "physician_assessor", "investigator", "coordinator", "laboratory"]
"""Who gives a value; the participant has no account and answers on a page that opens once."""
