"""`irt doses`: what one participant was to inject, what they did, what is left, and what comes next."""

from collections.abc import Iterable
from datetime import date

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.cli.wiring import DATABASE, service_of
from irt.clock import local_day
from irt.dispensing.boxes import left_on
from irt.dispensing.course import Course, DueDose
from irt.gate.fields import day_of
from irt.participants.tables import Participant
from irt.randomization.tables import Randomization
from irt.web.courses import boxes_read, course_read
from irt.wiring import Service

Rows = Iterable[tuple[object, ...]]


@click.command("doses")
@click.argument("participant")
@click.option("--on", "on", metavar="YYYY-MM-DD", help="As of this day at the site. [default: today there]")
@DATABASE
def doses_command(participant: str, on: str | None, database: str | None) -> None:
    """Print what PARTICIPANT (screening or randomization number) was to take, took, and has left on a day.

    Nothing that happened or was written down after that day is shown.
    """
    service = service_of(database)
    with Session(service.database.read) as session:
        person, number = _person(session, participant)
        day = _day(service, person, on)
        course = course_read(session, service.study, person, day)
        boxes = left_on(course, boxes_read(session, service.study, person))
    click.echo(f"participant {person.screening_number}, randomization number {number}, site {person.site}, on {day}")
    for line in (*_standing(course, person), "", *_tally(course), ""):
        click.echo(line)
    _table(("dose", "due", "status", "taken", "kit", "reason"), map(_dose, course.due))
    if course.extra:
        extra = ((f"x{row.number}", row.outcome, row.taken_on, row.kit, row.reason or "") for row in course.extra)
        _table(("extra", "status", "taken", "kit", "reason"), extra)
    _table(
        ("kit", "handed over", "back", "vials", "used", "left"),
        ((one.box.number, one.box.came_on, one.went_on or "", one.box.vials, one.used, one.left) for one in boxes),
    )
    coming = [str(one.due_on) for one in course.coming(3)]
    none = "none, treatment is on hold" if course.held_since is not None else "none"
    click.echo(f"next: {', '.join(coming) or none}")


def _person(session: Session, number: str) -> tuple[Participant, str]:
    """The participant with this screening or randomization number."""
    drawn = session.scalars(select(Randomization).where(Randomization.number == number)).one_or_none()
    known = Participant.id == drawn.participant if drawn else Participant.screening_number == number
    found = session.scalars(select(Participant).where(known)).one_or_none()
    if found is None:
        raise click.BadParameter(
            f"{number!r}: nobody has this number; write a screening number such as 01-0001, or a randomization number",
            param_hint="PARTICIPANT",
        )
    drawn = drawn or session.get(Randomization, found.id)
    if drawn is None:
        raise click.BadParameter(
            f"{number!r}: is not randomized, so no dose is due; name somebody who is", param_hint="PARTICIPANT"
        )
    return found, drawn.number


def _day(service: Service, person: Participant, on: str | None) -> date:
    """The day asked for, which has come at the participant's site."""
    today = local_day(service.clock.now(), service.study.site(person.site).time_zone)
    day = day_of(on) if on is not None else today
    if day is None:
        raise click.BadParameter(f"{on!r}: is no day; write YYYY-MM-DD, such as {today}", param_hint="--on")
    if day > today:
        raise click.BadParameter(f"{day}: has not come yet; today is {today} at the site", param_hint="--on")
    return day


def _standing(course: Course, person: Participant) -> Iterable[str]:
    """Where the treatment stood on that day: its first day, the holds that were known, the stop, the end."""
    if course.first_dose_on is None:
        yield f"first dose: not recorded; days are counted from randomization, {course.randomized_on}"
    else:
        yield f"first dose: {course.first_dose_on}"
    for pause in course.pauses:
        yield f"on hold: from {pause.from_on} to {pause.resumed_on or 'further notice'}"
    if course.stopped_on is not None:
        yield f"stopped: last day {course.stopped_on}"
    if person.ended_on is not None and person.ended_on <= course.until:
        yield f"{person.state}: on {person.ended_on}"


def _tally(course: Course) -> Iterable[str]:
    found = course.tally
    yield (
        f"due {found.due} = taken {found.taken} + partial {found.partial} + missed {found.missed} "
        f"+ held {found.held} + unrecorded {found.unrecorded}; extra {len(course.extra)}"
    )
    share = course.diary_adherence()
    yield f"adherence by the diary: {'none due' if share is None else f'{float(share):.1%}'}"


def _dose(one: DueDose) -> tuple[object, ...]:
    row = one.record
    if row is None:
        return one.number, one.due_on, one.status, "", "", ""
    return one.number, one.due_on, one.status, row.taken_on or "", row.kit or "", row.reason or ""


def _table(heading: tuple[str, ...], rows: Rows) -> None:
    """Print columns side by side, each as wide as its widest cell."""
    lines = [heading, *(tuple(map(str, row)) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heading))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    click.echo("")


COMMANDS = [doses_command]
