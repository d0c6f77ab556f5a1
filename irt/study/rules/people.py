"""Recipients and signers: who may learn of a code break, who signs for the lock and the release."""

from collections.abc import Iterator

from irt.study.mistakes import Mistake
from irt.study.part import ACCOUNTS_NAMES, RATER_NAMES, SIGNER_NAMES, UNMASKED_NAMES
from irt.study.rules.reading import ids_of, read, unknown
from irt.study.whole import StudyFile


def code_break_recipients(study: StudyFile) -> Iterator[Mistake]:
    """Raters and the laboratory learn nothing of a code break, nor do those who look after accounts."""
    if study.safety is not None:
        for i, role in enumerate(study.safety.code_break_recipients or ()):
            if role in RATER_NAMES | UNMASKED_NAMES | ACCOUNTS_NAMES:
                key = f"safety.code_break_recipients[{i}]"
                yield Mistake(key, f"{role} may not learn that a code was broken", "remove it")


def event_recipients(study: StudyFile) -> Iterator[Mistake]:
    """Raters see no adverse events."""
    if study.safety is not None:
        for i, role in enumerate(study.safety.serious_event_recipients or ()):
            if role in RATER_NAMES | ACCOUNTS_NAMES | {"supply_manager", "unblinded_statistician"}:
                key = f"safety.serious_event_recipients[{i}]"
                yield Mistake(key, f"{role} sees no adverse events", "remove it")


def deadlines(study: StudyFile) -> Iterator[Mistake]:
    """What is fatal or threatens life is reported sooner than the rest (ICH E2A III.B)."""
    safety = study.safety
    if safety is None or safety.fatal_report_days is None or safety.other_report_days is None:
        return
    if safety.fatal_report_days >= safety.other_report_days:
        remedy = f"write less than other_report_days, {safety.other_report_days}"
        yield Mistake("safety.fatal_report_days", f"found {safety.fatal_report_days}", remedy)


def signers(study: StudyFile) -> Iterator[Mistake]:
    """At least two sign; before the lock nobody unmasked does, and whoever looks after accounts never does.

    The release is carried out by the unblinded statistician, who signs last.
    """
    if study.lock is None:
        return
    for name in ("signers", "release_signers", "reopen_signers"):
        roles = getattr(study.lock, name)
        if roles is None:
            continue
        if len(set(roles)) < 2:
            yield Mistake(f"lock.{name}", f"found {len(set(roles))} role(s)", "name at least two: nobody signs alone")
        if name == "release_signers" and len(roles) > 1 and roles[-1] != "unblinded_statistician":
            remedy = "let the last be unblinded_statistician, who carries it out"
            yield Mistake("lock.release_signers", f"the last is {roles[-1]}", remedy)
        if name == "release_signers" and len(roles) == 2 and roles[-1] == "unblinded_statistician":
            yield Mistake(
                "lock.release_signers", "found 2 roles", "name three: who asks, who allows, who carries it out"
            )
        last = roles[-1:] if name == "release_signers" else ()
        for i, role in enumerate(roles):
            if role not in SIGNER_NAMES and role not in last:
                remedy = f"name one of {', '.join(sorted(SIGNER_NAMES))}"
                yield Mistake(f"lock.{name}[{i}]", f"{role} may not sign this", remedy)


def two_steps(study: StudyFile) -> Iterator[Mistake]:
    """Arms can be called A and B first where there are two of one ratio: another would tell which is which."""
    if study.lock is not None and study.lock.two_steps and study.arms is not None:
        ratios = [one.ratio for one in study.arms]
        if len(ratios) != 2 or ratios[0] != ratios[1]:
            yield Mistake("lock.two_steps", f"found arms {ratios}", "write false, or have two arms of one ratio")


def lead_site(study: StudyFile) -> Iterator[Mistake]:
    """The site whose investigator signs for the lock is one of the study."""
    if study.lock is not None and study.lock.lead_site is not None:
        known = ids_of(study.sites, "code")
        if known and study.lock.lead_site not in known:
            yield unknown("lock.lead_site", study.lock.lead_site, known, "site")


def terms(study: StudyFile) -> Iterator[Mistake]:
    """A term has grades, written upwards."""
    for i, term in read(study.adverse_event_terms, "grades"):
        grades = list(term.grades)
        if len(set(grades)) == len(grades) and (not grades or grades != sorted(grades)):
            yield Mistake(f"adverse_event_terms[{i}].grades", f"found {grades}", "write at least one, lowest first")


RULES = (code_break_recipients, event_recipients, deadlines, signers, two_steps, lead_site, terms)
