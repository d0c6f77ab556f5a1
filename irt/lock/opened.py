"""`Opened`: the allocation with all that it is joined to. Made by the release, or from a package that was verified."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NoReturn, SupportsIndex

from irt.lock.contents import Row, Tables, mistakes
from irt.randomization.blocks_plan import BlocksPlan
from irt.study import Study

View = Literal["final", "letters", "rehearsal"]
LETTERS = ("A", "B")  # arms before it is known which is which


class Opened:
    """Every table of the package, and the study. It shows nothing of itself in a log, and is never pickled or copied.

    `view`: final; letters (arms are called A and B, and no name, seed or digest tells which is which; what befell
    people still may); rehearsal (the allocation is an invented one). Only `irt.lock` makes one.
    """

    __slots__ = ("facts", "study", "tables", "view")

    def __init__(self, *, maker: object, study: Study, tables: Tables, view: View) -> None:
        if maker is not MAKER:
            raise TypeError("the opened allocation is made by the release, or from a verified package")
        if wrong := mistakes(tables):
            raise ValueError("; ".join(wrong[:20]))
        self.study, self.view = study, view
        self.tables: Mapping[str, tuple[Row, ...]] = MappingProxyType(
            {name: tuple(rows) for name, rows in tables.items()}
        )
        self.facts: Mapping[str, str] = {row["key"]: row["value"] for row in self.tables["generation_record"]}

    @property
    def active(self) -> str:
        """The arm that is compared with the control, as the tables call it."""
        return active_of(self.study, self.view)

    @property
    def control(self) -> str:
        """The arm that it is compared with; B, while they are called by letters."""
        return LETTERS[1] if self.view == "letters" else next(one.id for one in self.study.arms if one.control)

    @property
    def active_arm(self) -> int:
        """The place of the active arm in the design's ratio, for the re-randomization test; 0 while it is not known,
        which a ratio of 1:1 allows."""
        return 0 if self.view == "letters" else [one.id for one in self.study.arms].index(self.active)

    @property
    def plan(self) -> BlocksPlan | None:
        """The law of the list; None where the statistician brought one that has no seed."""
        return plan_of(self.facts, self.study)

    @property
    def rerandomization_seed(self) -> bytes:
        """The 32 bytes that every drawing of the analysis starts from; fixed before the first participant."""
        return bytes.fromhex(self.facts["analysis_seed"])

    def __repr__(self) -> str:
        return "<opened>"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("the opened allocation is never pickled or copied")


MAKER = object()
"""What the two makers hold: the release, and the reading of a verified package (tests/house says so)."""


def active_of(study: Study, view: View) -> str:
    """The arm that is compared with the control, and that counts as treatment with the drug; A, while arms are called
    by letters."""
    return LETTERS[0] if view == "letters" else next(one.id for one in study.arms if not one.control)


def plan_of(facts: Mapping[str, str], study: Study) -> BlocksPlan | None:
    """The law of the list, as the generation record tells it; ValueError for numbers that are no such law."""
    if not facts.get("block_sizes"):
        return None
    weights = facts.get("block_weights", "")
    return BlocksPlan(
        ratio=_numbers(facts["ratio"]),
        block_sizes=_numbers(facts["block_sizes"]),
        participants=study.cap,
        strata=len(study.strata_keys()),
        weights=_numbers(weights) if weights else None,
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(one) for one in text.split())
