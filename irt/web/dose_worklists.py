"""What waits at a site about doses: first doses to record, and diaries that were not filled in for two weeks."""

from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.participants.tables import Participant
from irt.supply.tables import Assignment
from irt.web import texts
from irt.web.courses import courses_read
from irt.web.site_worklists import Group, Line
from irt.web.wired import service

UNRECORDED = timedelta(days=14)


def doses(session: Session) -> list[Group]:
    """Participants whose first dose, or whose diary of the last weeks, is not recorded: five statements for all.

    Of the never-dosed, doses are due from randomization once the time for a first dose has passed.
    """
    found = session.scalars(select(Participant).filter_by(state="randomized").order_by(Participant.screening_number))
    people, study = list(found), service().study
    given = session.scalars(select(Assignment).filter_by(state="handed_over"))
    supplied = {row.participant for row in given}
    until = {site.code: texts.today_at(site.code) for site in study.sites}
    courses = courses_read(session, study, people, until)
    first, late = [], []
    for person in people:
        course, number = courses[person.id], person.screening_number
        if course.first_dose_on is None:
            if person.id in supplied and course.stopped_on is None:
                note = _("Kit handed over; randomized on %(day)s", day=course.randomized_on)
                if course.unrecorded:
                    note += " · " + _("%(count)s doses due since then", count=len(course.unrecorded))
                first.append(Line(number, note, _("Record"), url_for("doses.first", participant=person.id), True))
            continue
        open_doses = course.unrecorded
        if open_doses and open_doses[0].due_on < course.until - UNRECORDED:
            note = _("Doses open: %(count)s, since %(day)s", count=len(open_doses), day=open_doses[0].due_on)
            late.append(Line(number, note, _("Fill in"), url_for("doses.recorded", participant=person.id)))
    return [Group(_("First dose to record"), first), Group(_("Diary to fill in"), late)]
