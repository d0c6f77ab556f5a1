"""Before the release nothing of the house tells an arm: each door says what it can tell, and is held to it."""

import base64
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click
import pytest
from flask import Blueprint, Flask
from sqlalchemy import select

from irt.actor import Role
from irt.assurance.masking import search
from irt.assurance.verify import verify
from irt.cli import main
from irt.db import Base
from irt.gate.act import REGISTRY, Act, Order, act
from irt.gate.job_runs import Due
from irt.gate.perform import Done
from irt.gate.refusals import Refused
from irt.gate.tables import AuditEntry
from irt.jobs.registry import jobs_of
from irt.lock.opened import MAKER, Opened
from irt.migrate import newest
from irt.participants.tables import Participant
from irt.safety.break_code import break_code
from irt.study import load_study
from irt.supply.tables import Lot
from irt.vault import blind, check, envelopes, release, reveal, stock
from irt.vault._key import VaultKey
from irt.web import create
from irt.web.pages import ROUTES, page
from tests.cast import CAST, PASSWORD, World, world
from tests.lock import exits
from tests.lock.asking import NOT_OPENED, SIGNS_OUT, answers
from tests.lock.exits import ACTS, COMMANDS, JOBS, VAULT, Tells, entries, of, unsaid
from tests.lock.locked import allowed, lock
from tests.masking.rare import Rare
from tests.safety.broken import breaking
from tests.web.conftest import visiting
from tests.wiring import study_of_tests

TOLD_TYPES = {"supply_manager"}  # what lies at the depot by type
FORM = {
    "break_reason": "treatment_depends_on_it", "told": "shock", "sponsor_told": "no", "treatment": "continue",
    "password": PASSWORD,
}  # fmt: skip


class Peep(Order):
    """Asks to see what nobody may."""


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create(world(f"sqlite:///{tmp_path / 'unused.sqlite'}").service)


# -- one entry for each door ---------------------------------------------------------------------------------------


def test_every_route_says_what_it_can_tell(app: Flask) -> None:
    assert len(exits.routes(app)) > 230
    assert unsaid(exits.routes(app), exits.ROUTES) == []
    assert set(ROUTES) >= exits.routes(app)


def test_every_act_says_what_it_can_tell() -> None:
    assert len(exits.acts()) > 160
    assert unsaid(exits.acts(), ACTS) == []


def test_every_command_says_what_it_can_tell() -> None:
    assert len(exits.commands()) > 25
    assert unsaid(exits.commands(), COMMANDS) == []


def test_every_job_says_what_it_can_tell() -> None:
    assert unsaid(exits.jobs(study_of_tests()), JOBS) == []
    acting = {name for name in exits.jobs(study_of_tests()) if "." in name}
    said = entries(ACTS)
    assert {name: said[name] for name in acting} == {name: entries(JOBS)[name] for name in acting}


def test_every_function_of_the_vault_says_what_it_can_tell() -> None:
    found = exits.functions(exits.vault_modules())
    assert len(found) >= 40
    assert unsaid(found, VAULT) == []
    doors = {module.__name__.rpartition(".")[2] for module in exits.vault_modules()}
    assert doors == {"vault", "blind", "check", "envelopes", "proof", "redraw", "release", "reveal", "stock"}


def test_a_new_one_without_an_entry_is_named(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stray = Blueprint("stray", __name__)
    page(stray, "/stray", roles=[])(lambda: "the list")
    ROUTES.pop("stray.<lambda>")
    other = Flask("other")
    other.register_blueprint(stray)
    assert "stray.<lambda>: say what it can tell" in unsaid(exits.routes(other), exits.ROUTES)

    planted = dict(REGISTRY)
    monkeypatch.setattr("tests.lock.exits.REGISTRY", planted)
    spec = REGISTRY["release.ask"]
    planted["release.peep"] = spec
    assert unsaid(exits.acts(), ACTS) == ["release.peep: say what it can tell"]

    root = click.Group(commands=dict(exits.group.commands) | {"peep": click.Command("peep")})
    assert unsaid(exits.commands(root), COMMANDS) == ["peep: say what it can tell"]

    def whole_list() -> None: ...

    whole_list.__module__ = stock.__name__
    monkeypatch.setattr(stock, "whole_list", whole_list, raising=False)
    assert unsaid(exits.functions(exits.vault_modules()), VAULT) == ["stock.whole_list: say what it can tell"]


def test_an_entry_of_what_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(stock, "piles")
    assert unsaid(exits.functions(exits.vault_modules()), VAULT) == ["stock.piles: is not there"]
    assert unsaid(exits.acts() - {"lock.sign"}, ACTS) == ["lock.sign: is not there"]
    assert unsaid(exits.jobs(study_of_tests()) - {"verify"}, JOBS) == ["verify: is not there"]


# -- acts and the vault's functions --------------------------------------------------------------------------------


def test_only_acts_that_say_so_open_a_line_of_the_book() -> None:
    reveals = {name for name in exits.acts() if REGISTRY[name].reveals}
    assert reveals == of(ACTS, Tells.ONE) | of(ACTS, Tells.PAPER) | {"release.carry_out", "release.open_again"}
    for name in of(ACTS, Tells.RELEASED):
        assert REGISTRY[name].during <= {"locked", "released"}, name
        assert {role.value for role in REGISTRY[name].roles} == {"unblinded_statistician"}, name


def test_no_act_answers_with_what_is_opened() -> None:
    """By their types: an answer is a reference, a number, a count; never a treatment, a list or `Opened`."""
    for name in exits.acts():
        told = json.dumps(REGISTRY[name].answer.core_schema, default=str)
        for opened in ("Opened", "Treatment", "Whole", "Sealed[", "vault.release", "vault.reveal"):
            assert opened not in told, (name, opened)
    for name in of(ACTS, Tells.ONE) | {"release.carry_out", "release.open_again"}:
        assert REGISTRY[name].answer.core_schema["type"] == "str", f"{name}: a line of the book"


BLIND = {"str", "bool", "str | None", "list[str]", "Commitment", "None"}


def test_the_blind_door_answers_with_places_alone() -> None:
    answered = {name: _said(getattr(blind, name.partition(".")[2])) for name in entries(VAULT) if name[:6] == "blind."}
    assert len(answered) == 9
    assert set(answered.values()) <= BLIND, answered
    assert {_said(check.faults), _said(release.faults)} == {"Iterator[Fault]", "list[Fault]"}
    assert _said(check.kits_mismatched) == "int"
    assert set(get_type_hints(check.Fault)) == {"table", "row", "expected", "found"}


def _said(function: Any) -> str:
    told = function.__annotations__["return"]
    text = told.__name__ if isinstance(told, type) and not get_args(told) else str(told)
    return re.sub(r"[a-z_]+\.", "", text)


def test_nobody_else_makes_opened() -> None:
    with pytest.raises(TypeError, match="made by the release"):
        Opened(maker=object(), study=study_of_tests(), tables={}, view="final")
    assert MAKER is not None


# -- every door of a locked database -------------------------------------------------------------------------------


@dataclass
class Lived:
    """A locked database under rare names for arms and types, a release of it allowed, and a code that was broken."""

    world: World
    rare: Rare
    participant: str
    request: str
    opening: str

    def hits(self, what: str, told: bytes) -> list[str]:
        """What of the names stands in it, by its place."""
        return [str(hit) for hit in search([(what, told)], self.rare.needles).found]


@pytest.fixture
def lived(database_url: str, tmp_path: Path) -> Iterator[Lived]:
    rare = Rare.drawn(7)
    here = world(database_url, load_study(rare.study_file(tmp_path)))
    for name in CAST:
        here.actor(name)
    lock(here)
    one = here.rows(Participant, site="01")[0]
    request = allowed(here)
    opening = here.do(break_code, breaking(one), by="investigator_01")
    yield Lived(here, rare, one.id, request, opening)
    here.database.write.dispose()
    here.database.read.dispose()


@pytest.mark.long(60)
def test_every_page_as_everybody_before_the_release(lived: Lived) -> None:
    app, trial = create(lived.world.service), lived.world
    breaker = visiting(trial, app)("investigator_01")
    sent = breaker.send(f"/participants/{lived.participant}/code-break", **FORM)
    shown = breaker.get(sent.headers["Location"])
    assert lived.hits("shown", shown.data), "one treatment, once, to who signed for it"
    assert lived.hits("shown", breaker.get(sent.headers["Location"]).data) == []
    kinds, asked, opened, telling = entries(exits.ROUTES), 0, set(), set()
    seen: dict[bytes, list[str]] = {}
    for name, endpoint, path, status, told in answers(app, trial):
        asked += 1
        if status == 200:
            opened.add(endpoint)
        if told not in seen:
            seen[told] = lived.hits(path, told)
        if seen[told]:
            telling.add((kinds[endpoint], name, endpoint))
        assert status < 500, path
    there = sorted({endpoint for _, _, endpoint in telling})
    print(f"{trial.database.write.dialect.name}: {asked} answers, {len(opened)} routes, types told by {there}")
    assert {tells for tells, _, _ in telling} <= {Tells.DEPOT}, telling
    assert {name for _, name, _ in telling} <= TOLD_TYPES, telling
    assert there == ["depot.types"], "a search that finds nothing where types stand proves nothing"
    assert asked > 5000
    assert set(kinds) - opened == {SIGNS_OUT, *entries({Tells.NOTHING: NOT_OPENED})}


def test_no_act_that_was_performed_left_a_name(lived: Lived) -> None:
    """Every answer, entry, row, message and receipt of the way to the lock."""
    trial = lived.world
    performed = {row.act for row in trial.rows(AuditEntry, kind="act")}
    assert len(performed & exits.acts()) > 35
    assert lived.hits("rows", rows_of(trial)) == []
    assert verify(trial.database, trial.keys, trial.vault, trial.study, revision=newest()) == []


def rows_of(trial: World) -> bytes:
    """Every row of every table, as it is stored."""
    told = []
    with trial.database.read.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                told.append(b"|".join(one if isinstance(one, bytes) else str(one).encode() for one in row))
    return b"\n".join(told)


def test_every_job_tells_nothing(lived: Lived) -> None:
    trial, told = lived.world, []
    trial.clock.advance(timedelta(days=1))
    for job in jobs_of(trial.service.settings, trial.study):
        if job.work is not None:
            told.append(repr(job.work(trial.service, Due(trial.clock.now(), job.name))))
            continue
        try:
            done: Done = trial.perform(job.function, job.order, by="operator")
            told.append(repr(done.answer))
        except Refused as refused:
            told.append(repr((refused.code, refused.facts)))
    assert len(told) >= len(entries(JOBS)) - 1  # no mail server: nothing is sent
    assert lived.hits("jobs", "\n".join(told).encode()) == []
    assert lived.hits("rows", rows_of(trial)) == []


ASKED = (
    "books accountability --csv kits.csv", "books inventory --csv moves.csv", "doses {number}", "envelopes due", "jobs",
    "kits labels labels.pdf --lot {lot}", "mail status", "study check", "supply forecast --runs 3",
    "supply recall {lot} --login quality", "verify",
)  # fmt: skip
NOT_ASKED = {
    "serve": "its pages are asked one by one", "scheduler": "its jobs are done one by one",
    "init": "of an empty database", "invitation": "of the first person alone", "study amend": "an act, as all acts are",
    "score": "of a file that is handed in", "meddra import": "of a dictionary, before anything is coded",
    "envelopes export": "before the lock; its ciphertexts are opened in test_envelopes",
    "envelopes open": "of a printed code", "kits generate": "writes the list that it was asked for",
    "kits import": "an act, as all acts are", "list assess": "of a design that is handed in",
    "list prepare": "before the first participant", "list seal-own": "before the first participant",
    "demo": "another trial", "simulate": "another trial", "analyse": "of a package", "package show": "of a package",
    "package verify": "of a package",
}  # fmt: skip


def test_every_command_that_reads_the_trial_tells_nothing(
    lived: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    trial, keys = lived.world, tmp_path / "keys"
    keys.mkdir()
    VaultKey.create(keys / "vault.key", bytes(range(32, 64)))
    (keys / "service.key").write_text(base64.b64encode(bytes(range(32))).decode())
    (keys / "service.key").chmod(0o400)
    for name, value in (("DATABASE_URL", trial.database_url), ("KEYS", str(keys)), ("PASSWORD", PASSWORD),
                        ("STUDY", str(tmp_path / "study.toml"))):  # fmt: skip
        monkeypatch.setenv(f"IRT_{name}", value)
    monkeypatch.chdir(tmp_path)
    words = {"number": trial.row(Participant, id=lived.participant).screening_number, "lot": trial.rows(Lot)[0].code}
    for line in ASKED:
        monkeypatch.setattr(sys, "argv", ["irt", *line.format(**words).split()])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capfdbinary.readouterr()
        assert ended.value.code in (0, None), (line, told)
        assert told.out, line
        assert lived.hits(line, told.out + told.err) == []
    asked = {name for name in entries(COMMANDS) if any(f"{line} ".startswith(f"{name} ") for line in ASKED)}
    assert len(asked) == len(ASKED)
    assert asked | set(NOT_ASKED) == set(entries(COMMANDS))
    assert not asked & set(NOT_ASKED)
    assert {entries(COMMANDS)[name] for name in asked} == {Tells.NOTHING, Tells.VERIFIED}
    written = [(one.name, one.read_bytes()) for form in ("*.csv", "*.pdf") for one in tmp_path.glob(form)]
    assert len(written) == 3
    assert search(written, lived.rare.needles).found == []


def test_no_door_of_the_vault_opens_without_its_line(lived: Lived) -> None:
    trial, wired = lived.world, lived.world.service
    who = {"account": trial.actor("unblinded_statistician").account, "now": trial.clock.now()}
    for line in ("nothing", lived.opening, lived.request):
        with pytest.raises(Refused, match="not_found"):
            release.open_whole(wired.housekeeping, trial.vault, trial.study, line, view="final", **who)
    with pytest.raises(Refused, match="not_found"):
        reveal.open_one(wired.housekeeping, trial.vault, trial.study, lived.opening, kits=[], **who)
    with pytest.raises(Refused, match="not_found"):
        envelopes.seal_envelopes(
            wired.housekeeping, trial.vault, trial.study, trial.entropy, lived.opening, issued=[], **who
        )
    for bound_to in ("slot|1|2|3|4", "list|1", "kit|1|2", "vault_check|1"):
        with pytest.raises(AssertionError, match="only what the lock sealed"):
            release.open_kept(trial.vault, b"x" * 64, bound_to)


def test_no_line_is_written_by_an_act_that_does_not_say_so(lived: Lived) -> None:
    found = []

    @act("test.peep", roles=[Role.UNBLINDED_STATISTICIAN], during=None, sign="I peep")
    def peep(act: Act, _order: Peep) -> None:
        for door in (release.enter, envelopes.enter, lambda one: reveal.enter(one, "desk", lived.participant)):
            with pytest.raises(AssertionError, match="does not declare that it reveals"):
                door(act)
            found.append(door)

    del REGISTRY["test.peep"]
    lived.world.do(peep, Peep(), by="unblinded_statistician")
    assert len(found) == 3
