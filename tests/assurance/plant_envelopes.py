"""Errors about envelopes, planted through the gate in the trial of `plantings`."""

from datetime import timedelta
from typing import Any

from irt.gate.act import Act
from irt.gate.tables import SignatureRow
from irt.participants.tables import Participant
from irt.safety.envelope_tables import Envelope, EnvelopeFate
from irt.vault._tables import Opening
from tests.assurance.enveloped import ISSUED_ON
from tests.assurance.plantings import Named, planting


def _signature(act: Act, model: Any) -> str:
    """A signature that was given for something else, and for no row of this table."""
    used = {row.signature for row in act.rows(model)}
    return str(next(row.id for row in act.rows(SignatureRow) if row.id not in used))


def _opening(act: Act, purpose: str, participant: str | None) -> str:
    act.add(Opening, id="planted", purpose=purpose, participant=participant, account=act.actor.account,
            signature=_signature(act, Opening), entered_at=act.now)  # fmt: skip
    return "planted"


def _envelope(act: Act, **other: Any) -> Named:
    last = max(act.rows(Envelope, participant="p1"), key=lambda row: row.serial)
    site = act.find(Participant, id="p1", lock=False).site
    values = {"id": "planted", "participant": "p1", "site": site, "serial": last.serial + 1, "misallocations": 0,
              "opening": last.opening, "issued_at": last.issued_at, "issued_by": last.issued_by}  # fmt: skip
    act.add(Envelope, **{**values, **other})
    return "envelope", "planted"


def _fate(act: Act, envelope: str, **other: Any) -> Named:
    row = act.find(Envelope, id=envelope, lock=False)
    values = {"id": "planted", "envelope": row.id, "site": row.site, "kind": "returned", "happened_on": ISSUED_ON,
              "told": "planted", "recorded_at": act.now, "recorded_by": "a1",
              "signature": _signature(act, EnvelopeFate)}  # fmt: skip
    act.add(EnvelopeFate, **{**values, **other})
    return "envelope_fate", "planted"


@planting("an envelope was issued by the line of a code break")
def _by_another_line(act: Act) -> Named:
    return _envelope(act, opening=_opening(act, "code_break", "p1"), issued_at=act.now)


@planting("a line of the book let somebody in for envelopes, and none was issued")
def _line_alone(act: Act) -> Named:
    return "opening", _opening(act, "envelopes", None)


@planting("an envelope was issued by somebody else than its line of the book says")
def _by_somebody_else(act: Act) -> Named:
    return _envelope(act, issued_by="a2")


@planting("an envelope's serial leaves one out")
def _serial_left_out(act: Act) -> Named:
    return _envelope(act, serial=9)


@planting("an envelope was issued before the one that it replaces")
def _before_its_elder(act: Act) -> Named:
    return _envelope(act, issued_at=act.now - timedelta(days=90))


@planting("an envelope knows of fewer wrong boxes than the one that it replaces")
def _fewer_wrong_boxes(act: Act) -> Named:
    return _envelope(act, misallocations=-1)


@planting("an envelope came back before it was issued")
def _back_before_issue(act: Act) -> Named:
    return _fate(act, "enp3-1", happened_on=ISSUED_ON - timedelta(days=40))


@planting("an envelope came back and was destroyed")
def _back_and_destroyed(act: Act) -> Named:
    return _fate(act, "enp2-1", kind="destroyed")


@planting("what became of an envelope is told at another site")
def _at_another_site(act: Act) -> Named:
    other = "02" if act.find(Envelope, id="enp3-1", lock=False).site == "01" else "01"
    return _fate(act, "enp3-1", site=other)
