"""`irt supply forecast`: one JSON object, a table or a picture; what is wrong is named by its option."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Office


@pytest.mark.long(60)
def test_a_forecast_is_printed_drawn_and_kept(office: Office, tmp_path: Path) -> None:
    picture = tmp_path / "policies.svg"
    few = "supply forecast --runs 4 --policy 0/1 --policy 2/4"
    office.done("init")
    found = json.loads(office.done(f"{few} --json --keep --plot {picture}"))
    assert [line["policy"] for line in found["policies"]] == ["0/1", "2/4"]
    assert found["runs"] == 4
    assert found["runs_per_second"] > 0
    assert (found["recommended"], [line["passes"] for line in found["policies"]]) == ("2/4", [False, True])
    assert {"refused_upper", "overage_percent", "kits_to_make", "boxes", "passes"} <= set(found["policies"][0])
    assert "</svg>" in picture.read_text(encoding="utf-8")
    assert office.done("verify").strip().endswith("ok")
    shown = office.done("supply forecast --runs 2 --policy 2/4")
    assert "2/4 (now)" in shown
    assert "recommended: none" in shown, "two runs prove nothing"


def test_what_is_wrong_is_named(office: Office) -> None:
    assert "--policy" in office.refused("supply forecast --policy 9/9")
    assert "ends in .svg" in office.refused("supply forecast --policy 2/4 --plot policies.png")
    assert "--runs" in office.refused("supply forecast --runs 1")
