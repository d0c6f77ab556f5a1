"""Envelopes in the tests' world: issued, sealed, opened with what the vault holds to compare."""

import json
from typing import Any

from irt.safety.envelopes import (
    Issued,
    IssueEnvelopes,
    WrittenEnvelopes,
    envelopes_written,
    issue_envelopes,
    seal_issued,
)
from irt.vault.envelopes import Code, SealedEnvelope, StaysShut, binding, open_with_code
from tests.cast import World

OFFICER = "safety_officer"


def issued(world: World, *again: str, everybody: bool = False) -> Issued:
    """Envelopes, issued and not sealed yet."""
    order = IssueEnvelopes(again=again, everybody="yes" if everybody else None)
    answer = world.do(issue_envelopes, order, by=OFFICER)
    assert isinstance(answer, Issued)
    return answer


def sealed(world: World, of: Issued, by: str = OFFICER) -> list[SealedEnvelope]:
    """Both halves of them, written."""
    made = seal_issued(
        world.service.housekeeping, world.vault, world.study, world.entropy, of.opening,
        account=world.actor(by).account, now=world.clock.now(),
    )  # fmt: skip
    world.do(envelopes_written, WrittenEnvelopes(opening=of.opening), by=by)
    return made


def halves(world: World, *again: str, everybody: bool = False) -> list[SealedEnvelope]:
    """Issued and sealed."""
    return sealed(world, issued(world, *again, everybody=everybody))


def read(world: World, one: SealedEnvelope, code: Code | None = None) -> dict[str, Any] | None:
    """What an envelope says to whoever holds its code, or another; None where it stays shut."""
    try:
        told = open_with_code(one.sealed, code or one.code, binding(world.study.id, one.number, one.serial))
    except StaysShut:
        return None
    found: dict[str, Any] = json.loads(told)
    return found
