"""A cell that was changed together with both manifests does not go unseen where something else says it too."""

import re

import pytest

from irt.lock.package.consistency import inconsistencies
from irt.lock.package.reading import verify_package
from tests.analysis.invented import invented
from tests.lock.package.packages import VIEWS, Rows, files_of, listed_anew, package, trial, with_rows


def put(place: int = 0, **cells: str):
    """A change of some cells of one row."""

    def change(rows: Rows) -> None:
        rows[place].update(cells)

    return change


def other(arm: str) -> str:
    return {"IL2": "PBO", "PBO": "IL2", "A": "B", "B": "A"}[arm]


def exchanged(column: str, where=lambda row: True):
    """The first row of which this holds, with the other arm in this column."""

    def change(rows: Rows) -> None:
        row = next(one for one in rows if one[column] and where(one))
        row[column] = other(row[column])

    return change


def dropped(where=lambda row: True):
    def change(rows: Rows) -> None:
        rows.remove(next(one for one in rows if where(one)))

    return change


def fact(key: str, value: str):
    def change(rows: Rows) -> None:
        next(one for one in rows if one["key"] == key)["value"] = value

    return change


def said_twice(rows: Rows) -> Rows:
    return [*rows, dict(rows[0])]


def swapped_slots(rows: Rows) -> None:
    """Two unused slots of one stratum exchange their arms: nothing but the root tells."""
    free = [row for row in rows if row["used"] == "N"]
    one = free[0]
    two = next(
        row
        for row in free
        if row["stratum"] == one["stratum"] and row["block"] == one["block"] and row["arm"] != one["arm"]
    )
    one["arm"], two["arm"] = two["arm"], one["arm"]


def used(row: dict[str, str]) -> bool:
    return row["used"] == "Y"


def broken(row: dict[str, str]) -> bool:
    return row["code_broken"] == "Y"


def later(rows: Rows) -> None:
    """The first draw of a stratum was made, it says, after all others."""
    row = next(one for one in rows if one["position"] == "1")
    row["randomized_at_utc"], row["randomized_at_local"] = "2039-01-01T00:00:00Z", ""


CHANGES = [
    ("randomization_list", exchanged("arm", used), "arm: is not that of the slot drawn"),
    ("randomization_list", exchanged("arm", used), "is not the list whose Merkle root was published"),
    ("randomization_list", swapped_slots, "randomization_list: is not the list whose Merkle root was published"),
    ("randomization_list", exchanged("arm"), "does not hold the arms by the ratio"),
    ("randomization_list", dropped(), "its positions are not 1 to"),
    ("randomization_list", dropped(), "has not as many slots as generation_record says"),
    ("randomization_list", put(participant="", used="N"), "slots were not used in order"),
    ("randomization_list", put(used="N"), "is used without a participant, or the reverse"),
    ("randomization_list", put(stratum="nowhere"), "is no stratum of study.toml"),
    ("randomization_list", put(block="77"), "has 1 slots, no block size of the design"),
    ("randomization_list", put(arm="XYZ"), "arm: is none of IL2, PBO"),
    ("allocations", exchanged("arm"), "arm: is not that of the slot drawn"),
    ("allocations", put(position="239"), "says the list"),
    ("allocations", dropped(), "is not in allocations"),
    ("allocations", dropped(), "randomized_on: is there without an allocation"),
    ("allocations", said_twice, "stands 2 times"),
    ("allocations", put(participant="99-0001"), "99-0001 is not in participants"),
    ("allocations", later, "was drawn before position 1 of its stratum"),
    ("allocations", put(randomized_at_local="2027-01-01T00:00:00+08:00"), "the two times of randomization differ"),
    ("allocations", put(stratum_corrected="gc_low|positive"), "stratum_corrected: is not that in allocations"),
    ("participants", exchanged("arm"), "arm: is not that in allocations"),
    ("participants", put(1, in_error="Y"), "in_error: is not that in allocations"),
    ("participants", exchanged("actual_arm", broken), "actual_arm: is the arm of no kit that was given to them"),
    ("kits", put(kit_type="XYZ"), "kit_type: is none of IL2, PBO"),
    ("audit_trail", dropped(lambda row: row["seq"] == "2"), "audit_trail: lacks the entries between 1 and 3"),
    ("participants", dropped(), "is not in participants"),
    ("participants", put(age="old"), "participants, row 1, age: is no integer"),
    ("dispensing", exchanged("arm_of_participant"), "arm_of_participant: is not the arm in allocations"),
    ("dispensing", exchanged("arm_of_kit"), "arm_of_kit: is not the arm of"),
    ("dispensing", exchanged("kit_type"), "kit_type: is not that of"),
    ("dispensing", put(match="N"), "match: says N, the arms say Y"),
    ("dispensing", put(kit="000000"), "kit: 000000 is not in kits"),
    ("misallocations", put(match="Y", kit="", kit_type="", arm_of_participant="XYZ"), "is none of IL2, PBO"),
    ("kits", exchanged("kit_type"), "kit_type: is not that of"),
    ("kits", said_twice, "kits: "),
    ("sites", put(randomized="999"), "its counts are not those of participants and allocations"),
    ("doses", put(participant="99-0001"), "doses, row 1, participant: 99-0001 is not in participants"),
    ("adverse_events", put(onset_on="1 May"), "adverse_events, row 1, onset_on: is no date"),
    ("generation_record", fact("seed", "00" * 32), "is not the seed whose SHA-256 was published"),
    ("generation_record", fact("seed", "00" * 32), "is not the list whose Merkle root was published"),
    ("generation_record", fact("seed", ""), "seed: is missing"),
    ("generation_record", fact("seed", "zz"), "seed: is not hexadecimal"),
    ("generation_record", fact("merkle_root", "00" * 32), "is not the list whose Merkle root was published"),
    ("generation_record", fact("merkle_root", "00" * 32), "manifest.json, merkle_root: is not what the package holds"),
    ("generation_record", fact("study_sha256", "00" * 32), "study_sha256: is not the SHA-256 of study.toml"),
    ("generation_record", fact("frozen_sha256", "00" * 32), "did not sign over the frozen data"),
    ("generation_record", fact("view", "rehearsal"), "view: is rehearsal, the package says final"),
    ("generation_record", fact("analysis_seed", ""), "analysis_seed: is missing"),
    ("generation_record", fact("analysis_seed", "00" * 32), "analysis_seed: is not the seed that the Merkle"),
    ("generation_record", fact("analysis_seed", "zz" * 32), "analysis_seed: is not 64 hexadecimal digits"),
    ("generation_record", fact("analysis_seed", "0" * 63), "analysis_seed: is not 64 hexadecimal digits"),
    ("generation_record", fact("merkle_root", "zz" * 32), "merkle_root: is no SHA-256"),
    ("generation_record", fact("seed_sha256", "zz"), "seed_sha256: is no SHA-256"),
    ("generation_record", fact("seed", "0"), "seed: is not hexadecimal"),
    ("generation_record", fact("ratio", "one one"), "ratio: are not whole numbers"),
    ("generation_record", fact("ratio", "0 0"), "ratio: are not whole numbers"),
    ("generation_record", fact("ratio", "-1 1"), "ratio: are not whole numbers"),
    ("generation_record", fact("ratio", "9" * 5000), "ratio: are not whole numbers"),
    ("generation_record", fact("ratio", "1"), "block_sizes: are of no design (ratio: "),
    ("generation_record", fact("block_sizes", "four"), "block_sizes: are not whole numbers"),
    ("generation_record", fact("block_sizes", "4 5"), "block_sizes: are of no design (block_sizes: "),
    ("generation_record", fact("block_weights", "1 2 3"), "block_sizes: are of no design (weights: "),
    ("generation_record", fact("slots", "many"), "slots: is no whole number"),
    ("generation_record", fact("lock_version", "first"), "lock_version: is no whole number"),
    ("randomization_list", put(position=""), "randomization_list, row 1, position: is empty"),
    ("randomization_list", put(position="-1"), "randomization_list, row 1, position: is below 1"),
    ("randomization_list", put(position="0"), "randomization_list, row 1, position: is below 1"),
    ("randomization_list", put(position="9" * 30), "randomization_list, row 1, position: is no integer"),
    ("randomization_list", put(position="9" * 5000), "randomization_list, row 1, position: is no integer"),
    ("allocations", put(position=""), "allocations, row 1, position: is below 1"),
    ("allocations", put(position="-1"), "allocations, row 1, position: is below 1"),
    ("allocations", put(randomized_at_utc="2027-01-01T99:99:99Z"), "row 1, randomized_at_utc: is no instant"),
    ("allocations", put(randomized_at_utc="2027-01-01T02:00:00+99:99"), "row 1, randomized_at_utc: is no instant"),
    ("allocations", put(randomized_at_local="2027-02-30T02:00:00Z"), "row 1, randomized_at_local: is no instant"),
    ("participants", put(first_dose_on="2027-02-30"), "participants, row 1, first_dose_on: is no date"),
    ("participants", put(first_dose_on="0000-01-01"), "participants, row 1, first_dose_on: is no date"),
    ("participants", put(participant=""), "participants, row 1, participant: is empty"),
    ("audit_trail", put(seq="9" * 5000), "audit_trail, row 1, seq: is no integer"),
    ("audit_trail", put(seq=""), "audit_trail, row 1, seq: is empty"),
    ("generation_record", fact("ratio", "2 1"), "does not hold the arms by the ratio"),
    ("generation_record", dropped(lambda row: row["key"] == "algorithm"), "algorithm: is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "change", "said"), CHANGES, ids=lambda one: one if isinstance(one, str) else "")
def test_a_cell_changed_with_its_manifests_is_found(table: str, change, said: str) -> None:
    mistakes = verify_package(with_rows(**{table: change}))
    assert any(said in one for one in mistakes), mistakes
    # They end on screens and in mails: they name rows, and tell no participant's arm, and of which type no kit is.
    arms = [(row["participant"], row["arm"]) for row in trial().tables["allocations"]]
    assert not any(who in one and f" {arm}" in one for one in mistakes for who, arm in arms)
    types = {one.kit_type for one in trial().study.arms}
    assert not any(name in re.split(r"\W+", one) for one in mistakes if "is none of" not in one for name in types)


@pytest.mark.parametrize("view", VIEWS)
def test_what_was_not_changed_has_no_mistake(view) -> None:
    assert verify_package(with_rows(view)) == []


@pytest.mark.parametrize("key", ["seed", "seed_sha256"])
def test_letters_with_what_would_tell_them_apart_are_refused(key: str) -> None:
    def more(rows: Rows) -> Rows:
        return [*rows, {"key": key, "value": "00" * 32}]

    (mistake,) = verify_package(with_rows("letters", generation_record=more))
    assert mistake.startswith(f"generation_record, {key}: stands in a package whose arms are letters")


@pytest.mark.parametrize("view", VIEWS)
def test_a_seed_of_the_analysis_that_somebody_chose_is_found_in_every_view(view) -> None:
    """The root is published: whoever changes the seed alone has chosen what the analysis draws."""
    mistakes = verify_package(with_rows(view, generation_record=fact("analysis_seed", "5e" * 32)))
    assert mistakes == ["generation_record, analysis_seed: is not the seed that the Merkle root fixes"]


def test_letters_and_arms_are_not_mixed() -> None:
    mistakes = verify_package(with_rows("letters", allocations=put(arm="IL2")))
    assert any("arm: is none of A, B" in one for one in mistakes)
    mistakes = verify_package(with_rows("letters", kits=put(kit_type="PBO")))
    assert any("kit_type: is none of A, B" in one for one in mistakes)
    mistakes = verify_package(with_rows("letters", dispensing=exchanged("arm_of_kit")))
    assert any("match: says" in one for one in mistakes)
    assert any("arm_of_kit: is not the arm of its kit_type" in one for one in mistakes)


def test_an_own_list_without_blocks_and_published_seed_is_whole() -> None:
    """A statistician's own list has no design; its salts come from a seed that was not published."""
    drop = ("block_sizes", "block_weights", "seed_sha256")

    def record(rows: Rows) -> Rows:
        return [
            row | ({"value": "own list"} if row["key"] == "algorithm" else {}) for row in rows if row["key"] not in drop
        ]

    def blocks(rows: Rows) -> Rows:
        return [row | {"block": "", "position_in_block": ""} for row in rows]

    assert verify_package(with_rows(generation_record=record, randomization_list=blocks)) == []


def test_another_study_file_is_found() -> None:
    files = files_of(package())
    files["study.toml"] = files["study.toml"].replace(b"cap = 240", b"cap = 241", 1)
    mistakes = verify_package(listed_anew(files))
    assert "generation_record, study_sha256: is not the SHA-256 of study.toml" in mistakes
    files["study.toml"] = b"nothing"
    assert any(one.startswith("study.toml: ") for one in verify_package(listed_anew(files)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw.replace(b"participant", b"person", 1), "its first line is not participant,"),
        (lambda raw: raw + b'"open', "is no UTF-8 CSV"),
        (lambda raw: raw + b"\xff\n", "is no UTF-8 CSV"),
        (lambda raw: raw + b"one,two\n", "has 2 cells, not"),
        (lambda raw: b"", "its first line is not"),
    ],
)
def test_a_table_that_is_no_such_table_is_named(change, said: str) -> None:
    name = "tables/11_participants.csv"
    files = files_of(package())
    (mistake,) = verify_package(listed_anew(files | {name: change(files[name])}))
    assert mistake.startswith(name)
    assert said in mistake


@pytest.mark.parametrize("participants", [8, 120])
@pytest.mark.parametrize("view", VIEWS)
def test_invented_trials_of_other_sizes_agree_with_themselves(view, participants: int) -> None:
    opened = invented(participants, 3, view)
    assert inconsistencies(opened.tables, opened.study, view) == []
