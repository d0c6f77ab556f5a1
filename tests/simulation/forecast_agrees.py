"""`python -m tests.simulation.forecast_agrees`: whole simulated trials beside the forecast's interval for one trial.

Each trial is lived by `irt simulate` under the policy that the forecast recommends, without incidents and harm, which
no forecast has; in a database of its own, two at a time. What it came to is read from its rows. For each figure the
forecast says between which values 95 of 100 trials lie. The exit status is 1 when fewer of the trials lie there than
chance would let happen once in 1,000. `--keep FOLDER` leaves the databases and keys for other questions.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from math import comb
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import create_engine, func, select

from irt.cli.trials import visit_through
from irt.cli.wiring import settings_of
from irt.study import load_study
from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.draws import draw
from irt.supply.forecast.forecast import AT_ONCE, forecast
from irt.supply.forecast.policies import Policy, chosen, grid
from irt.supply.forecast.run import lived
from irt.supply.tables import Assignment, Movement, Shipment

SEED, FIRST_SEED = 1, 101  # of the command by default, and of the trials
COVERAGE, RARE = 0.95, 0.001
ENDS = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)


def simulated(seed: int, participants: int, through: str, study: Path, kept: Path) -> dict[str, int]:
    """One trial by `irt simulate` in a folder of its own under `kept`, and what its database says of the supply."""
    folder = kept / f"seed-{seed}"
    folder.mkdir()
    url = f"sqlite:///{folder}/irt.sqlite"
    words = ["simulate", "--participants", str(participants), "--seed", str(seed), "--through", through, "--json"]
    environment = {
        **os.environ, "PYTHONPATH": str(Path(__file__).parents[2]),
        "IRT_STUDY": str(study), "IRT_KEYS": str(folder / "keys"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "irt", *words, "--without-incidents", "--database", url],
        check=True, stdout=subprocess.PIPE, text=True, env=environment, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    (folder / "figures.json").write_text(done.stdout, encoding="utf-8")
    return read_from(url)


def with_policy(study: Path, policy: Policy, folder: Path) -> Path:
    """A copy of a study file in `folder` that has a policy's values in [supply]."""
    before, table, rest = study.read_text(encoding="utf-8").partition("\n[supply]\n")
    assert table, f"{study}: has no [supply]"
    lines, after = re.split(r"(?m)^(?=\[)", rest, maxsplit=1)
    plan = policy.plan
    for key, value in {
        "policy": plan.policy, "minimum": plan.minimum, "maximum": plan.maximum,
        "service_level": float(plan.service_level), "shipping_days": list(plan.shipping_days),
    }.items():  # fmt: skip
        lines, found = re.subn(rf"(?m)^{key} = [^#\n]*", f"{key} = {json.dumps(value)} ", lines)
        assert found == 1, f"{study}: [supply] has no {key}"
    copy = folder / "study.toml"
    copy.write_text(before + table + lines + after, encoding="utf-8")
    assert load_study(copy).supply == plan
    return copy


def read_from(url: str) -> dict[str, int]:
    """The figures of a database: express kits, kits handed over, kits that left the depot, boxes."""
    engine = create_engine(url)
    counted = {
        "refused requests": select(func.count()).select_from(Shipment).where(Shipment.kind == "express"),
        "dispensed": select(func.count()).select_from(Assignment).where(Assignment.handed_over_at.is_not(None)),
        "kits shipped": select(func.count(func.distinct(Movement.kit))).where(Movement.after == "in_transit"),
        "shipments": select(func.count()).select_from(Shipment).where(Shipment.sent_at.is_not(None)),
    }
    with engine.connect() as connection:
        found = {name: int(connection.execute(statement).scalar_one()) for name, statement in counted.items()}
    engine.dispose()
    return found


def intervals(trial: Trial, policy: Policy, runs: int) -> dict[str, tuple[float, float]]:
    """Between which values each figure of one trial lies, by the forecast of a policy."""
    found: dict[str, list[float]] = {}
    for start in range(0, runs, AT_ONCE):
        counted = lived(trial, policy, draw(trial, min(AT_ONCE, runs - start), (FIRST_SEED, start)))
        for name, values in {
            "refused requests": counted.express,
            "dispensed": counted.dispensed,
            "kits shipped": counted.shipped,
            "shipments": counted.boxes + counted.express,
        }.items():
            found.setdefault(name, []).extend(values.tolist())
    return {name: tuple(np.quantile(values, ENDS).tolist()) for name, values in found.items()}


def recommended(trial: Trial, runs: int) -> Policy:
    """The policy that `irt supply forecast` recommends for the trial."""
    policies = grid(trial.study.supply)
    best = forecast(trial, policies, runs, SEED).recommended
    assert best is not None, "no policy keeps the limit"
    return chosen(policies, [best.policy])[0]


def least_inside(trials: int) -> int:
    """The least number of trials within a 95 % interval that chance does not make rarer than once in 1,000."""
    below = 0.0
    for inside in range(trials + 1):
        below += comb(trials, inside) * COVERAGE**inside * (1 - COVERAGE) ** (trials - inside)
        if below > RARE:
            return inside
    return trials


def report(seen: dict[str, list[int]], said: dict[str, tuple[float, float]]) -> bool:
    """Print each figure's interval and where the trials lie; answers whether all agree."""
    table, agrees = Table("figure", "forecast, 95 %", "trials inside", "lowest", "median", "highest", ""), True
    for name, (low, high) in said.items():
        values = sorted(seen[name])
        inside = sum(low <= value <= high for value in values)
        good = inside >= least_inside(len(values))
        agrees &= good
        table.add_row(
            name, f"{low:.0f} to {high:.0f}", f"{inside} of {len(values)}", str(values[0]),
            f"{np.median(values):.0f}", str(values[-1]), "agrees" if good else "DIFFERS",
        )  # fmt: skip
    Console(width=110).print(table)
    return agrees


def main() -> None:
    """Live the trials, two at a time, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=20)
    parser.add_argument("--participants", type=int, help="default: the study's cap")
    parser.add_argument("--through", default="week24")
    parser.add_argument("--runs", type=int, default=1000, help="of the forecast")
    parser.add_argument("--policy", help="default: the one that the forecast recommends")
    parser.add_argument("--keep", type=Path, help="a folder for the databases and keys")
    given = parser.parse_args()
    file = settings_of().study
    study = load_study(file)
    visit_through(study, given.through)
    if given.participants:
        study = study.model_copy(update={"cap": given.participants})
    trial = Trial(study)
    policy = chosen(grid(study.supply), [given.policy])[0] if given.policy else recommended(trial, given.runs)
    said = intervals(trial, policy, given.runs)
    with tempfile.TemporaryDirectory(prefix="irt-forecast-") as temporary:
        kept = given.keep or Path(temporary)
        kept.mkdir(parents=True, exist_ok=True)
        copy, seeds = with_policy(file, policy, kept), range(FIRST_SEED, FIRST_SEED + given.simulations)
        with ThreadPoolExecutor(2) as two, Progress(console=Console(stderr=True)) as bar:
            lives = two.map(lambda seed: simulated(seed, study.cap, given.through, copy, kept), seeds)
            lives = list(bar.track(lives, total=given.simulations, description="whole trials"))
    seen = {name: [one[name] for one in lives] for name in lives[0]}
    print(f"policy {policy.name}, {given.simulations} whole trials beside {given.runs} runs of the forecast")
    sys.exit(0 if report(seen, said) else 1)


if __name__ == "__main__":
    main()
