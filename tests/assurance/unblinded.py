"""Accidental unblinding in the trial in `lived`: a row in every table about it."""

from datetime import date

from irt.gate.act import Act
from irt.participants.tables import Participant
from irt.safety.unblinding_tables import UnblindedParticipant, Unblinding, UnblindingAssessment


def unblind(act: Act) -> None:
    """Two reports, each of a participant, and what was made of them."""
    for n in (1, 2):
        who = act.find(Participant, id=f"p{n}")
        act.add(Unblinding, id=f"u{n}", site=who.site, scope="participants", learned_on=date(2026, 5, n),
                who="the nurse", how="a list lay open", done="it was locked away", reported_at=act.now,
                reported_by="a1", signature=act.signature)  # fmt: skip
        act.add(UnblindedParticipant, id=f"up{n}", unblinding=f"u{n}", participant=who.id, site=who.site)
        act.add(UnblindingAssessment, id=f"ua{n}", unblinding=f"u{n}", site=who.site, revision=1, impact="none",
                corrective="training", reason="as planned", assessed_at=act.now, assessed_by="a1",
                signature=act.signature)  # fmt: skip
