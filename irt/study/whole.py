"""The whole study: every part, and what is asked of them together."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from itertools import product

from pydantic import Field

from irt.study.capture import Capture
from irt.study.checks import Check
from irt.study.closing import AdverseEventTerm, Analysis, Lock, Safety
from irt.study.design import ActivityRoute, Arm, BaselineField, Criterion, Factor, Site, Threshold
from irt.study.instruments import CoreSet, Instrument, PrednisoneEquivalent
from irt.study.label import Label
from irt.study.laboratory import LaboratoryTest
from irt.study.part import Code, Count, Days, Line, Many, Part, Words
from irt.study.schedule import Dosing, InterferingMedication, Kit, Supply, Treatment, UnscheduledVisit, Visit


class StudyFile(Part):
    """The keys of study.toml."""

    id: Code
    registration: Line
    title: Words
    cap: Count
    protocol_version: Line
    consent_version: Line
    training_version: Line
    eligibility_days: Days
    arms: Many[Arm] = Field(repr=False)
    sites: Many[Site]
    strata: Many[Factor]
    baseline: Many[BaselineField]
    thresholds: Many[Threshold]
    activity_routes: Many[ActivityRoute]
    criteria: Many[Criterion]
    visits: Many[Visit]
    unscheduled_visits: Many[UnscheduledVisit]
    dosing: Dosing
    treatment: Treatment
    interfering_medications: Many[InterferingMedication]
    kit: Kit
    label: Label
    supply: Supply
    instruments: Many[Instrument]
    capture: Capture
    checks: Many[Check] = ()
    core_set: CoreSet
    prednisone_equivalents: Many[PrednisoneEquivalent]
    adverse_event_terms: Many[AdverseEventTerm]
    safety_laboratory: Many[LaboratoryTest] = ()
    safety: Safety
    lock: Lock
    analysis: Analysis


class Study(StudyFile):
    """The study as configured, frozen, with the file that it came from and its SHA-256.

    `content`: as it was read; the file may have been edited since.
    """

    sha256: str
    content: bytes = Field(repr=False)

    @property
    def ratio(self) -> tuple[int, ...]:
        """The allocation ratio, in the order of the arms."""
        return tuple(arm.ratio for arm in self.arms)

    @property
    def dispensing_visits(self) -> tuple[Visit, ...]:
        """The visits at which a kit is handed out, in the order of their days."""
        return tuple(visit for visit in self.visits if visit.dispense)

    @property
    def first_visit(self) -> Visit:
        """The visit of the first dose: what is recorded there is the baseline."""
        return min(self.visits, key=lambda one: one.day)

    @property
    def last_visit(self) -> Visit:
        """The last visit at the clinic: contacts after it, such as a telephone call, end nothing."""
        return max(self.visits, key=lambda one: (not one.contact, one.day))

    @property
    def early_termination(self) -> UnscheduledVisit | None:
        """The visit of those who stop treatment early; None in a study without one."""
        return next((one for one in self.unscheduled_visits if one.within_days is not None), None)

    @property
    def limits_at_screening(self) -> dict[str, str]:
        """Baseline value → the one that is its upper limit of normal: what a threshold divides it by in its own unit,
        or what a test of the safety laboratory takes for it."""
        units = {one.id: one.unit for one in self.baseline}
        found = {
            one.value: one.per for one in self.thresholds if one.per is not None and units[one.per] == units[one.value]
        }
        tests = {one.baseline: one.baseline_limit for one in self.safety_laboratory}
        return found | {value: limit for value, limit in tests.items() if value is not None and limit is not None}

    def site(self, code: str) -> Site:
        """The site with this code; KeyError when there is none."""
        return {site.code: site for site in self.sites}[code]

    def visit(self, visit: str) -> Visit:
        """The scheduled visit with this id; KeyError when there is none."""
        return {one.id: one for one in self.visits}[visit]

    def instrument(self, instrument: str) -> Instrument:
        """The instrument with this id; KeyError when there is none."""
        return {one.id: one for one in self.instruments}[instrument]

    def laboratory_test(self, test: str) -> LaboratoryTest | None:
        """The test of the safety laboratory with this id; None when there is none."""
        return next((one for one in self.safety_laboratory if one.id == test), None)

    def visits_of(self, instrument: str) -> tuple[str, ...]:
        """The ids of the visits, scheduled and not, at which an instrument is recorded."""
        visits: tuple[Visit | UnscheduledVisit, ...] = (*self.visits, *self.unscheduled_visits)
        return tuple(one.id for one in visits if instrument in one.instruments)

    def levels_of(self, factor: Factor) -> tuple[str, ...]:
        """The levels of a factor; of the site as a factor, the site codes."""
        return tuple(site.code for site in self.sites) if factor.source == "site" else factor.levels

    def strata_keys(self) -> list[str]:
        """The key of every stratum: one level of each factor, joined by `|`, in the order of the factors."""
        return ["|".join(levels) for levels in product(*map(self.levels_of, self.strata))]

    def stratum_of(self, baseline: Mapping[str, Decimal | str], site: str) -> str:
        """The key of the stratum that these baseline values fall into at this site.

        Raises KeyError for a value that is missing and ValueError for one that belongs to no level.
        """
        return "|".join(self._level(factor, baseline, site) for factor in self.strata)

    def _level(self, factor: Factor, baseline: Mapping[str, Decimal | str], site: str) -> str:
        value = site if factor.source == "site" else baseline[factor.source]
        if factor.cut is not None:
            try:
                return factor.levels[0] if Decimal(value) <= factor.cut else factor.levels[1]
            except InvalidOperation:
                raise ValueError(f"{factor.source}: {value!r} is no number") from None
        if value not in self.levels_of(factor):
            raise ValueError(f"{factor.source}: {value!r} is none of {', '.join(self.levels_of(factor))}")
        return str(value)
