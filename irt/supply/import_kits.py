"""The kit list comes in: checked whole, sealed at once, and its types are nowhere else from then on."""

from base64 import b64encode
from typing import Annotated, Self

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field
from sqlalchemy import select

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Text
from irt.gate.rows import table_of
from irt.supply.expiry import depot_day
from irt.supply.manifest import ManifestRow, parse_manifest
from irt.supply.scrambling import tells_apart
from irt.supply.tables import Kit, Lot, Manifest
from irt.vault import blind

KNOWN_NUMBERS = select(table_of(Kit).c.number)


class TableFile(Order):
    """A file, as CSV or XLSX; neither its bytes nor its name reach the audit trail."""

    filename: Annotated[Text, Field(json_schema_extra={"recorded": False})]
    content: Annotated[Base64Bytes, Field(repr=False, json_schema_extra={"recorded": False})]

    @classmethod
    def from_file(cls, filename: str, content: bytes) -> Self:
        """The order for a file's bytes."""
        return cls(filename=filename, content=b64encode(content))


class ImportKits(TableFile):
    """A manifest."""


class Imported(BaseModel):
    """How many kits came in."""

    model_config = ConfigDict(frozen=True)
    manifest: str
    kits: int


@act(
    "kits.import",
    roles={Role.SUPPLY_MANAGER},
    during={"setup", "open"},
    sign="I import this kit list as received from the packager",
)
def import_kits(act: Act, order: ImportKits) -> Imported:
    """Take in a kit list; nothing is imported when any row is wrong, or when the file tells the types apart.

    Its lots wait for their release by quality: before it no kit of theirs is shipped.
    """
    rows = _checked(act, order)
    digest = act.keys.digest("manifest", order.content.hex())
    if act.rows(Manifest, file_digest=digest):
        act.refuse("manifest_known")
    known = {row.number for row in act.select(KNOWN_NUMBERS)}
    taken = sorted(known & {row.kit_number for row in rows})
    if taken:
        act.refuse("kits_known", numbers=taken)
    lots_of = {row.lot: row.expiry for row in rows}
    if again := [code for code in sorted(lots_of) if act.rows(Lot, code=code)]:
        act.refuse("lots_known", lots=again)
    manifest = new_id(act.entropy)
    act.add(
        Manifest,
        id=manifest,
        file_digest=digest,
        kits=len(rows),
        imported_by=act.actor.account,
        imported_at=act.now,
    )
    for code, expiry in sorted(lots_of.items()):
        act.add(Lot, code=code, expiry=expiry, state="received", set_at=act.now)
    stored = [
        {
            "number": row.kit_number,
            "manifest": manifest,
            "lot": row.lot,
            "expiry": row.expiry,
            "vials": row.vials,
            "moves": 0,
            "state": "at_depot",
        }
        for row in sorted(rows, key=lambda row: row.kit_number)
    ]
    act.bulk(Kit, stored, batch="manifest")
    types = {row.kit_number: row.kit_type for row in rows}
    lots = {row.kit_number: row.manufacturing_lot for row in rows if row.manufacturing_lot}
    blind.seal_kits(act, manifest, types, lots)
    return Imported(manifest=manifest, kits=len(rows))


def _checked(act: Act, order: ImportKits) -> tuple[ManifestRow, ...]:
    kinds = {arm.kit_type for arm in act.study.arms}
    today = depot_day(act.study, act.now)
    read = parse_manifest(
        order.content,
        order.filename,
        kinds,
        act.study.kit.vials,
        today,
        do_not_ship_days=act.study.kit.do_not_ship_days,
    )
    if isinstance(read, list):
        act.refuse("manifest_mistakes", mistakes=[str(mistake) for mistake in read])
    findings = tells_apart(read.rows)
    if findings:
        act.refuse("manifest_tells", findings=[str(finding) for finding in findings])
    return read.rows
