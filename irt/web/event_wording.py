"""What is wrong with what is told of an adverse event, in the reader's language."""

from collections import defaultdict
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from irt.web.forms import Mistake, mistake

REMEDIES = {
    "unknown_term": _l("the study has no such term; choose one of the list, or leave it empty for any other"),
    "grade_of_term": _l("this term has the grades %(grades)s; choose one of them, or another term"),
    "time_without_day": _l("write its day too, or leave the time empty"),
    "in_future": _l("it has not come yet; it is %(now)s at the site"),
    "before_consent": _l("consent was given on %(day)s; what was there before is medical history"),
    "end_before_onset": _l("it ends before it begins; correct one of the two"),
    "recovered_has_end": _l("write the day on which it ended, or choose another outcome"),
    "sequelae_has_end": _l("write the day on which it ended, or choose another outcome"),
    "fatal_has_end": _l("write the day of death"),
    "goes_on": _l("the outcome says that it goes on; leave the end empty, or choose another outcome"),
    "death_seriousness": _l("grade 5 and a fatal outcome are deaths; tick death, or correct the others"),
    "death_grade": _l("a death is of grade 5; choose it, or correct criterion and outcome"),
    "death_outcome": _l("a death has the outcome fatal; choose it, or correct criterion and grade"),
    "threatening_grade": _l("what threatens life is of grade 4 or 5; choose it, or another criterion"),
    "named_twice": _l("name each criterion once"),
    "never_given": _l("the participant was never randomized and had no study drug; choose unrelated"),
    "never_given_action": _l("the participant was never randomized and had no study drug; choose not applicable"),
    "aware_before_onset": _l("the site cannot have known of it before it began; correct one of the two"),
    "aware_after_told": _l("the site told already that it knew at %(told)s; write that time or an earlier one"),
}


def event_mistake(one: Mapping[str, str]) -> Mistake:
    """One mistake, at its field."""
    remedy = str(REMEDIES[one["remedy"]]) % defaultdict(str, one)
    return mistake(one["field"], one["value"], remedy, "event_outcome" if one["field"] == "outcome" else None)
