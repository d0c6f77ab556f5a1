"""study.toml parsed into frozen values. (interim)"""

import hashlib
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A frozen part of the study file."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Words(Part):
    """A text in both languages."""

    en: str
    zh: str


class Arm(Part):
    """An arm."""

    id: str
    kit_type: str
    ratio: int


class Site(Part):
    """A site."""

    code: str
    name: Words
    time_zone: str
    cap: int
    example: bool = False


class BaselineField(Part):
    """A baseline value."""

    id: str
    label: Words
    unit: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    step: Decimal | None = None
    choices: tuple[str, ...] = ()
    required: bool = True


class Factor(Part):
    """A stratification factor."""

    id: str
    source: str
    levels: tuple[str, ...]
    cut: Decimal | None = None


class Criterion(Part):
    """An eligibility criterion."""

    id: str
    kind: str
    text: Words


class Visit(Part):
    """A visit."""

    id: str
    day: int
    window_days: int = 0
    dispense: bool = False
    name: Words


class Kit(Part):
    """The kit."""

    vials: int
    do_not_dispense_days: int
    do_not_ship_days: int


class Study(Part):
    """The study."""

    id: str
    title: Words
    cap: int
    protocol_version: str
    consent_version: str
    training_version: str
    eligibility_days: int
    arms: tuple[Arm, ...] = Field(repr=False)
    sites: tuple[Site, ...]
    strata: tuple[Factor, ...]
    baseline: tuple[BaselineField, ...]
    criteria: tuple[Criterion, ...]
    visits: tuple[Visit, ...]
    kit: Kit
    sha256: str

    def site(self, code: str) -> Site:
        """The site."""
        return next(site for site in self.sites if site.code == code)

    def visit(self, visit: str) -> Visit:
        """The visit."""
        return next(one for one in self.visits if one.id == visit)

    @property
    def dispensing_visits(self) -> tuple[Visit, ...]:
        """The dispensing visits."""
        return tuple(visit for visit in self.visits if visit.dispense)

    def strata_keys(self) -> list[str]:
        """All strata."""
        return ["|".join(levels) for levels in product(*(factor.levels for factor in self.strata))]

    def stratum_of(self, baseline: Mapping[str, Decimal | str], site: str) -> str:
        """The stratum."""
        levels = []
        for factor in self.strata:
            value = baseline[factor.source]
            if factor.cut is not None:
                levels.append(factor.levels[0] if Decimal(value) <= factor.cut else factor.levels[1])
            else:
                levels.append(factor.levels[factor.levels.index(str(value))])
        return "|".join(levels)


def load_study(path: Path) -> Study:
    """The study in the file."""
    content = path.read_bytes()
    values: dict[str, Any] = tomllib.loads(content.decode(), parse_float=Decimal)
    return Study(**values, sha256=hashlib.sha256(content).hexdigest())


class StudyMistakes(Exception):
    """(interim)"""

    mistakes: list[Any] = []


def check_study(path: Path) -> list[Any]:
    """(interim)"""
    return []


def report(mistakes: list[Any]) -> str:
    """(interim)"""
    return ""
