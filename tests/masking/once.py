"""What is shown once: codes broken, cases of the safety desk opened, an envelope opened with both of its halves.

These pages alone say a treatment, by the label of an arm, and as often as they have to; whatever else the same people
are answered goes into their transcripts, which are searched like everybody's.
"""

import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from irt.actor import Role
from irt.assurance.masking import search
from irt.gate.rows import table_of
from irt.participants.tables import Participant
from irt.safety.tables import SusarCandidate
from irt.simulation.cast import login_of
from irt.supply.tables import Movement
from irt.vault import _rows
from irt.vault._seal import disclose
from irt.vault._tables import Draw, Opening, SealedKit, SealedSlot, Shown
from irt.vault.envelopes import binding, open_with_code
from tests.masking.browser import Answer, Browser
from tests.masking.rare import Rare
from tests.masking.trial import PASSWORD, Trial

CASES = 2  # opened at most
ENOUGH = 200_000  # bytes of what somebody else was answered
BREAK = {"break_reason": "treatment_depends_on_it", "told": "shock, in the emergency room", "sponsor_told": "no"}
NOT_KEPT = "no-store"


@dataclass
class Once:
    """Every page that showed a treatment, by what it was, and how often each label has to stand in it."""

    pages: dict[str, bytes] = field(default_factory=dict)
    expected: dict[str, Counter[str]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)  # pages that a browser may keep on its disk
    lines: int = 0  # of the visitors' book that were redeemed for one treatment

    def add(self, what: str, page: bytes, expected: Counter[str]) -> None:
        """Keep a page with what it has to say."""
        self.pages[what], self.expected[what] = page, expected


def said_wrongly(pages: Mapping[str, bytes], expected: Mapping[str, Counter[str]], rare: Rare) -> list[str]:
    """What stands in the pages otherwise than it has to: a label too often or too rarely, or any other rare name."""
    wrong = []
    for what, page in pages.items():
        counted = Counter({label: page.count(label.encode()) for label in rare.labels})
        wrong += [
            f"{what}: {label} stands there {counted[label]} times, not {expected[what][label]}"
            for label in rare.labels
            if counted[label] != expected[what][label]
        ]
        plain = {(label, "UTF-8") for label in rare.labels}
        hits = search([(what, page)], rare.needles).found
        wrong += [str(hit) for hit in hits if (hit.needle, hit.encoding) not in plain]
    return wrong


def passed_over(once: Once, rare: Rare, transcript: Path) -> list[str]:
    """The pages that a search does not find when somebody else is answered them too: none, or it proves nothing."""
    answers = transcript.read_bytes()[-ENOUGH:]
    return [what for what, page in once.pages.items() if not search([(what, answers + page)], rare.needles).found]


def show(trial: Trial, port: int, transcripts: Path) -> Once:
    """Break a code of each arm through the page, one by participant and one by kit, and have cases opened at the desk;
    each treatment is asked for again in every way, and the envelope of each participant is opened too."""
    once, told = Once(), _Told(trial)
    for number, arm in enumerate(trial.rare.arms):
        person = told.somebody(arm)
        browser = Browser(port, transcripts / f"breaking {number}.http")
        browser.sign_in(login_of(Role.INVESTIGATOR, person.site), PASSWORD)
        if number == 0:
            asked, more = f"/participants/{person.id}/code-break", {"treatment": "continue"}
        else:
            asked, more = "/code-break", {"treatment": "stop", "stop_reason": "adverse_event"}
            more["kit"] = told.kits[person.id][-1]
        _shown(once, f"code break {number}", browser, asked, BREAK | more, told.labels(person.id))
        for path in ("/code-breaks/", f"/participants/{person.id}", "/"):
            browser.ask("GET", path)
        once.add(f"envelope {number}", *told.envelope(person))
    _desk(once, told, port, transcripts)
    once.lines = told.redeemed()
    return once


def _desk(once: Once, told: "_Told", port: int, transcripts: Path) -> None:
    officer = Browser(port, transcripts / "safety officer.http")
    officer.sign_in(login_of(Role.SAFETY_OFFICER, None), PASSWORD)
    cases = told.rows(select(table_of(SusarCandidate)).order_by(table_of(SusarCandidate).c.id))[:CASES]
    for number, case in enumerate(cases):
        here, reason = f"/desk/{case.id}", {"reason": "an expedited report"}
        _shown(once, f"case {number}", officer, f"{here}/open", reason, told.labels(case.participant))
        officer.ask("GET", here)
        assert officer.ask("GET", f"{here}/worksheet.pdf").status == 200
        assert _sent(officer, f"{here}/close", {"part": "report"})[0].status == 303
    for path in ("/desk/", "/envelopes", "/notices", "/"):
        officer.ask("GET", path)


def _shown(once: Once, what: str, browser: Browser, path: str, fields: dict[str, str], labels: Counter[str]) -> None:
    """Ask for a treatment, look, and try to see it again: reloaded, and with the form sent a second time."""
    answer, form = _sent(browser, path, fields)
    assert answer.status == 303, f"{what}: {answer.status}"
    there = _led_to(answer)
    written, browser.written = browser.written, Path(os.devnull)  # kept in `once` alone
    page = browser.ask("GET", there)
    browser.written = written
    once.add(what, page.headers.encode() + page.body, labels)
    if NOT_KEPT not in page.headers:
        once.kept.append(what)
    browser.ask("GET", there)
    browser.ask("GET", _led_to(browser.ask("POST", path, form)))


def _sent(browser: Browser, path: str, fields: dict[str, str]) -> tuple[Answer, dict[str, str]]:
    form = browser.ask("GET", path).form.empty() | fields | {"password": PASSWORD}
    return browser.ask("POST", path, form), form


def _led_to(answer: Answer) -> str:
    return next(line[10:] for line in answer.headers.splitlines() if line.startswith("Location: "))


class _Told:
    """What a test alone may know: who was drawn which arm, and what is in the kits that they had."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        vault, slot, draw = trial.service.vault, table_of(SealedSlot), table_of(Draw)
        drawn = select(slot, draw.c.participant.label("whose")).join(draw, draw.c.slot == slot.c.id)
        self.arms = {row.whose: disclose(_rows.arm_of(vault, row)) for row in self.rows(drawn)}
        self.types = {row.kit: disclose(_rows.type_of(vault, row)) for row in self.rows(select(table_of(SealedKit)))}
        moved = table_of(Movement)
        had = select(moved).where(moved.c.after.in_(("dispensed", "misallocated"))).order_by(moved.c.kit, moved.c.line)
        self.kits: dict[str, list[str]] = {}
        for row in self.rows(had):
            self.kits.setdefault(row.participant, []).append(row.kit)

    def rows(self, statement: Any) -> list[Any]:
        """The rows of a statement."""
        with self.trial.service.database.read.connect() as connection:
            return list(connection.execute(statement))

    def somebody(self, arm: str) -> Any:
        """Somebody of an arm who has had a kit: at the crawlers' own site if there is one, not whom they look at."""
        people = self.rows(select(table_of(Participant)).order_by(table_of(Participant).c.id.desc()))
        of_arm = [one for one in people if self.arms.get(one.id) == arm and one.id in self.kits]
        return min(of_arm, key=lambda one: one.site != self.trial.sites[0])

    def labels(self, participant: str) -> Counter[str]:
        """How often a page says each label that shows what a participant was assigned and every kit they had."""
        rare = self.trial.rare
        of = dict(zip((*rare.arms, *rare.kit_types), rare.labels * 2, strict=True))
        said = [of[self.arms[participant]], *(of[self.types[kit]] for kit in set(self.kits.get(participant, ())))]
        return Counter(said)

    def envelope(self, person: Any) -> tuple[bytes, Counter[str]]:
        """A participant's envelope, opened with both halves; it says a label in either language, and wrong kits."""
        number = person.screening_number
        one = next(one for one in self.trial.sealed if one.number == number)
        said = open_with_code(one.sealed, one.code, binding(self.trial.service.study.id, number, one.serial))
        told = json.loads(said)
        labels = dict.fromkeys(self.labels(person.id), 2)
        assert len(told["other_kits"]) == len(labels) - 1
        return said, Counter(labels)

    def redeemed(self) -> int:
        """How many lines of the book let somebody see one participant's treatment."""
        line, shown = table_of(Opening), table_of(Shown)
        seen = select(line.c.id).join(shown, shown.c.opening == line.c.id).where(line.c.participant.is_not(None))
        return len(self.rows(seen))
