"""An invented trial, opened: every table of the contract, filled so that they agree. Same seed, same trial.

The list is the production generator's. What happens to whom is in `FATES`: by place of randomization, so that a trial
of 40 or more has one of each.
"""

import csv
import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from irt.lock.contents import TABLES
from irt.lock.opened import MAKER, Opened, View
from irt.lock.package.commitment import analysis_seed
from irt.study import Study, load_study
from irt.vault._blocks import Design, generate
from irt.vault._commitment import seed_hash
from irt.vault._sealing import arms_of, commitment

STUDY = Path(__file__).parents[2] / "config" / "study.toml"
START = date(2027, 1, 4)
BLOCKS = (4, 6)
FATES = (
    "ordinary", "error_never_dosed", "wrong_kit", "rescue", "missed_w12", "code_break", "death", "withdrawal",
    "adverse_event_stop", "no_efficacy_stop", "other_stop", "wrong_stratum", "hold", "low_adherence", "never_dosed",
    "late_w12", "incomplete_w12", "important_deviation", "error_dosed", "same_kit", "desk", "rescue_late",
)  # fmt: skip
GONE = {  # fate: the last study day of treatment
    "rescue": 60, "death": 71, "withdrawal": 100, "adverse_event_stop": 50, "no_efficacy_stop": 64, "other_stop": 70,
    "code_break": 110,
}  # fmt: skip
STOPS = {
    "rescue": "prohibited_medication", "adverse_event_stop": "adverse_event", "no_efficacy_stop": "lack_of_efficacy",
    "other_stop": "participant_wish", "code_break": "other",
}  # fmt: skip
Built = dict[str, list[dict[str, str]]]


@dataclass
class Person:
    """One participant while the trial is built. `last_day`: of treatment; `left_day`: of following, None to the end."""

    number: str
    site: str
    sex: str
    age: int
    screened: date
    baseline: dict[str, str]
    chance: random.Random
    fate: str = "screen_failed"
    stratum: str = ""
    arm: str = ""
    position: int = 0
    first_dose: date | None = None
    last_day: int = 0
    left_day: int | None = None
    kits: list[dict[str, Any]] = field(default_factory=list)
    doses: list[dict[str, Any]] = field(default_factory=list)

    @property
    def randomized(self) -> date | None:
        """The day of randomization; None for a screen failure."""
        return self.screened + timedelta(days=7) if self.arm else None

    @property
    def anchor(self) -> date:
        """Study day 1."""
        day = self.first_dose or self.randomized
        assert day is not None
        return day

    def day(self, study_day: int) -> date:
        """The calendar day of a study day."""
        return self.anchor + timedelta(days=study_day - 1)


@dataclass
class Trial:
    """What is being built: the study, the people, the tables' rows."""

    study: Study
    people: list[Person]
    lists: Mapping[str, Sequence[str]]
    blocks: Mapping[str, Sequence[int]]
    seed: bytes
    rows: Built

    def add(self, table: str, **cells: Any) -> None:
        """A row; what is not named is empty, numbers and days become text."""
        names = [one.name for one in TABLES[table].columns]
        assert set(cells) <= set(names), f"{table}: {set(cells) - set(names)}"
        self.rows[table].append({name: _text(cells.get(name)) for name in names})


def invented(
    participants: int = 48, seed: int = 1, view: View = "final", *, letters: Sequence[str] = ("PBO", "IL2"),
    effect: float = 1.0, **tables: Any,
) -> Opened:  # fmt: skip
    """An opened trial of so many randomized participants. `letters`: the arms that A and B are, in view "letters".

    `effect` scales what the active arm gains; `tables`: functions from a table's rows to other rows, by its name.
    """
    from tests.analysis.invented_clinical import clinical
    from tests.analysis.invented_course import course

    chance = random.Random(seed)
    study = load_study(STUDY)
    whole = hashlib.sha256(f"invented {seed}".encode()).digest()
    strata = tuple(study.strata_keys())
    made = generate(Design(strata, study.ratio, BLOCKS, study.cap), whole)
    lists = arms_of(made, [one.id for one in study.arms])
    trial = Trial(
        study, [], lists, {key: one.blocks.tolist() for key, one in made.items()}, whole, {t: [] for t in TABLES}
    )
    _people(trial, participants, chance)
    course(trial)
    clinical(trial, effect)
    _allocation(trial)
    _proof(trial, view)
    rows: Built = {name: sorted(held, key=_order(name)) for name, held in trial.rows.items()}
    for name, change in tables.items():
        rows[name] = [dict(one) for one in change(rows[name])]
    if view == "letters":
        rows = _lettered(rows, letters)
    return Opened(maker=MAKER, study=study, tables=rows, view=view)


def changed(opened: Opened, **tables: Any) -> Opened:
    """The same trial with other rows: `tables` are functions from a table's rows to its new rows, by its name."""
    rows = {name: [dict(one) for one in held] for name, held in opened.tables.items()}
    for name, change in tables.items():
        rows[name] = [dict(one) for one in change(rows[name])]
    return Opened(maker=MAKER, study=opened.study, tables=rows, view=opened.view)


def write_tables(opened: Opened, folder: Path) -> Path:
    """The tables as the package has them: folder/tables/NN_name.csv."""
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, table in TABLES.items():
        with (folder / "tables" / table.file).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, [one.name for one in table.columns], lineterminator="\n")
            writer.writeheader()
            writer.writerows(opened.tables[name])
    return folder


def _people(trial: Trial, participants: int, chance: random.Random) -> None:
    counts: dict[str, int] = {}
    used: dict[str, int] = dict.fromkeys(trial.lists, 0)
    sites = [one.code for one in trial.study.sites]
    randomized = 0
    day = START
    while randomized < participants:
        site = chance.choices(sites, [4, 2, 2, 2, 1, 1, 1, 1])[0]
        counts[site] = counts.get(site, 0) + 1
        person = _person(f"{site}-{counts[site]:04d}", site, day, chance)
        if len(trial.people) % 8 != 6:
            fate = FATES[(randomized + 1) // 2] if randomized % 2 and randomized // 2 + 1 < len(FATES) else "ordinary"
            _randomize(trial, person, fate, used)
            randomized += 1
        trial.people.append(person)
        day += timedelta(days=chance.choice([0, 1, 2, 3]))
    # The wrong box of the other type is one of the active type, for somebody of the control arm.
    wrong = next((one for one in trial.people if one.fate == "wrong_kit"), None)
    if wrong is not None and wrong.arm != "PBO":
        other = next(one for one in trial.people if one.arm == "PBO" and one.fate == "ordinary")
        wrong.fate, other.fate = "ordinary", "wrong_kit"
        wrong.last_day = other.last_day = 167


def _person(number: str, site: str, day: date, chance: random.Random) -> Person:
    own = random.Random(chance.getrandbits(64))
    values = {
        "prednisone_mg_per_day": own.choice(["5", "7.5", "10", "12.5", "15", "20"]),
        "anti_mda5": own.choices(["negative", "positive"], [3, 1])[0],
        "weight_kg": f"{own.gauss(62, 9):.1f}",
        "mmt8_150": str(min(125, max(60, round(own.gauss(105, 12))))),
        "patient_global_cm": f"{min(10, max(2, own.gauss(6, 1.5))):.1f}",
        "physician_global_cm": f"{min(10, max(2, own.gauss(5.5, 1.4))):.1f}",
        "haq": f"{own.randrange(4, 20) / 8:.3f}",
        "extramuscular_cm": f"{min(10, max(1, own.gauss(4.5, 1.5))):.1f}",
        "cutaneous_cm": f"{min(10, max(0, own.gauss(4.5, 2))):.1f}",
        "ck": str(round(own.lognormvariate(6.5, 0.9))), "ck_uln": "200",
        "ldh": str(round(own.gauss(330, 80))), "ldh_uln": "250",
        "ast": str(round(own.gauss(60, 15))), "ast_uln": "40",
        "alt": str(round(own.gauss(55, 15))), "alt_uln": "50",
        "creatinine": str(round(own.gauss(62, 10))), "creatinine_uln": "104",
        "cdasi_activity": str(min(60, max(6, round(own.gauss(24, 8))))),
    }  # fmt: skip
    if own.random() < 0.5:
        values |= {"aldolase": f"{own.gauss(12, 4):.1f}", "aldolase_uln": "7.6"}
    sex = own.choices(["female", "male"], [2, 1])[0]
    return Person(number, site, sex, own.randrange(22, 74), day, values, own)


def _randomize(trial: Trial, person: Person, fate: str, used: dict[str, int]) -> None:
    person.fate = fate
    person.stratum = trial.study.stratum_of(person.baseline, person.site)
    if fate == "wrong_stratum":
        person.stratum = "gc_high|positive" if person.stratum != "gc_high|positive" else "gc_low|negative"
    used[person.stratum] += 1
    person.position = used[person.stratum]
    person.arm = trial.lists[person.stratum][person.position - 1]
    assert person.randomized is not None
    if fate in ("never_dosed", "error_never_dosed"):
        person.left_day = 8
    else:
        person.first_dose = person.randomized + timedelta(days=person.chance.randrange(0, 4))
        person.last_day = GONE.get(fate, 167)
        person.left_day = {"death": 74, "withdrawal": 101}.get(fate)


def _allocation(trial: Trial) -> None:
    held = {(one.stratum, one.position): one for one in trial.people if one.arm}
    for stratum, arms in trial.lists.items():
        blocks, within = trial.blocks[stratum], 0
        for position, arm in enumerate(arms, 1):
            within = within + 1 if position > 1 and blocks[position - 1] == blocks[position - 2] else 1
            person = held.get((stratum, position))
            trial.add(
                "randomization_list", list="L1", stratum=stratum, block=blocks[position - 1] + 1,
                position_in_block=within, position=position, arm=arm, used="Y" if person else "N",
                participant=person.number if person else "",
            )  # fmt: skip
    numbers = random.Random(7).sample(range(1000, 9999), len(held))
    for number, person in zip(numbers, sorted(held.values(), key=lambda one: one.number), strict=True):
        error = person.fate.startswith("error")
        trial.add(
            "allocations", participant=person.number, site=person.site, randomization_number=f"R{number}",
            stratum_used=person.stratum, stratum_corrected=corrected(trial.study, person), position=person.position,
            arm=person.arm, randomized_at_utc=f"{person.randomized}T02:00:00Z",
            randomized_at_local=f"{person.randomized}T10:00:00+08:00", randomized_by="An investigator",
            in_error="Y" if error else "N",
        )  # fmt: skip
        if error:
            trial.add(
                "misallocations",
                kind="randomized_in_error",
                participant=person.number,
                site=person.site,
                on=person.randomized,
                arm_of_participant=person.arm,
                told="an exclusion was overlooked",
            )


def corrected(study: Study, person: Person) -> str:
    """The stratum that the values say, where another was used."""
    true = study.stratum_of(person.baseline, person.site)
    return true if true != person.stratum else ""


def _proof(trial: Trial, view: View) -> None:
    sealed = commitment(trial.lists, trial.seed)
    facts = {
        "view": view, "study_sha256": trial.study.sha256, "frozen_sha256": hashlib.sha256(trial.seed).hexdigest(),
        "lock_version": "1", "algorithm": "irt-blocks-1", "seed": trial.seed.hex(),
        "seed_sha256": seed_hash(trial.seed).hex(), "merkle_root": sealed.merkle_root, "ratio": "1 1",
        "block_sizes": " ".join(map(str, BLOCKS)), "block_weights": "", "arms": "IL2 PBO",
        "slots": str(sum(sealed.strata.values())), "list_prepared_at": "2026-12-01T02:00:00Z", "software": "0.1.0",
        "analysis_seed": analysis_seed(sealed.merkle_root),
        "opened_at": "2029-01-10T02:00:00Z", "opened_by": "An unblinded statistician", "replayed": "yes",
    }  # fmt: skip
    for key, value in facts.items():
        if view != "letters" or key not in ("seed", "seed_sha256"):
            trial.add("generation_record", key=key, value=value)
    signers = [("lock", role) for role in trial.study.lock.signers]
    signers += [("release", role) for role in trial.study.lock.release_signers]
    for place, (step, role) in enumerate(signers):
        trial.add(
            "signatures",
            step=step,
            role=role,
            account=f"a{place}",
            name=f"A {role}",
            meaning="The data are final",
            signed_at_utc=f"2029-01-0{place + 1}T03:00:00Z",
            data_sha256=facts["frozen_sha256"],
        )
    for seq, act in enumerate(("study.open", "participant.randomize", "study.lock", "release.open"), 1):
        trial.add(
            "audit_trail",
            seq=seq,
            recorded_at_utc=f"2027-01-0{seq}T02:00:00Z",
            at_utc=f"2027-01-0{seq}T02:00:00Z",
            kind="act",
            act=act,
            account="a0",
            name="Somebody",
            roles="investigator",
            software="0.1.0",
            body='{"order": {}}',
            hash=hashlib.sha256(act.encode()).hexdigest(),
        )


def _lettered(rows: Built, letters: Sequence[str]) -> Built:
    of = dict(zip(letters, "AB", strict=True))
    columns = {"arm", "arm_of_kit", "arm_of_participant", "kit_type", "actual_arm"}
    found = {
        name: [{key: of.get(cell, cell) if key in columns else cell for key, cell in row.items()} for row in held]
        for name, held in rows.items()
    }
    for row in found["generation_record"]:
        if row["key"] == "arms":
            row["value"] = "A B"
    given = {(row["participant"], row["arm_of_kit"]) for row in found["dispensing"] if row["given_on"]}
    for row in found["participants"]:
        if row["actual_arm"]:  # A stands for the active arm, while it is not known
            row["actual_arm"] = "A" if (row["participant"], "A") in given else "B"
    return found


def _order(table: str) -> Any:
    key = TABLES[table].key
    numeric = {one.name for one in TABLES[table].columns if one.kind == "integer"}
    return lambda row: tuple(int(row[one] or 0) if one in numeric else row[one] for one in key)


def _text(cell: Any) -> str:
    return "" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)
