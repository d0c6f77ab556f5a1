"""What was told in the trial of `lived`: notices acknowledged and kept out of mail, special reports."""

from datetime import date

from irt.gate.act import Act
from irt.gate.tables import Outbox
from irt.participants.tables import Participant
from irt.people.tables import MailChoice, NoticeAcknowledgement
from irt.safety.special_tables import SpecialReport, SpecialReportVersion


def tell(act: Act) -> None:
    """Two notices are acknowledged, two choices made, p1 and p2 have each a report."""
    notices = [row.id for row in act.rows(Outbox)]
    for n in (1, 2):
        act.add(NoticeAcknowledgement, id=f"na{n}", outbox=notices[n], account=f"a{n}", roles=["monitor"],
                acknowledged_at=act.now)  # fmt: skip
        act.add(MailChoice, id=f"mc{n}", account=f"a{n}", kind="shipment.sent", revision=1, wanted=False,
                chosen_at=act.now)  # fmt: skip
        who = act.find(Participant, id=f"p{n}", lock=False)
        of = {"participant": who.id, "site": who.site}
        act.add(SpecialReport, id=f"sr{n}", **of, kind="overdose", number=1, opened_at=act.now, opened_by="a1")
        act.add(SpecialReportVersion, id=f"sv{n}", report=f"sr{n}", **of, version=1, told="two vials",
                happened_on=date(2026, 3, 2), vials_taken=2, vials_intended=1, harm=False, aware_at=act.now,
                recorded_at=act.now, recorded_by="a1", signature=act.signature)  # fmt: skip
