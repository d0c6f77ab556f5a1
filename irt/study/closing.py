"""Adverse events and their clocks, the signatures of the lock, the analysis."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from irt.study.part import Code, Count, Days, Line, Many, Number, Part, RoleName, Words
from irt.study.schedule import Choice


class AdverseEventTerm(Part):
    """A term with the grades that it may take in the CTCAE version of the study."""

    id: Code
    term: Words
    grades: Many[Annotated[int, Field(ge=1, le=5)]]
    special_interest: bool = False


class Safety(Part):
    """Versions, clocks and recipients of safety; days are calendar days, day 0 is the day the sponsor first knew.

    `indication`, `country`: of every expedited report; left out, its worksheet has lines to write them on.
    """

    ctcae_version: Literal["5.0", "6.0"]
    sponsor_time_zone: Line
    emergent_days_after_last_dose: Days
    investigator_report_hours: Count
    fatal_report_days: Count
    fatal_follow_up_days: Count
    other_report_days: Count
    serious_event_recipients: Many[RoleName]
    code_break_default: Literal["stop", "continue"]
    code_break_reasons: Many[Choice]
    code_breaks_an_hour: Count
    code_break_recipients: Many[RoleName]
    indication: Words | None = None
    country: Words | None = None


class Lock(Part):
    """Who signs that the data are final, and who signs for the allocation to be opened.

    An investigator among them is one of `lead_site`. `two_steps`: arms are called A and B first, and named later.
    """

    lead_site: Code
    signers: Many[RoleName]
    release_signers: Many[RoleName]
    reopen_signers: Many[RoleName]
    reopen_days: Count
    two_steps: bool


class Endpoint(Part):
    """A variable of the analysis at one visit."""

    id: Code
    label: Words
    measure: Line
    visit: Code
    summary: Literal["proportion", "mean"]
    threshold: Number | None = None


class Analysis(Part):
    """Settings of the final analysis, fixed before anything is opened."""

    alpha: Number = Field(gt=0, lt=1)
    sides: Literal[1, 2]
    confidence: Number = Field(gt=0, lt=1)
    rerandomizations: Annotated[int, Field(ge=999, le=10_000_000)]
    missing: Literal["non_responder", "observed"]
    primary: Code
    per_protocol_adherence: Number = Field(gt=0, le=100)
    fixed_sequence: Many[Code]
    covariates: Many[Code] = ()
    intercurrent_precedence: Many[
        Literal["death", "rescue", "stop_for_adverse_event_or_lack_of_efficacy", "missing", "other"]
    ]
    response_levels: Many[Number]
    endpoints: Many[Endpoint]

    def least_response(self, endpoint: Endpoint) -> Decimal:
        """What a score must reach for a response: the endpoint's threshold; without one, and of the definition of
        improvement, the least of the response levels."""
        if endpoint.threshold is None or endpoint.measure == "doi":
            return self.response_levels[0]
        return endpoint.threshold
