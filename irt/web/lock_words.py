"""Words and sentences of the lock, the blind review, the release and what is handed over; read through `words`."""

from typing import Any

from flask_babel import lazy_gettext as _l

ACTS = {
    "lock.freeze": _l("Database frozen"),
    "lock.thaw": _l("Database thawed"),
    "lock.endorse": _l("Site's data endorsed"),
    "lock.sign": _l("Signed for the lock"),
    "population.decide": _l("Population decided"),
    "review.record": _l("Blind review recorded"),
    "review.sign": _l("Blind review signed"),
    "unlock.ask": _l("Unlocking asked for"),
    "unlock.sign": _l("Unlocking signed"),
    "unlock.lapse": _l("Looked whether an unlocking is over"),
    "release.ask": _l("Release asked for"),
    "release.allow": _l("Release allowed"),
    "release.carry_out": _l("Release carried out"),
    "release.open_again": _l("Release opened again"),
    "handover.keep": _l("Package or analysis kept"),
}
MEANINGS = {
    "I freeze the database: sites read only, and answer what they are asked": _l(
        "I freeze the database: sites read only, and answer what they are asked"
    ),
    "I have reviewed the data of my site; they are complete and true to their sources": _l(
        "I have reviewed the data of my site; they are complete and true to their sources"
    ),
    "The data are final. I sign for locking the database over the SHA-256 shown": _l(
        "The data are final. I sign for locking the database over the SHA-256 shown"
    ),
    "This is a true record of the blind review meeting, and these are the populations that it decided": _l(
        "This is a true record of the blind review meeting, and these are the populations that it decided"
    ),
    "I was at this blind review, or have read its record, and agree to what it decided": _l(
        "I was at this blind review, or have read its record, and agree to what it decided"
    ),
    "I ask for the database to be unlocked": _l("I ask for the database to be unlocked"),
    "I agree that the database is unlocked for the records and the reason that are named": _l(
        "I agree that the database is unlocked for the records and the reason that are named"
    ),
    "The database is locked and the analysis plan is final. I ask for the allocation to be released": _l(
        "The database is locked and the analysis plan is final. I ask for the allocation to be released"
    ),
    "I allow the allocation to be released to the final analysis": _l(
        "I allow the allocation to be released to the final analysis"
    ),
    "I carry out the release: the allocation is opened for the final analysis and for nothing else": _l(
        "I carry out the release: the allocation is opened for the final analysis and for nothing else"
    ),
    "What was made of the release was lost before it was kept. I open the allocation once more, for it alone": _l(
        "What was made of the release was lost before it was kept. I open the allocation once more, for it alone"
    ),
}
THINGS = {"lock_request": _l("request"), "release": _l("release"), "blind_review": _l("record of a blind review")}
FIELDS = {
    "data_sha256": _l("SHA-256 of the data"),
    "populations_sha256": _l("SHA-256 of the populations"),
    "population": _l("Population"),
    "included": _l("Included"),
    "held_on": _l("Day of the meeting"),
    "present": _l("Present"),
    "agenda": _l("Agenda"),
    "decisions": _l("Decisions"),
    "records": _l("Records to be changed"),
    "justification": _l("Why it may be done although arms are known"),
    "review": _l("Record"),
    "request": _l("Request"),
}
POPULATIONS = {"full_analysis": _l("Full analysis set"), "per_protocol": _l("Per-protocol set")}
NOT_IN_POPULATION = {
    "randomized_in_error": _l("randomized in error"),
    "never_dosed": _l("never dosed"),
    "not_in_full_analysis": _l("not in the full analysis set"),
    "important_deviation": _l("important protocol deviation"),
    "too_few_doses": _l("too few doses before the primary visit"),
    "primary_missing": _l("primary outcome missing"),
    "code_broken": _l("code broken before the primary outcome"),
    "decided": _l("decided at the blind review"),
    "not_told": _l("another reason of the protocol"),
}
LOCK_STEPS = {
    "frozen": _l("Frozen"), "thawed": _l("Thawed"), "locked": _l("Locked"), "unlocked": _l("Unlocked"),
    "lapsed": _l("Days of the unlocking over"), "released": _l("Allocation released"),
}  # fmt: skip
VIEWS = {
    "final": _l("Arms by name"), "letters": _l("Arms as A and B"), "rehearsal": _l("Rehearsal"),
}  # fmt: skip
CHECKLIST = {
    "participants": _l("Everybody has left screening and the trial"),
    "visits": _l("Visits and what is recorded at them are over"),
    "diary": _l("Every dose due has a line in the diary"),
    "change_requests": _l("Requests for changes are decided"),
    "outcomes": _l("Outcome forms are recorded, or not done with a reason"),
    "queries": _l("Queries are closed"),
    "adjudication": _l("Intercurrent events are judged"),
    "events_told": _l("Events that were heard of are reported or settled"),
    "coding": _l("Adverse events are coded"),
    "opinions": _l("The sponsor has judged every serious event"),
    "desk": _l("Cases at the safety desk are closed"),
    "unblindings": _l("Reports of accidental unblinding are assessed"),
    "kits": _l("Every kit is accounted for"),
    "discrepancies": _l("Discrepancies are resolved"),
    "mishaps": _l("Notes to file on mishaps are signed"),
    "envelopes": _l("Emergency envelopes are back or destroyed"),
    "deviations": _l("Deviations are classified, by both alike"),
    "endorsed": _l("Each site's investigator has signed the site's data"),
    "blind_review": _l("The blind review is recorded and signed by everybody"),
}
SENTENCES: dict[str, Any] = {
    "participants_under_way": _l(
        "%(count)s participants are still in screening or in the trial (first: %(first)s). Freezing would end their "
        "treatment; wait until all have left."
    ),
    "checklist_open": _l("The checklist is not empty: %(items)s. Settle them first."),
    "data_changed": _l(
        "The data are no longer those that you were shown. Look at the page again, and sign what it shows now."
    ),
    "data_moved": _l(
        "Data were changed since the lock: %(tables)s. Have the database unlocked, see what changed, and lock it anew."
    ),
    "signed_already": _l("You have signed this already; one person signs once."),
    "nothing_to_sign": _l("There is no signature left for you to give here. Still missing: %(roles)s."),
    "request_lapsed": _l("The request was for an earlier version of the lock. Ask anew."),
    "request_under_way": _l("A release is asked for already. Look at the page again."),
    "nothing_to_release": _l("Everything was released already."),
    "justification_needed": _l(
        "Justification: the allocation was released. Say why data may be changed although arms are known."
    ),
    "not_allowed_yet": _l("The release is not allowed yet. Still missing: %(roles)s."),
    "released_already": _l("This release was carried out already."),
    "list_faulty": _l(
        "The list does not prove itself: %(rows)s rows disagree. Nothing was opened. Tell the operator to run "
        "`irt verify`."
    ),
    "package_kept": _l("The package of this release is kept. Fetch it; nothing needs to be opened again."),
    "package_missing": _l("The package of this release is not kept yet. Make it first."),
    "no_ground_to_exclude": _l(
        "Participant %(participant)s was dosed and not randomized in error: nobody like that is left out of the full "
        "analysis set."
    ),
    "outside_full_analysis": _l(
        "Participant %(participant)s is not in the full analysis set, and so in no part of it. Decide that first."
    ),
    "populations_changed": _l(
        "The populations are no longer those that you were shown. Look at the page again, and sign what it shows now."
    ),
    "review_superseded": _l("There was a later meeting. Sign its record."),
    "not_asked_about": _l(
        "The database is frozen: only a form that a query stands on is corrected. Ask the data manager for one."
    ),
}
