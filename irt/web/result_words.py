"""Words and sentences of results that can unmask; read through `irt.web.words`."""

from typing import Any

from flask_babel import lazy_gettext as _l

ACTS = {
    "results.record": _l("Laboratory result recorded"),
    "results.correct": _l("Laboratory result corrected"),
    "results.import": _l("Laboratory results imported"),
}
THINGS = {"laboratory_result": _l("laboratory result")}
FIELDS = {
    "collected_on": _l("Collected on"),
    "readings": _l("Values"),
}
NOT_DONE = {
    "not_taken": _l("No sample was taken"),
    "not_received": _l("No sample came"),
    "unusable": _l("The sample could not be used"),
    "failed": _l("The measurement failed"),
}
RESULT_WHY = {
    "copied": _l("Copied wrongly"),
    "unit": _l("Wrong unit"),
    "mixed_up": _l("Another sample or person"),
    "laboratory": _l("Measured again"),
    "came_later": _l("It came later"),
    "not_measured": _l("It was not measured"),
}
SENTENCES: dict[str, Any] = {
    "result_known": _l("There is a result already. Correct that one."),
    "result_unchanged": _l("It reads like this already. Change what is wrong, or go back."),
    "result_mistakes": _l("Laboratory result: some values are not accepted; mend those named."),
    "result_done_or_not": _l("Not done: leave day and values empty, or choose no reason."),
    "import_mistakes": _l("The file was not taken in: some rows are wrong, each with its remedy."),
    "import_known": _l("All %(known)s rows of the file are recorded so already. Nothing is to be done."),
}
