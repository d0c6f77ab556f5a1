"""The form of the diary: a row for each dose that nobody has recorded, filled in as taken; exceptions are marked."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from irt.dispensing.adherence import GIVEN
from irt.dispensing.boxes import Box
from irt.dispensing.course import Course
from irt.dispensing.proposal import Proposal, proposed
from irt.study import Treatment
from irt.web import texts, words
from irt.web.asking import Field

NAME = re.compile(r"doses\.([0-9]+|x[0-9]+)\.([a-z_]+)")
OF_A_DOSE_GIVEN = ("taken_on", "taken_at", "kit", "place", "injection_site")
PARTS = ("outcome", *OF_A_DOSE_GIVEN, "missed_reason", "why")
OUTCOMES = ("taken", "partial", "missed")


@dataclass(frozen=True)
class Row:
    """One dose to record: its line, its due day (None: an extra one), and a field for each part."""

    line: str
    due: date | None
    fields: Mapping[str, Field]


@dataclass(frozen=True)
class Difference:
    """A box that came back with other used vials than doses were due: which were missed is asked."""

    kit: str
    proposal: Proposal


def rows(course: Course, boxes: Iterable[Box], treatment: Treatment) -> list[Row]:
    """A row for each dose due and not recorded, proposed as taken from the kit in hand, and one for an extra dose.

    Where the used vials of a kit that came back say that some of its doses were missed, nothing is proposed for them:
    which is asked; where not one was used, all are proposed as missed.
    Injection sites go round from where the last dose was given.
    """
    places = [one.id for one in treatment.injection_sites]
    last = next((row.injection_site for row in reversed(course.given) if row.injection_site in places), places[-1])
    start, boxes = places.index(last) + 1, list(boxes)
    asked = {one.kit: one.proposal for one in differences(course, boxes) if one.proposal.missed}
    found = []
    for place, (one, kit) in enumerate(_kits(course, boxes), start):
        outcome = "taken" if kit not in asked else "" if asked[kit].taken else "missed"
        fields = {"outcome": outcome, "taken_on": one.due_on.isoformat(), "kit": kit, "place": "home"}
        fields["injection_site"] = places[place % len(places)]
        found.append(Row(str(one.number), one.due_on, _fields(str(one.number), treatment, fields)))
    return [*found, Row("x1", None, _fields("x1", treatment, {"place": "home"}))]


def differences(course: Course, boxes: Iterable[Box]) -> list[Difference]:
    """Each box that was counted when it came back, and whose used vials are not as many as its unrecorded doses."""
    boxes = list(boxes)
    used = Counter(row.kit for row in course.given)
    due: dict[str, list[Any]] = defaultdict(list)
    for one, kit in _kits(course, boxes):
        due[kit].append(one)
    found = [
        Difference(box.number, proposed(due[box.number], max(0, box.counted_used - used[box.number])))
        for box in boxes
        if box.counted_used is not None and due[box.number]
    ]
    return [one for one in found if one.proposal.missed or one.proposal.over]


def written(form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The lines that a form asks to record; a missed dose has no day, time, kit or place, whatever was proposed."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for name, text in form.items():
        match = NAME.fullmatch(name)
        if match and match[2] in PARTS and text.strip():
            found[match[1]][match[2]] = text.strip()
    return {line: kept(parts) for line, parts in found.items() if "outcome" in parts}


def kept(parts: Mapping[str, str]) -> dict[str, str]:
    """The parts of a line that its outcome has."""
    left_out = () if parts.get("outcome") in GIVEN else OF_A_DOSE_GIVEN
    return {name: text for name, text in parts.items() if name not in left_out}


def corrected(form: Mapping[str, str]) -> dict[str, str | None]:
    """The parts of one corrected line; what its outcome has no use for is left out, whatever stood there before."""
    outcome = form.get("outcome", "")
    unused = () if outcome in GIVEN else OF_A_DOSE_GIVEN
    if outcome in ("taken", "void"):
        unused = (*unused, "missed_reason")
    parts = {name: form[name].strip() or None for name in PARTS if name in form}
    return {name: None if name in unused else text for name, text in parts.items() if text or name != "outcome"}


def fields_of(treatment: Treatment, outcomes: Iterable[str], values: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields of one dose, in full, with these values."""
    kinds = {"taken_on": "day", "taken_at": "time", "kit": "kit"}
    choices = _choices(treatment)
    choices["outcome"] = tuple((one, words.DOSE_STATES[one]) for one in outcomes)
    return tuple(
        Field(
            name,
            "choice" if name in choices else kinds.get(name, "text"),
            choices=choices.get(name, ()),
            value=values.get(name, ""),
            optional=name != "outcome",
        )
        for name in PARTS
    )


def _fields(line: str, treatment: Treatment, values: Mapping[str, str]) -> dict[str, Field]:
    found = fields_of(treatment, OUTCOMES if line.isdigit() else GIVEN, values)
    label = _("%(field)s, %(dose)s")
    return {
        one.name: Field(
            f"doses.{line}.{one.name}",
            one.kind,
            label % {"field": words.field(one.name), "dose": words.dose(line)},
            one.choices,
            value=one.value,
        )
        for one in found
    }


def _choices(treatment: Treatment) -> dict[str, tuple[tuple[str, Any], ...]]:
    return {
        "place": tuple(words.PLACES.items()),
        "injection_site": texts.offered(treatment.injection_sites),
        "missed_reason": texts.offered(treatment.missed_reasons),
    }


def _kits(course: Course, boxes: Iterable[Box]) -> list[tuple[Any, str]]:
    """Each unrecorded dose with the box it most likely came from: the last that had come, as long as vials are left."""
    used = Counter(row.kit for row in course.given)
    left = {box.number: box.vials - used[box.number] for box in boxes}
    newest = sorted(boxes, key=lambda box: (box.came_on, box.number), reverse=True)
    found = []
    for one in course.unrecorded:
        here = [box.number for box in newest if box.in_use(one.due_on)]
        kit = next((number for number in here if left[number] > 0), here[0] if here else "")
        if kit:
            left[kit] -= 1
        found.append((one, kit))
    return found
