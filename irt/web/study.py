"""The study: its state, the published list, and opening, pausing, resuming it.

An amendment is no page: this process runs under the file it was started with, and would take the old one in again.
It is `irt study amend`, which reads the changed file; then the service starts anew.
"""

from typing import Any

from flask import Blueprint, abort, render_template, url_for
from flask_babel import lazy_gettext as _l

from irt.actor import Role
from irt.conduct.study_acts import pause_study, resume_study
from irt.conduct.tables import Enrolment
from irt.gate.act import spec_of
from irt.randomization.opening import open_study
from irt.randomization.tables import PublishedList
from irt.web import records, signed
from irt.web.asking import ask
from irt.web.pages import form_page, holds, page, reading
from irt.web.sites import REASON, WHAT, Step, pauses_fit

pages = Blueprint("study", __name__, url_prefix="/study")

READERS = frozenset(Role) - {
    Role.ASSESSOR, Role.PHYSICIAN_ASSESSOR, Role.LABORATORY, Role.ADMINISTRATOR, Role.OPERATOR
}  # fmt: skip
STEPS = {
    "open": Step(open_study, _l("Open the study"), (), ("setup",)),
    "pause": Step(pause_study, _l("Pause"), (WHAT, REASON), ("open",)),
    "resume": Step(resume_study, _l("Resume"), (WHAT, REASON), ("open",)),
}
ACTING = frozenset(role for step in STEPS.values() for role in spec_of(step.function).roles)


@page(pages, "/", roles=READERS)
def one() -> Any:
    """What the study allows now, and what binds its list."""
    with reading() as session:
        state = records.study_state(session)
        published = next(iter(records.rows(session, PublishedList)), None)
        signatures = signed.under(session, "list.prepare", "list.seal_own", "study.open", "study.amend")
        enrolment = next(iter(records.rows(session, Enrolment, scope="study")), None)
    steps = [
        (name, step)
        for name, step in STEPS.items()
        if state.state in step.states
        and pauses_fit(name, state.randomization, state.dispensing)
        and holds(*spec_of(step.function).roles)
    ]
    return render_template(
        "study.html", state=state, published=published, enrolment=enrolment, steps=steps, signatures=signatures
    )


@form_page(pages, "/<step>", roles=ACTING)
def stepped(step: str) -> Any:
    """Take one step with the whole study."""
    if step not in STEPS or not holds(*spec_of(STEPS[step].function).roles):
        abort(404)
    taken = STEPS[step]
    here = url_for("study.one")
    press = None if spec_of(taken.function).sign else str(taken.title)
    return ask(taken.function, title=taken.title, fields=taken.fields, done=here, back=here, press=press)
