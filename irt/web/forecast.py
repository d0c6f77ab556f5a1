"""Forecast: what supply policies lead to, for the supply manager; totals over the trial, nothing of a site."""

from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from irt.actor import Role
from irt.paper.scatter import Words, points_of, scatter
from irt.supply.tables import SupplyForecast
from irt.web.pages import page, reading
from irt.web.wired import service

pages = Blueprint("forecast", __name__)


@page(pages, "/supply/forecast", roles={Role.SUPPLY_MANAGER})
def latest() -> Any:
    """The forecast that was kept last. A request makes none: that takes minutes."""
    with reading() as session:
        newest = select(SupplyForecast).order_by(SupplyForecast.made_at.desc(), SupplyForecast.id).limit(1)
        kept = session.scalars(newest).one_or_none()
    if kept is None:
        return render_template("forecast.html", kept=None)
    lines, apart = kept.figures["policies"], kept.figures["if_types_shipped_apart"]
    return render_template(
        "forecast.html", kept=kept, found=kept.figures, lines=list(zip(lines, apart, strict=True)),
        of_now=kept.study_digest == service().study.sha256, picture=_picture(kept.figures),
    )  # fmt: skip


def _picture(figures: dict[str, Any]) -> Markup:
    limit = figures["limit_per_1000"]
    words = Words(
        title=_("Supply policies: refused requests against overage"),
        x=_("Overage in percent of the kits dispensed"),
        y=_("Refused requests per 1,000, up to the upper limit"),
        limit=_("limit: %(limit)s", limit=f"{limit:g}"),
    )
    return Markup(scatter(points_of(figures), limit, words))  # noqa: S704 (scatter escapes every text)
