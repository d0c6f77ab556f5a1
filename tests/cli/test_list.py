"""`irt list …`: a design assessed, described for the protocol, sealed; or one's own list. No arm or size comes out."""

import csv
import io
import json
import re

import pytest
from sqlalchemy import text

from irt.actor import Role
from irt.study import load_study
from tests.cli.conftest import ROOT, Office

STUDY = load_study(ROOT / "config/study.toml")
DESIGN = "block_sizes = [4, 6]\nslots = 240\n"
WHO = "--login unblinded-statistician"


@pytest.fixture
def statistics(laid: Office) -> Office:
    """The unblinded statistician is there, and a design."""
    laid.people(Role.UNBLINDED_STATISTICIAN)
    laid.write("design.toml", DESIGN)
    return laid


def own_list(slots: int = STUDY.cap) -> str:
    """A statistician's own list, arms in turn."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["stratum", "position", "arm"])
    for stratum in STUDY.strata_keys():
        writer.writerows([stratum, place + 1, STUDY.arms[place % 2].id] for place in range(slots))
    return file.getvalue()


def test_prepare_prints_what_binds_the_list_and_nothing_else(statistics: Office) -> None:
    ran = statistics.run(f"list prepare --design design.toml {WHO}")
    assert ran.code == 0, ran
    patterns = [r"Merkle root +[0-9a-f]{64}", r"seed SHA-256 +[0-9a-f]{64}", r"algorithm +[a-z0-9 -]+"]
    patterns += [rf"stratum +{re.escape(stratum)}: 240 slots" for stratum in STUDY.strata_keys()]
    for line, pattern in zip(ran.out.splitlines(), patterns, strict=True):
        assert re.fullmatch(pattern, line)
    assert "I approve this randomization design" in ran.err
    assert not [arm.id for arm in STUDY.arms if arm.id in ran.err]
    assert statistics.done("verify").strip().endswith("ok")
    assert "sealed already" in statistics.refused_once(f"list prepare --design design.toml {WHO}")


MISTAKEN = [
    ("block_sizes = [3, 4, 5]\nslots = 240\n", ["block_sizes[0]: 3", "block_sizes[2]: 5"]),
    ("block_sizes = []\nslots = 10\n", ["block_sizes", "slots: 10"]),
    ("block_sizes = [4]\nslots = 240\nblocks = 3\n", ["blocks: unknown key"]),
    ("block_sizes = [4]\nslots = 240\nweights = [1, 1]\n", ["weights: 2"]),
    ("slots = 'many'\n", ["block_sizes: is missing", "slots: 'many'"]),
    ("block_sizes = [4", ["design.toml: "]),
]


def test_every_mistake_of_a_design_is_named(statistics: Office) -> None:
    for design, named in MISTAKEN:
        statistics.write("design.toml", design)
        for command in (f"list prepare --design design.toml {WHO}", "list assess --design design.toml"):
            said = statistics.refused(command)
            assert [word for word in named if word not in said] == []
            assert "[1]" not in said, "a size that is right is not named"


def test_a_design_that_is_not_there_is_named(statistics: Office) -> None:
    assert "none.toml: No such file" in statistics.refused(f"list prepare --design none.toml {WHO}")


def test_who_may_not_prepare_is_refused_and_the_sizes_are_not_recorded(statistics: Office) -> None:
    assert "do not fit together" in statistics.run("list prepare --design design.toml --login nobody").err
    assert statistics.run("list prepare --design design.toml --login quality").code == 1
    engine = statistics.engine()
    with engine.connect() as connection:
        (body,) = connection.execute(text("SELECT body FROM audit WHERE act = 'list.prepare'")).scalars()
    engine.dispose()
    assert json.loads(body)["code"] == "role_not_allowed"
    assert "240" not in body


def test_assess_says_what_a_design_gives_away(laid: Office) -> None:
    laid.write("design.toml", DESIGN)
    ran = laid.run("list assess --design design.toml")
    assert ran.code == 0, ran
    assert "4 (50%), 6 (50%)" in ran.out
    for figure in ("right guesses", "certain, only the set of sizes known", "worst within a list", "worst overall"):
        assert figure in ran.out
    assert "for the unmasked statistician only" in ran.out


def test_the_protocol_is_written_in_both_languages_without_sizes(laid: Office) -> None:
    laid.write("design.toml", "block_sizes = [10, 14]\nslots = 252\n")
    told = laid.done("list assess --design design.toml --text")
    for word in ("low-dose interleukin-2 and placebo", "Anti-MDA5 antibody", "1:1", "安慰剂组", "抗MDA5抗体", "240"):
        assert word in told
    assert not [size for size in ("10", "14", "252") if size in told]


def test_a_list_made_elsewhere_is_sealed(statistics: Office) -> None:
    statistics.write("own.csv", own_list())
    told = statistics.done(f"list seal-own --file own.csv {WHO}")
    assert "none: the list was made elsewhere" in told
    assert not [arm.id for arm in STUDY.arms if arm.id in told]
    assert statistics.done("verify").strip().endswith("ok")


CHANGED = [
    ("|negative,3,", "|negative,4,", "row 4, position: '4' is not the next; write 3"),
    ("gc_low|positive,1,", "gc_middle|positive,1,", "stratum: 'gc_middle|positive' is unknown"),
    ("PBO", "MAYBE", "arm: is no arm of study.toml"),
    ("stratum,position", "position,stratum", "columns: write stratum,position,arm"),
]


def test_every_wrong_row_of_a_list_is_named_without_its_arm(statistics: Office) -> None:
    for old, new, named in CHANGED:
        statistics.write("own.csv", own_list().replace(old, new))
        said = statistics.refused(f"list seal-own --file own.csv {WHO}")
        assert named in said
        assert not [word for word in ("IL2", "PBO", "MAYBE") if word in said]


def test_a_list_that_is_too_short_is_refused(statistics: Office) -> None:
    statistics.write("own.csv", own_list(slots=100))
    assert "100 slots are fewer than the 240 participants" in statistics.refused(f"list seal-own --file own.csv {WHO}")
