"""`irt score`: JSON and CSV in, scores out; with a mistake every mistake by row and field, and nothing on stdout."""

import csv
import io
import json
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from irt.cli import main
from irt.outcomes.case_table import ENZYME_COLUMNS, NEEDED
from tests.outcomes.reference import VECTORS, parts, plain

Ran = tuple[int, str, str]
CASES = [*VECTORS["tis"], *VECTORS["doi"]]


@pytest.fixture
def score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """The command over a file of this content; answers exit status, stdout, stderr. No setting and no database."""
    monkeypatch.chdir(tmp_path)
    for name in ("IRT_DATABASE_URL", "IRT_KEYS", "IRT_STUDY"):
        monkeypatch.delenv(name, raising=False)

    def command(content: str | bytes, name: str = "cases.json") -> Ran:
        Path(name).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        monkeypatch.setattr(sys, "argv", ["irt", "score", name])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        code = ended.value.code
        return (1, told.out, told.err + code) if isinstance(code, str) else (int(code or 0), told.out, told.err)

    return command


def table(*cases: dict[str, Any], columns: tuple[str, ...] = (*NEEDED, *ENZYME_COLUMNS)) -> str:
    """Cases as rows of a table."""
    out = io.StringIO()
    rows = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    rows.writeheader()
    for number, case in enumerate(cases, start=1):
        cells = {"participant": case.get("id", f"01-{number:04d}"), "visit": "W12", "mmt_max": case["mmt_max"]}
        cells |= {f"{name}_{when}": case[when][name] for when in ("baseline", "followup") for name in case[when]}
        cells |= {f"{one}_{part}": cell for one, given in case["enzymes"].items() for part, cell in given.items()}
        rows.writerow(cells)
    return out.getvalue()


def test_every_reference_case_is_printed_as_expected(score: Callable[..., Ran]) -> None:
    code, out, err = score(json.dumps([{"id": case["id"], **parts(case)} for case in CASES]))
    assert (code, err) == (0, "")
    printed = json.loads(out)
    assert [list(one) for one in printed] == [["id", "tis", "doi"]] * 108
    assert [one["id"] for one in printed] == [case["id"] for case in CASES]
    for one, case in zip(printed, CASES, strict=True):
        assert one["tis" if one["id"].startswith("TIS") else "doi"] == case["expected"], one["id"]


def test_a_case_may_hold_more_and_numbers_are_read_as_they_stand(score: Callable[..., Ran]) -> None:
    code, out, _ = score(json.dumps(CASES))
    assert (code, len(json.loads(out))) == (0, 108)
    told = json.dumps([{"id": "张三", **plain(phga=("VAS", "3.9"))}]).replace('"VAS"', "4.4").replace('"80"', "80")
    code, out, _ = score(b"\xef\xbb\xbf" + told.encode())
    assert (code, json.loads(out)[0]["id"]) == (0, "张三")
    assert json.loads(out)[0]["tis"]["csm"]["phga"] == {"pct": "5", "points": 0}
    assert score("[]")[:2] == (0, "[]\n")


def test_every_reference_case_as_a_table(score: Callable[..., Ran]) -> None:
    code, out, err = score(table(*CASES), "cases.CSV")
    assert (code, err) == (0, "")
    printed = list(csv.DictReader(io.StringIO(out)))
    assert len(printed) == 108
    tiny = Fraction(1, 10**10)
    for row, case in zip(printed, CASES, strict=True):
        told = case["expected"]
        assert (row["participant"], row["visit"], row["enzyme_used"]) == (case["id"], "W12", told["enzyme_used"])
        assert row["missing"] == " ".join(told["missing"])
        for name, one in told["csm"].items():
            key = "pct" if "pct" in one else "rel_pct"
            cell = row[f"{name}_{key}"]
            assert (cell == "") if one[key] is None else abs(Fraction(cell) - Fraction(one[key])) <= tiny
            other = "points" if key == "pct" else "status"
            assert row[f"{name}_{other}"] == ("" if one[other] is None else f"{one[other]}")
        for name in {"tis", "category", "responder_ge20", "n_improved", "n_worsened", "mmt_worsened", "doi"} & {*told}:
            expected = told[name] if not isinstance(told[name], bool) else str(told[name]).lower()
            assert row[name] == ("" if expected is None else f"{expected}".removesuffix(".0")), (case["id"], name)


def test_a_table_needs_columns_of_the_enzymes_measured_alone(score: Callable[..., Ran]) -> None:
    case = plain(haq=("10/7", "1"), phga=("6", ""))
    code, out, _ = score(table(case, columns=(*reversed(NEEDED), "CK_uln", "CK_baseline", "CK_followup")), "a.csv")
    row = next(csv.DictReader(io.StringIO(out)))
    assert (code, row["haq_pct"], row["tis"], row["missing"]) == (0, "14.2857142857", "", "phga")
    assert (row["tis_if_missing_scored_0"], row["doi"], row["haq_status"]) == ("5", "", "improved")
    code, out, _ = score(table({**plain(), "enzymes": {}}, columns=NEEDED), "a.csv")
    assert (code, next(csv.DictReader(io.StringIO(out)))["missing"]) == (0, "enzyme")


def test_a_name_is_no_formula(score: Callable[..., Ran]) -> None:
    assert "'=1+1,W12," in score(table({"id": "=1+1", **plain()}), "a.csv")[1]


def refused(ran: Ran) -> list[str]:
    """The mistakes that a run told; it printed nothing else."""
    code, out, err = ran
    assert (code, out) == (1, "")
    assert "Traceback" not in err
    return err.strip().splitlines()


def test_every_mistake_of_json_is_told_by_row_and_field(score: Callable[..., Ran]) -> None:
    cases = [
        {"id": "a", **plain()},
        {"id": "b", **plain(phga=("１", "11"), CK=("1e3", "-1", None))},
        {"id": "a", **plain(mmt_max=None)},
        {"id": "", "baseline": {}, "followup": {}, "mmt_max": "80"},
        "x",
    ]
    told = refused(score(json.dumps(cases).replace('"haq": "2"', '"haq": NaN', 1)))
    assert [line.split(";")[0] for line in told] == [
        "row 4, enzymes: is missing",
        "row 4, id: '' is no name",
        "row 5: 'x' is no case",
        "row 1 (a): stands more than once",
        "row 1 (a), baseline.haq: 'NaN' is no number",
        "row 2 (b), baseline.phga: '１' is no number",
        "row 2 (b), followup.phga: '11' is above 10",
        "row 2 (b), enzymes.CK.baseline: '1e3' is no number",
        "row 2 (b), enzymes.CK.followup: '-1' is below 0",
        "row 2 (b), enzymes.CK.uln: is missing",
        "row 3 (a): stands more than once",
        "row 3 (a), mmt_max: is missing",
    ]
    assert all("; " in line for line in told)


def test_every_mistake_of_a_table_is_told_by_row_and_field(score: Callable[..., Ran]) -> None:
    cases = [
        {"id": "01-0001", **plain(haq=("2", "3.5"))},
        {"id": " ", **plain()},
        {"id": "01-0003", **plain(mmt=("=1", "81"), ALT=("5", "5", "0"), mmt_max="80")},
        {"id": "01-0001", **plain()},
    ]
    told = refused(score(table(*cases) + "01-0009,W12,80\n", "a.csv"))
    assert [line.split(";")[0] for line in told] == [
        "row 3, participant: ' ' is no name",
        "row 6: has 3 cells under 28 columns",
        "row 2 (01-0001 W12): stands more than once",
        "row 2 (01-0001 W12), haq_followup: '3.5' is above 3",
        "row 4 (01-0003 W12), mmt_baseline: '=1' is no number",
        "row 4 (01-0003 W12), mmt_followup: '81' is above 80",
        "row 4 (01-0003 W12), ALT_uln: '0' is not above 0",
        "row 5 (01-0001 W12): stands more than once",
    ]


def test_wrong_columns_are_told_at_once(score: Callable[..., Ran]) -> None:
    names = ("visit", "visit", *NEEDED[2:], "AST_uln", "arm")
    told = refused(score(",".join(names) + "\n", "a.csv"))
    assert [line.split(";")[0] for line in told] == [
        "column arm: is not known",
        "column visit: stands more than once",
        "column participant: is not there",
        "column AST_baseline: is not there",
        "column AST_followup: is not there",
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", "[", "file: is no JSON (Expecting value"),
        ("a.json", "{}", "file: is no list of cases"),
        ("a.json", "[" * 100_000, "file: is no JSON"),
        ("a.json", b"\xff", "file: is no UTF-8 text; save it as UTF-8"),
        ("a.json", '[{"id": "a", "id": "b"}]', "file: 'id' stands twice in one group; keep one of them"),
        ("a.csv", "", "file: is empty; begin with participant, visit, mmt_max, "),
        ("a.csv", ",".join(NEEDED) + '\n"', "row 2: is no CSV (unexpected end of data)"),
        ("a.txt", "[]", "a.txt: is neither .json nor .csv; name it so"),
    ],
)
def test_what_is_no_such_file_is_refused(score: Callable[..., Ran], name: str, content: str | bytes, said: str) -> None:
    assert said in "\n".join(refused(score(content, name)))
