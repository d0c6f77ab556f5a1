"""One-use paper codes: a sheet taken, a person let in by one code and signing by the next, each of them once."""

import json
from dataclasses import replace

import pytest
from pydantic import ValidationError

from irt.actor import Actor, Role, Signature
from irt.entropy import LETTERS, read_spelled
from irt.gate.refusals import Refused
from irt.gate.signatures import seal_of
from irt.gate.tables import Outbox, SignatureRow
from irt.people.access import ProposeRole, propose
from irt.people.accounts import AccountWithReason, disable
from irt.people.paper_codes import CODES, SIGNS, Enter, IssueCodes, enter, issue
from irt.people.slowdown import FREE_FAILURES
from irt.people.tables import PaperCode, PaperCodeBatch, SignInSession
from tests.wiring import NOWHERE, Wiring, at_once, wire

ELSEWHERE = "198.51.100.7"
WRONG = "0000-1111-2222-3333"


@pytest.fixture
def wang(office: Wiring) -> Actor:
    """The investigator of site 01."""
    return office.person("wang", (Role.INVESTIGATOR, "01"))


def sheet(office: Wiring, actor: Actor, batch: str = "sheet") -> tuple[str, ...]:
    """A new sheet of codes, taken by its owner."""
    made = office.credentials.new_paper_codes(actor)
    office.perform(issue, actor, IssueCodes(batch=batch, digests=made.digests), request_id=batch)
    return made.codes


def come_in(office: Wiring, code: str, login: str = "wang", source: str = NOWHERE) -> Actor:
    """Somebody who came in by a paper code."""
    actor, signature = office.credentials.sign_in_on_paper(login, code, source)
    office.perform(enter, actor, Enter(), signature=signature)
    return actor


def refused(office: Wiring, code: str, login: str = "wang", source: str = NOWHERE) -> Refused:
    with pytest.raises(Refused) as refusal:
        office.credentials.sign_in_on_paper(login, code, source)
    return refusal.value


# -- paper_codes.issue -------------------------------------------------------------------------------------------


def test_a_sheet_has_eight_codes_of_eighty_bits_that_are_stored_nowhere(office: Wiring, wang: Actor) -> None:
    before = len(office.rows(PaperCode))
    codes = sheet(office, wang)
    assert len(set(codes)) == CODES == 8
    assert len(LETTERS) ** SIGNS >= 2**80
    assert all(len(code.replace("-", "")) == SIGNS and set(code) <= {*LETTERS, "-"} for code in codes)
    assert len(office.rows(PaperCode)) == before + CODES
    kept = json.dumps(office.kept()) + office.last_entry().body
    for code in codes:
        assert code not in kept
        assert code.replace("-", "") not in kept


def test_the_trail_says_that_a_sheet_was_taken_and_holds_neither_code_nor_digest(office: Wiring, wang: Actor) -> None:
    sheet(office, wang)
    entry = office.last_entry()
    body = json.loads(entry.body)
    assert (entry.act, entry.account, body["answer"]) == ("paper_codes.issue", wang.account, None)
    assert body["order"] == {"batch": "sheet"}
    assert {change[0] for change in body["changes"]} == {"signature", "paper_code_batch", "paper_code"}
    assert not any(row.digest in entry.body for row in office.rows(PaperCode))


def test_only_an_investigator_takes_a_sheet(office: Wiring) -> None:
    chen = office.person("chen", (Role.COORDINATOR, "01"))
    order = IssueCodes(batch="sheet", digests=office.credentials.new_paper_codes(chen).digests)
    assert office.refusal(issue, chen, order).code == "role_not_allowed"


def test_the_same_order_again_makes_no_second_sheet_and_another_under_its_id_is_refused(
    office: Wiring, wang: Actor
) -> None:
    order = IssueCodes(batch="form", digests=office.credentials.new_paper_codes(wang).digests)
    office.perform(issue, wang, order, request_id="form")
    assert office.perform(issue, wang, order, request_id="form").repeated
    other = IssueCodes(batch="form", digests=office.credentials.new_paper_codes(wang).digests)
    assert office.refusal(issue, wang, other, request_id="form").code == "request_reused"
    assert len(office.rows(PaperCodeBatch)) == 1


def test_two_sheets_at_once_come_one_after_the_other_and_the_last_one_counts(office: Wiring, wang: Actor) -> None:
    sheets = [office.credentials.new_paper_codes(wang) for _ in range(2)]
    orders = [IssueCodes(batch=f"form{n}", digests=one.digests) for n, one in enumerate(sheets)]
    at_once(
        lambda: office.perform(issue, wang, orders[0], request_id="form0"),
        lambda: office.perform(issue, wang, orders[1], request_id="form1"),
    )
    batches = {row.ordinal: row.id for row in office.rows(PaperCodeBatch)}
    assert sorted(batches) == [1, 2]
    old, new = int(batches[1][-1]), int(batches[2][-1])
    assert refused(office, sheets[old].codes[0]).code == "paper_code_wrong"
    assert come_in(office, sheets[new].codes[0]).emergency


def test_a_sheet_is_whole_and_has_no_code_twice(office: Wiring, wang: Actor) -> None:
    digests = office.credentials.new_paper_codes(wang).digests
    for bad in (digests[:-1], (*digests[:-1], digests[0]), ("x", *digests[1:]), (*digests, digests[0])):
        with pytest.raises((ValidationError, AssertionError)):
            IssueCodes(batch="form", digests=bad)


# -- coming in ---------------------------------------------------------------------------------------------------


def test_a_code_lets_its_owner_in_for_emergencies_and_the_owner_is_told(office: Wiring, wang: Actor) -> None:
    codes = sheet(office, wang)
    actor = come_in(office, codes[0], login=" WANG ")
    assert actor == replace(wang, emergency=True)
    row = office.rows(SignatureRow, act="paper_codes.enter")[0]
    assert (row.method, row.account, row.meaning) == ("paper_code", wang.account, enter.spec.sign)
    assert office.rows(PaperCode, id=row.paper_code)[0].ordinal == 1
    (told,) = office.rows(Outbox, kind="paper_code.used")
    assert (told.audience, told.facts, told.site) == ([wang.account], {}, None)
    assert office.last_entry().act == "paper_codes.enter"


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code}\t"])
def test_a_code_may_be_typed_as_it_comes(office: Wiring, wang: Actor, typed: object) -> None:
    assert come_in(office, typed(sheet(office, wang)[3])).emergency


def test_signs_that_look_alike_are_taken_for_one_another() -> None:
    assert read_spelled("oO0i-I1lL-0000-1111", SIGNS) == "0001111100001111"
    assert read_spelled("U000-0000-0000-0000", SIGNS) is None
    assert read_spelled("０000-0000-0000-0000", SIGNS) == "0" * 16, "as a Chinese keyboard writes a nought"
    assert read_spelled("0" * 15, SIGNS) is None


def test_a_code_opens_once(office: Wiring, wang: Actor) -> None:
    codes = sheet(office, wang)
    come_in(office, codes[0])
    assert refused(office, codes[0]).code == "paper_code_wrong"
    come_in(office, codes[1])


def test_a_code_opens_once_even_for_two_browsers_at_once(office: Wiring, wang: Actor, database_url: str) -> None:
    code, other = sheet(office, wang)[0], wire(database_url, seed=b"2" * 32)
    proved = [one.credentials.sign_in_on_paper("wang", code, NOWHERE) for one in (office, other)]
    answers = at_once(
        lambda: office.perform(enter, proved[0][0], Enter(), signature=proved[0][1]),
        lambda: other.perform(enter, proved[1][0], Enter(), signature=proved[1][1]),
    )
    assert sorted(getattr(one, "code", "done") for one in answers) == ["done", "paper_code_used"]
    assert len(office.rows(SignatureRow, method="paper_code")) == len(office.rows(Outbox, kind="paper_code.used")) == 1
    other.database.write.dispose()
    other.database.read.dispose()


@pytest.mark.parametrize("login", ["nobody", "chen", "gone", "", "x" * 10_000])
def test_everybody_else_is_told_the_same(office: Wiring, wang: Actor, administrator: Actor, login: str) -> None:
    codes = sheet(office, wang)
    office.person("chen", (Role.INVESTIGATOR, "01"))
    gone = office.person("gone", (Role.INVESTIGATOR, "01"))
    mine = sheet(office, gone, "other")
    office.perform(disable, administrator, AccountWithReason(account=gone.account, reason="left the site"))
    refusal = refused(office, mine[0] if login == "gone" else codes[0], login)
    assert (refusal.code, refusal.facts) == ("paper_code_wrong", {})


def test_failed_passwords_do_not_slow_a_code(office: Wiring, wang: Actor) -> None:
    codes = sheet(office, wang)
    for _ in range(FREE_FAILURES + 2):
        with pytest.raises(Refused):
            office.credentials.sign_in("wang", "not the password", NOWHERE)
    with pytest.raises(Refused, match="sign_in_slowed"):
        office.credentials.sign_in("wang", "not the password", NOWHERE)
    assert come_in(office, codes[0]).emergency


def test_wrong_codes_are_slowed_by_source_and_keep_the_owner_out_of_nothing(office: Wiring, wang: Actor) -> None:
    codes = sheet(office, wang)
    said = [refused(office, WRONG).code for _ in range(FREE_FAILURES)]
    assert set(said) == {"paper_code_wrong"}
    slowed = refused(office, WRONG)
    assert (slowed.code, slowed.facts["seconds"] > 0) == ("paper_code_slowed", True)
    assert refused(office, WRONG, source=ELSEWHERE).code == "paper_code_wrong"
    assert come_in(office, codes[0]).emergency, "from the very address that a stranger slowed"
    with pytest.raises(Refused, match="sign_in_wrong"):
        office.credentials.sign_in("wang", "not the password", NOWHERE)


def test_the_session_of_a_code_stays_one_for_emergencies(office: Wiring, wang: Actor) -> None:
    token = office.credentials.open_session(come_in(office, sheet(office, wang)[0]))
    found = office.credentials.actor_of(token)
    assert found == replace(wang, emergency=True)
    usual = office.credentials.actor_of(office.credentials.open_session(wang))
    assert usual == wang
    assert sorted(str(row.emergency) for row in office.rows(SignInSession)) == ["None", "True"]


def test_a_session_made_ordinary_by_another_hand_opens_nothing(office: Wiring, wang: Actor) -> None:
    from sqlalchemy import update

    from irt.gate.rows import table_of

    token = office.credentials.open_session(come_in(office, sheet(office, wang)[0]))
    with office.database.writing() as connection:
        connection.execute(update(table_of(SignInSession)).values(emergency=None))
    assert office.credentials.actor_of(token) is None


def test_a_session_of_before_there_were_paper_codes_keeps_its_digest(office: Wiring, wang: Actor) -> None:
    office.credentials.open_session(wang)
    (row,) = office.rows(SignInSession)
    before = {name: value for name, value in row._asdict().items() if name not in ("mac", "emergency")}
    assert row.mac == office.keys.digest("housekeeping|sign_in_session", _text(before))


def _text(row: dict[str, object]) -> str:
    from irt.gate.rows import row_text

    return row_text(row, list(row))


# -- signing -----------------------------------------------------------------------------------------------------


def test_out_of_an_emergency_a_code_signs_nothing(office: Wiring, wang: Actor) -> None:
    codes = sheet(office, wang)
    order = IssueCodes(batch="again", digests=office.credentials.new_paper_codes(wang).digests)
    with pytest.raises(Refused, match="signature_password_wrong"):
        office.credentials.sign(wang, codes[0], issue, order)


def test_a_signature_by_a_code_says_so_under_its_seal(office: Wiring, wang: Actor) -> None:
    _actor, signature = office.credentials.sign_in_on_paper("wang", sheet(office, wang)[0], NOWHERE)
    assert (signature.method, seal_of(office.keys, signature)) == ("paper_code", signature.seal)
    for changed in (replace(signature, paper_code=None), replace(signature, paper_code="another")):
        assert seal_of(office.keys, changed) != signature.seal


def test_a_password_s_seal_is_what_it_was_before_there_were_paper_codes(office: Wiring, administrator: Actor) -> None:
    from irt.db import canonical, plain

    account = office.person("chen").account
    order = ProposeRole(account=account, role=Role.COORDINATOR, site="01")
    office.perform(propose, administrator, order)
    (row,) = office.rows(SignatureRow)
    said = [row.id, row.account, row.name, row.act, row.meaning, row.body, plain(row.signed_at)]
    assert (row.method, row.paper_code) == ("password", None)
    assert row.seal == office.keys.digest("signature", canonical(said))


def test_a_signature_by_a_code_counts_in_an_emergency_alone(office: Wiring, wang: Actor) -> None:
    actor, signature = office.credentials.sign_in_on_paper("wang", sheet(office, wang)[0], NOWHERE)
    assert actor.emergency
    assert isinstance(signature, Signature)
    assert office.refusal(enter, wang, Enter(), signature=signature).code == "signature_forged"
