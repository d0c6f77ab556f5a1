"""The end of kits: destroyed before a witness, or sent back; one disposal at a time, nothing that is asked about."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from irt.assurance.verify import verify
from irt.conduct.sites import CloseSite, SiteOrder, close_recruitment, close_site
from irt.conduct.tables import Site
from irt.dispensing.disposal import (
    DisposalOrder,
    DisposeOf,
    WithdrawDisposal,
    destroy,
    send_back,
    withdraw_disposal,
    witness,
)
from irt.dispensing.excursions import DecideQuarantine, ReportExcursion, reject_quarantine, report_excursion
from irt.dispensing.lost import Found, LostOrDamaged, found, lost_or_damaged
from irt.dispensing.lot_holds import hold_lot, resume_lot
from irt.dispensing.returns import resolve_discrepancy, return_kit
from irt.dispensing.tables import Discrepancy, Disposal
from irt.dispensing.treatment import HoldTreatment, hold_treatment
from irt.dispensing.withdrawal import Withdraw, withdraw
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.tables import SignatureRow
from irt.migrate import newest
from irt.supply.lots import DecideLot
from irt.supply.tables import Kit, Movement, Quarantine
from tests.cast import World
from tests.dispensing.given import PHARMACIST, at_home, back, explained, today
from tests.dispensing.test_ordering import boxes, night, to_a_shipping_day
from tests.stocked import on_shelf, running_trial, take_away


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


def reconciled(world: World, number: int = 1) -> str:
    one, kit = at_home(world, f"EXAMPLE-00000{number}")
    world.do(return_kit, back(world, one, kit, 18, 0), by=PHARMACIST)
    return kit


def order(*kits: str, site: str = "01") -> DisposeOf:
    return DisposeOf(site=site, kits=kits, method="Incinerated by the hospital's contractor")


def test_kits_are_destroyed_when_another_person_has_seen_it(trial: World) -> None:
    kits = sorted(reconciled(trial, number) for number in (1, 2))
    disposal = trial.do(destroy, order(*reversed(kits)), by=PHARMACIST)
    row = trial.row(Disposal)
    assert (row.id, row.kind, row.state, row.kits, row.witnessed_by) == (disposal, "destroyed", "proposed", kits, None)
    assert {trial.row(Kit, number=kit).state for kit in kits} == {"reconciled"}
    refused = trial.refusal(witness, DisposalOrder(disposal=disposal), by=PHARMACIST)
    assert refused.code == "witness_is_proposer"
    trial.do(witness, DisposalOrder(disposal=disposal), by="monitor")
    row = trial.row(Disposal)
    assert (row.state, row.witnessed_by, row.witnessed_at) == (
        "done",
        trial.actor("monitor").account,
        trial.clock.now(),
    )
    meanings = {trial.row(SignatureRow, id=one).meaning for one in (row.signature, row.witness_signature)}
    assert meanings == {
        "I destroy these kits as stated, before a witness",
        "I have seen that these kits were destroyed as stated",
    }
    for kit in kits:
        found = trial.row(Kit, number=kit)
        assert (found.state, found.site) == ("destroyed", "01")
        assert found.participant is not None
    again = trial.refusal(witness, DisposalOrder(disposal=disposal), by="investigator_01")
    assert (again.code, again.facts["state"]) == ("disposal_state", "done")


def test_kits_are_sent_back_at_once(trial: World) -> None:
    kit = reconciled(trial)
    damaged = next(iter(on_shelf(trial, "01").values()))[0]
    take_away(trial, [damaged], state="damaged")
    trial.do(send_back, order(kit, damaged), by=PHARMACIST)
    row = trial.row(Disposal)
    assert (row.kind, row.state, row.kits) == ("sent_back", "done", sorted([kit, damaged]))
    assert {trial.row(Kit, number=one).state for one in (kit, damaged)} == {"sent_back"}
    assert trial.refusal(send_back, order(kit), by=PHARMACIST).code == "kits_not_disposable"


@pytest.mark.parametrize("dispose", [destroy, send_back])
def test_only_kits_that_may_go_are_taken(trial: World, dispose: Any) -> None:
    kit = reconciled(trial)
    _, home = at_home(trial, "EXAMPLE-000002")
    shelf, elsewhere = (next(iter(on_shelf(trial, site).values()))[0] for site in ("01", "02"))
    refused = trial.refusal(dispose, order(kit, home, shelf, elsewhere, "9999999"), by=PHARMACIST)
    assert (refused.code, refused.facts["kits"]) == (
        "kits_not_disposable",
        sorted([home, shelf, elsewhere, "9999999"]),
    )
    assert trial.refusal(dispose, order(kit), by="pharmacist_02").code == "not_found"
    assert trial.refusal(dispose, order(kit), by="coordinator_01").code == "role_not_allowed"


def test_a_kit_that_is_asked_about_stays(trial: World) -> None:
    one, kit = at_home(trial)
    trial.do(return_kit, back(trial, one, kit, 17, 0), by=PHARMACIST)
    assert trial.refusal(destroy, order(kit), by=PHARMACIST).code == "kits_not_disposable"
    row = trial.row(Discrepancy)
    trial.do(resolve_discrepancy, explained(trial, row.id, "It broke"), by=PHARMACIST)
    trial.put(Discrepancy, **{**row._asdict(), "id": "asked", "kind": "diary"})
    refused = trial.refusal(destroy, order(kit), by=PHARMACIST)
    assert (refused.code, refused.facts["kits"]) == ("kits_in_question", [kit])


def test_what_is_asked_after_the_proposal_stops_the_witness(trial: World) -> None:
    kit = reconciled(trial)
    disposal = trial.do(destroy, order(kit), by=PHARMACIST)
    row = trial.row(Kit, number=kit)
    trial.put(
        Discrepancy, id="asked", participant=row.participant, site="01", kit=kit, kind="diary", expected=1, found=0,
        state="open", opened_at=trial.clock.now(),
    )  # fmt: skip
    assert trial.refusal(witness, DisposalOrder(disposal=disposal), by="monitor").code == "kits_in_question"


def found_again(world: World) -> str:
    """A kit of the shelf was lost, and turned up: it is in quarantine, and no entry holds it."""
    kit = next(iter(on_shelf(world, "01").values()))[0]
    gone = LostOrDamaged(kit=kit, what="lost", happened_on=today(world), replace="no", told="it is not there")
    mishap = world.do(lost_or_damaged, gone, by=PHARMACIST)
    world.do(found, Found(mishap=mishap), by=PHARMACIST)
    assert world.row(Kit, number=kit).state == "quarantined"
    return str(kit)


@pytest.mark.parametrize("dispose", [destroy, send_back])
def test_quality_decides_on_a_kit_in_quarantine_before_it_goes(trial: World, dispose: Any) -> None:
    counted = reconciled(trial)
    warm = ReportExcursion(site="01", noticed_on=today(trial), noticed_at="00:05", told="the door stood ajar")
    entry = trial.do(report_excursion, warm, by=PHARMACIST)
    held = sorted(kit.number for kit in trial.rows(Kit, site="01", state="quarantined"))[:2]
    refused = trial.refusal(dispose, order(counted, *held), by=PHARMACIST)
    number = trial.row(Quarantine, id=entry).number
    assert (refused.code, refused.facts) == ("kits_in_quarantine", {"kits": held, "entries": [number]})
    trial.do(reject_quarantine, DecideQuarantine(quarantine=entry, reason="too warm for hours"), by="quality")
    trial.do(dispose, order(counted, *held), by=PHARMACIST)


def test_a_kit_found_again_may_go_while_nobody_is_to_decide_on_it(trial: World) -> None:
    kit = found_again(trial)
    lot = DecideLot(lot=trial.row(Kit, number=kit).lot, reason="particles were seen")
    disposal = DisposalOrder(disposal=trial.do(destroy, order(kit), by=PHARMACIST))
    trial.do(hold_lot, lot, by="quality")
    refused = trial.refusal(witness, disposal, by="monitor")
    assert (refused.code, refused.facts["entries"]) == ("kits_in_quarantine", [trial.row(Quarantine).number])
    trial.do(resume_lot, lot, by="quality")
    assert trial.row(Kit, number=kit).state == "quarantined"
    trial.do(witness, disposal, by="monitor")
    assert trial.row(Kit, number=kit).state == "destroyed"


def test_a_kit_is_in_one_disposal_until_a_pharmacist_of_the_site_withdraws_it(trial: World) -> None:
    kit = reconciled(trial)
    disposal = DisposalOrder(disposal=trial.do(destroy, order(kit), by=PHARMACIST))
    for dispose in (destroy, send_back):
        refused = trial.refusal(dispose, order(kit), by=PHARMACIST)
        assert (refused.code, refused.facts["kits"]) == ("kits_in_disposal", [kit])
    wrong = WithdrawDisposal(disposal=disposal.disposal, reason="Who proposed it has left")
    assert trial.refusal(withdraw_disposal, wrong, by="investigator_01").code == "role_not_allowed"
    assert trial.refusal(withdraw_disposal, wrong, by="pharmacist_02").code == "not_found"
    table = table_of(Disposal)
    with trial.database.writing() as connection:
        connection.execute(update(table).values(proposed_by="somebody who left"))
    trial.do(withdraw_disposal, wrong, by=PHARMACIST)
    assert trial.row(Disposal).state == "withdrawn"
    assert trial.last_audit().reason == "Who proposed it has left"
    assert trial.refusal(witness, disposal, by="monitor").code == "disposal_state"
    trial.do(send_back, order(kit), by=PHARMACIST)
    assert trial.row(Kit, number=kit).state == "sent_back"


def test_two_who_dispose_of_one_kit_at_once_are_not_both_served(trial: World) -> None:
    kit = reconciled(trial)
    orders = [(send_back, order(kit)), (send_back, order(kit)), (destroy, order(kit))]
    signed = [(function, asked, trial.sign(function, asked, PHARMACIST)) for function, asked in orders]

    def run(number: int) -> str:
        function, asked, signature = signed[number]
        try:
            trial.service.gate.perform(
                function, asked, by=trial.actor(PHARMACIST), request_id=f"at once {number}", signature=signature
            )
        except Refused as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(3) as pool:
        answers = sorted(pool.map(run, range(3)))
    assert answers.count("done") == 1
    assert set(answers) <= {"done", "kits_not_disposable", "kits_in_disposal"}
    assert len(trial.rows(Disposal)) == 1
    assert len([line for line in trial.rows(Movement, kit=kit) if line.after == "sent_back"]) <= 1


def closing(trial: World, *, for_good: bool = True) -> list[str]:
    """The site is closed (or to recruitment); answers what is available on its shelf."""
    trial.clock.advance(timedelta(minutes=1))
    trial.do(close_recruitment, SiteOrder(site="01"), by="trial_manager")
    if for_good:
        trial.do(close_site, CloseSite(site="01", reason="Everybody has ended"), by="trial_manager")
    trial.clock.advance(timedelta(minutes=1))
    return sorted(kit.number for kit in trial.rows(Kit, site="01", state="available"))


def findings(trial: World) -> list[str]:
    found = verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest())
    return [str(one) for one in found if one.table in ("kit", "movement", "disposal")]


@pytest.mark.parametrize("dispose", [destroy, send_back])
def test_a_closed_site_clears_its_whole_shelf_or_none_of_it(trial: World, dispose: Any) -> None:
    used = reconciled(trial)
    kept = trial.rows(Kit, site="01", state="available")
    assert trial.refusal(dispose, order(*(kit.number for kit in kept)), by=PHARMACIST).code == "kits_not_disposable"
    shelf = closing(trial)
    assert len(shelf) == len(kept) > 8
    refused = trial.refusal(dispose, order(used, *shelf[2:]), by=PHARMACIST)
    assert (refused.code, refused.facts["kits"]) == ("shelf_not_whole", shelf[:2])
    disposal = trial.do(dispose, order(used, *shelf), by=PHARMACIST)
    if dispose is destroy:
        trial.do(witness, DisposalOrder(disposal=disposal), by="monitor")
    gone = "destroyed" if dispose is destroy else "sent_back"
    assert {trial.row(Kit, number=kit).state for kit in (used, *shelf)} == {gone}
    assert findings(trial) == []
    elsewhere = trial.rows(Kit, site="02", state="available")[0].number
    assert trial.refusal(dispose, order(elsewhere, site="02"), by="pharmacist_02").code == "kits_not_disposable"


def test_a_closed_site_may_dispose_of_what_was_used_and_keep_its_shelf(trial: World) -> None:
    used = reconciled(trial)
    shelf = closing(trial)
    trial.do(send_back, order(used), by=PHARMACIST)
    assert {trial.row(Kit, number=kit).state for kit in shelf} == {"available"}


def test_what_came_onto_the_shelf_since_the_proposal_stops_the_witness(trial: World) -> None:
    late = trial.rows(Kit, site="01", state="available")[0].number
    take_away(trial, [late])
    shelf = closing(trial)
    disposal = DisposalOrder(disposal=trial.do(destroy, order(*shelf), by=PHARMACIST))
    take_away(trial, [late], state="available")
    refused = trial.refusal(witness, disposal, by="monitor")
    assert (refused.code, refused.facts["kits"]) == ("shelf_not_whole", [late])


def test_a_site_closed_to_recruitment_keeps_its_shelf_while_somebody_is_due_a_kit(trial: World) -> None:
    one, _ = at_home(trial)
    shelf = closing(trial, for_good=False)
    assert trial.refusal(send_back, order(*shelf), by=PHARMACIST).code == "kits_not_disposable"
    trial.clock.advance(timedelta(days=1))
    why = trial.study.treatment.hold_reasons[0].id
    held = HoldTreatment(participant=one.id, from_on=today(trial), hold_reason=why)
    trial.do(hold_treatment, held, by="investigator_01")  # whoever is on hold may go on
    assert trial.refusal(send_back, order(*shelf), by=PHARMACIST).code == "kits_not_disposable"
    trial.do(withdraw, Withdraw(participant=one.id, reason="moved away"), by="investigator_01")
    trial.do(send_back, order(*shelf), by=PHARMACIST)
    assert {trial.row(Kit, number=kit).state for kit in shelf} == {"sent_back"}
    to_a_shipping_day(trial)
    night(trial)
    assert boxes(trial, "01") == []


def test_verify_finds_a_shelf_that_was_cleared_where_kits_are_given_or_in_part(trial: World) -> None:
    stays, *shelf = closing(trial)
    take_away(trial, [stays])  # in the row alone: its ledger leaves it on the shelf
    trial.do(send_back, order(*shelf), by=PHARMACIST)
    assert [one for one in findings(trial) if "the whole shelf" in one and stays in one]
    with trial.database.writing() as connection:
        connection.execute(update(table_of(Site)).where(table_of(Site).c.code == "01").values(state="active"))
    assert len([one for one in findings(trial) if "before reconciled" in one]) > 8
