"""The words for the jobs that time asks for, what came of a run, and what its numbers count."""

from flask_babel import lazy_gettext as _l

JOBS = {
    "kits.sweep": _l("Take kits past their expiry off the shelves"),
    "visits.sweep": _l("Note missed visits"),
    "supply.order": _l("Order boxes for the sites"),
    "shelf.review": _l("Set which sites may randomize"),
    "envelopes.remind": _l("Look whether emergency envelopes are due"),
    "verify": _l("Check all that is stored"),
    "unlock.lapse": _l("Close an unlocking whose days are over"),
    "rehearsal": _l("Rehearse the release"),
    "clocks.remind": _l("Remind of safety clocks"),
    "outbox": _l("Send mail"),
}
JOB_OUTCOMES = {
    "done": _l("Done"),
    "found": _l("Found something"),
    "skipped": _l("Skipped"),
    "refused": _l("Refused"),
    "failed": _l("Failed"),
    "running": _l("Running"),
    "never": _l("Never yet"),
}
JOB_SKIPPED = {
    "nobody_randomized": _l("Nobody is randomized yet: there is nothing to rehearse on."),
    "analysis_missing": _l(
        "The libraries of the analysis are not installed here. The operator runs make setup-analysis."
    ),
}
JOB_COUNTS = {
    "kits.sweep/expired": _l("Expired on a shelf"),
    "kits.sweep/at_depot": _l("Expired at the depot"),
    "kits.sweep/at_home": _l("At home past their expiry"),
    "visits.sweep/count": _l("Newly missed"),
    "supply.order/boxes": _l("Boxes ordered"),
    "supply.order/kits": _l("Kits in them"),
    "supply.order/short": _l("Sites that the depot could not supply"),
    "shelf.review/count": _l("Sites open for randomization"),
    "envelopes.remind/due": _l("Envelopes to issue"),
    "envelopes.remind/older": _l("Envelopes older than the newest kit"),
    "clocks.remind/reports": _l("Reminders of reports that a site owes"),
    "clocks.remind/opinions": _l("Reminders of the sponsor's opinions"),
    "clocks.remind/cases": _l("Reminders of cases at the safety desk"),
    "verify/findings": _l("Findings"),
    "unlock.lapse/count": _l("Unlockings closed"),
    "rehearsal/open": _l("Items of the checklist that wait"),
    "rehearsal/rows": _l("Rows in the tables"),
    "rehearsal/mistakes": _l("Mistakes in the package"),
    "outbox/sent": _l("Messages sent"),
}
