"""PDF files that people hand in with a record: taken from the form, and handed out again."""

import base64
from typing import Any

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from irt.supply.tables import Attachment
from irt.web import downloads, records
from irt.web.asking import Field


def sent() -> dict[str, Any]:
    """The file of the form that was sent, for an order; read in memory and kept nowhere else."""
    found = request.files.get("file")
    if found is None or not found.filename:
        return {}
    return {"file_name": found.filename[-200:], "file": base64.b64encode(found.read())}


def upload(hint: Any = "", *, optional: bool = True) -> Field:
    """The field of a form that takes one PDF."""
    return Field("file", "pdf", _("Report as PDF"), hint=hint or _("PDF, at most 5 MB."), optional=optional)


def measured(*, optional_words: bool) -> tuple[Field, ...]:
    """What a temperature record says."""
    return (
        Field("lowest", "decimal", unit="°C", optional=True),
        Field("highest", "decimal", unit="°C", optional=True),
        Field("minutes", "number", optional=True),
        Field("told", "note", optional=optional_words),
        upload(),
    )


def handed_out(session: Session, attachment: str | None, what: str, site: str | None = None) -> Any:
    """A file as it was handed in, to be saved and not shown; the page "not found" where there is none."""
    if attachment is None:
        abort(404)
    return downloads.pdf(records.one(session, Attachment, id=attachment).content, what, site)
