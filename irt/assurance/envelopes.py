"""Emergency envelopes: each by a line of the visitors' book, serials without a gap, and fates that follow the issue."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import pairwise

from irt.assurance.findings import Findings, shown
from irt.assurance.stored import Row
from irt.clock import local_day
from irt.db import INSTANT_FORMAT
from irt.study import Study

GONE = ("returned", "destroyed")


def compare_envelopes(
    findings: Findings,
    study: Study,
    openings: Iterable[Row],
    envelopes: Iterable[Row],
    fates: Iterable[Row],
    randomizations: Iterable[Row],
) -> None:
    """Every envelope has its line of the book, of the same person and moment, and every such line its envelopes."""
    lines = {row["id"]: row for row in openings if row["purpose"] == "envelopes"}
    known = {row["id"]: row for row in envelopes}
    randomized = {row["participant"]: row["site"] for row in randomizations}
    used, serials = set(), defaultdict(list)
    for number, row in known.items():
        line = lines.get(row["opening"])
        used.add(row["opening"])
        serials[row["participant"]].append(row)
        if line is None:
            findings.add("envelope", number, "a line of the book for envelopes", "none")
        elif (line["account"], line["entered_at"]) != (row["issued_by"], row["issued_at"]):
            findings.add("envelope", number, "person and time of its line of the book", shown(row["issued_by"]))
        if randomized.get(row["participant"]) != row["site"]:
            findings.add("envelope", number, "a participant randomized at its site", shown(row["site"]))
    for number in sorted(lines.keys() - used):
        findings.add("opening", number, "an envelope that was issued by it", "none")
    for who, rows in serials.items():
        _compare_serials(findings, who, rows)
    _compare_fates(findings, study, known, list(fates))


def _compare_serials(findings: Findings, who: str, rows: list[Row]) -> None:
    rows.sort(key=lambda row: (row["serial"], row["id"]))
    for expected, row in enumerate(rows, 1):
        if row["serial"] != expected:
            findings.add("envelope", row["id"], f"serial {expected} of participant {who}", shown(row["serial"]))
    for before, row in pairwise(rows):
        if before["issued_at"] > row["issued_at"] or before["misallocations"] > row["misallocations"]:
            findings.add("envelope", row["id"], "issued after the one before it", shown(row["issued_at"]))


def _compare_fates(findings: Findings, study: Study, known: dict[str, Row], fates: list[Row]) -> None:
    ended = Counter(row["envelope"] for row in fates if row["kind"] in GONE)
    for row in fates:
        envelope = known.get(row["envelope"])
        if envelope is None:
            findings.add("envelope_fate", row["id"], "the envelope that it tells of", "none")
            continue
        if row["site"] != envelope["site"]:
            findings.add("envelope_fate", row["id"], f"site {shown(envelope['site'])}", shown(row["site"]))
        issued = datetime.strptime(envelope["issued_at"], INSTANT_FORMAT).replace(tzinfo=UTC)
        first = local_day(issued, study.site(envelope["site"]).time_zone)
        if row["recorded_at"] < envelope["issued_at"] or date.fromisoformat(row["happened_on"]) < first:
            findings.add("envelope_fate", row["id"], f"not before the issue on {first}", shown(row["happened_on"]))
        if row["kind"] in GONE and ended[row["envelope"]] > 1:
            findings.add("envelope_fate", row["id"], "returned or destroyed, not both", shown(row["kind"]))
