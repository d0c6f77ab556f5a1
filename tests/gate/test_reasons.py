"""A reason is required by type of change: what was recorded or granted before is changed or ended with one."""

import pytest

import irt.cli  # noqa: F401  (with every door, every act is registered)
from irt.gate.act import REGISTRY, Act, Order, act
from irt.gate.fields import Reason

WITH_A_REASON = {
    "account.disable", "account.enable", "account.invite_again", "baseline.correct", "change.agree", "change.decline",
    "change.request", "deviation.classify", "diary.correct", "discrepancy.resolve", "disposal.withdraw",
    "event.follow_up", "event.none", "event.void", "kit.put_by",
    "kit.report_at_depot", "intercurrent.adjudicate", "labs.correct", "labs.dismiss", "medication.correct",
    "lot.extend", "lot.hold", "lot.reject", "lot.release", "lot.resume", "lot.shorten",
    "misuse.follow_up", "mishap.not_collected", "outcomes.correct", "participant.screen_fail", "participant.withdraw",
    "lock.thaw", "population.decide", "pregnancy.follow_up", "randomization.mark_in_error", "release.open_again",
    "quarantine.reject", "quarantine.release", "role.decline", "role.end", "shipment.cancel", "shipment.correct",
    "results.correct", "site.close", "site.pause", "site.resume", "stratum.correct", "study.amend",
    "study.pause", "study.resume", "unblinding.assess", "unlock.ask", "withheld_labs.correct",
}  # fmt: skip


def test_what_changes_something_recorded_before_asks_for_a_reason() -> None:
    assert {name for name, spec in REGISTRY.items() if spec.reason} == WITH_A_REASON


class Nothing(Order):
    """Says nothing."""


class Maybe(Order):
    """May say why."""

    reason: Reason = "none"


def without(act: Act, order: Nothing) -> None:
    """Asks for nothing."""


def optional(act: Act, order: Maybe) -> None:
    """Asks for a reason that can be left out."""


@pytest.mark.parametrize(("function", "said"), [(without, "needs a reason"), (optional, "can be left out")])
def test_an_act_with_a_reason_that_is_not_asked_for_is_not_registered(function, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        act("test.reasonless", roles=["coordinator"], reason=True)(function)
    assert "test.reasonless" not in REGISTRY
