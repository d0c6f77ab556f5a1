"""Before the first participant: everybody is there, the list is sealed, kits are at the sites, the study is open."""

from datetime import timedelta

from irt.conduct.sites import RecordApproval, SiteOrder, activate_site, record_approval, sign_delegation
from irt.randomization.opening import OpenStudy, open_study
from irt.randomization.prepare import PrepareList, prepare_list
from irt.safety.practice import Practise, practise
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk
from irt.simulation.supply import Supply
from irt.supply.readiness import LaySites, lay_sites, make_ready
from irt.vault.proof import LayProof, lay_proof

EXAMPLE_BLOCKS = 2, 3  # times the sum of the ratio, as in config/randomization.example.toml


def open_trial(desk: Desk, cast: Cast, supply: Supply, kits: int) -> None:
    """List, kits, approvals, delegations, first boxes; then the study opens and the sites become active."""
    study, manager = desk.service.study, cast.one("trial_manager")
    parts = sum(arm.ratio for arm in study.arms)
    design = PrepareList(block_sizes=tuple(parts * times for times in EXAMPLE_BLOCKS), slots=study.cap)
    desk.do(cast.one("unblinded_statistician"), prepare_list, design)
    supply.import_manifest(kits)
    desk.do(manager, open_study, OpenStudy())
    why = study.safety.code_break_reasons[0].id
    shipments = {}
    for site in study.sites:
        for kind in ("ethics", "contract"):
            today = desk.clock.now().date()
            approval = RecordApproval(site=site.code, kind=kind, reference=f"EXAMPLE-{site.code}", approved_on=today)
            desk.do(manager, record_approval, approval)
        investigator = cast.at(site.code, "investigator")
        desk.do(investigator, sign_delegation, SiteOrder(site=site.code))
        invented = Practise(site=site.code, break_reason=why, told="an invented emergency", treatment="continue")
        desk.do(investigator, practise, invented)
        shipments[site.code] = supply.ship(site.code, supply.first_box)
    desk.clock.advance(timedelta(days=study.supply.lead_days))
    for code, shipment in shipments.items():
        supply.receive(code, shipment, [])
        desk.do(manager, make_ready, SiteOrder(site=code))
        desk.do(manager, activate_site, SiteOrder(site=code))


def lay_foundation(desk: Desk) -> None:
    """What `irt init` does in every trial: the vault's proof, and a row for every site of the study file."""
    operator = desk.service.credentials.operator()
    desk.do(operator, lay_proof, LayProof())
    desk.do(operator, lay_sites, LaySites())
