"""The participant: list, page, screening, consent, baseline values, leaving."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from irt.actor import Role
from irt.dispensing.treatment import complete
from irt.dispensing.withdrawal import withdraw
from irt.gate.act import spec_of
from irt.gate.perform import Done
from irt.gate.tables import AuditEntry
from irt.participants.baseline import correct_baseline, record_baseline
from irt.participants.consent import consent_again
from irt.participants.leave import screen_fail
from irt.participants.screen import screen
from irt.participants.tables import BaselineValue, Consent, Participant
from irt.randomization.tables import Randomization, RandomizedInError, StratumCorrection
from irt.web import counted, event_log, notice_words, records, signed, special_reports, texts, words
from irt.web.asking import Field, ask
from irt.web.code_breaks import broken_of
from irt.web.deviation_log import of_participant
from irt.web.dose_card import treatment_of
from irt.web.pages import actor, form_page, holds, page, reading
from irt.web.wired import service

pages = Blueprint("participants", __name__, url_prefix="/participants")

CARE = frozenset({Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST})
OVERSIGHT = frozenset({Role.MONITOR, Role.DATA_MANAGER, Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER, Role.AUDITOR})
RATERS = frozenset({Role.ASSESSOR, Role.PHYSICIAN_ASSESSOR})  # number, state and visit days: nothing else
KIT_READERS = CARE | OVERSIGHT
READERS = KIT_READERS | RATERS
LEAVING = tuple(spec_of(one).name for one in (screen_fail, withdraw, complete))


def its_page(done: Done) -> str:
    """The page of the participant that an act was about."""
    return url_for("participants.one", participant=done.answer.id)


@page(pages, "/", roles=READERS)
def listed() -> Any:
    """The participants of the reader's sites, by screening number."""
    with reading() as session:
        found = list(session.scalars(select(Participant).order_by(Participant.screening_number)))
        numbers = {row.participant: row.number for row in records.rows(session, Randomization)}
    return render_template("participants.html", found=found, numbers=numbers, may_screen=holds(*spec_of(screen).roles))


@page(pages, "/<participant>", roles=READERS)
def one(participant: str) -> Any:
    """One participant: what happened, what is known, what comes next."""
    kits = holds(*KIT_READERS)
    with reading(*(KIT_READERS if kits else RATERS)) as session:
        person = records.one(session, Participant, id=participant)
        visits = records.visits_of(session, person, kits=kits)
        facts = _care_facts(session, person) if kits else {}
        if kits:
            facts["away"] = records.waiting_elsewhere(session, [one.kit for one in visits if one.kit])
            planned = [one.record for one in visits]
            facts["unscheduled"] = [row for row in records.unscheduled_of(session, person.id) if row not in planned]
            facts["next"] = next_step(person, visits, facts)
            facts["special"] = special_reports.of_participant(participant) if holds(*special_reports.READERS) else None
            facts["special_kinds"] = notice_words.SPECIAL_KINDS
    if kits:
        facts |= {"broken": broken_of(person.id), **_events_of(person.id)}
    template = "participant.html" if kits else "participant_rated.html"
    return render_template(template, person=person, visits=visits, **facts)


def _events_of(participant: str) -> dict[str, Any]:
    """The adverse events, for those of the page's readers who may see them at this participant's site."""
    if not holds(*event_log.OF_PARTICIPANTS):
        return {"events": None}
    with reading(*event_log.OF_PARTICIPANTS) as session:
        if not records.rows(session, Participant, id=participant):
            return {"events": None}
        return {
            "events": event_log.of_participant(session, participant),
            "heard": event_log.heard(session, participant),
            "settled": event_log.heard(session, participant, settled=True),
            "term": event_log.term_word,
        }


def next_step(person: Participant, visits: list[records.Planned], facts: dict[str, Any]) -> str | None:
    """What is to be done next with a participant and who does it, in words; None when nothing is."""
    if person.state == "screened":
        return _before_randomization(facts["complete"], facts["confirmation"].standing)
    return _after_randomization(visits, facts["away"]) if person.state == "randomized" else None


def _before_randomization(complete: bool, standing: str) -> str:
    if not complete:
        return str(_("the coordinator or investigator records the baseline values."))
    if standing == "valid":
        return str(_("the coordinator or investigator randomizes."))
    if standing == "not_eligible":
        return str(_("not eligible: record the screen failure, or an investigator confirms again."))
    return str(_("an investigator of the site confirms eligibility."))


def _after_randomization(visits: list[records.Planned], away: frozenset[str]) -> str | None:
    ready = [one.kit for one in visits if one.kit is not None and one.on_treatment]
    waiting = [row.kit for row in ready if row.state == "assigned"]
    if away:
        return str(_("kit %(kit)s waits at another site, to be handed over there.", kit=min(away)))
    if waiting:
        return str(_("the pharmacist hands over kit %(kit)s.", kit=waiting[0]))
    coming = next((one for one in visits if one.state in ("due", "overdue", "not_yet")), None)
    if coming is None:
        return None
    window, name = coming.window, texts.visit_name(coming.window.visit)
    if coming.state == "overdue":
        return str(_("%(visit)s is overdue since %(last)s: record or skip it.", visit=name, last=window.latest))
    return str(_("%(visit)s, %(first)s to %(last)s.", visit=name, first=window.earliest, last=window.latest))


def _care_facts(session: Any, person: Participant) -> dict[str, Any]:
    values = records.baseline_of(session, person.id)
    confirmation = records.confirmation_of(session, person, values)
    done = next(iter(records.rows(session, Randomization, participant=person.id)), None)
    revisions = records.rows(session, BaselineValue, participant=person.id)
    return {
        "consents": sorted(records.rows(session, Consent, participant=person.id), key=lambda row: row.recorded_at),
        "counted": counted.kits_of(session, person.id),
        "values": values,
        "corrected": sorted((row for row in revisions if row.revision > 1), key=lambda row: row.recorded_at),
        "complete": records.baseline_complete(values),
        "stratum": records.stratum_of(values, person.site),
        "confirmation": confirmation,
        "confirmed": signed.eligibility(session, person, confirmation.row) if confirmation.row else None,
        "randomization": done,
        "requested": signed.randomization(session, person, done) if done else None,
        "left": session.scalars(
            select(AuditEntry).where(
                AuditEntry.participant == person.id, AuditEntry.kind == "act", AuditEntry.act.in_(LEAVING)
            )
        ).one_or_none(),
        "deviations": of_participant(session, person.id),
        "corrections": records.rows(session, StratumCorrection, participant=person.id),
        **treatment_of(session, person),
        "in_error": next(iter(records.rows(session, RandomizedInError, participant=person.id)), None),
    }


@form_page(pages, "/screen", roles=spec_of(screen).roles)
def screened() -> Any:
    """Enter a person who has consented."""
    study = service().study
    sites = texts.site_choices(actor().sites(spec_of(screen).roles))
    fields = (
        Field("site", "choice", choices=sites, value=sites[0][0] if len(sites) == 1 else ""),
        Field("sex", "choice", choices=tuple(words.SEXES.items())),
        Field("birth_year", "number", hint=_("Four digits. The day of birth and the name are not asked.")),
        Field("identity_document", hint=_("It finds the same person screened twice. It is not kept.")),
        Field("consent_version", value=study.consent_version),
        Field("consent_on", "day"),
        Field("rescreen_of", "choice", choices=_screen_failures(), optional=True),
    )
    back = url_for("participants.listed")
    return ask(screen, title=_("Screen a person"), fields=fields, done=its_page, said=_("Screened."), back=back)


def _screen_failures() -> tuple[tuple[str, str], ...]:
    with reading() as session:
        failed = session.scalars(
            select(Participant).filter_by(state="screen_failed").order_by(Participant.screening_number)
        )
        return tuple((row.id, row.screening_number) for row in failed)


def about(function: Any, participant: str, title: str, fields: tuple[Field, ...], **more: Any) -> Any:
    """The form of an act on one participant, who must be of the reader's sites; `given`: what the address fixes."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
    here = url_for("participants.one", participant=participant)
    given = {"participant": participant, **more.pop("given", {})}
    lead = texts.site_name(person.site)
    heading = f"{person.screening_number} · {title}"
    return ask(function, title=heading, fields=fields, given=given, done=here, back=here, **{"lead": lead, **more})


@form_page(pages, "/<participant>/consent", roles=spec_of(consent_again).roles)
def consent(participant: str) -> Any:
    """Record a renewed consent."""
    fields = (Field("consent_version", value=service().study.consent_version), Field("consent_on", "day"))
    return about(consent_again, participant, _("Consent again"), fields)


@form_page(pages, "/<participant>/baseline", roles=spec_of(record_baseline).roles)
def baseline(participant: str) -> Any:
    """Record the baseline values."""
    return about(record_baseline, participant, _("Baseline values"), baseline_fields())


@form_page(pages, "/<participant>/baseline/correct", roles=spec_of(correct_baseline).roles)
def baseline_correction(participant: str) -> Any:
    """Put a right value beside a wrong one."""
    with reading() as session:
        records.one(session, Participant, id=participant)
        values = records.baseline_of(session, participant)
    fields = (*baseline_fields(values), Field("reason"))
    lead = _("Fill in only what was wrong. The earlier value stays visible.")
    return about(correct_baseline, participant, _("Correct baseline values"), fields, lead=lead)


def baseline_fields(before: dict[str, str] | None = None) -> tuple[Field, ...]:
    """A field for each baseline value of the study; `before`: the present values, shown beside."""
    fields = []
    for one in service().study.baseline:
        hint = _("Now: %(value)s", value=texts.choice_word(before[one.id])) if before and one.id in before else ""
        if not hint and one.minimum is not None and one.maximum is not None:
            hint = _("From %(least)s to %(most)s", least=one.minimum, most=one.maximum)
        kind = "choice" if one.choices else "decimal"
        choices = tuple((code, texts.choice_word(code)) for code in one.choices)
        optional = before is not None or not one.required
        label = texts.said(one.label)
        fields.append(Field(f"values.{one.id}", kind, label, choices, hint, one.unit or "", optional))
    return tuple(fields)


@form_page(pages, "/<participant>/screen-failure", roles=spec_of(screen_fail).roles)
def screen_failure(participant: str) -> Any:
    """A screened person does not enter the trial."""
    return about(screen_fail, participant, _("Screen failure"), (Field("reason"),))


@form_page(pages, "/<participant>/withdrawal", roles=spec_of(withdraw).roles)
def withdrawal(participant: str) -> Any:
    """A participant withdraws."""
    lead = _("For good: no randomization and no kit from now on. What was recorded stays.")
    with reading() as session:
        today = texts.today_at(records.one(session, Participant, id=participant).site)
    hint = _("The day since which no dose is due. One that was given on it can still be written.")
    fields = (Field("left_on", "day", hint=hint, value=today.isoformat()), Field("reason"))
    return about(withdraw, participant, _("Withdrawal"), fields, lead=lead)
