"""Words for the deviation log, books, lots, quarantine, shipments and the recall list; read through `irt.web.words`."""

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
LOT_STEPS = {
    "release": _l("Release for shipping"),
    "hold": _l("Put on hold"),
    "resume": _l("End the hold"),
    "reject": _l("Reject"),
    "extend": _l("Extend the expiry"),
    "shorten": _l("Shorten the expiry"),
}
LOT_DECISIONS = {
    "released": _l("Released"),
    "held": _l("Put on hold"),
    "resumed": _l("Hold ended"),
    "rejected": _l("Rejected"),
    "extended": _l("Expiry extended"),
    "shortened": _l("Expiry shortened"),
}
QUARANTINE_KINDS = {"transit": _l("On the way"), "refrigerator": _l("Refrigerator"), "lot": _l("Lot on hold")}
QUARANTINE_STATES = {"open": _l("Waits for quality"), "released": _l("Released"), "rejected": _l("Rejected")}
SHIPMENT_KINDS = {"by_hand": _l("Asked for by hand"), "resupply": _l("Resupply"), "express": _l("Express")}
SHIPMENT_STATES = {
    "requested": _l("Requested"),
    "packed": _l("Packed"),
    "in_transit": _l("In transit"),
    "received": _l("Received"),
    "cancelled": _l("Cancelled"),
}
