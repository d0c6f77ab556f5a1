"""The deadline cases against the clocks: `python -m tests.safety.deadline_cases` prints how many agree."""

import sys
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from irt.safety import clocks
from irt.study import load_study
from irt.study.closing import Safety
from tests.cast import STUDY_FILE

CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["case"]
SAFETY = load_study(STUDY_FILE).safety
SHANGHAI = "Asia/Shanghai"


def disagreements(case: dict[str, Any], module: Any = clocks) -> list[str]:
    """What of a case comes out otherwise than it was worked out; `module`: the clocks, or spoiled ones."""
    safety = SAFETY.model_copy(update={"sponsor_time_zone": case.get("sponsor", SHANGHAI)})
    versions, opinions = _versions(case), _opinions(case)
    found = module.candidates(versions, opinions, safety.sponsor_time_zone)
    running = {(one.urgency, clock.kind): clock for one in found for clock in _clocks(module, one, safety)}
    came = [_told(one, running, safety) for one in found]
    wrong = [] if came == case["expected"] else [f"candidates: {came}"]
    wrong += _states(case, running)
    if "report" in case:
        first = module.first_serious(versions)
        clock = module.report_clock(first.aware_at, safety)
        if clock.due != _instant(case["report"]["due"]):
            wrong.append(f"report due {clock.due}")
        if clock.state(first.recorded_at, first.recorded_at) != case["report"]["is"]:
            wrong.append(f"report {clock.state(first.recorded_at, first.recorded_at)}")
    since = module.to_judge(versions, opinions)
    if case.get("to_judge", 0 if since is None else since.version) != (since.version if since is not None else 0):
        wrong.append(f"to be judged since {since}")
    return wrong


def _clocks(module: Any, one: Any, safety: Safety) -> tuple[Any, ...]:
    found: tuple[Any, ...] = module.desk_clocks(one.urgency, one.day_zero, safety)
    return found


def _told(one: Any, running: dict[tuple[str, str], Any], safety: Safety) -> dict[str, Any]:
    zone = ZoneInfo(safety.sponsor_time_zone)
    told = {"urgency": one.urgency, "version": one.version, "day_zero": one.day_zero.isoformat()}
    last = {
        kind: clock.due.astimezone(zone).date().isoformat()
        for (of, kind), clock in running.items()
        if of == one.urgency
    }
    return told | last


def _states(case: dict[str, Any], running: dict[tuple[str, str], Any]) -> Iterator[str]:
    for asked in case.get("states", ()):
        urgency, kind = asked["of"].split(".")
        clock = running.get((urgency, kind))
        done = _instant(asked["done"]) if "done" in asked else None
        state = clock.state(done, _instant(asked["at"])) if clock else "no such clock"
        if state != asked["is"]:
            yield f"{asked['of']} at {asked['at']}: {state}"


def _versions(case: dict[str, Any]) -> list[Any]:
    return [
        SimpleNamespace(
            version=number, stands=one.get("stands", True), verbatim="an event", term=None, grade=one.get("grade", 3),
            onset_on=date(2026, 1, 1), seriousness=sorted(one["serious"]), causality_drug=one["drug"], outcome="",
            aware_at=_instant(one.get("aware", one["at"])), recorded_at=_instant(one["at"]),
        )
        for number, one in enumerate(case["told"], 1)
    ]  # fmt: skip


def _opinions(case: dict[str, Any]) -> list[Any]:
    return [
        SimpleNamespace(
            revision=number, about=one["about"], causality_drug=one["drug"], expectedness=one["is"],
            judged_at=_instant(one["at"]),
        )
        for number, one in enumerate(case.get("judged", ()), 1)
    ]  # fmt: skip


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def main() -> int:
    """Print the tally, and each case that comes out otherwise."""
    wrong = {case["id"]: found for case in CASES if (found := disagreements(case))}
    for name, found in wrong.items():
        print(f"{name}: {'; '.join(found)}")
    print(f"deadline cases: {len(CASES) - len(wrong)} of {len(CASES)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
