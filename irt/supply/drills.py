"""What the supply side records of its own care: the manifest's file put away, a recall rehearsed."""

from collections import Counter
from typing import Literal

from irt.actor import Role
from irt.entropy import new_id
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code, Text
from irt.supply.recall import place_in_trial
from irt.supply.tables import Kit, Lot, Manifest, ManifestDisposal, RecallDrill


class DisposeOfManifest(Order):
    """What became of a manifest's file, where, and by whom."""

    manifest: Code
    kind: Literal["destroyed", "escrow"]
    place: Text


class Drill(Order):
    """The lot whose recall is rehearsed."""

    lot: Text


@act(
    "manifest.dispose",
    roles={Role.SUPPLY_MANAGER},
    during=None,
    sign="The file of this kit list was put away as stated, and no copy is left",
)
def dispose_of_manifest(act: Act, order: DisposeOfManifest) -> None:
    """The file that tells every type is gone, or where nobody reads it. Refused: not_found, manifest_put_away."""
    act.find(Manifest, id=order.manifest, lock=False)
    if act.rows(ManifestDisposal, manifest=order.manifest):
        act.refuse("manifest_put_away")
    act.add(
        ManifestDisposal,
        manifest=order.manifest,
        kind=order.kind,
        place=order.place,
        signature=act.signature,
        disposed_by=act.actor.account,
        disposed_at=act.now,
    )


@act("recall.drill", roles={Role.QUALITY, Role.TRIAL_MANAGER}, during={"setup", "open"})
def drill(act: Act, order: Drill) -> str:
    """Record that a recall was rehearsed, with the kits of the lot in each place at this moment. Refused: not_found."""
    lot = act.find(Lot, code=order.lot, lock=False)
    counts = Counter(place_in_trial(kit) for kit in act.rows(Kit, lot=lot.code))
    return act.add(
        RecallDrill, id=new_id(act.entropy), lot=lot.code, counts=dict(counts), drilled_by=act.actor.account,
        drilled_at=act.now,
    )  # fmt: skip
