"""Whether the tables of a package agree with one another, with its study file, and with what was published.

A manifest tells that nothing changed since it was written; this tells of a cell that was changed before.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise

from irt.lock.contents import TABLES, Row, Tables, mistakes
from irt.lock.opened import LETTERS, plan_of
from irt.lock.package.commitment import analysis_seed, root_of, seed_sha256
from irt.lock.package.draws import draw_mistakes
from irt.lock.package.signed import over_frozen
from irt.study import Study

NEEDED = (
    "view", "study_sha256", "frozen_sha256", "lock_version", "algorithm", "merkle_root", "ratio", "arms",
    "analysis_seed",
)  # fmt: skip
_SECRET = ("seed", "seed_sha256")  # tell which letter is which: stay out while arms are letters

_SHA256, _HEX = re.compile(r"[0-9a-f]{64}"), re.compile(r"([0-9a-f]{2})+")
_NUMBER, _NUMBERS = re.compile(r"[1-9][0-9]{0,8}"), re.compile(r"[1-9][0-9]{0,8}( [1-9][0-9]{0,8})*")
_KINDS = {
    "study_sha256": (_SHA256, "is no SHA-256"), "frozen_sha256": (_SHA256, "is no SHA-256"),
    "merkle_root": (_SHA256, "is no SHA-256"), "seed_sha256": (_SHA256, "is no SHA-256"),
    "analysis_seed": (_SHA256, "is not 64 hexadecimal digits"), "seed": (_HEX, "is not hexadecimal"),
    "ratio": (_NUMBERS, "are not whole numbers"), "block_sizes": (_NUMBERS, "are not whole numbers"),
    "block_weights": (_NUMBERS, "are not whole numbers"), "slots": (_NUMBER, "is no whole number"),
    "lock_version": (_NUMBER, "is no whole number"),
}  # fmt: skip


def inconsistencies(tables: Tables, study: Study, view: str) -> list[str]:
    """Every mistake that the tables show when they are held against each other; [] for a whole package."""
    if wrong := mistakes(tables):
        return wrong
    facts = {row["key"]: row["value"] for row in tables["generation_record"]}
    if wrong := [*_facts(facts), *_places(tables)]:
        return wrong  # nothing is computed from what is no number
    arms = list(LETTERS[: len(study.arms)]) if view == "letters" else [one.id for one in study.arms]
    return [
        *_keys(tables),
        *_strangers(tables),
        *_arms(tables, arms),
        *_record(tables, facts, study, view),
        *_published(tables, facts, view),
        *draw_mistakes(tables, study, facts),
        *_kits(tables, study, view),
        *_people(tables),
        *_treated(tables, view),
        *_trail(tables),
    ]


def _facts(facts: Mapping[str, str]) -> Iterator[str]:
    """Facts that are not of their kind."""
    for key, (kind, what) in _KINDS.items():
        if facts.get(key) and not kind.fullmatch(facts[key]):
            yield f"generation_record, {key}: {what}"


def _places(tables: Tables) -> Iterator[str]:
    """Positions count from 1."""
    for name in ("randomization_list", "allocations"):
        for number, row in enumerate(tables[name], 1):
            if int(row["position"] or 0) < 1:
                yield f"{name}, row {number}, position: is below 1"


def _keys(tables: Tables) -> Iterator[str]:
    for name, table in TABLES.items():
        counted = Counter(tuple(row[one] for one in table.key) for row in tables[name])
        for key, times in counted.items():
            if times > 1:
                yield f"{name}: {' '.join(key)} stands {times} times"


def _strangers(tables: Tables) -> Iterator[str]:
    """Rows of a participant, kit or site that the package does not have."""
    for column in ("participant", "kit", "site"):
        known = {row[column] for row in tables[f"{column}s"]}
        for name, table in TABLES.items():
            if name == f"{column}s" or column not in {one.name for one in table.columns}:
                continue
            for number, row in enumerate(tables[name], 1):
                if row[column] and row[column] not in known:
                    yield f"{name}, row {number}, {column}: {row[column]} is not in {column}s"


def _arms(tables: Tables, arms: list[str]) -> Iterator[str]:
    for name, table in TABLES.items():
        columns = [one.name for one in table.columns if one.name in _ARM_COLUMNS]
        for number, row in enumerate(tables[name], 1):
            for column in columns:
                if row[column] and row[column] not in arms:
                    yield f"{name}, row {number}, {column}: is none of {', '.join(arms)}"


_ARM_COLUMNS = ("arm", "actual_arm", "arm_of_kit", "arm_of_participant")


def _record(tables: Tables, facts: Mapping[str, str], study: Study, view: str) -> Iterator[str]:
    for key in NEEDED:
        if not facts.get(key):
            yield f"generation_record, {key}: is missing"
    if facts.get("view") != view:
        yield f"generation_record, view: is {facts.get('view')}, the package says {view}"
    if facts.get("study_sha256") != study.sha256:
        yield "generation_record, study_sha256: is not the SHA-256 of study.toml"
    if facts.get("merkle_root") and analysis_seed(facts["merkle_root"]) != facts.get("analysis_seed"):
        yield "generation_record, analysis_seed: is not the seed that the Merkle root fixes"
    yield from _design(facts, study)
    for key in _SECRET if view == "letters" else ():
        if facts.get(key):
            yield f"generation_record, {key}: stands in a package whose arms are letters; it tells which is which"
    if view != "rehearsal":  # which is of data that nobody has locked yet
        yield from _signed(tables, facts, study)


def _design(facts: Mapping[str, str], study: Study) -> Iterator[str]:
    try:
        if facts.get("ratio"):
            plan_of(facts, study)
    except ValueError as fault:
        yield f"generation_record, block_sizes: are of no design ({fault})"


def _signed(tables: Tables, facts: Mapping[str, str], study: Study) -> Iterator[str]:
    """Everybody whom study.toml names has signed lock and release over the frozen data, each another person."""
    signed = over_frozen(tables, facts)
    for step, roles in (("lock", study.lock.signers), ("release", study.lock.release_signers)):
        rows = [row for row in signed if row["step"] == step]
        if missing := sorted(set(roles) - {row["role"] for row in rows}):
            yield f"signatures, {step}: {', '.join(missing)} did not sign over the frozen data of generation_record"
        if len({row["account"] for row in rows}) < len({row["role"] for row in rows}):
            yield f"signatures, {step}: one account signed in two roles"


def _published(tables: Tables, facts: Mapping[str, str], view: str) -> Iterator[str]:
    """The seed and the list against their published hashes; letters bind nothing, for the root is over the arms."""
    if view == "letters":
        return
    seed = bytes.fromhex(facts.get("seed", ""))
    if not seed:
        yield "generation_record, seed: is missing; the list cannot be held against its published root"
        return
    if facts.get("seed_sha256") and seed_sha256(seed) != facts["seed_sha256"]:
        yield "generation_record, seed: is not the seed whose SHA-256 was published (seed_sha256)"
    slots = [(row["stratum"], int(row["position"]), row["arm"]) for row in tables["randomization_list"]]
    if not slots or root_of(slots, seed) != facts.get("merkle_root"):
        yield "randomization_list: is not the list whose Merkle root was published (merkle_root)"


def _kits(tables: Tables, study: Study, view: str) -> Iterator[str]:
    """Each kit is of one type, each type of one arm, and `match` says what the arms say."""
    kits = {row["kit"]: row for row in tables["kits"]}
    allocated = {row["participant"]: row["arm"] for row in tables["allocations"]}
    types = {one.kit_type: one.id for one in study.arms}
    arm_of_type = {one: one for one in LETTERS[: len(types)]} if view == "letters" else types
    for kit, row in kits.items():
        if row["kit_type"] not in arm_of_type:
            yield f"kits, {kit}, kit_type: is none of {', '.join(arm_of_type)}"
    for name, arm_of_kit in (("dispensing", True), ("misallocations", False)):
        for number, row in enumerate(tables[name], 1):
            at, type_, arm = f"{name}, row {number}", row["kit_type"], row["arm_of_participant"]
            of_kit = row["arm_of_kit"] if arm_of_kit else arm_of_type.get(type_, "")
            if row["kit"] and kits.get(row["kit"], row)["kit_type"] != type_:
                yield f"{at}, kit_type: is not that of {row['kit']} in kits"
            if arm and arm != allocated.get(row["participant"]):
                yield f"{at}, arm_of_participant: is not the arm in allocations"
            if type_ in arm_of_type and of_kit != arm_of_type[type_]:
                yield f"{at}, arm_of_kit: is not the arm of its kit_type in study.toml"
            if arm and of_kit and row["match"] != _match(arm, of_kit):
                yield f"{at}, match: says {row['match'] or 'nothing'}, the arms say {_match(arm, of_kit)}"


def _match(arm: str, of_kit: str) -> str:
    return "Y" if arm == of_kit else "N"


def _people(tables: Tables) -> Iterator[str]:
    """What participants and allocations say twice."""
    allocated = {row["participant"]: row for row in tables["allocations"]}
    for number, row in enumerate(tables["participants"], 1):
        of: Row = allocated.get(row["participant"], {})
        for column in ("arm", "stratum_used", "stratum_corrected"):
            if row[column] != of.get(column, "") and (of or column == "arm"):
                yield f"participants, row {number}, {column}: is not that in allocations"
        if of and row["in_error"] != of["in_error"]:
            yield f"participants, row {number}, in_error: is not that in allocations"
        if bool(of) != bool(row["randomized_on"]):
            yield f"participants, row {number}, randomized_on: is there without an allocation, or the reverse"
    counted = Counter(row["site"] for row in tables["participants"])
    randomized = Counter(row["site"] for row in tables["allocations"])
    for row in tables["sites"]:
        if (row["screened"], row["randomized"]) != (str(counted[row["site"]]), str(randomized[row["site"]])):
            yield f"sites, {row['site']}: its counts are not those of participants and allocations"


def _treated(tables: Tables, view: str) -> Iterator[str]:
    """The arm as treated is that of a kit that was given; letters have a rule of their own, for A is no active arm."""
    if view == "letters":
        return
    given: defaultdict[str, set[str]] = defaultdict(set)
    for row in tables["dispensing"]:
        if row["given_on"]:
            given[row["participant"]].add(row["arm_of_kit"])
    for number, row in enumerate(tables["participants"], 1):
        if row["actual_arm"] and row["actual_arm"] not in given[row["participant"]]:
            yield f"participants, row {number}, actual_arm: is the arm of no kit that was given to them"


def _trail(tables: Tables) -> Iterator[str]:
    """The trail has every number from its first to its last."""
    numbers = sorted(int(row["seq"]) for row in tables["audit_trail"] if row["seq"])
    for before, after in pairwise(numbers):
        if after > before + 1:
            yield f"audit_trail: lacks the entries between {before} and {after}"
