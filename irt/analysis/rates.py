"""Events by time at risk."""

from dataclasses import dataclass
from math import inf, isfinite

from scipy.special import gammaincinv

from irt.analysis.inputs import WrongInputError, checked_confidence


@dataclass(frozen=True)
class Rate:
    """Events per `per` units of time at risk, and its bounds."""

    value: float
    low: float
    high: float
    events: int
    exposure: float
    per: float
    confidence: float


def exposure_adjusted_rate(events: int, exposure: float, *, per: float = 100.0, confidence: float = 0.95) -> Rate:
    """Return events per `per` units of exposure with Garwood's (1936) exact Poisson interval.

    `exposure` is the time at risk summed over participants; in person-years, the default is per 100 person-years. For
    an incidence rate count each participant's first event, and time up to it; for an event rate all of both. Without
    events the interval is one-sided in effect: from 0, to the bound at half the error. Assumes a constant hazard and
    events that do not bring on others. Raises WrongInputError for no time and for what is no count.
    """
    checked_confidence(confidence)
    if isinstance(events, bool) or events != int(events) or events < 0:
        raise WrongInputError("events", f"{events} is no count", "give a whole number of 0 or more")
    if not (exposure > 0 and isfinite(exposure)):
        raise WrongInputError("exposure", f"{exposure} is no time at risk", "give more than 0")
    if not 0 < per < inf:
        raise WrongInputError("per", f"{per} is no unit", "give more than 0, as 100")
    tail = (1 - confidence) / 2
    low = float(gammaincinv(events, tail)) if events else 0.0
    high = float(gammaincinv(events + 1, 1 - tail))
    scale = per / exposure
    return Rate(events * scale, low * scale, high * scale, int(events), exposure, per, confidence)
