"""The headers of every answer, errors included: nothing from elsewhere, nothing inline, nothing framed or cached."""

from flask import Flask, Request, Response, abort, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
ASSET_AGE = "public, max-age=3600"
TWO_YEARS = "max-age=63072000; includeSubDomains"


def protect(app: Flask, *, secure: bool) -> None:
    """Put the headers on every response of `app`; `secure`: it is served over TLS."""

    @app.before_request
    def _same_site_only() -> None:
        # Beside the CSRF token: browsers say where a form came from, and no-referrer takes the older sign away.
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") not in (
            "same-origin",
            "none",
        ):
            abort(400)

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
        response.headers["Cache-Control"] = ASSET_AGE if _is_asset(request, response) else "no-store"
        if secure:
            response.headers["Strict-Transport-Security"] = TWO_YEARS
        return response


def _is_asset(asked: Request, response: Response) -> bool:
    return (asked.endpoint or "").endswith("static") and response.status_code in (200, 304)
