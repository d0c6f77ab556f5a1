"""What gives the supply pages something to show: a lot extended, refrigerators that failed, returns, a destruction;
and reports of an accidental unblinding."""

import base64
from datetime import timedelta

from sqlalchemy import select

from irt.dispensing.destruction import Destroy, ReceiveBack, propose_destruction, receive_back
from irt.dispensing.disposal import DisposeOf, send_back
from irt.dispensing.excursions import DecideQuarantine, ReportExcursion, reject_quarantine, report_excursion
from irt.safety.unblindings import AssessUnblinding, ReportUnblinding, assess, report
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk
from irt.supply.lots import TO_RELABEL, ChangeExpiry, extend_lot
from irt.supply.tables import Kit, Lot

PDF = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()


def leave_stock_ends(desk: Desk, cast: Cast, own: str, other: str) -> None:
    """At one site an entry waits for quality; of the other's two returns one waits for the depot."""
    with desk.service.database.reading(cast.one("quality")) as session:
        here = select(Kit.lot).where(Kit.site == own, Kit.state.in_(TO_RELABEL))  # the pharmacist has labels to print
        released = select(Lot).where(Lot.state == "released", Lot.code.in_(here))
        lot = session.scalars(released.order_by(Lot.expiry.desc(), Lot.code)).first()
    assert lot is not None, "a lot is released, and kits of it stand at the site"
    extended = ChangeExpiry(lot=lot.code, expiry=lot.expiry + timedelta(days=30), reason="new stability data")
    desk.do(cast.one("quality"), extend_lot, extended)
    decision = DecideQuarantine(quarantine=_warm(desk, cast, other), reason="outside the stability data")
    desk.do(cast.one("quality"), reject_quarantine, decision)
    _warm(desk, cast, own)
    with desk.service.database.reading(cast.one("quality")) as session:
        damaged = session.scalars(select(Kit).filter_by(site=other, state="damaged").order_by(Kit.number))
        numbers = [kit.number for kit in damaged]
    assert len(numbers) > 1, "a refrigerator was not empty"
    back = [_sent_back(desk, cast, other, kits) for kits in (numbers[:1], numbers[1:2])]
    desk.do(cast.one("depot"), receive_back, ReceiveBack(disposal=back[0], kits=tuple(numbers[:1])))
    destroyed = Destroy(kits=tuple(numbers[:1]), method="incinerated", file_name="certificate.pdf", file=PDF)
    desk.do(cast.one("depot"), propose_destruction, destroyed)


def _warm(desk: Desk, cast: Cast, site: str) -> str:
    today = desk.clock.now().date()
    order = ReportExcursion(
        site=site, noticed_on=today, noticed_at="07:30", minutes=90, told="the door stood ajar",
        file_name="logger.pdf", file=PDF,
    )  # fmt: skip
    return str(desk.do(cast.at(site, "pharmacist"), report_excursion, order).answer)


def _sent_back(desk: Desk, cast: Cast, site: str, kits: list[str]) -> str:
    order = DisposeOf(site=site, kits=tuple(kits), method="by courier")
    return str(desk.do(cast.at(site, "pharmacist"), send_back, order).answer)


def leave_unblindings(desk: Desk, cast: Cast, *sites: str) -> None:
    """At each site its coordinator reported an accidental unblinding; one report is assessed."""
    today = desk.clock.now().date()
    told = {"learned_on": today, "who": "the study nurse", "how": "a list lay open", "done": "it was locked away"}
    reports = [ReportUnblinding(site=site, scope="site", **told) for site in sites]
    made = [desk.do(cast.at(one.site or "", "coordinator"), report, one).answer for one in reports]
    said = AssessUnblinding(unblinding=made[0], revision=1, impact="none", corrective="training", reason="as planned")
    desk.do(cast.one("quality"), assess, said)
