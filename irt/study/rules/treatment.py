"""What the diary, a hold and a stop offer; the visit of those who stop early."""

from collections.abc import Iterator

from irt.study.mistakes import Mistake
from irt.study.rules.reading import read
from irt.study.whole import StudyFile

CHOICES = ("injection_sites", "missed_reasons", "hold_reasons", "stop_reasons")
STOPPED = "stop_for_adverse_event_or_lack_of_efficacy"


def offered(study: StudyFile) -> Iterator[Mistake]:
    """A form that asks for a place or a reason has one to offer."""
    for name in CHOICES:
        if study.treatment is not None and getattr(study.treatment, name) == ():
            yield Mistake(f"treatment.{name}", "is empty", f"add at least one under [[treatment.{name}]]")
    if study.safety is not None and study.safety.code_break_reasons == ():
        remedy = "add at least one under [[safety.code_break_reasons]]"
        yield Mistake("safety.code_break_reasons", "is empty", remedy)


def missed_in_a_row(study: StudyFile) -> Iterator[Mistake]:
    """So many missed doses running can be reached."""
    treatment, dosing = study.treatment, study.dosing
    if treatment is None or dosing is None or treatment.missed_in_a_row is None or dosing.doses is None:
        return
    if treatment.missed_in_a_row > dosing.doses:
        problem = f"{treatment.missed_in_a_row} are more than the {dosing.doses} doses"
        yield Mistake("treatment.missed_in_a_row", problem, f"write at most {dosing.doses}")


def intercurrent(study: StudyFile) -> Iterator[Mistake]:
    """What the analysis ranks as an intercurrent event can be recorded: a stop for an event or for lack of efficacy."""
    stops = study.treatment.stop_reasons if study.treatment is not None else None
    ranked = study.analysis.intercurrent_precedence if study.analysis is not None else None
    if not stops or not ranked or any(one.intercurrent is None for one in stops):
        return
    if STOPPED in ranked and all(one.intercurrent == "other" for one in stops):
        problem = "no reason is an adverse event or lack of efficacy, and analysis.intercurrent_precedence ranks them"
        yield Mistake("treatment.stop_reasons", problem, 'write intercurrent = "adverse_event" at the reason that is')


def rescue(study: StudyFile) -> Iterator[Mistake]:
    """What the analysis ranks as rescue can be reported."""
    given = study.interfering_medications
    ranked = study.analysis.intercurrent_precedence if study.analysis is not None else None
    if given is None or not ranked or "rescue" not in ranked or any(one.intercurrent is None for one in given):
        return
    if all(one.intercurrent == "other" for one in given):
        problem = "none is rescue, and analysis.intercurrent_precedence ranks it"
        yield Mistake("interfering_medications", problem, 'write intercurrent = "rescue" at the medication that is')


def early_termination(study: StudyFile) -> Iterator[Mistake]:
    """One unscheduled visit at most is that of early termination, and there is one when a stop asks for it."""
    visits = study.unscheduled_visits
    timed = [i for i, _ in read(visits, "within_days")]
    for i in timed[1:]:
        problem = f"unscheduled_visits[{timed[0]}] has within_days too, and one visit is that of early termination"
        yield Mistake(f"unscheduled_visits[{i}].within_days", problem, "remove one of the two")
    unsure = visits is None or any("within_days" in one.model_fields_set for one in visits)
    if unsure or study.treatment is None:
        return
    asking = [i for i, one in read(study.treatment.stop_reasons, "early_termination") if one.early_termination]
    if asking:
        problem = f"is needed by treatment.stop_reasons[{asking[0]}], and no visit has within_days"
        remedy = "give the early-termination visit its within_days, or write early_termination = false at every reason"
        yield Mistake("unscheduled_visits", problem, remedy)


RULES = (offered, missed_in_a_row, intercurrent, rescue, early_termination)
