"""The treatment of the trial in `lived`: a row in every table about visits, doses, vials, mishaps and deviations."""

from datetime import date

from irt.conduct.deviations import note
from irt.conduct.tables import DeviationClass
from irt.dispensing.counting import Counts, count_vials
from irt.dispensing.tables import (
    ChangeRequest,
    Disposal,
    Dose,
    Hold,
    KitAllowance,
    LineReview,
    Mishap,
    PassedOn,
    TreatmentStop,
)
from irt.gate.act import Act
from irt.participants.tables import Participant, VisitRecord
from irt.supply import ledger
from irt.supply.tables import Assignment, Kit

FIRST_DAY = date(2026, 3, 2)


def treat(act: Act) -> None:
    """Participant p1 takes a dose, is held, brings a kit back with a vial too few, stops; p2's box was a wrong one."""
    who = act.find(Participant, id="p1")
    kit = act.find(Kit, number=act.find(Assignment, participant="p1").kit)
    of = {"participant": "p1", "site": who.site}
    for n in (1, 2):
        act.add(VisitRecord, id=f"v{n}", **of, visit=f"W{n}", revision=1, state="done", visited_on=FIRST_DAY,
                recorded_at=act.now, recorded_by="a1")  # fmt: skip
        act.add(Dose, id=f"do{n}", **of, kind="scheduled", number=n, revision=1, outcome="taken", taken_on=FIRST_DAY,
                taken_at="09:00", kit=kit.number, place="clinic", injection_site="abdomen_left", recorded_at=act.now,
                recorded_by="a1")  # fmt: skip
        act.add(Hold, id=f"h{n}", **of, from_on=date(2026, 4, n), resumed_on=date(2026, 5, n), reason="fever",
                held_by="a1", held_at=act.now, resumed_by="a1", resumed_at=act.now)  # fmt: skip
        act.add(ChangeRequest, id=f"cr{n}", **of, target="birth_year", before="1971", wanted="1972", reason="typing",
                state="open", requested_by="a1", requested_at=act.now)  # fmt: skip
        stopped = act.find(Participant, id=f"p{n}", lock=False)
        act.add(TreatmentStop, participant=f"p{n}", site=stopped.site, last_day=FIRST_DAY, reason="wish",
                stopped_by="a1", stopped_at=act.now)  # fmt: skip
    ledger.move(act, kit, "returned", site=who.site, participant="p1")
    assert not count_vials(act, kit, who, Counts(unused=0, used=1, broken=0, lost=0), FIRST_DAY)


def settle(act: Act) -> None:
    """A mishap with its deviation, what is made of it, vials to be destroyed, lines of the books signed."""
    given = act.find(Assignment, participant="p2")
    kit_of_p1 = act.find(Assignment, participant="p1").kit
    for n in (1, 2):
        found = note(act, "wrong_kit", site=given.site, participant="p2", subject=f"p2/{n}", happened_on=FIRST_DAY,
                     facts={"kit": given.kit})  # fmt: skip
        note(act, "wrong_kit", site=given.site, participant="p2", subject=f"p2/{n}", happened_on=FIRST_DAY,
             facts={"kit": given.kit, "instead_of": given.kit})  # fmt: skip
        act.add(DeviationClass, id=f"dc{n}", deviation=found, site=given.site, role="data_manager", revision=1, about=2,
                severity="minor", per_protocol="keep", reason="no effect", classified_by="a1",
                classified_at=act.now)  # fmt: skip
        act.add(Mishap, id=f"m{n}", participant="p2", site=given.site, kind="wrong_kit", visit="day-1", kit=given.kit,
                instead_of=given.kit, happened_on=FIRST_DAY, told="two boxes stood side by side", box="recovered",
                replacement="not_wanted", deviation=found, reported_by="a1", reported_at=act.now)  # fmt: skip
        act.add(PassedOn, kit=(given.kit, kit_of_p1)[n - 1], site=given.site, mishap=f"m{n}", lot="L1",
                expiry=FIRST_DAY, vials=18, passed_at=act.now, passed_by="a1")  # fmt: skip
        broken = next(kit for kit in act.rows(Kit, site=given.site, state="available"))
        ledger.move(act, broken, "damaged", site=given.site)
        act.add(Disposal, id=f"dp{n}", site=given.site, kind="destroyed", kits=[broken.number], method="incinerated",
                state="proposed", proposed_by="a1", proposed_at=act.now, signature=act.signature)  # fmt: skip
        act.add(LineReview, id=f"lr{n}", site=given.site, book="accountability", line=given.kit, digest="0" * 64,
                reviewed_by="a1", reviewed_at=act.now, signature=act.signature)  # fmt: skip
        act.add(KitAllowance, id=f"ka{n}", participant="p2", site=given.site, visit="day-1", ordinal=n + 2,
                reason="two were lost", signature=act.signature, allowed_by="a1", allowed_at=act.now)  # fmt: skip
