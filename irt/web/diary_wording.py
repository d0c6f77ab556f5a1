"""What is wrong with a line of the diary, in the reader's language."""

from collections import defaultdict
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from irt.web.forms import Mistake, mistake

REMEDIES = {
    "nothing_written": _l("write what became of at least one dose"),
    "no_such_dose": _l("the schedule has no such dose, for it has %(last)s; leave it out, or write an extra dose"),
    "say_the_day": _l("write the day on which it was taken"),
    "extra_was_given": _l("an extra dose was taken or partly taken; leave it out if there was none"),
    "held_then": _l("treatment was on hold on that day, so nothing was missed; leave it out"),
    "missed_has_none": _l("a missed dose has no day, time, kit or place; leave them empty"),
    "taken_has_no_reason": _l("a dose that was taken has no reason; leave it empty, or choose partly taken or missed"),
    "before_due": _l("it was due on %(due)s; write that day or a later one, or an extra dose"),
    "too_late": _l(
        "it was due on %(due)s and can be taken at most %(days)s days later; mark it missed, and write the injection "
        "as an extra dose"
    ),
    "not_yet": _l("it has not come yet; today is %(today)s at the site"),
    "before_first_dose": _l("the first dose was on %(first)s; write that day or a later one"),
    "name_kit": _l("write the number of the kit that it came from"),
    "kit_not_in_hand": _l("that kit was not with this participant on %(day)s; check number and day"),
    "no_vial_left": _l("every vial of that kit is recorded as used; check the number"),
    "vials_say_fewer": _l(
        "that kit came back with %(used)s used vials, and other doses account for them; mark this dose or another as "
        "missed, or write why the vials say otherwise"
    ),
    "not_offered": _l("choose one of the answers offered"),
    "due_no_more": _l("treatment ended on %(last)s, so it was not due; leave it out, or write an extra dose"),
    "due_later": _l("it is due on %(due)s; record it from then on"),
    "recorded_already": _l("it is recorded already; use “Correct”"),
    "choose_reason": _l("choose the reason"),
    "say_in_words": _l("write the reason in words beside “Other”"),
    "only_extra_void": _l("a scheduled dose was taken, partly taken or missed; choose one of these"),
    "why_doses_too_close": _l(
        "another dose was on that day or on the day before or after; write why, or check the day"
    ),
    "why_dose_not_due": _l("no dose was due; write why it was given"),
    "why_dose_while_held": _l("treatment was on hold on that day; write why it was given"),
    "why_dose_after_stop": _l("treatment had ended by that day; write why it was given"),
}


def diary_mistake(one: Mapping[str, str]) -> Mistake:
    """One mistake of one line, at its line."""
    name = f"doses.{one['field']}" if one["field"] else "doses"
    return mistake(name, one["value"], str(REMEDIES[one["remedy"]]) % defaultdict(str, one))
