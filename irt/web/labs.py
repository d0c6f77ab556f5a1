"""The safety laboratory: a participant's samples, what they suggest, and the values kept to the investigator."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _

from irt.actor import Role
from irt.gate.act import spec_of
from irt.gate.fields import day_of
from irt.participants.tables import Participant
from irt.safety.laboratory import correct_labs, dismiss_labs, record_labs
from irt.safety.laboratory_tables import LabSample
from irt.safety.readings import current_samples
from irt.safety.withheld import correct_withheld, record_withheld
from irt.web import lab_board, lab_wording, lab_words, records, texts
from irt.web.asking import Field, ask
from irt.web.pages import form_page, holds, page, reading

pages = Blueprint("labs", __name__, url_prefix="/participants/<participant>/labs")

WRITERS = spec_of(record_labs).roles
READERS = WRITERS | {Role.MONITOR, Role.DATA_MANAGER, Role.MEDICAL_MONITOR, Role.AUDITOR}
ALONE = frozenset({Role.INVESTIGATOR})


@page(pages, "/", roles=READERS)
def listed(participant: str) -> Any:
    """The samples with their grades, and the adverse events that they suggest."""
    with reading() as session:
        board = lab_board.board_of(session, records.one(session, Participant, id=participant))
        names = records.names(session, *(row.dismissed_by for row in board.dismissals))
    return render_template(
        "labs.html", board=board, person=board.person, tests=lab_board.shown_tests(), normal=lab_board.normal,
        measure=lab_board.measure,
        test_name=lab_wording.test_name, term_name=lab_wording.term_name, report=lab_board.report_address,
        may_write=holds(*WRITERS), may_dismiss=holds(*ALONE), names=names,
        withheld=lab_board.shown_tests("investigator") if holds(*ALONE) else [],
    )  # fmt: skip


@form_page(pages, "/record", roles=WRITERS)
def recorded(participant: str) -> Any:
    """Record a sample."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        given = lab_board.proposed_limits(session, person)
    lead = _("Type what the laboratory printed, with its limits. Leave out what was not measured.")
    return _sample_form(record_labs, person, _("Record laboratory values"), given, lead=lead)


@form_page(pages, "/<int:sample>/correct", roles=WRITERS)
def corrected(participant: str, sample: int) -> Any:
    """Put a sample right."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        row = current_samples(records.rows(session, LabSample, participant=participant)).get(sample) or abort(404)
        given = lab_board.recorded_values(session, person, sample)
    lead = _("Change what is wrong. A value that you clear was not measured; without any value there was no sample.")
    return _sample_form(
        correct_labs, person, _("Correct sample %(number)s", number=sample), given, lead=lead, day=row.taken_on,
        fields=(Field("reason"),), sample=sample,
    )  # fmt: skip


def _sample_form(
    function: Any,
    person: Participant,
    title: str,
    given: dict[str, str],
    *,
    lead: str,
    day: date | None = None,
    fields: tuple[Field, ...] = (),
    **fixed: Any,
) -> Any:
    here = url_for("labs.listed", participant=person.id)
    day = day or texts.today_at(person.site)
    return ask(
        function, title=f"{person.screening_number} · {title}", done=here, back=here,
        given={"participant": person.id, **fixed}, fields=(Field("taken_on", "day", value=day.isoformat()), *fields),
        template="lab_form.html", tests=lab_board.shown_tests(), before=given, lead=lead,
    )  # fmt: skip


@form_page(pages, "/<int:sample>/<analyte>/dismiss", roles=ALONE)
def dismissed(participant: str, sample: int, analyte: str) -> Any:
    """Say of a suggested event that it is none."""
    grade = request.args.get("grade", "")
    with reading() as session:
        person = records.one(session, Participant, id=participant)
    here = url_for("labs.listed", participant=participant)
    named = _("%(test)s, grade %(grade)s", test=lab_wording.test_name(analyte), grade=grade)
    return ask(
        dismiss_labs, title=f"{person.screening_number} · {_('No adverse event')}", done=here, back=here, lead=named,
        given={"participant": participant, "sample": sample, "analyte": analyte, "grade": grade},
        fields=(Field("reason", "note"),), said=_("Dismissed."),
    )  # fmt: skip


@page(pages, "/withheld", roles=ALONE)
def withheld(participant: str) -> Any:
    """The values from which the treatment can be told, for the site's investigator."""
    with reading() as session:
        person = records.one(session, Participant, id=participant)
        found, revisions = lab_board.withheld_of(session, person)
    return render_template(
        "labs_withheld.html", person=person, found=found, revisions=revisions, normal=lab_board.normal,
        test_name=lab_wording.test_name, tests={one.id: one for one in lab_board.shown_tests("investigator")},
        report=lab_board.report_address,
    )  # fmt: skip


@form_page(pages, "/withheld/<analyte>/record", roles=ALONE)
def withheld_recorded(participant: str, analyte: str) -> Any:
    """Record a value that is kept to the investigator."""
    return _withheld_form(record_withheld, participant, analyte, (), {})


@form_page(pages, "/withheld/<analyte>/<day>/correct", roles=ALONE)
def withheld_corrected(participant: str, analyte: str, day: str) -> Any:
    """Put such a value right; the reason is chosen, for words would tell the value to readers of the trail."""
    taken_on = day_of(day) or abort(404)
    why = Field("reason", "choice", choices=tuple(lab_words.LAB_WHY.items()))
    return _withheld_form(correct_withheld, participant, analyte, (why,), {"taken_on": taken_on})


def _withheld_form(
    function: Any, participant: str, analyte: str, more: tuple[Field, ...], fixed: dict[str, Any]
) -> Any:
    with reading() as session:
        person = records.one(session, Participant, id=participant)
    test = next((one for one in lab_board.shown_tests("investigator") if one.id == analyte), None) or abort(404)
    value = Field("value", "decimal", texts.said(test.label), unit=test.unit)
    upper = Field("upper", "decimal", unit=test.unit)
    when = () if fixed else (Field("taken_on", "day", value=texts.today_at(person.site).isoformat()),)
    lead = _("You and the other investigators of the site alone see it. Tell it to nobody else.")
    here = url_for("labs.withheld", participant=participant)
    return ask(
        function, title=f"{person.screening_number} · {texts.said(test.label)}", done=here, back=here, lead=lead,
        given={"participant": participant, "analyte": analyte, **fixed}, fields=(*when, value, upper, *more),
    )  # fmt: skip
