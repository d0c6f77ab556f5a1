"""The list is laid: generated and sealed in one act, or sealed as its maker brought it. Once for a trial."""

import csv
import io
from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, StrictInt

from irt.actor import Role
from irt.gate.act import Act, Order, act
from irt.randomization.tables import PublishedList
from irt.study import Study
from irt.vault import blind

ALGORITHM = blind.ALGORITHM
UNRECORDED = {"recorded": False}
OWN_COLUMNS = ["stratum", "position", "arm"]


class PrepareList(Order):
    """The statistician's design. None of it reaches the audit trail: it is sealed with the list."""

    block_sizes: Annotated[tuple[StrictInt, ...], Field(json_schema_extra=UNRECORDED)]
    weights: Annotated[tuple[StrictInt, ...] | None, Field(json_schema_extra=UNRECORDED)] = None
    slots: Annotated[StrictInt, Field(json_schema_extra=UNRECORDED)]


class SealOwnList(Order):
    """A list made elsewhere, as CSV with the columns stratum, position, arm."""

    content: Annotated[Base64Bytes, Field(repr=False, json_schema_extra=UNRECORDED)]

    @classmethod
    def from_file(cls, content: bytes) -> "SealOwnList":
        """The order for a file's bytes."""
        return cls(content=b64encode(content))


class Published(BaseModel):
    """What everybody may know of the list, and what binds it."""

    model_config = ConfigDict(frozen=True)
    merkle_root: str
    seed_sha256: str | None
    algorithm: str
    strata: dict[str, int]


def design_of(study: Study, order: PrepareList) -> blind.Design:
    """The whole design: strata and ratio from the study, block sizes and slots from the statistician."""
    return blind.Design(
        strata=tuple(study.strata_keys()),
        ratio=tuple(arm.ratio for arm in study.arms),
        block_sizes=order.block_sizes,
        slots=order.slots,
        weights=order.weights,
    )


def design_mistakes(study: Study, order: PrepareList) -> list[str]:
    """Every mistake of a design, each with its key and remedy; for the statistician alone."""
    found = blind.check_design(design_of(study, order), study.cap)
    return [f"{key}: {problem}; {remedy}" for key, problem, remedy in found]


@act(
    "list.prepare",
    roles={Role.UNBLINDED_STATISTICIAN},
    during={"setup"},
    sign="I approve this randomization design and have the list sealed",
)
def prepare_list(act: Act, order: PrepareList) -> Published:
    """Generate the list from a new secret seed and seal it at once; publish what binds it."""
    design = design_of(act.study, order)
    if mistakes := design_mistakes(act.study, order):
        act.refuse("design_mistakes", mistakes=mistakes)
    _require_first(act)
    return _publish(act, blind.seal_list(act, design), design.algorithm, seeded=True)


@act(
    "list.seal_own",
    roles={Role.UNBLINDED_STATISTICIAN},
    during={"setup"},
    sign="I bring this randomization list, made elsewhere, and have it sealed",
)
def seal_own_list(act: Act, order: SealOwnList) -> Published:
    """Seal a list made elsewhere; every wrong row is named and then nothing is sealed."""
    arms, mistakes = read_own_list(act.study, order.content)
    if mistakes:
        act.refuse("list_mistakes", mistakes=mistakes)
    _require_first(act)
    return _publish(act, blind.seal_own_list(act, arms), "own list", seeded=False)


def read_own_list(study: Study, content: bytes) -> tuple[dict[str, list[str]], list[str]]:
    """The arms by stratum in order of position, and every mistake; a mistake names the row, never an arm."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return {}, ["file: is not a UTF-8 CSV; save it as one"]
    if not rows or list(rows[0]) != OWN_COLUMNS:
        return {}, [f"columns: write {','.join(OWN_COLUMNS)} as the first row, and at least one slot"]
    known, strata = {arm.id for arm in study.arms}, set(study.strata_keys())
    arms: dict[str, list[str]] = defaultdict(list)
    mistakes = []
    for line, row in enumerate(rows, 2):
        expected = len(arms[row["stratum"]]) + 1
        if row["stratum"] not in strata:
            mistakes.append(f"row {line}, stratum: {row['stratum']!r} is unknown; use {', '.join(sorted(strata))}")
        elif row["position"] != str(expected):
            mistakes.append(f"row {line}, position: {row['position']!r} is not the next; write {expected}")
        if row["arm"] not in known:
            mistakes.append(f"row {line}, arm: is no arm of study.toml; use its ids")
        arms[row["stratum"]].append(row["arm"])
    return dict(arms), mistakes + _too_short(study, arms)


def _too_short(study: Study, arms: Mapping[str, Sequence[str]]) -> list[str]:
    return [
        f"stratum {stratum}: {len(arms.get(stratum, ()))} slots are fewer than the {study.cap} participants who may "
        f"all fall into it; give at least {study.cap}"
        for stratum in study.strata_keys()
        if len(arms.get(stratum, ())) < study.cap
    ]


def _require_first(act: Act) -> None:
    if act.rows(PublishedList):
        act.refuse("list_prepared_already")


def _publish(act: Act, commitment: blind.Commitment, algorithm: str, *, seeded: bool) -> Published:
    published = Published(
        merkle_root=commitment.merkle_root,
        seed_sha256=commitment.seed_sha256 if seeded else None,
        algorithm=algorithm,
        strata=commitment.strata,
    )
    act.add(PublishedList, id=1, prepared_by=act.actor.account, prepared_at=act.now, **published.model_dump())
    return published
