"""Who may let an act in to a site that its actor's role does not open: who holds the proof, and nobody else."""

import ast

from tests.house.sources import Source, python_sources

PROVEN = {
    "irt/dispensing/elsewhere.py": "both numbers of the card, or the mishap that was opened by them",
    "irt/dispensing/guests.py": "what was told here of the box, or the assignment at its participant's own site",
    "irt/dispensing/exposed.py": "the line of the ledger by which this site handed the kit over",
}


def lets_in(source: Source) -> list[str]:
    """Where a source calls `admit` on an act."""
    return [
        f"{source.path}:{node.lineno}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and source.named(node.func).endswith("act.admit")
    ]


def test_an_act_is_let_in_by_proof_alone() -> None:
    found = [where for source in python_sources("irt") for where in lets_in(source)]
    assert len(found) >= 4
    assert {where.rpartition(":")[0] for where in found} == set(PROVEN)


def test_a_planted_call_is_found() -> None:
    source = next(one for one in python_sources("irt") if one.path == "irt/dispensing/dispense.py")
    planted = Source(source.path, "def go(act):\n    act.admit('02')\n")
    assert lets_in(planted) == ["irt/dispensing/dispense.py:2"]
