"""`irt verify` holds the visitors' book against what was broken and opened, and names what is planted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from irt.assurance.findings import Findings
from irt.assurance.openings import SECONDS, compare_openings
from irt.assurance.stored import rows
from irt.assurance.verify import verify
from irt.migrate import newest
from irt.participants.screen import Screened
from irt.safety.break_code import break_code
from irt.vault.reveal import REDEEMED_WITHIN
from tests.cast import World
from tests.dispensing.mishapped import at_second_visit
from tests.safety.broken import INVESTIGATOR, breaking, broken, fetched
from tests.stocked import running_trial

Book = dict[str, list[Any]]


@pytest.fixture
def trial(database_url: str) -> World:
    return running_trial(database_url, "01", "02")


@pytest.fixture
def one(trial: World) -> Screened:
    (found,) = at_second_visit(trial, 1)
    return found


def test_the_book_is_in_order(trial: World, one: Screened) -> None:
    fetched(trial, broken(trial, one), [])
    broken(trial, one)
    trial.refusal(break_code, breaking(one), by=INVESTIGATOR)
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


def test_the_minute_is_the_vaults() -> None:
    assert timedelta(seconds=SECONDS) == REDEEMED_WITHIN


def found(book: Book) -> list[tuple[str, str]]:
    findings = Findings()
    entries = {"code_break": book["code_break"], "desk_opening": book["desk_opening"]}
    compare_openings(findings, book["opening"], entries, book["shown"], book["signature"])
    return [(one.table, one.expected) for one in findings.all]


PLANTED: dict[str, tuple[Callable[[Book], Any], str]] = {
    "a line that nothing tells of": (lambda book: book["code_break"].clear(), "opening"),
    "a break without a line": (lambda book: book["opening"].clear(), "code_break"),
    "a break of somebody else": (lambda book: book["code_break"][0].update(participant="another"), "code_break"),
    "a break by somebody else": (lambda book: book["code_break"][0].update(broken_by="another"), "code_break"),
    "a line for another purpose": (lambda book: book["opening"][0].update(purpose="desk"), "code_break"),
    "a signature under another act": (lambda book: [row.update(act="x") for row in book["signature"]], "opening"),
    "shown without a line": (lambda book: book["shown"][0].update(opening="none"), "shown"),
    "shown too late": (lambda book: book["shown"][0].update(shown_at="2099-01-01T00:00:00.000000Z"), "shown"),
    "shown before it was booked": (
        lambda book: book["shown"][0].update(shown_at="2000-01-01T00:00:00.000000Z"),
        "shown",
    ),
}


@pytest.mark.parametrize("text", PLANTED)
def test_what_is_planted_is_named(trial: World, one: Screened, text: str) -> None:
    fetched(trial, broken(trial, one), [])
    with trial.database.read.connect() as connection:
        book = {table: list(rows(connection, table)) for table in
                ("opening", "code_break", "desk_opening", "shown", "signature")}  # fmt: skip
    assert found(book) == []
    plant, table = PLANTED[text]
    plant(book)
    assert table in {where for where, _ in found(book)}, text
