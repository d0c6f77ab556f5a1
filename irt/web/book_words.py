"""Words for the deviation log, the pharmacy's books and the recall list; read through `irt.web.words`."""

from flask_babel import lazy_gettext as _l

DEVIATIONS = {
    "visit_out_of_window": _l("Visit outside its window"),
    "visit_missed": _l("Visit missed"),
    "visit_skipped": _l("Visit skipped"),
    "first_dose_late": _l("First dose late"),
    "doses_missed": _l("Doses missed in a row"),
    "doses_too_close": _l("Doses too close together"),
    "dose_not_due": _l("Dose that was not due"),
    "dose_while_held": _l("Dose while treatment was held"),
    "dose_after_stop": _l("Dose after treatment was stopped"),
    "dose_of_expired_kit": _l("Dose from an expired kit"),
    "wrong_stratum": _l("Randomized in a wrong stratum"),
    "randomized_in_error": _l("Randomized in error"),
    "wrong_kit": _l("Wrong kit handed over"),
    "kit_not_handed_over": _l("Kit not handed over"),
    "kit_lost": _l("Kit lost"),
    "kit_damaged": _l("Kit damaged"),
    "kit_elsewhere": _l("Kit set aside at another site"),
    "kit_past_expiry": _l("Kit at home past its expiry"),
    "rescue": _l("Rescue or prohibited medication"),
    "other": _l("Other deviation"),
}
DEVIATION_STANDINGS = {
    "suggested": _l("Suggested"),
    "classified_by_one": _l("Classified by one"),
    "agreed": _l("Agreed"),
    "disagreed": _l("Disagreed"),
}
SEVERITIES = {"none": _l("No deviation"), "minor": _l("Minor"), "important": _l("Important")}
PER_PROTOCOL = {"keep": _l("Stays in the per-protocol set"), "exclude": _l("Leaves the per-protocol set")}
DISCREPANCIES = {"none": _l("None"), "open": _l("Open"), "resolved": _l("Resolved")}
EXPECTED = {"planned": _l("On its planned day"), "in_window": _l("In its window"), "late": _l("Late")}
DAY_BOXES = {
    "set_aside": _l("Set aside"),
    "elsewhere": _l("Waits at another site"),
    "to_ask": _l("To be asked for"),
    "none": _l("No box at this visit"),
}
KIT_PLACES = {
    "depot": _l("At the depot"),
    "in_transit": _l("In transit"),
    "shelf": _l("At the site"),
    "home": _l("With a participant"),
    "gone": _l("Accounted for"),
}
