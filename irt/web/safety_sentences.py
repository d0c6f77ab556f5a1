"""The sentences of the refusals of safety: each names the field, the value and the remedy."""

from typing import Any

from flask_babel import lazy_gettext as _l

SAFETY: dict[str, Any] = {
    "whose_code": _l("Kit number: write it, or choose the participant. One of the two is needed."),
    "kit_of_nobody": _l("Kit number: %(kit)s was given to nobody. Look at the label again, or choose the participant."),
    "kit_of_another": _l("Kit number: %(kit)s is another participant's. Leave one of the two empty."),
    "event_of_another": _l("Adverse event: it is another participant's. Choose another, or leave it empty."),
    "not_randomized": _l("This participant was not randomized, so there is no treatment to show."),
    "stop_reason_missing": _l("Why it stops: choose a reason, or let the treatment continue."),
    "second_person_wanted": _l(
        "%(earlier)s codes were broken at this site within the hour. Ask a second person to agree, on their own start "
        "page; or tick below that you go on without one. It is never refused."
    ),
    "case_closed": _l("This part of the case is closed already."),
    "no_follow_up": _l("Only a fatal or life-threatening case has a complete report after the first."),
    "report_first": _l("Close the first report before the complete one."),
    "already_shown": _l("It was shown at %(at)s, and is not shown again. In need, break the code again."),
    "shown_too_late": _l("It was not fetched within a minute, and is not shown any more. Break the code again."),
    "no_envelope_due": _l(
        "No envelope is due: everybody has one, and nobody had a wrong box since. With --again or --all, they are "
        "issued anew."
    ),
    "not_randomized_numbers": _l("--again: %(numbers)s: no participant with this number was randomized."),
    "envelope_opened_already": _l("That this envelope was opened is recorded already."),
    "envelope_gone": _l("This envelope is accounted for already."),
}
