"""The pages of notices: everybody sees what was told to their roles at their sites, and nothing of anybody else's."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from irt.gate.tables import Outbox
from irt.people.notice_kinds import KINDS
from irt.people.tables import MailChoice, NoticeAcknowledgement
from irt.web.notices import AT_ONCE, ON_START_PAGE
from tests.cast import CAST, World
from tests.people.notice_setting import notice
from tests.web.conftest import Visitor, hidden

Visit = Callable[[str], Visitor]


@pytest.fixture
def told(trial: World) -> dict[str, str]:
    """Urgent notices to roles and sites, by a word that stands in each alone."""
    for name in ("pharmacist_01", "pharmacist_02", "trial_manager"):
        trial.actor(name)
    trial.clock.advance(timedelta(minutes=1))
    return {
        "pharmacist 01": notice(trial, "lot.held", "pharmacist", site="01"),
        "pharmacist 02": notice(trial, "lot.rejected", "pharmacist", site="02"),
        "trial manager": notice(trial, "lot.held_everywhere", "trial_manager"),
    }


def test_a_notice_is_read_acknowledged_and_shows_by_whom(trial: World, visit: Visit, told: dict[str, str]) -> None:
    visitor = visit("pharmacist_01")
    start = visitor.get("/").text
    assert "Lot L1 is on hold, and kits of it are at site 01" in start
    assert f"/notices/{told['pharmacist 01']}/acknowledge" in start
    page = visitor.get("/notices").text
    assert "Urgent" in page
    assert page.count("<time>") == 1
    answer = visitor.post(f"/notices/{told['pharmacist 01']}/acknowledge", hidden(page))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/notices")
    assert trial.row(NoticeAcknowledgement).outbox == told["pharmacist 01"]
    page = visitor.get("/notices").text
    assert "Acknowledged by Pharmacist 01, 2026-03-02" in page
    assert "/acknowledge" not in page
    assert "Lot L1" not in visitor.get("/").text
    again = visitor.send(f"/notices/{told['pharmacist 01']}/acknowledge")
    assert again.status_code == 422
    assert "You have acknowledged this notice already" in again.text


@pytest.mark.parametrize("name", [name for name in CAST if name not in ("operator", "administrator_two")])
def test_nobody_sees_a_notice_of_another_role_or_site(
    trial: World, visit: Visit, told: dict[str, str], name: str
) -> None:
    """Every kind that there is, to each role that it can be told to, at both sites: what is not one's own is not there,
    not by its address either, and no page differs for it."""
    mine = {f"{CAST[name].role.replace('_', ' ')}{f' {CAST[name].site}' if CAST[name].site else ''}"}
    visitor = visit(name)
    for whose, ident in told.items():
        own = whose in mine
        page = visitor.get("/notices").text + visitor.get("/").text
        assert (ident in page) == own, (name, whose)
        assert (visitor.get(f"/notices/{ident}/acknowledge").status_code == 200) == own
        assert (visitor.post(f"/notices/{ident}/acknowledge", visitor.tokens("/account")).status_code != 404) == own
        assert (visitor.get(f"/notices?before={ident}").status_code == 200) == own
    if not mine & set(told):
        empty = visitor.get("/notices").text
        assert "No notice." in empty
        assert "<time>" not in empty
        assert "Lot L1" not in empty


def test_every_kind_has_words_in_both_languages_and_a_page_that_its_reader_may_see(trial: World, visit: Visit) -> None:
    """No arm, no kit type; a link only where the reader's role opens the page."""
    trial.actor("quality")
    trial.actor("supply_manager")
    trial.clock.advance(timedelta(minutes=1))
    for kind in KINDS:
        notice(trial, kind, "quality", "supply_manager", site="01")
    for name in ("quality", "supply_manager"):
        visitor = visit(name)
        english = visitor.get("/notices").text
        visitor.get("/language/zh_Hans_CN")
        chinese = visitor.get("/notices").text
        more = name == "quality"  # the supply manager's role waited for their signature
        assert english.count("<time>") == chinese.count("<time>") == len(KINDS) + more > 20
        for arm in trial.study.arms:
            for page in (english, chinese):
                assert arm.id not in page
                assert arm.kit_type not in page
        assert ('href="/quarantines">Look' in english) == (name == "quality")
        assert "%(" not in english + chinese


def test_what_is_switched_off_stands_on_the_page_and_urgent_kinds_are_not_offered(trial: World, visit: Visit) -> None:
    visitor = visit("pharmacist_01")
    trial.clock.advance(timedelta(minutes=1))
    form = visitor.get("/account/notices").text
    assert 'name="mail.shipment.sent"' in form
    assert 'name="mail.lot.held"' not in form
    assert "A lot is on hold, and kits of it are at the site" in form
    assert "supply.short" not in form
    answer = visitor.send("/account/notices", **{"mail.shipment.sent": "off"})
    assert answer.status_code == 303
    assert [(row.kind, row.wanted) for row in trial.rows(MailChoice)] == [("shipment.sent", False)]
    assert 'id="mail.shipment.sent-off" value="off" checked' in visitor.get("/account/notices").text
    notice(trial, "shipment.sent", "pharmacist", site="01")
    assert "A shipment to site 01 is on its way" in visitor.get("/notices").text
    forced = visitor.send("/account/notices", **{"mail.lot.held": "off"})
    assert forced.status_code == 422
    assert "always goes by mail" in forced.text


def test_who_can_be_told_of_nothing_is_told_so(visit: Visit) -> None:
    assert "There is nothing that you could switch off." in visit("assessor_01").get("/account/notices").text


def test_many_notices_come_page_by_page_and_the_start_page_stays_short(trial: World, visit: Visit) -> None:
    visitor = visit("pharmacist_01")
    trial.clock.advance(timedelta(minutes=1))
    idents = [notice(trial, "lot.held", "pharmacist", site="01") for _ in range(AT_ONCE + 3)]
    first = visitor.get("/notices").text
    assert (idents[-1] in first, idents[2] in first) == (True, False)
    older = visitor.get(f"/notices?before={idents[3]}").text
    assert [f"/notices/{ident}/" in older for ident in idents[:4]] == [True, True, True, False]
    start = visitor.get("/").text
    assert sum(ident in start for ident in idents) == ON_START_PAGE
    assert "Older ones" in start


def test_an_invitation_is_no_notice(trial: World, visit: Visit) -> None:
    visitor = visit("trial_manager")
    (row,) = trial.rows(Outbox, kind="invitation")[:1]
    assert row.id not in visitor.get("/notices").text
    assert visitor.get(f"/notices/{row.id}/acknowledge").status_code == 404
