"""`python -m tests.safety.envelopes_apart`: what each half of the envelopes opens once the service is gone.

A trial is laid out, envelopes are exported by the command line, some boxes go to the wrong people, and the envelopes
due are exported again. Then the key files are moved away and the database is stopped. What is left: the on-call
centre's file and the sites' papers, whose codes are read from the PDF files.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.engine import make_url

from irt.cli.centre import FORMAT, Centre, read_centre
from irt.dispensing.wrong_kit import WrongKit, wrong_kit
from irt.entropy import LETTERS
from irt.gate.keys import Keys
from irt.participants.screen import Screened
from irt.vault._key import derive, derive_from
from irt.vault._seal import VaultKey
from irt.vault.envelopes import Code, CodeMistyped, StaysShut, binding, open_with_code, read_code
from tests import databases
from tests.cast import PASSWORD, World, world
from tests.databases import Database, fresh_sqlite
from tests.paper.reading import texts
from tests.postgres import PostgresServer, connect
from tests.safety.broken import arm_of, kind_of
from tests.stocked import begin_running, on_shelf, randomized, type_due
from tests.wiring import STUDY_FILE

SITES = tuple(f"{number:02}" for number in range(1, 9))
OFFICER = "safety_officer"
VAULT_KEY, SERVICE_KEY = bytes(range(32, 64)), bytes(range(32))  # as `tests.cast.world` has them
MISSHAPEN = ("", " ", "-", "0" * 19, "0" * 21, "O" * 5, "U" * 20, "·" * 20, VAULT_KEY.hex())
WELL_SHAPED = ("0" * 20, "Z" * 20, LETTERS[:20], LETTERS[12:])
PAGE = re.compile(  # as it is read from the paper, without blanks
    r"Participant([0-9-]+)信封序号Serialoftheenvelope(\d+)签发日期.*?代码Code((?:[0-9A-Z]{4}-){4}[0-9A-Z]{4})"
)

Pair = tuple[str, int]  # participant's number, serial


@dataclass
class Apart:
    """What is left of a trial, and what the tests know of it besides."""

    folder: Path
    environment: dict[str, str]
    stop: Callable[[], None]
    trial: World
    sample: int  # participants whose envelopes are tried by the command too
    people: list[Screened] = field(default_factory=list)
    codes: dict[Pair, Code] = field(default_factory=dict)
    arms: dict[str, dict[str, str]] = field(default_factory=dict)  # what each was drawn, by number
    wrong: dict[str, str] = field(default_factory=dict)  # number → the wrong box

    @property
    def file(self) -> Path:
        """The on-call centre's half."""
        return self.folder / "centre" / "envelopes.json"


@dataclass
class Came:
    """What opened."""

    envelopes: int = 0
    centre_alone: int = 0
    code_alone: int = 0
    pairs: int = 0
    tried: int = 0
    astray: int = 0  # pairs that opened and should not, or said another's treatment
    reissued: int = 0
    old_codes: int = 0
    named: int = 0  # re-issued envelopes that name the wrong box

    def line(self) -> str:
        """The account of it."""
        return (
            f"envelopes: {self.envelopes}, on-call half alone: {self.centre_alone}, code alone: {self.code_alone}, "
            f"both: {self.pairs} of {self.tried} pairs, {'each its own' if not self.astray else 'NOT each its own'}; "
            f"re-issued: {self.reissued}, old codes that open: {self.old_codes}"
        )


# -- the trial, while the service is there -----------------------------------------------------------------------------


def lay_out(folder: Path, database: Database, stop: Callable[[], None], participants: int, sample: int) -> Apart:
    """A trial whose participants are randomized at eight sites, and key files as a deployment has them."""
    keys = folder / "keys"
    lay_keys(keys)
    here = {name: value for name, value in os.environ.items() if not name.startswith("IRT_")}
    here |= {"IRT_DATABASE_URL": database.url, "IRT_KEYS": str(keys), "IRT_STUDY": str(STUDY_FILE)}
    here |= {"IRT_PASSWORD": PASSWORD, "PYTHONPATH": str(Path(__file__).parents[2])}
    made = world(database.url)
    each = -(-participants // len(SITES))
    kits = 2 * (each + 8)
    begin_running(made, SITES, kits, 2 * kits * len(SITES))  # a box is of one lot, and there may be two
    apart = Apart(folder, here, stop, made, sample)
    for number in range(participants):
        apart.people.append(randomized(made, f"EXAMPLE-{number:06}", SITES[number % len(SITES)])[0])
    for one in apart.people:
        label = next(arm.label for arm in made.study.arms if arm.id == arm_of(made, one))
        assert label is not None
        apart.arms[one.screening_number] = {"en": label.en, "zh": label.zh}
    made.actor(OFFICER)
    return apart


def lay_keys(keys: Path) -> None:
    """The key files of the tests' world, as a deployment has them."""
    keys.mkdir()
    VaultKey.create(keys / "vault.key", VAULT_KEY)
    Keys.create(keys / "service.key", _Fixed())


class _Fixed:
    def take(self, count: int) -> bytes:
        """The tests' own service key."""
        return SERVICE_KEY[:count]


def export(apart: Apart, paper: str) -> str:
    """Issue what is due by the command, and read the codes from the papers; answers what it said."""
    folder = apart.folder / paper
    apart.file.parent.mkdir(exist_ok=True)
    ran = irt(
        apart, "envelopes", "export", "--login", OFFICER, "--centre", str(apart.file), "--paper", str(folder)
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    for path in sorted(folder.iterdir()):
        assert path.stat().st_mode & 0o777 == 0o600
        for page in texts(path.read_bytes()):
            found = PAGE.search(page)
            assert found is not None, page
            apart.codes[found[1], int(found[2])] = read_code(found[3])
    return ran.stdout + ran.stderr


def irt(apart: Apart, *words: str, offline: bool = False) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own; `offline`: from a folder with nothing in it, told nothing."""
    elsewhere = apart.folder / "nothing"
    elsewhere.mkdir(exist_ok=True)
    given = apart.environment
    if offline:
        given = {name: value for name, value in given.items() if not name.startswith("IRT_")}
    return subprocess.run(
        [sys.executable, "-m", "irt", *words], env=given, cwd=elsewhere, capture_output=True, text=True, timeout=120,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def misallocate(apart: Apart, count: int) -> None:
    """So many participants were handed a box of another content from the shelf."""
    made = apart.trial
    for one in apart.people[:count]:
        site = one.screening_number[:2]
        own = type_due(made, one.id)
        box = next(numbers[0] for kind, numbers in on_shelf(made, site).items() if kind != own)
        order = WrongKit(
            participant=one.id, visit=made.study.dispensing_visits[0].id, kit=box,
            happened_on=made.clock.now().date(), box="with_participant", right_box="at_site", replace="no",
            told="The box beside it",
        )  # fmt: skip
        made.do(wrong_kit, order, by=f"pharmacist_{site}")
        apart.wrong[one.screening_number] = box
        assert kind_of(made, box) != own


# -- the day on which it is gone ---------------------------------------------------------------------------------------


def take_away(apart: Apart) -> None:
    """The key files are elsewhere and the database is stopped; the command that needs them says so."""
    apart.trial.database.read.dispose()
    apart.trial.database.write.dispose()
    apart.stop()
    (apart.folder / "keys").rename(apart.folder / "keys-elsewhere")
    assert irt(apart, "envelopes", "due").returncode == 1
    (apart.folder / "keys-elsewhere").rename(apart.folder / "keys")
    assert irt(apart, "envelopes", "due").returncode == 1, "with its keys back, the service has no database"
    (apart.folder / "keys").rename(apart.folder / "keys-elsewhere")


def opens(apart: Apart, centre: Centre, number: str, code: Code) -> bool:
    """Whether a code opens an entry; what it says is compared with what was drawn."""
    entry = centre.entries[number]
    try:
        told = open_with_code(entry.ciphertext, code, binding(centre.trial, number, entry.serial))
    except StaysShut:
        return False
    arm = apart.arms[number]
    assert f'"arm":{{"en":"{arm["en"]}","zh":"{arm["zh"]}"}}' in told.decode()
    return True


def centre_alone(apart: Apart, centre: Centre) -> int:
    """How many of its entries the centre opens by itself: without a code, with guesses, with the service's keys."""
    vault = VaultKey(VAULT_KEY)
    keys = [VAULT_KEY, SERVICE_KEY, bytes(32), derive(vault, "seal AES-256-GCM"), derive(vault, "key id")]
    keys += [derive_from(VAULT_KEY, "irt-envelope-1"), derive_from(SERVICE_KEY, "irt-envelope-1")]
    found = 0
    for typed in MISSHAPEN:
        try:
            read_code(typed)
            raise AssertionError(f"{typed!r} is taken for a code")
        except CodeMistyped:
            continue
    for number, entry in centre.entries.items():
        bound_to = binding(centre.trial, number, entry.serial).encode()
        found += any(opens(apart, centre, number, Code(letters)) for letters in WELL_SHAPED)
        found += any(_opens_raw(key, entry.ciphertext, bound_to) for key in keys)
    for number in _sample(apart, list(centre.entries)):
        serial = str(centre.entries[number].serial)
        for typed in ("", WELL_SHAPED[0], VAULT_KEY.hex()):
            found += by_command(apart, apart.file, number, serial, typed).returncode == 0
    return found


def _opens_raw(key: bytes, ciphertext: bytes, bound_to: bytes) -> bool:
    try:
        AESGCM(key).decrypt(ciphertext[1:13], ciphertext[13:], bound_to)
    except InvalidTag:
        return False
    return True


def code_alone(apart: Apart, centre: Centre) -> int:
    """How many envelopes the papers open without the centre's file: there is nothing that they could be tried on."""
    empty = apart.folder / "empty.json"
    empty.write_text(json.dumps({"format": FORMAT, "trial": centre.trial, "envelopes": {}}))
    found = 0
    for number in _sample(apart, list(centre.entries)):
        serial = centre.entries[number].serial
        typed = apart.codes[number, serial].grouped
        for file in (apart.folder / "none.json", empty):
            found += by_command(apart, file, number, str(serial), typed).returncode == 0
    for (number, serial), code in apart.codes.items():
        for made_up in (b"", bytes(8221), b"\x01" + bytes(8220)):
            try:
                open_with_code(made_up, code, binding(centre.trial, number, serial))
                found += 1
            except StaysShut:
                continue
    return found


def by_command(apart: Apart, file: Path, number: str, serial: str, code: str) -> subprocess.CompletedProcess[str]:
    """`irt envelopes open`, where there is nothing else."""
    return irt(
        apart, "envelopes", "open", "--centre", str(file), "--participant", number, "--serial", serial,
        f"--code={code}", offline=True,
    )  # fmt: skip


def both(apart: Apart, centre: Centre, came: Came) -> None:
    """Every code against every envelope, and a sample of the pairs by the command."""
    newest = {number: apart.codes[number, entry.serial] for number, entry in centre.entries.items()}
    for number in centre.entries:
        for owner, code in newest.items():
            opened = opens(apart, centre, number, code)
            came.tried += 1
            came.pairs += opened
            came.astray += opened is not (owner == number)
    chosen = _sample(apart, list(newest))
    for number, other in zip(chosen, [*chosen[1:], chosen[0]], strict=True):
        serial = str(centre.entries[number].serial)
        ran = by_command(apart, apart.file, number, serial, newest[number].grouped.lower().replace("-", " "))
        arm = apart.arms[number]
        came.astray += not (ran.returncode == 0 and f"{arm['zh']} · {arm['en']}" in ran.stdout)
        came.astray += by_command(apart, apart.file, number, serial, newest[other].grouped).returncode != 1


def reissued(apart: Apart, centre: Centre, came: Came) -> None:
    """The old code of each re-issued envelope opens nothing in the new file; the new one names the wrong box."""
    for number, box in apart.wrong.items():
        assert centre.entries[number].serial == 2
        came.reissued += 1
        old, new = apart.codes[number, 1], apart.codes[number, 2]
        came.old_codes += sum(opens(apart, centre, each, old) for each in centre.entries)
        came.named += box.encode() in open_with_code(
            centre.entries[number].ciphertext, new, binding(centre.trial, number, 2)
        )  # fmt: skip
    number = next(iter(apart.wrong))
    ran = by_command(apart, apart.file, number, "1", apart.codes[number, 1].grouped)
    assert (ran.returncode, "was replaced by envelope 2" in ran.stderr) == (1, True), ran.stderr
    came.old_codes += by_command(apart, apart.file, number, "2", apart.codes[number, 1].grouped).returncode == 0
    ran = by_command(apart, apart.file, number, "2", apart.codes[number, 2].grouped)
    assert apart.wrong[number] in ran.stdout


def _sample(apart: Apart, numbers: list[str]) -> list[str]:
    assert apart.sample > 1, "a code is tried on another's envelope too"
    return random.Random(5).sample(numbers, apart.sample)


def run(apart: Apart, wrong: int) -> Came:
    """The whole of it; answers what opened."""
    export(apart, "first")
    misallocate(apart, wrong)
    export(apart, "second")
    take_away(apart)
    centre, came = read_centre(apart.file), Came()
    came.envelopes = len(centre.entries)
    came.centre_alone, came.code_alone = centre_alone(apart, centre), code_alone(apart, centre)
    both(apart, centre, came)
    reissued(apart, centre, came)
    return came


def hold(came: Came, participants: int, wrong: int) -> None:
    """What must be so."""
    assert (came.envelopes, came.centre_alone, came.code_alone) == (participants, 0, 0)
    assert (came.pairs, came.tried, came.astray) == (participants, participants**2, 0)
    assert (came.reissued, came.named, came.old_codes) == (wrong, wrong, 0)


@contextmanager
def stoppable(dialect: str, folder: Path) -> Iterator[tuple[Database, Callable[[], None]]]:
    """A migrated database of one's own, and how it is stopped: its server ends, or its files are moved away."""
    shared = folder / "shared"
    shared.mkdir()
    if dialect == "sqlite":
        place = folder / "database"
        place.mkdir()
        yield fresh_sqlite(shared, place), lambda: Path(place.rename(folder / "database-elsewhere")) and None
        return
    server = PostgresServer(durable=False)
    try:
        owner = make_url(server.url)
        with connect(server.url) as line:
            name = databases._template(shared, line, owner)
        made = Database("postgresql", databases._service(owner, name), databases._named(owner, name))
        yield made, server.stop
    finally:
        server.remove()


def lived(dialect: str, folder: Path, participants: int, wrong: int, sample: int) -> Came:
    """All of it on one kind of database."""
    with stoppable(dialect, folder) as (database, stop):
        return run(lay_out(folder, database, stop, participants, sample), wrong)


def main() -> int:
    """Print what opened; exit status 1 where it is not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.safety.envelopes_apart")
    parser.add_argument("--participants", type=int, default=240)
    parser.add_argument("--wrong", type=int, default=8, help="participants who are handed a wrong box")
    parser.add_argument("--sample", type=int, default=4, help="envelopes that the command tries too")
    parser.add_argument("--database", choices=databases.DIALECTS, default="sqlite")
    chosen: Any = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        came = lived(chosen.database, Path(folder), chosen.participants, chosen.wrong, chosen.sample)
    print(came.line())
    try:
        hold(came, chosen.participants, chosen.wrong)
    except AssertionError:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
