"""The pages of outcomes to look at: a participant rated at baseline, and one whose baseline waits."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page

from irt.entropy import new_id
from irt.outcomes.capture import CorrectForm, Sheet, correct, draft, rate, record
from irt.outcomes.forms import keys_of
from irt.outcomes.kiosk import OpenKiosk, open_kiosk
from irt.participants.baseline import RecordBaseline, record_baseline
from irt.participants.screen import Screen, screen
from irt.simulation.cast import Cast
from irt.simulation.desk import Desk
from tests.journeys.shot import Shot


def outcome_shots(desk: Desk, cast: Cast, site: str) -> Iterator[Shot]:
    """Rate somebody, leave somebody to be rated, open the participant's page, and name the pages by who works there."""
    done, waiting = _screened(desk, cast, site, "SHOT000001"), _screened(desk, cast, site, "SHOT000002")
    _rate(desk, cast, site, done)
    values = {"mmt8.deltoid": "7", "mmt8.biceps": "8"}
    kept = Sheet(participant=waiting, visit="W0", assessed_on=_today(desk), readings=values)
    desk.do(cast.at(site, "assessor"), draft, kept)
    enzymes = {key: text for key, text in _least(desk, "muscle_enzymes").items() if key.startswith("muscle")}
    desk.do(cast.at(site, "coordinator"), record, kept.model_copy(update={"readings": enzymes}))
    one, sheet = f"/outcomes/{done}/", f"/outcomes/{waiting}/W0"
    pages = {
        "assessor": {"outcomes": "/outcomes/", "sheet": sheet, "of": one, "correct": f"{one}W0/mmt8/correct"},
        "physician_assessor": {"sheet": sheet, "of": one},
        "coordinator": {"outcomes": "/outcomes/", "sheet": sheet, "of": one, "kiosk": f"{sheet}/kiosk"},
        "investigator": {"of": one},
    }
    for role, addresses in pages.items():
        yield from (Shot(f"outcome-{name}-{role}", role, site, path) for name, path in addresses.items())
    yield Shot("outcome-mistakes-assessor", "assessor", site, sheet, then=_wrong)
    yield Shot("outcome-code-coordinator", "coordinator", site, f"{sheet}/kiosk", then=_press)
    yield Shot("outcome-of-monitor", "monitor", None, one)
    yield Shot("intercurrent-of-coordinator", "coordinator", site, f"/intercurrent/of/{done}")
    yield Shot("intercurrent-report-coordinator", "coordinator", site, f"/intercurrent/of/{done}/report")
    yield Shot("intercurrent-medical_monitor", "medical_monitor", None, "/intercurrent/")
    for name, path in {"": "", "-import": "import", "-record": f"of/{waiting}/W0/cytokines/record"}.items():
        yield Shot(f"results{name}-laboratory", "laboratory", None, f"/results/{path}")
    yield from _kiosk_shots(desk, cast, site, waiting)


def _kiosk_shots(desk: Desk, cast: Cast, site: str, person: str) -> Iterator[Shot]:
    """The participant's pages; each is come to by a new code, for a newer one closes it."""
    coordinator = cast.at(site, "coordinator")

    def entered(page: Page) -> None:
        minted = desk.service.credentials.new_kiosk_code(coordinator)
        order = OpenKiosk(participant=person, visit="W0", code=new_id(desk.service.entropy), digest=minted.digest)
        desk.do(coordinator, open_kiosk, order)
        if page.locator("[name=leave]").count():
            page.locator("[name=leave]").click()
        page.locator("[name=code]").fill(minted.code)

    def asked(page: Page) -> None:
        entered(page)
        page.locator("form button").click()
        page.locator("[name=check]").wait_for()

    def checked(page: Page) -> None:
        asked(page)
        for field in page.locator("fieldset:has([type=radio])").all():
            field.locator("label").nth(1).click()
        page.locator("[name='readings.patient_global.vas']").fill("4.2")
        page.locator("[name=check]").click()
        page.locator("[name=send]").wait_for()

    def unanswered(page: Page) -> None:
        asked(page)
        page.locator("[name=check]").click()
        page.get_by_role("alert").wait_for()

    for name, then in {"enter": entered, "answers": asked, "missing": unanswered, "check": checked}.items():
        yield Shot(f"kiosk-{name}", "sponsor", None, "/kiosk/", then=then)


def _press(page: Page) -> None:
    page.locator("form.card button").click()
    page.locator(".big-number").wait_for()


def _wrong(page: Page) -> None:
    page.locator("[name='readings.mmt8.deltoid']").fill("11")
    page.locator("[data-finish]").click()
    page.locator("[name=password]").fill("wrong")
    page.get_by_role("alert").first.wait_for()


def _today(desk: Desk) -> Any:
    return desk.clock.now().date()


def _screened(desk: Desk, cast: Cast, site: str, document: str) -> str:
    study, coordinator = desk.service.study, cast.at(site, "coordinator")
    order = Screen(
        site=site, sex="female", birth_year=1975, identity_document=document, consent_version=study.consent_version,
        consent_on=_today(desk),
    )  # fmt: skip
    person: str = desk.do(coordinator, screen, order).answer.id
    values = {one.id: one.choices[0] if one.choices else str(one.minimum) for one in study.baseline}
    desk.do(coordinator, record_baseline, RecordBaseline(participant=person, values=values))
    return person


def _least(desk: Desk, *instruments: str) -> dict[str, str]:
    study = desk.service.study
    found = ((name, keys_of(study.instrument(name)).items()) for name in instruments)
    return {f"{name}.{key}": one.choices[-1] if one.choices else str(one.minimum + 1) for name, of in found
            for key, one in of}  # fmt: skip


def _rate(desk: Desk, cast: Cast, site: str, person: str) -> None:
    """All of the baseline, and one correction."""
    of = {
        ("assessor", rate): ("mmt8", "cdasi"),
        ("physician_assessor", rate): ("physician_global", "mdaat"),
        ("coordinator", record): ("patient_global", "haq", "muscle_enzymes", "pulmonary_function", "glucocorticoid"),
    }
    for (role, act), instruments in of.items():
        values = _least(desk, *instruments)
        order = Sheet(participant=person, visit="W0", assessed_on=_today(desk), readings=values,
                      not_done={"chest_imaging": "scanner out of order"} if role == "coordinator" else {})  # fmt: skip
        desk.do(cast.at(site, role), act, order)
        desk.clock.advance(timedelta(minutes=10))
    fixed = CorrectForm(participant=person, visit="W0", instrument="cdasi", assessed_on=_today(desk),
                        readings={"activity": "31", "damage": "2"}, revision=2, reason="抄错一位数字")  # fmt: skip
    desk.do(cast.at(site, "assessor"), correct, fixed)
