"""Settings that tests start from: an open study, sites that screen, participants on their way."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from irt.conduct.sites import RecordApproval, SiteOrder, activate_site, record_approval, sign_delegation
from irt.gate.keys import digest_of
from irt.participants.baseline import RecordBaseline, record_baseline
from irt.participants.screen import Screen, Screened, screen
from irt.randomization.opening import OpenStudy, open_study
from irt.randomization.tables import PublishedList
from irt.safety.practice import Practise, practise
from irt.supply.readiness import LaySites, lay_sites, make_ready
from irt.supply.tables import Kit, Lot, Manifest
from tests.cast import World
from tests.remembered import remembered


def publish_list(world: World, strata: Sequence[str] | None = None) -> None:
    """A commitment to a list is there, as if one had been prepared."""
    world.put(
        PublishedList,
        id=1,
        merkle_root=digest_of("a root"),
        seed_sha256=digest_of("a seed"),
        algorithm="none",
        strata=dict.fromkeys(world.study.strata_keys() if strata is None else strata, 100),
        prepared_by="nobody",
        prepared_at=world.clock.now(),
    )


def stock(world: World, site: str) -> None:
    """One kit stands on the site's shelf, as if it had been received."""
    manifest = f"manifest-{site}"
    now = world.clock.now()
    world.put(Manifest, id=manifest, file_digest=manifest, kits=1, imported_by="nobody", imported_at=now)
    if not world.rows(Lot, code="L1"):
        world.put(Lot, code="L1", expiry=now.date(), state="released", set_at=now)
    world.put(
        Kit, number=f"K-{site}", manifest=manifest, lot="L1", expiry=now.date(), vials=18, state="available", site=site,
        participant=None, moves=1,
    )  # fmt: skip


def approve(world: World, site: str, *kinds: Any) -> None:
    """The site has these approvals."""
    for kind in kinds:
        order = RecordApproval(site=site, kind=kind, reference=f"{kind} {site}", approved_on=world.clock.now().date())
        world.do(record_approval, order, by="trial_manager")


def practice(site: str, **other: Any) -> Practise:
    """The order of a practice code, with the answers of an invented emergency."""
    values = {"break_reason": "treatment_depends_on_it", "told": "an invented emergency", "treatment": "continue"}
    return Practise(site=site, **(values | other))


def invented(site: str) -> dict[str, str]:
    """The same, as the form sends it."""
    return practice(site).model_dump(exclude={"site"}, exclude_none=True)


def activate(world: World, site: str) -> None:
    """The site goes from set up to active, through every step."""
    approve(world, site, "ethics", "contract")
    world.do(sign_delegation, SiteOrder(site=site), by=f"investigator_{site}")
    world.do(practise, practice(site), by=f"investigator_{site}")
    stock(world, site)
    world.do(make_ready, SiteOrder(site=site), by="trial_manager")
    world.do(activate_site, SiteOrder(site=site), by="trial_manager")


def open_trial(world: World, *sites: str) -> World:
    """The study is open and `sites` are active."""

    def play(here: World) -> None:
        here.do(lay_sites, LaySites(), by="operator")
        publish_list(here)
        here.do(open_study, OpenStudy(), by="trial_manager")
        for site in sites:
            activate(here, site)

    return remembered(world, ("open", sites), play)


def screening(world: World, **other: Any) -> Screen:
    """An order to screen an invented person."""
    values: dict[str, Any] = {
        "site": "01",
        "sex": "female",
        "birth_year": 1980,
        "identity_document": "EXAMPLE-000001",
        "consent_version": world.study.consent_version,
        "consent_on": world.clock.now().date(),
    }
    return Screen(**(values | other))


def screened(world: World, by: str = "coordinator_01", **other: Any) -> Screened:
    """A participant who was just screened."""
    answer = world.do(screen, screening(world, **other), by=by)
    assert isinstance(answer, Screened)
    return answer


def baseline_values(world: World) -> dict[str, str]:
    """A value for every field of study.toml: the first choice, the least number."""
    return {field.id: field.choices[0] if field.choices else str(field.minimum or 0) for field in world.study.baseline}


def recorded(world: World, by: str = "coordinator_01", **other: Any) -> Screened:
    """A participant with baseline values."""
    one = screened(world, by, **other)
    world.do(record_baseline, RecordBaseline(participant=one.id, values=baseline_values(world)), by=by)
    return one


def answers(world: World) -> dict[str, str]:
    """The answers of somebody who meets every criterion."""
    return {one.id: "yes" if one.kind == "inclusion" else "no" for one in world.study.criteria}


def other_stratum(world: World) -> dict[str, str]:
    """One changed value that brings a participant with `baseline_values` into another stratum."""
    base = baseline_values(world)
    for field in world.study.baseline:
        for text in field.choices or [str(field.maximum)]:
            typed = {
                one.id: value if one.choices else Decimal(value)
                for one in world.study.baseline
                for value in [text if one.id == field.id else base[one.id]]
            }
            first = {one.id: base[one.id] if one.choices else Decimal(base[one.id]) for one in world.study.baseline}
            if world.study.stratum_of(typed, "01") != world.study.stratum_of(first, "01"):
                return {field.id: text}
    raise AssertionError("no single value changes the stratum")
