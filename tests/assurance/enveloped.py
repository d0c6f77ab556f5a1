"""The envelopes of the trial in `lived`: two exports, each with its line of the book, and what became of two."""

from datetime import date

from irt.gate.act import Act
from irt.participants.tables import Participant
from irt.safety.envelope_tables import Envelope, EnvelopeExport, EnvelopeFate
from irt.vault._tables import Opening

ISSUED_ON = date(2026, 3, 2)


def issue(act: Act, serial: int) -> None:
    """Everybody is issued an envelope by one line of the book."""
    opening = f"op{serial}"
    act.add(Opening, id=opening, purpose="envelopes", account=act.actor.account, signature=act.signature,
            entered_at=act.now)  # fmt: skip
    people = act.rows(Participant)
    rows = [
        {"id": f"en{row.id}-{serial}", "participant": row.id, "site": row.site, "serial": serial, "misallocations": 0,
         "opening": opening, "issued_at": act.now, "issued_by": act.actor.account}
        for row in people
    ]  # fmt: skip
    act.bulk(Envelope, rows, batch="opening")
    act.add(EnvelopeExport, opening=opening, written_at=act.now, written_by=act.actor.account)


def account_for(act: Act, serial: int) -> None:
    """One was opened, one came back."""
    envelope = act.find(Envelope, id=f"enp{serial}-1", lock=False)
    opened = {"kind": "opened", "happened_at": "03:10", "opened_by": "the physician on duty"}
    act.add(EnvelopeFate, id=f"ef{serial}", envelope=envelope.id, site=envelope.site, happened_on=ISSUED_ON,
            told="as it was", recorded_at=act.now, recorded_by=act.actor.account, signature=act.signature,
            **(opened if serial == 1 else {"kind": "returned"}))  # fmt: skip
