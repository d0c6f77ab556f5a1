"""Who the records are of: the study's names of participants, arms and visits, as every dataset writes them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from irt.lock.contents import Row
from irt.lock.opened import LETTERS, Opened
from irt.lock.package.dataset import Codes, Record, ascii_text
from irt.lock.package.manifest import MARK

SCREENING = "SCREENING"


@dataclass(frozen=True)
class Subjects:
    """The participants of an opened trial, and the days and names that their records are told by."""

    opened: Opened

    @cached_property
    def people(self) -> Mapping[str, Row]:
        """Each participant's row, by number, in their order."""
        return {row["participant"]: row for row in self.opened.tables["participants"]}

    @cached_property
    def by_participant(self) -> Mapping[str, Mapping[str, list[Row]]]:
        """The rows of every table by participant."""
        found: dict[str, dict[str, list[Row]]] = {}
        for name, rows in self.opened.tables.items():
            of: defaultdict[str, list[Row]] = defaultdict(list)
            for row in rows:
                of[row.get("participant", "")].append(row)
            found[name] = of
        return found

    @property
    def prefix(self) -> str:
        """What stands before the label of every dataset."""
        return MARK if self.opened.view == "rehearsal" else ""

    def rows(self, table: str, participant: str) -> list[Row]:
        """The rows of one participant."""
        return self.by_participant[table].get(participant, [])

    def name(self, participant: str) -> str:
        """USUBJID: the study and the participant's number."""
        return f"{self.opened.study.id}-{participant}"

    def head(self, participant: str, domain: str = "") -> dict[str, str]:
        """What every record begins with."""
        study = {"STUDYID": self.opened.study.id}
        return study | ({"DOMAIN": domain} if domain else {}) | {"USUBJID": self.name(participant)}

    def anchor(self, participant: str) -> str:
        """The day that study days count from: the first dose, or the randomization of who had none; else empty."""
        row = self.people[participant]
        return row["first_dose_on"] or row["randomized_on"]

    def day(self, participant: str, on: str) -> int | None:
        """The study day of a day: 1 is the anchor, there is no day 0."""
        anchor = self.anchor(participant)
        if not anchor or not on:
            return None
        days = (date.fromisoformat(on) - date.fromisoformat(anchor)).days
        return days + 1 if days >= 0 else days

    def epoch(self, participant: str, on: str) -> str:
        """The part of the trial that a day lies in."""
        row = self.people[participant]
        if not on:
            return ""
        if not row["first_dose_on"] or on < row["first_dose_on"]:
            return "SCREENING"
        return "TREATMENT" if on <= (row["last_dose_on"] or on) else "FOLLOW-UP"

    def arm_name(self, arm: str) -> str:
        """The arm in words; of a letter, that it is one."""
        if not arm:
            return ""
        if self.opened.view == "letters":
            return f"Arm {arm}"
        named = next(one for one in self.opened.study.arms if one.id == arm)
        return ascii_text(named.label.en, 40) if named.label else named.id

    def arm_number(self, arm: str) -> int | None:
        """The arm as a number: 1 for the control, from 2 on for the others; of letters their order."""
        return self.arms.index(arm) + 1 if arm else None

    @cached_property
    def arms(self) -> list[str]:
        """The arms' codes, the control first; letters in their order."""
        ids = [one.id for one in self.opened.study.arms]
        if self.opened.view == "letters":
            return list(LETTERS[: len(ids)])
        return sorted(ids, key=lambda one: one != self.opened.control)

    @property
    def arm_codes(self) -> Codes:
        """Every arm with its words."""
        return tuple((one, self.arm_name(one)) for one in self.arms)

    @cached_property
    def visit_numbers(self) -> Mapping[str, int]:
        """Each visit's number: screening 1, then as the study lists them, those without a day from 900 on."""
        listed = {one.id: 10 * place for place, one in enumerate(self.opened.study.visits, 1)}
        apart = {one.id: 900 + place for place, one in enumerate(self.opened.study.unscheduled_visits, 1)}
        return {SCREENING: 1, **listed, **apart}

    def visit(self, visit: str) -> Record:
        """VISITNUM, VISIT and VISITDY of a visit; repeated ones (`UV.2`) bear their place as a fraction.

        Of what belongs to no visit, such as a sample in between, all three are empty.
        """
        if not visit:
            return {"VISITNUM": None, "VISIT": "", "VISITDY": None}
        stem, _, again = visit.partition(".")
        number = float(self.visit_numbers.get(stem, 999))
        if again.isdigit():
            number += int(again) / 100
        study = self.opened.study
        scheduled = next((one for one in study.visits if one.id == visit), None)
        apart = next((one for one in study.unscheduled_visits if one.id == stem), None)
        named = scheduled or apart
        name = f"{ascii_text(named.name.en, 36)} {again}".strip().upper() if named else visit
        return {"VISITNUM": number, "VISIT": name, "VISITDY": scheduled.day if scheduled else None}
