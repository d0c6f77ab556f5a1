"""Outcomes in a simulated trial: at each visit the raters record what they find, mostly rightly, mostly in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from irt.actor import Actor, Role
from irt.entropy import new_id
from irt.outcomes.capture import CorrectForm, Sheet, correct, draft, rate, rated_by, record
from irt.outcomes.forms import BELOW, keys_of
from irt.outcomes.kiosk import AnswerKiosk, OpenKiosk, answer_kiosk, open_kiosk
from irt.outcomes.tables import OutcomeForm
from irt.outcomes.whereabouts import visit_of
from irt.simulation import questions, rescue, specimens
from irt.simulation.condition import Condition, Instruments, condition_of
from irt.simulation.nature import Chance
from irt.study import Instrument

if TYPE_CHECKING:
    from irt.simulation.life import Enrolled, Life

DAY = timedelta(days=1)
LOST, NOT_DONE, DRAFTED = 0.008, 0.012, 0.08
MISTYPED, SLIPPED, SEEN_AGAIN = 0.01, 0.02, 0.5
ALONE = 0.8  # on the page; else on paper, and transcribed
COMES_LATER = 3  # days until a laboratory's report is at the site
REASONS = ("the rater was ill", "the participant was too tired", "the device was out of order")
JUDGES = (Role.ASSESSOR, Role.PHYSICIAN_ASSESSOR)
Found = list[tuple[Instrument, dict[str, str]]]


class Rounds:
    """The instruments of one life, and how its participants are."""

    def __init__(self, life: Life, seed: int) -> None:
        self.life, self.chance = life, Chance(seed, 0x3B)
        self._instruments = Instruments(life.study, self.chance)
        self._conditions: dict[str, Condition] = {}
        self._rated: dict[str, Enrolled] = {}
        self.tubes: list[specimens.Tube] = []  # at the laboratory
        self.slips: dict[tuple[str, str, str], CorrectForm] = {}  # what should stand where something else does
        self.rescued = 0  # medications that stand
        self._test_drug = life.study.arms[0].kit_type

    def morning(self, day: date) -> None:
        """Queries are answered and asked, sources compared; the laboratory sends what it found; rescue is
        reported and judged."""
        questions.morning(self, day)
        specimens.morning(self, day)
        rescue.morning(self, day)

    def known(self, participant: str) -> Enrolled:
        """The person behind a participant's id."""
        return self._rated[participant]

    def visited(self, one: Enrolled, visit: str) -> None:
        """Everything that is recorded at a visit, some of it some days later."""
        place = visit_of(self.life.study, visit)
        assert place is not None, f"{visit} is a visit of the study"
        self._rated[one.id] = one
        today, found = self.life.today(one), Found()
        for name in place.instruments:
            instrument = self.life.study.instrument(name)
            if self.chance.happens(LOST):
                continue
            readings = self._readings(one, instrument, today)
            if instrument.can_unmask:
                self.tubes.append(specimens.Tube(one, visit, instrument, today, readings))
            else:
                found.append((instrument, readings))
        for role in JUDGES:
            self._rates(one, visit, today, role, [pair for pair in found if rated_by(pair[0]) is role])
        mine = [pair for pair in found if rated_by(pair[0]) is Role.COORDINATOR]
        asked = [pair for pair in mine if pair[0].rater == "participant"]
        page = [name for name in place.instruments if self.life.study.instrument(name).rater == "participant"]
        if asked and len(asked) == len(page) and self.chance.happens(ALONE):  # the page asks for all of them
            self._answers(one, visit, asked)
            mine = [pair for pair in mine if pair not in asked]
        if mine:
            day = today + self.chance.number(0, COMES_LATER) * DAY
            self.life.at(day, one.site, partial(self._records, one, visit, today, mine))

    def _readings(self, one: Enrolled, instrument: Instrument, today: date) -> dict[str, str]:
        person = self._condition(one)
        return self._instruments.readings(
            instrument, person, one.person.baseline, _study_day(one, today), self._share(one)
        )  # fmt: skip

    def improved(self, one: Enrolled) -> float:
        """The share of what can improve of somebody that has improved by now."""
        return self._condition(one).improved(_study_day(one, self.life.today(one)), self._share(one))

    def _condition(self, one: Enrolled) -> Condition:
        if one.id not in self._conditions:
            self._conditions[one.id] = condition_of(self.chance)
        return self._conditions[one.id]

    def _share(self, one: Enrolled) -> float:
        """Of the boxes that somebody was given, those that held the test drug."""
        held = [self.life.supply.contents[kit] == self._test_drug for kit in one.had]
        return sum(held) / len(held) if held else 0.0

    def _rates(self, one: Enrolled, visit: str, today: date, role: Role, found: Found) -> None:
        if not found:
            return
        rater, order = self.life.cast.at(one.site, role), self._sheet(one, visit, today, found)
        if self.chance.happens(DRAFTED) and order.readings:
            first = dict(list(order.readings.items())[: 1 + len(order.readings) // 2])
            self.life.desk.do(rater, draft, order.model_copy(update={"readings": first, "not_done": {}}))
        self._mistypes(rater, rate, order)
        self.life.desk.do(rater, rate, order)

    def _answers(self, one: Enrolled, visit: str, asked: Found) -> None:
        """The participant answers alone, on the page that the coordinator opened."""
        desk, coordinator = self.life.desk, self.life.cast.at(one.site, Role.COORDINATOR)
        code, credentials = new_id(desk.service.entropy), desk.service.credentials
        minted = credentials.new_kiosk_code(coordinator)
        desk.do(
            coordinator, open_kiosk, OpenKiosk(participant=one.id, visit=visit, code=code, digest=minted.digest)
        )  # fmt: skip
        opener, _digest = credentials.opener_of(minted.code, [(coordinator.account, minted.digest)], "simulation")
        readings = {f"{instrument.id}.{key}": text for instrument, values in asked for key, text in values.items()}
        desk.do(opener, answer_kiosk, AnswerKiosk(code=code, readings=readings))

    def _records(self, one: Enrolled, visit: str, on: date, found: Found) -> None:
        order, coordinator = self._sheet(one, visit, on, found), self.life.cast.at(one.site, Role.COORDINATOR)
        self._mistypes(coordinator, record, order)
        self.life.desk.do(coordinator, record, order)

    def _sheet(self, one: Enrolled, visit: str, on: date, found: Found) -> Sheet:
        """What is written: here and there an instrument was not done, or a value is copied wrongly."""
        readings, not_done = dict[str, str](), dict[str, str]()
        for instrument, values in found:
            if self.chance.happens(NOT_DONE):
                not_done[instrument.id] = self.chance.pick(REASONS)
                continue
            if self.chance.happens(SLIPPED) and (wrong := self._slip(instrument, values)) != values:
                self._slipped(one, visit, on, instrument, values)
                values = wrong  # noqa: PLW2901
            readings |= {f"{instrument.id}.{key}": text for key, text in values.items()}
        return Sheet(participant=one.id, visit=visit, assessed_on=on, readings=readings, not_done=not_done)

    def _slip(self, instrument: Instrument, values: Mapping[str, str]) -> dict[str, str]:
        """The same with one number as far off as the form takes it."""
        numbers = [key for key, field in keys_of(instrument).items() if field.type == "number" and key in values]
        if not numbers:
            return dict(values)
        key = self.chance.pick(numbers)
        field = keys_of(instrument)[key]
        middle = (field.minimum + field.maximum) / 2 if field.minimum is not None and field.maximum is not None else 0
        far = field.maximum if Decimal(values[key].removeprefix(BELOW)) < middle else field.minimum
        return {**values, key: str(far)}

    def _slipped(self, one: Enrolled, visit: str, on: date, instrument: Instrument, values: dict[str, str]) -> None:
        """Remember what should stand there; mostly the rater sees it themselves some days later."""
        right = CorrectForm(
            participant=one.id, visit=visit, instrument=instrument.id, assessed_on=on, readings=values, revision=2,
            reason="copied wrongly: the paper says otherwise",
        )  # fmt: skip
        self.slips[one.id, visit, instrument.id] = right
        if self.chance.happens(SEEN_AGAIN):
            day = self.life.today(one) + self.chance.number(1, 12) * DAY
            self.life.at(day, one.site, partial(self.put_right, one, visit, instrument.id))

    def put_right(self, one: Enrolled, visit: str, instrument: str) -> bool:
        """The rater corrects what was copied wrongly; whether there was anything to correct."""
        order = self.slips.pop((one.id, visit, instrument), None)
        if order is None:
            return False
        rater = self.life.cast.at(one.site, rated_by(self.life.study.instrument(instrument)))
        with self.life.desk.service.database.reading(rater) as session:
            found = select(OutcomeForm).filter_by(participant=one.id, visit=visit, instrument=instrument)
            revision = 1 + max(row.revision for row in session.scalars(found))
        self.life.desk.do(rater, correct, order.model_copy(update={"revision": revision}))
        return True

    def _mistypes(self, rater: Actor, act: Callable[..., Any], order: Sheet) -> None:
        """Somebody types a digit too many, and is told so before anything is recorded."""
        numbers = [name for name, text in order.readings.items() if text.isdigit() and int(text)]
        if numbers and self.chance.happens(MISTYPED):
            name = self.chance.pick(numbers)
            wrong = order.readings | {name: f"{order.readings[name]}00000"}
            self.life.desk.attempt(rater, act, order.model_copy(update={"readings": wrong}))


def _study_day(one: Enrolled, day: date) -> int:
    return 1 if one.first_dose is None else (day - one.first_dose).days + 1
