"""The jobs that time asks for: when each ran last and runs next, and what came of it."""

from typing import Any

from flask import Blueprint, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.gate.refusals import Refused
from irt.gate.tables import JobRun
from irt.jobs.deliveries import deliveries
from irt.jobs.registry import Job, jobs_of
from irt.jobs.runs import standings
from irt.web import words
from irt.web.job_words import JOB_SKIPPED
from irt.web.pages import holds, page, reading
from irt.web.trail import KINDS_OF_BREAKS, informed
from irt.web.wired import service
from irt.web.wording import say

pages = Blueprint("jobs", __name__)

READERS = frozenset({Role.TRIAL_MANAGER, Role.QUALITY, Role.DATA_MANAGER, Role.AUDITOR})
COUNTS_MAIL = "outbox"  # its count holds the messages that tell of a code break


@page(pages, "/jobs", roles=READERS)
def listed() -> Any:
    """Each job's last and next run; what is overdue or came to something that somebody should look at stands out."""
    wired = service()
    known = jobs_of(wired.settings, wired.study)
    with reading() as session:
        found = {job.name: row for job in known if (row := _newest(session, job))}
    stand = standings(known, found, wired.clock.now())
    besides = () if holds(*informed(wired.study)) else KINDS_OF_BREAKS
    lines = [
        (one, told(one.job, one.last.facts if one.last and not (besides and one.job == COUNTS_MAIL) else {}))
        for one in stand
    ]
    with wired.database.read.connect() as connection:
        mail = deliveries(connection, wired.clock.now(), besides=besides)
    return render_template("jobs.html", lines=lines, mail=mail)


def _newest(session: Session, job: Job) -> JobRun | None:
    of_job = select(JobRun).where(JobRun.job == job.name).order_by(JobRun.due_at.desc()).limit(1)
    return session.scalars(of_job).one_or_none()


def told(job: str, facts: dict[str, Any]) -> list[str]:
    """What came of a run, in words: its numbers, why it was refused, the study's state."""
    return [_told(job, name, value) for name, value in facts.items()]


def _told(job: str, name: str, value: Any) -> str:
    if name == "code":
        code = str(value)
        return words.word(code, "JOB_SKIPPED") if code in JOB_SKIPPED else say(Refused(code))
    if name == "state":
        return words.word(value, "STUDY_STATES")
    if name == "fault":
        return str(value)
    return f"{words.word(f'{job}/{name}', 'JOB_COUNTS')}: {value}"
