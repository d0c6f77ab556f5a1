"""PDF files that come with a record: read in memory, kept in the database, in the trail as a digest only."""

import re
from hashlib import sha256
from typing import Annotated

from pydantic import Base64Bytes, Field

from irt.entropy import new_id
from irt.gate.act import Act
from irt.gate.fields import Text
from irt.supply.tables import Attachment

MOST_BYTES = 5 * 1024 * 1024
_UNRECORDED = {"recorded": False}
FileName = Annotated[Text | None, Field(json_schema_extra=_UNRECORDED)]
FileContent = Annotated[Base64Bytes | None, Field(repr=False, json_schema_extra=_UNRECORDED)]
_ODD = re.compile(r"[^\w.() -]")


def attach(act: Act, name: str | None, content: bytes | None, *, site: str | None) -> str | None:
    """Keep a PDF; answers its id, None where there is no file. Refused: file_not_pdf, file_too_large."""
    if not content:
        return None
    if len(content) > MOST_BYTES:
        act.refuse("file_too_large", most=MOST_BYTES // 1024 // 1024)
    if not content.startswith(b"%PDF-"):
        act.refuse("file_not_pdf")
    return act.add(
        Attachment,
        id=new_id(act.entropy),
        site=site,
        name=plain_name(name or ""),
        content=content,
        sha256=sha256(content).hexdigest(),
        added_by=act.actor.account,
        added_at=act.now,
    )


def plain_name(name: str) -> str:
    """A file's name without its folder and without signs that mean something to a browser or a shell."""
    last = re.split(r"[/\\]", name)[-1]
    return _ODD.sub("_", last).lstrip(".")[-80:] or "file.pdf"
