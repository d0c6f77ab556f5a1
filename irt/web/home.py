"""The first page: what waits for the person, one click from doing it. And whether the service is alive."""

from typing import Any

from flask import Blueprint, jsonify, render_template
from sqlalchemy import select

from irt.gate.act import spec_of
from irt.participants.screen import screen
from irt.web import worklists
from irt.web.pages import Audience, actor, holds, page
from irt.web.wired import service

SCREENERS = spec_of(screen).roles
pages = Blueprint("home", __name__)


@page(pages, "/", roles=Audience.SIGNED_IN)
def worklist() -> Any:
    """What waits for each role that the person holds."""
    return render_template("home.html", person=actor(), groups=worklists.of_reader(), may_screen=holds(*SCREENERS))


@page(pages, "/health", roles=Audience.ANYBODY)
def health() -> Any:
    """Whether the service answers and its database does: for a load balancer, with nothing about the trial."""
    with service().database.read.connect() as connection:
        connection.execute(select(1))
    return jsonify(status="ok")
