"""The statistical methods of this trial, in one place: pure functions of the arrays that they are given.

Each says in its docstring what it promises, its shapes and units, its source, what it assumes and what it refuses
(`WrongInputError`, which names the argument). None reads a file, a database or this trial's list. SciPy gives the tails
of distributions; decision 50 says why nothing more is taken from a library.
"""

from irt.analysis.adjusting import benjamini_hochberg
from irt.analysis.exact import Enumerated, enumerated_test
from irt.analysis.imputation import Draws, Pooled, impute, pooled
from irt.analysis.inputs import WrongInputError, tabulate
from irt.analysis.linear import Covariance, Effect, ancova
from irt.analysis.mixed import RepeatedMeasures, mixed_model_repeated_measures
from irt.analysis.proportions import (
    Interval,
    miettinen_nurminen_interval,
    miettinen_nurminen_score,
    newcombe_interval,
    wilson_interval,
)
from irt.analysis.rates import Rate, exposure_adjusted_rate
from irt.analysis.rerandomization import Rerandomized, monte_carlo_p, rerandomization_test
from irt.analysis.stratified import (
    Estimate,
    Tested,
    breslow_day,
    cochran_mantel_haenszel,
    mantel_haenszel_odds_ratio,
    mantel_haenszel_risk_difference,
)

__all__ = [
    "Covariance",
    "Draws",
    "Effect",
    "Enumerated",
    "Estimate",
    "Interval",
    "Pooled",
    "Rate",
    "RepeatedMeasures",
    "Rerandomized",
    "Tested",
    "WrongInputError",
    "ancova",
    "benjamini_hochberg",
    "breslow_day",
    "cochran_mantel_haenszel",
    "enumerated_test",
    "exposure_adjusted_rate",
    "impute",
    "mantel_haenszel_odds_ratio",
    "mantel_haenszel_risk_difference",
    "miettinen_nurminen_interval",
    "miettinen_nurminen_score",
    "mixed_model_repeated_measures",
    "monte_carlo_p",
    "newcombe_interval",
    "pooled",
    "rerandomization_test",
    "tabulate",
    "wilson_interval",
]
