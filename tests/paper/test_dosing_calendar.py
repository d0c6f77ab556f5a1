"""The participant's calendar: every dose on its day, every visit, and nothing that tells an arm."""

import re
from datetime import date, timedelta

import pytest

from irt.paper.both import Both
from irt.paper.dosing_calendar import DosingCalendar, calendar_pdf
from tests.paper.reading import MADE, letters, texts
from tests.paper.samples import calendar_from


def pages_of(plan: DosingCalendar) -> list[str]:
    return texts(calendar_pdf(plan, footer="IL2-DM", made_at=MADE))


@pytest.mark.parametrize("offset", range(0, 366, 13))
def test_twenty_four_weeks_fit_on_four_pages(offset: int) -> None:
    pages = pages_of(calendar_from(date(2027, 12, 31) + timedelta(days=offset)))
    assert 3 <= len(pages) <= 4
    whole = "".join(pages)
    for k in range(1, 85):
        assert len(re.findall(rf"第{k}次Dose{k}(?!\d)", whole)) == 1
    assert whole.count("时间Time") == whole.count("部位Site") == 84


def test_a_dose_stands_in_the_cell_of_its_day() -> None:
    plan = calendar_from(date(2026, 3, 2))
    pages = pages_of(plan)
    assert "2026年3月March2026" in pages[0]
    assert re.search(r"2第1次Dose1时间Time部位Site第0周Week034第2次Dose2", pages[0])
    april = pages[1]
    assert april.index("2026年4月April2026") < april.index("2026年5月May2026")
    assert re.search(r"第29次Dose29.*第8周Week8", april)


def test_every_visit_is_listed_with_its_window_and_marked_on_its_day() -> None:
    whole = "".join(pages_of(calendar_from(date(2026, 3, 2))))
    assert "第4周Week42026-03-30一Mon2026-03-27五Fri–2026-04-02四Thu" in whole
    assert "第28周Week282026-09-14一Mon2026-09-11五Fri–2026-09-17四Thu" in whole
    for week in (0, 4, 8, 12, 16, 20, 24):
        assert len(re.findall(rf"第{week}周Week{week}(?!\d{{1}}周)", whole)) == 2, "once in the list, once in the grid"


def test_both_languages_and_the_number_stand_on_every_page() -> None:
    for page in pages_of(calendar_from(date(2026, 3, 2), telephone="+00 000 0000 0000")):
        assert "用药日历" in page
        assert "Dosingcalendar" in page
        assert "02-0007" in page


def test_storage_missed_dose_site_and_telephone_are_on_it() -> None:
    first = pages_of(calendar_from(date(2026, 3, 2), telephone="+00 000 0000 0000"))[0]
    for text in (
        "示例医院02",
        "ExampleHospital02",
        "+0000000000000",
        "2–8°C",
        "切勿冷冻",
        "Donotfreeze",
        "漏用",
        "never",
    ):
        assert text in first


@pytest.mark.parametrize(("interval", "doses"), [(1, 168), (7, 24), (2, 1)])
def test_another_cadence_is_another_calendar(interval: int, doses: int) -> None:
    whole = "".join(pages_of(calendar_from(date(2026, 3, 2), interval=interval, doses=doses)))
    assert whole.count("时间Time") == doses


def test_without_doses_there_is_no_month() -> None:
    pages = pages_of(calendar_from(date(2026, 3, 2), doses=0))
    assert len(pages) == 1
    assert "时间Time" not in pages[0]


def test_advice_longer_than_a_page_goes_on_and_is_not_lost() -> None:
    plan = calendar_from(date(2026, 3, 2))
    notes = tuple(Both(f"Note number {n}.", f"第{n}条：" + "请仔细阅读。" * 20) for n in range(40))
    whole = "".join(pages_of(DosingCalendar(**{**vars(plan), "notes": notes})))
    assert whole.count("请仔细阅读。") == 800
    assert whole.count("时间Time") == 84


def test_no_two_texts_lie_over_each_other() -> None:
    pdf = calendar_pdf(calendar_from(date(2026, 3, 2)), footer="IL2-DM", made_at=MADE)
    for page in range(4):
        found = letters(pdf, page)
        assert len(found) > 300
        for one, (_, left, top, right, bottom) in enumerate(found):
            for letter, left2, top2, right2, bottom2 in found[one + 1 : one + 40]:
                over_x, over_y = min(right, right2) - max(left, left2), min(bottom, bottom2) - max(top, top2)
                assert over_x < 0.4 or over_y < 0.4, letter
