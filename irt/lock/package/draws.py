"""Whether the list and the allocations tell the same story: each draw the next slot of its stratum, in time."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from irt.lock.contents import Row, Tables
from irt.study import Study


def draw_mistakes(tables: Tables, study: Study, facts: Mapping[str, str]) -> Iterator[str]:
    """Where slots, blocks and draws disagree."""
    slots: defaultdict[str, list[Row]] = defaultdict(list)
    for row in tables["randomization_list"]:
        slots[row["stratum"]].append(row)
    for stratum in study.strata_keys():
        if stratum not in slots:
            yield f"randomization_list: has no slot of stratum {stratum}"
    whole = {str(len(tables["randomization_list"])), *(str(len(rows)) for rows in slots.values())}
    if facts.get("slots") and facts["slots"] not in whole:
        yield "randomization_list: has not as many slots as generation_record says"
    for stratum, rows in slots.items():
        rows.sort(key=lambda row: int(row["position"] or 0))
        yield from _slots(stratum, rows, study)
        yield from _blocks(stratum, rows, facts)
    yield from _draws(tables, slots)


def _slots(stratum: str, rows: Sequence[Row], study: Study) -> Iterator[str]:
    at = f"randomization_list, stratum {stratum}"
    if stratum not in study.strata_keys():
        yield f"{at}: is no stratum of study.toml"
    if [row["position"] for row in rows] != [str(place) for place in range(1, len(rows) + 1)]:
        yield f"{at}: its positions are not 1 to {len(rows)}"
    used = [row["used"] == "Y" for row in rows]
    if used != sorted(used, reverse=True):
        yield f"{at}: slots were not used in order"
    for row in rows:
        if (row["used"] == "Y") != bool(row["participant"]):
            yield f"{at}, position {row['position']}: is used without a participant, or the reverse"


def _blocks(stratum: str, rows: Sequence[Row], facts: Mapping[str, str]) -> Iterator[str]:
    """Whole blocks hold the arms by the ratio; arms in letters only as often, for a ratio of 1:1 has no order."""
    blocks: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["block"]:
            blocks[row["block"]].append(row)
    sizes, ratio = facts.get("block_sizes", "").split(), [int(one) for one in facts.get("ratio", "").split()]
    for place, (block, held) in enumerate(blocks.items(), 1):
        at = f"randomization_list, stratum {stratum}, block {block}"
        if [row["position_in_block"] for row in held] != [str(one) for one in range(1, len(held) + 1)]:
            yield f"{at}: its positions are not 1 to {len(held)}"
        if place == len(blocks):
            continue  # the last is cut where the list ends, be it at another size of the design
        if sizes and str(len(held)) not in sizes:
            yield f"{at}: has {len(held)} slots, no block size of the design"
        counts = sorted(Counter(row["arm"] for row in held).values())
        if ratio and counts != sorted(part * len(held) // sum(ratio) for part in ratio):
            yield f"{at}: does not hold the arms by the ratio"


def _draws(tables: Tables, slots: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    drawn = {(stratum, row["position"]): row for stratum, rows in slots.items() for row in rows if row["participant"]}
    latest: dict[str, tuple[int, datetime]] = {}
    rows = sorted(tables["allocations"], key=lambda row: (row["stratum_used"], int(row["position"] or 0)))
    for row in rows:
        at, place = f"allocations, {row['participant']}", (row["stratum_used"], row["position"])
        slot = drawn.pop(place, None)
        if slot is None or slot["participant"] != row["participant"]:
            yield f"{at}: was not drawn at position {row['position']} of {row['stratum_used']}, says the list"
            continue
        if slot["arm"] != row["arm"]:
            yield f"{at}, arm: is not that of the slot drawn"
        if not row["randomized_at_utc"]:
            yield f"{at}, randomized_at_utc: is missing"
            continue
        when = datetime.fromisoformat(row["randomized_at_utc"])
        before = latest.get(row["stratum_used"])
        if before is not None and when < before[1]:
            yield f"{at}: was drawn before position {before[0]} of its stratum, and stands after it"
        latest[row["stratum_used"]] = (int(row["position"]), when)
        if row["randomized_at_local"] and datetime.fromisoformat(row["randomized_at_local"]) != when:
            yield f"{at}: the two times of randomization differ"
    for (stratum, position), row in drawn.items():
        yield f"randomization_list, stratum {stratum}, position {position}: {row['participant']} is not in allocations"
