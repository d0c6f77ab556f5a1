"""`python -m tests.supply.forecast_speed`: runs per second of the forecast, and the ratio to the plain loop."""

import argparse
import time

from rich.console import Console

from irt.supply.forecast.assumptions import Trial
from irt.supply.forecast.draws import draw
from irt.supply.forecast.policies import Policy
from irt.supply.forecast.run import lived
from tests.supply.plain_forecast import PlainRun, compared
from tests.wiring import study_of_tests


def main() -> None:
    """Time the same runs both ways, on the processor's clock; drawing them counts for the arrays alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--plain", type=int, default=20, help="so many of them as a plain loop")
    given = parser.parse_args()
    trial = Trial(study_of_tests())
    policy = Policy("now", trial.study.supply)
    assert trial.rates.shape
    started = time.process_time()
    draws = draw(trial, given.runs, (1,))
    counted = lived(trial, policy, draws)
    arrays = given.runs / (time.process_time() - started)
    started = time.process_time()
    same = 0
    for run in range(given.plain):
        plain = {name: count for name, count in PlainRun(trial, policy, draws, run).lived().items() if count}
        same += plain == compared(counted, run)
    loop = given.plain / (time.process_time() - started)
    Console(width=100).print(
        f"arrays {arrays:.1f} runs per second, plain loop {loop:.2f}, ratio {arrays / loop:.1f}; "
        f"{same} of {given.plain} runs count the same"
    )


if __name__ == "__main__":
    main()
