"""The supply manager reads the forecast that was kept last: in totals, in both languages, without inline style."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from irt.supply.forecast.figures import Figures, as_document
from irt.supply.keep_forecast import KeepForecast, keep_forecast
from tests.cast import World
from tests.setting import open_trial
from tests.web.conftest import Visitor


def line(policy: str, upper: float, overage: float, *, now: bool = False) -> dict[str, Any]:
    return as_document(Figures(
        policy=policy, now=now, refused_per_1000=upper / 2, refused_upper=upper, any_refused=0.25,
        put_off_per_1000=3.0, overage_percent=overage, kits_to_make=1700, kits_shipped=1600.0, dispensed=1400.0,
        boxes=170.0, express=1.5, stranded=20.0, expired=60.0, lost=12.0, recruited=1.0,
    ))  # fmt: skip


def document(recommended: str | None) -> dict[str, Any]:
    price = {"recommended": "7/10", "apart": "3/6", "overage_points": 21.5} if recommended else None
    return {
        "runs": 1000, "seed": 1, "limit_per_1000": 1.0, "kits_to_make_for": 0.95,
        "recruitment_weeks": {"q10": 45.0, "q50": 60.5, "q90": 82.0},
        "policies": [line("2/4", 95.0, 12.0, now=True), line("7/10", 0.9, 36.0)], "recommended": recommended,
        "if_types_shipped_apart": [line("2/4", 4.0, 9.0), line("7/10", 0.1, 25.0)], "price_of_masking": price,
    }  # fmt: skip


@pytest.fixture
def reader(trial: World, visit: Callable[[str], Visitor]) -> Visitor:
    open_trial(trial, "01")
    return visit("supply_manager")


def test_without_a_forecast_the_page_says_who_makes_one(reader: Visitor) -> None:
    assert "No forecast was kept yet" in reader.get("/supply/forecast").text


def test_the_newest_forecast_is_shown(trial: World, reader: Visitor) -> None:
    trial.do(keep_forecast, KeepForecast(figures=document(None)), by="operator")
    assert "Recommended: none" in reader.get("/supply/forecast").text
    trial.clock.advance(timedelta(minutes=1))
    trial.do(keep_forecast, KeepForecast(figures=document("7/10")), by="operator")
    page = reader.get("/supply/forecast").text
    said = (
        "Recommended: 7/10",
        "1000 simulated trials",
        "21.5 percentage points",
        "3/6 would do",
        "at most 1 of 1,000",
    )
    for text in (*said, "at most 1 of 1,000", "in the study file", "95.000", "<svg", "limit: 1", "Upper 95 % limit"):
        assert text in page, text
    assert "The study file has changed" not in page
    picture = page[page.index("<svg") : page.index("</svg>")]
    assert "style" not in picture
    assert picture.count("<circle") == 3


def test_a_forecast_of_an_older_study_file_is_marked(trial: World, visit: Callable[[str], Visitor]) -> None:
    trial.under(protocol_version="0.9").do(keep_forecast, KeepForecast(figures=document(None)), by="operator")
    open_trial(trial, "01")
    assert "The study file has changed since" in visit("supply_manager").get("/supply/forecast").text


def test_it_speaks_chinese(trial: World, reader: Visitor) -> None:
    trial.do(keep_forecast, KeepForecast(figures=document("7/10")), by="operator")
    reader.get("/language/zh_Hans_CN")
    page = reader.get("/supply/forecast").text
    for text in ("供应预测", "推荐：7/10", "设盲的代价：余量增加 21.5 个百分点", "95 % 上限", "界限：1"):
        assert text in page, text
