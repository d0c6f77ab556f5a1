"""The sentences of refusals around emergencies: paper codes, and the report that somebody was unblinded by accident."""

from typing import Any

from flask_babel import lazy_gettext as _l

PAPER_CODES: dict[str, Any] = {
    "paper_code_used": _l("The paper code was used already. Take the next one of your sheet."),
    "emergency_only": _l(
        "You came in by a paper code: only what is for emergencies can be done. Sign in with your password for "
        "“%(act)s”."
    ),
    "signature_paper_code_wrong": _l(
        "Paper code: it is none of yours that is unused, and not your password either. Type the next code of your "
        "sheet."
    ),
    "paper_code_wrong": _l(
        "Login and code do not fit together, or the code was used. Check both, or take the next code of your sheet."
    ),
    "paper_code_slowed": _l(
        "Login and code do not fit together, and there were failed attempts before. Wait %(seconds)s seconds before "
        "another; a right code is taken at once."
    ),
}
UNBLINDINGS: dict[str, Any] = {
    "treatment_named": _l(
        "A treatment must not be written here, whatever it was. Describe what happened without naming any arm, drug or "
        "kit type, and send the form again."
    ),
    "unblinding_scope_differs": _l(
        "Of whom: it does not fit what is named below it. Name screening numbers for participants, a lot for a lot, "
        "and neither for a site or the whole trial."
    ),
    "unblinding_site_needed": _l("Site: choose the site where it happened."),
    "unblinding_several_sites": _l(
        "Participants: they are not all of the site chosen. Report each site's participants by themselves."
    ),
    "unblinding_assessed": _l("Somebody assessed this report meanwhile. Read it, then say what you add."),
}
