"""A kit list for the packager, drawn so that neither number, place, lot nor expiry tells the kit types apart."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from irt.entropy import Entropy, choice
from irt.study import Study
from irt.supply.manifest import COLUMNS, ManifestRow
from irt.supply.numbers import make_kit_numbers, scramble_types
from irt.supply.scrambling import tells_apart

DRAWS = 100  # a list of few kits in many lots may tell by chance; then another is drawn


def pack(
    study: Study, count: int, lots: Mapping[str, date], entropy: Entropy, known: Collection[str] = ()
) -> list[ManifestRow]:
    """`count` kits, their types in the ratio of the arms, each in one of `lots` (code → expiry), as kits.import asks.

    No number is one of `known`, those of kits made before.
    Raises ValueError, with the remedy, when `count` is no multiple of the ratio's sum, or too small for so many lots.
    """
    parts = sum(study.ratio)
    if count % parts:
        nearest = max(parts, count - count % parts)
        raise ValueError(
            f"{count} is no multiple of {parts}, the sum of the ratio; write {nearest} or {nearest + parts}"
        )
    amounts = {arm.kit_type: count * arm.ratio // parts for arm in study.arms}
    for _ in range(DRAWS):
        numbers = make_kit_numbers(count, entropy.take, known=known)
        places = [choice(entropy, sorted(lots)) for _ in numbers]
        drawn = zip(numbers, scramble_types(amounts, entropy.take), places, strict=True)
        rows = [
            ManifestRow(row, number, kind, lot, lots[lot], study.kit.vials)
            for row, (number, kind, lot) in enumerate(drawn, 2)
        ]
        if {row.lot for row in rows} == set(lots) and not tells_apart(rows):
            return rows
    raise ValueError(
        f"{count} kits are too few for {len(lots)} lots with every type in each; give fewer lots or more kits"
    )


def manifest_csv(rows: Sequence[ManifestRow]) -> bytes:
    """The list as a CSV file, as kits.import reads it."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows((row.kit_number, row.kit_type, row.lot, row.expiry.isoformat(), row.vials) for row in rows)
    return file.getvalue().encode()
