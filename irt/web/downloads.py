"""Files that a page hands out: named by what they hold, the site and the day, never kept by a browser."""

from flask import Response

from irt.web import texts
from irt.web.wired import service


def csv(content: bytes, what: str, site: str | None = None) -> Response:
    """A CSV file, such as inventory-01-2026-03-02.csv; `site` None: of all sites that the reader sees."""
    return _file(content, "text/csv; charset=utf-8", _name(what, site, "csv"))


def pdf(content: bytes, what: str, site: str | None = None) -> Response:
    """A PDF file."""
    return _file(content, "application/pdf", _name(what, site, "pdf"))


def ics(content: bytes, what: str, site: str | None = None) -> Response:
    """A calendar file."""
    return _file(content, "text/calendar; charset=utf-8", _name(what, site, "ics"))


def zipped(content: bytes, name: str) -> Response:
    """A ZIP file under its own name, whatever lies around it."""
    return _file(content, "application/zip", name)


def _name(what: str, site: str | None, ending: str) -> str:
    known = {one.code for one in service().study.sites}
    parts = [what, *([site] if site in known else []), texts.today_at(site).isoformat()]
    return f"{'-'.join(parts)}.{ending}"


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
