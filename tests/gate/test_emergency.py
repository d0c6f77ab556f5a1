"""Acts for emergencies: in every state, whatever study.toml says by now, for whoever was trained at all; and nothing
else for who came in by a paper code."""

import json
from typing import Any

import pytest

from irt.actor import Actor, Role
from irt.conduct.tables import Site
from irt.gate.act import REGISTRY, Act, Order, act
from irt.gate.fields import Code, Reason
from irt.gate.refusals import Refused
from irt.gate.tables import Outbox, SignatureRow
from irt.people.paper_codes import Enter, IssueCodes, enter, issue
from tests.gate.test_perform import for_tests, put_state
from tests.wiring import NOWHERE, PASSWORD, Wiring, at_once, study_of_tests, wire


class Break(Order):
    site: Code
    reason: Reason


BREAK = Break(site="01", reason="he does not breathe")


@for_tests("test.break", roles={Role.INVESTIGATOR}, emergency=True, sign="I break the seal", reason=True)
def break_seal(act: Act, order: Break) -> None:
    site = act.find(Site, code=order.site)
    if order.reason == "in vain":
        act.refuse("in_vain")
    act.change(Site, site, state="ready" if site.state == "set_up" else "active")


@for_tests("test.usual", roles={Role.INVESTIGATOR}, sign="I do what is usual")
def usual(act: Act, order: Break) -> None:
    act.change(Site, act.find(Site, code=order.site), state="ready")


@pytest.fixture
def wang(trial: Wiring) -> Actor:
    """The investigator of site 01."""
    return trial.person("wang", (Role.INVESTIGATOR, "01"))


@pytest.fixture
def codes(trial: Wiring, wang: Actor) -> tuple[str, ...]:
    """The codes of her sheet."""
    sheet = trial.credentials.new_paper_codes(wang)
    trial.perform(issue, wang, IssueCodes(batch="sheet", digests=sheet.digests))
    return sheet.codes


@pytest.fixture
def locked_out(trial: Wiring, codes: tuple[str, ...]) -> Actor:
    """She, come in by the first code."""
    actor, signature = trial.credentials.sign_in_on_paper("wang", codes[0], NOWHERE)
    trial.perform(enter, actor, Enter(), signature=signature)
    return actor


def by_code(trial: Wiring, actor: Actor, code: str, order: Break = BREAK, **more: Any) -> Any:
    signature = trial.credentials.sign(actor, code, break_seal, order)
    return trial.perform(break_seal, actor, order, signature=signature, **more)


# -- who came in by a paper code ---------------------------------------------------------------------------------


def test_a_further_code_signs_what_is_for_emergencies(trial: Wiring, locked_out: Actor, codes: tuple[str, ...]) -> None:
    by_code(trial, locked_out, codes[1])
    entry, row = trial.last_entry(), trial.rows(SignatureRow, act="test.break")[0]
    assert (row.method, row.meaning, row.name) == ("paper_code", "I break the seal", locked_out.name)
    assert json.loads(entry.body)["signature"] == row.id
    assert {change[0] for change in trial.changes()} == {"signature", "outbox", "site"}
    assert len(trial.rows(Outbox, kind="paper_code.used")) == 2


def test_everything_else_is_refused(trial: Wiring, locked_out: Actor, codes: tuple[str, ...]) -> None:
    signature = trial.credentials.sign(locked_out, codes[1], usual, BREAK)
    refusal = trial.refusal(usual, locked_out, BREAK, signature=signature)
    assert (refusal.code, refusal.facts) == ("emergency_only", {"act": "test.usual"})
    order = IssueCodes(batch="more", digests=trial.credentials.new_paper_codes(locked_out).digests)
    assert trial.refusal(issue, locked_out, order, signature=None).code == "emergency_only"


def test_a_refused_act_costs_no_code(trial: Wiring, locked_out: Actor, codes: tuple[str, ...]) -> None:
    vain = Break(site="01", reason="in vain")
    signature = trial.credentials.sign(locked_out, codes[1], break_seal, vain)
    assert trial.refusal(break_seal, locked_out, vain, signature=signature).code == "in_vain"
    by_code(trial, locked_out, codes[1])


def test_a_used_code_signs_nothing_more(trial: Wiring, locked_out: Actor, codes: tuple[str, ...]) -> None:
    by_code(trial, locked_out, codes[1])
    other = Break(site="01", reason="once more")
    for used in codes[:2]:
        with pytest.raises(Refused, match="signature_paper_code_wrong"):
            trial.credentials.sign(locked_out, used, break_seal, other)


def test_one_form_sent_twice_with_one_code_is_done_once(
    trial: Wiring, locked_out: Actor, codes: tuple[str, ...]
) -> None:
    done = by_code(trial, locked_out, codes[1], request_id="form")
    again = by_code(trial, locked_out, codes[1], request_id="form")
    assert (again.repeated, again.hash) == (True, done.hash)
    signature = trial.credentials.sign(locked_out, codes[1], break_seal, BREAK)
    assert trial.refusal(break_seal, locked_out, BREAK, signature=signature).code == "paper_code_used"


def test_one_code_signs_one_of_two_acts_at_once(
    trial: Wiring, locked_out: Actor, codes: tuple[str, ...], database_url: str
) -> None:
    other, orders = wire(database_url, seed=b"2" * 32), (BREAK, Break(site="01", reason="another reason"))
    signed = [trial.credentials.sign(locked_out, codes[1], break_seal, order) for order in orders]
    answers = at_once(
        lambda: trial.perform(break_seal, locked_out, orders[0], signature=signed[0]),
        lambda: other.perform(break_seal, locked_out, orders[1], signature=signed[1]),
    )
    assert sorted(getattr(one, "code", "done") for one in answers) == ["done", "paper_code_used"]
    assert len(trial.rows(SignatureRow, act="test.break")) == 1
    other.database.write.dispose()
    other.database.read.dispose()


def test_the_password_signs_too_and_nobody_else_s_code_does(
    trial: Wiring, locked_out: Actor, codes: tuple[str, ...]
) -> None:
    li = trial.person("li", (Role.INVESTIGATOR, "01"))
    sheet = trial.credentials.new_paper_codes(li)
    trial.perform(issue, li, IssueCodes(batch="other", digests=sheet.digests))
    with pytest.raises(Refused, match="signature_paper_code_wrong"):
        trial.credentials.sign(locked_out, sheet.codes[0], break_seal, BREAK)
    by_code(trial, locked_out, PASSWORD)
    assert trial.rows(SignatureRow, act="test.break")[0].method == "password"


# -- what an emergency passes over -------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["setup", "open", "frozen", "locked"])
def test_it_is_done_in_every_state(trial: Wiring, wang: Actor, state: str) -> None:
    put_state(trial, state=state)
    trial.perform(break_seal, wang, BREAK)


def test_it_is_done_while_the_study_file_is_another(trial: Wiring, wang: Actor) -> None:
    put_state(trial, file_sha256="0" * 64)
    assert trial.refusal(usual, wang, BREAK).code == "study_file_changed"
    trial.perform(break_seal, wang, BREAK)


def test_an_earlier_training_suffices_for_it(trial: Wiring, wang: Actor, database_url: str) -> None:
    later = wire(database_url, study_of_tests().model_copy(update={"training_version": "a later one"}), b"2" * 32)
    here = later.as_now(wang)
    assert here.roles == frozenset()
    assert later.refusal(usual, here, BREAK).code == "role_not_allowed"
    later.perform(break_seal, here, BREAK)
    found = later.credentials.sign_in("wang", PASSWORD, NOWHERE)
    assert (found.roles, found.as_ever_trained().roles) == (frozenset(), {Role.INVESTIGATOR})
    later.database.write.dispose()
    later.database.read.dispose()


def test_somebody_never_trained_still_has_nothing(trial: Wiring) -> None:
    new = trial.person("new", (Role.INVESTIGATOR, "01"), trained=False)
    assert trial.refusal(break_seal, new, BREAK).code == "role_not_allowed"
    assert trial.credentials.sign_in("new", PASSWORD, NOWHERE).as_ever_trained().roles == frozenset()


def test_a_role_that_is_not_held_and_another_site_stay_closed(trial: Wiring) -> None:
    chen = trial.person("chen", (Role.COORDINATOR, "01"))
    assert trial.refusal(break_seal, chen, BREAK).code == "role_not_allowed"
    far = trial.person("far", (Role.INVESTIGATOR, "02"))
    assert trial.refusal(break_seal, far, BREAK).code == "not_found"


def test_an_emergency_act_waits_for_no_state(trial: Wiring) -> None:
    def waiting(act: Act, order: Break) -> None:
        """Waits."""

    with pytest.raises(AssertionError, match="asks for no state"):
        act("test.waiting", roles=["investigator"], during=("open",), emergency=True)(waiting)
    assert "test.waiting" not in REGISTRY
