"""The note to file of a mishap as PDF: what its page says in both languages, with the signature and what it covers."""

from datetime import datetime

from irt.paper.both import Both
from irt.paper.note import Fact, FileNote, Signed, note_pdf
from irt.web import signed, texts, words
from irt.web.language import speaking
from irt.web.mishap_notes import Note

SIGNER = Both("Investigator", "研究者")
UNCOVERED = Both("The signature does not cover what was changed after it.", "该签名不涵盖此后的变更。")


def printed(
    notes: dict[str, Note], signature: signed.Signed | None, site: str, footer: str, made_at: datetime
) -> bytes:
    """The PDF; without a signature there is a line to sign by hand, and one that no longer covers all says so."""
    en, zh = notes["en"], notes["zh_Hans_CN"]
    facts = [
        Fact(Both(label_en, label_zh), value_en if value_en == value_zh else f"{value_zh} {value_en}")
        for (label_en, value_en), (label_zh, value_zh) in zip(en.facts, zh.facts, strict=True)
    ]
    story = [Both(en.story[0], zh.story[0]), Both(en.story[1], "")]
    for (at, line_en), (_, line_zh) in zip(en.done, zh.done, strict=True):
        when = texts.site_moment(at, site)
        story.append(Both(f"{line_en} · {when}", f"{line_zh} · {when}"))
    story += [Both(*lines) for lines in zip(en.left, zh.left, strict=True)]
    if signature is not None and signature.changes:
        story.append(UNCOVERED)
    under = () if signature is None else (_signed(signature, site),)
    note = FileNote(Both(en.title, zh.title), tuple(facts), tuple(story), () if under else (SIGNER,), under)
    return note_pdf(note, footer=footer, made_at=made_at)


def _signed(signature: signed.Signed, site: str) -> Signed:
    meanings = []
    for code in ("en", "zh_Hans_CN"):
        with speaking(code):
            meanings.append(words.meaning(signature.row.meaning))
    return Signed(signature.row.name, Both(*meanings), texts.site_moment(signature.row.signed_at, site))
