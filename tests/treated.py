"""Participants under treatment, all through the acts: kits handed over, doses recorded, days gone by."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from irt.dispensing.diary import RecordDiary, record_diary
from irt.dispensing.diary_lines import Entry
from irt.dispensing.dispense import HandOver, hand_over
from irt.dispensing.first_dose import FirstDose, record_first_dose
from irt.dispensing.tables import Dose
from irt.participants.tables import Participant
from irt.randomization.tables import Randomization
from irt.supply.tables import Assignment
from tests.cast import World, world
from tests.remembered import remembered
from tests.stocked import begin_running, randomized, running_trial

DAY = timedelta(days=1)


@dataclass
class Patient:
    """A participant of site 01 with a kit at home; day 1 is the day of the first dose, here that of randomization."""

    world: World
    id: str
    number: str
    kit: str
    day_1: date

    def day(self, number: int) -> date:
        """The date of a study day."""
        return self.day_1 + (number - 1) * DAY

    def on_day(self, number: int, hour: int = 10) -> None:
        """Move the clock to a study day; by the clocks at the site."""
        zone = ZoneInfo(self.world.study.site("01").time_zone)
        self.world.clock.move_to(datetime.combine(self.day(number), time(hour), zone).astimezone(UTC))

    def first(self, **other: Any) -> FirstDose:
        """The order for a first dose on day 1."""
        told = {
            "participant": self.id, "kit": self.kit, "taken_on": self.day_1, "taken_at": "08:30", "place": "clinic",
            "injection_site": "abdomen_left",
        }  # fmt: skip
        return FirstDose(**{**told, **other})

    def begin(self) -> "Patient":
        """The first dose is recorded on day 1."""
        self.on_day(1)
        self.world.do(record_first_dose, self.first(), by="coordinator_01")
        return self

    def taken(self, **other: Any) -> Entry:
        """A line: taken at home from the kit."""
        return Entry(**{"outcome": "taken", "kit": self.kit, "place": "home", **other})

    def diary(self, doses: dict[Any, Entry]) -> RecordDiary:
        """The order for these lines."""
        return RecordDiary(participant=self.id, doses=doses)

    def record(self, doses: dict[Any, Entry]) -> None:
        """The coordinator records these lines."""
        self.world.do(record_diary, self.diary(doses), by="coordinator_01")

    def take(self, *numbers: int) -> None:
        """These doses were taken on the days on which they were due."""
        self.record({number: self.taken() for number in numbers})

    def miss(self, *numbers: int, reason: str = "forgotten") -> None:
        """These doses were missed."""
        self.record({number: Entry(outcome="missed", missed_reason=reason) for number in numbers})

    def row(self) -> Any:
        """The participant's row."""
        return self.world.row(Participant, id=self.id)

    def doses(self, **equal: Any) -> list[Any]:
        """The lines of the diary, by kind, number and revision."""
        found = self.world.rows(Dose, participant=self.id, **equal)
        return sorted(found, key=lambda row: (row.kind, row.number, row.revision))


def patient(world: World, document: str = "EXAMPLE-000001") -> Patient:
    """Randomized at site 01 today, the first kit handed over, nothing injected yet."""
    one, told = randomized(world, document)
    visit = world.study.dispensing_visits[0].id
    world.do(hand_over, HandOver(participant=one.id, visit=visit, kit=told.kit), by="pharmacist_01")
    zone = ZoneInfo(world.study.site("01").time_zone)
    day = world.row(Randomization, participant=one.id).randomized_at.astimezone(zone).date()
    return Patient(world, one.id, one.screening_number, told.kit, day)


def treated(database_url: str, *sites: str, **study: Any) -> Patient:
    """A running trial at site 01 (or `sites`) with one participant under treatment since today."""
    sites = sites or ("01",)
    if study:
        return patient(running_trial(database_url, *sites, **study)).begin()

    def play(fresh: World) -> None:
        begin_running(fresh, sites)
        patient(fresh).begin()

    here = remembered(world(database_url), ("treated", sites), play)
    row, given = here.row(Participant), here.row(Assignment)
    return Patient(here, row.id, row.screening_number, given.kit, row.first_dose_on)
