"""A report that was made beside the pages, shown as it is: its styles and pictures stand in the one file."""

from flask import Response, abort

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'"


def shown(content: bytes | None, name: str) -> Response:
    """The report, as HTML or as PDF by its name; 404 for what is none."""
    if content is None or not name.startswith("report"):
        abort(404)
    kind = "text/html; charset=utf-8" if name.endswith(".html") else "application/pdf"
    answer = Response(content, content_type=kind)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer
