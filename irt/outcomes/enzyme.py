"""The muscle enzyme that is followed: chosen from the values of the first visit, and fixed then."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Row

from irt.entropy import new_id
from irt.gate.act import Act
from irt.outcomes.forms import Readings, value_of
from irt.outcomes.tables import EnzymeChoice
from irt.study import Enzyme, Study


@dataclass(frozen=True)
class Chosen:
    """An enzyme of study.toml and its upper limit of normal at baseline."""

    enzyme: Enzyme
    upper_limit: Fraction


def most_abnormal(study: Study, forms: Mapping[str, Readings]) -> Chosen | None:
    """The enzyme with the largest multiple of its upper limit, of a tie the first listed; None: none was measured."""
    worst: tuple[Fraction, Chosen] | None = None
    for enzyme in study.core_set.enzymes:
        value, limit = (value_of(study, one, forms) for one in (enzyme.value, enzyme.upper_limit))
        if value is not None and limit and (worst is None or value / limit > worst[0]):
            worst = value / limit, Chosen(enzyme, limit)
    return worst[1] if worst else None


def measures_enzymes(study: Study, instrument: str) -> bool:
    """Whether an instrument holds a value that the choice is made from."""
    named = [one for enzyme in study.core_set.enzymes for one in (enzyme.value, enzyme.upper_limit)]
    return any(one.partition(".")[0] == instrument for one in named)


def fix_enzyme(act: Act, participant: Row[Any], form: str, forms: Mapping[str, Readings]) -> None:
    """Choose the enzyme from the forms of the first visit, `form` the one just recorded; the same choice stands."""
    found = most_abnormal(act.study, forms)
    enzyme, limit = (found.enzyme.id, _decimal(found.upper_limit)) if found else (None, None)
    earlier = act.rows(EnzymeChoice, participant=participant.id)
    last = max(earlier, key=lambda row: int(row.revision), default=None)
    if last is not None and (last.enzyme, last.upper_limit) == (enzyme, limit):
        return
    act.add(
        EnzymeChoice, id=new_id(act.entropy), participant=participant.id, site=participant.site,
        revision=1 + len(earlier), form=form, enzyme=enzyme, upper_limit=limit, chosen_at=act.now,
    )  # fmt: skip


def _decimal(value: Fraction) -> Decimal:
    """A limit as it was written: decimals that end."""
    return Decimal(value.numerator) / Decimal(value.denominator)
