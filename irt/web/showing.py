"""The page that shows one treatment once, to the browser that asked for it, or that it was practice."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import abort, render_template, request, session
from flask_babel import gettext as _

from irt.conduct.tables import PracticeBreak
from irt.gate.refusals import Refused
from irt.participants.tables import Participant
from irt.safety.showing import in_time, line_of, show_once
from irt.web import texts
from irt.web.courses import boxes_read
from irt.web.pages import actor, reading
from irt.web.wired import service
from irt.web.wording import say

TO_SHOW = "to_show"  # in the signed cookie: which lines of the book this browser may redeem
MOST = 4  # of them: several emergencies at once, in several tabs


def let_show(opening: str) -> None:
    """Let this browser redeem a line of the book, beside others that wait for it."""
    session[TO_SHOW] = [*_waiting(opening), opening][-MOST:]


def _waiting(but: str) -> list[str]:
    return [one for one in session.get(TO_SHOW, ()) if one != but]


def shown_once(opening: str, person: Participant, *, title: str, warning: str, back: str) -> Any:
    """The treatment of `person` behind a line of the visitors' book; the page "not found" for somebody else's line."""
    if request.method != "GET":
        abort(405)  # asked for the headers alone, it would be shown to nobody
    wired, mine = service(), opening in session.get(TO_SHOW, ())
    try:
        line = line_of(wired.housekeeping, opening, actor().account)
    except Refused:
        abort(404)
    with reading() as read:
        boxes = {box.number: box for box in boxes_read(read, wired.study, person)}
    said, treatment = _not_here(line), None
    if mine:
        try:
            treatment = show_once(
                wired.housekeeping, wired.vault, wired.study, line, kits=list(boxes), now=wired.clock.now()
            )
        except Refused as refusal:
            said = say(refusal)
        session[TO_SHOW] = _waiting(opening)
    return render_template(
        "treatment_shown.html", whose=person.screening_number, site=person.site, at=line.entered_at, title=title,
        warning=warning, back=back, said=said, treatment=treatment, boxes=boxes, content=_content,
        given=_by_day(treatment.kits, boxes) if treatment else [],
        arm=_arm(treatment.arm) if treatment else None,
    )  # fmt: skip


def practice_once(broken: PracticeBreak, *, title: str, warning: str, back: str) -> Any:
    """The same page for a practice code, as short and as once; the page "not found" for somebody else's."""
    if broken.broken_by != actor().account:
        abort(404)
    now = service().clock.now()
    here = broken.id in session.get(TO_SHOW, ()) and in_time(broken.broken_at, now)
    session[TO_SHOW] = _waiting(broken.id)
    said = _(
        "The practice page is shown once, within a minute, to the browser that asked for it: so is a participant's "
        "treatment. To see it again, practise again."
    )
    return render_template(
        "code_break_practice.html", whose=texts.site_name(broken.site), site=broken.site, at=broken.broken_at,
        title=title, warning=warning, back=back, said=said, treatment=here,
    )  # fmt: skip


def _not_here(line: Any) -> str:
    if line.shown_at is None:
        return str(_("It was not shown in this browser, and is not shown any more. In need, ask for it again."))
    return str(_("It was shown when it was asked for, and is not shown again."))


def _by_day(kits: Iterable[Any], boxes: Mapping[str, Any]) -> list[Any]:
    """The kits in the order in which they were given: the present one stands last."""
    return sorted(kits, key=lambda one: ([first for first, _last in boxes[one.kit].spans][:1], one.kit))


def _arm(arm: str) -> str:
    return next(texts.said(one.label) for one in service().study.arms if one.id == arm)


def _content(kind: str) -> str:
    return " / ".join(texts.said(one.label) for one in service().study.arms if one.kit_type == kind)
