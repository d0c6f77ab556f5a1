"""What the baseline values say about a criterion, shown beside its question: computed, while the physician decides."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from irt.study.design import ActivityRoute, Criterion
from irt.web import texts
from irt.web.wired import service


@dataclass(frozen=True)
class Computed:
    """One limit: what it is, and whether the values meet it (None: a value is missing)."""

    label: str
    met: bool | None


def beside(criterion: Criterion, values: Mapping[str, str]) -> list[Computed]:
    """The limits that belong to a criterion, and the ways to active disease that rest on them."""
    study = service().study
    limits = [one for one in study.thresholds if one.id in criterion.thresholds]
    routes = [one for one in study.activity_routes if one.threshold in criterion.thresholds]
    computed = [Computed(texts.said(one.label), one.met(values)) for one in limits]
    return computed + [_route(one, values) for one in routes]


def _route(route: ActivityRoute, values: Mapping[str, str]) -> Computed:
    """A way counts each measure once, however many of its limits are met (five enzymes are one measure)."""
    thresholds = service().study.thresholds
    first = next(one for one in thresholds if one.id == route.threshold).met(values)
    abnormal = {one.measure for one in thresholds if one.measure in route.among and one.met(values)}
    words = _(
        "%(way)s (abnormal: %(found)s, needed: %(needed)s)",
        way=texts.said(route.label), found=len(abnormal), needed=route.abnormal,
    )  # fmt: skip
    return Computed(words, None if first is None else first and len(abnormal) >= route.abnormal)
