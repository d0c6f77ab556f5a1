"""The days on which kits came back: none before the kit was at the site, or in the hands of whoever brought it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from irt.assurance.doses import day_of
from irt.assurance.findings import Findings
from irt.assurance.stored import Row
from irt.study import Study
from irt.supply.ledger import AT_HOME


def compare_return_days(
    findings: Findings,
    study: Study,
    lines: Mapping[str, Sequence[Row]],
    counts: Iterable[Row],
    assignments: Iterable[Row],
) -> None:
    """Each count is of a day on which the kit could come back, by its ledger and the day of its hand-over as it is now.

    `lines`: those of each kit's ledger, in order.
    """
    handed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in assignments:
        if row["handed_over_at"] is not None:
            handed[row["kit"], row["participant"]].append(row["handed_over_at"])
    for count in counts:
        known = [line for line in lines[count["kit"]] if line["moved_at"] <= count["counted_at"]]
        moments = [*_came(known), *_given(known, count["participant"], handed[count["kit"], count["participant"]])]
        earliest = max((day_of(at, study, count["site"]).isoformat() for at in moments), default=None)
        if earliest is not None and count["returned_on"] < earliest:
            expected = f"returned_on {earliest} or later: kit {count['kit']} was given then"
            findings.add("kit_return", count["id"], expected, f"{count['returned_on']}")


def _came(lines: Iterable[Row]) -> Iterator[str]:
    """When the kit came to a site."""
    yield from [line["moved_at"] for line in lines if line["before"] == "in_transit"][:1]


def _given(lines: Iterable[Row], participant: str, handed: Iterable[str]) -> Iterator[str]:
    """When it was handed over to them the last time: by its line, or earlier, where that was written down later."""
    out = [line for line in lines if line["after"] in AT_HOME and line["participant"] == participant][-1:]
    if out and out[0]["after"] == "dispensed":
        yield min([out[0]["moved_at"], *handed])
