"""One-use codes on paper, for an investigator whose password fails them at night: minted, issued, used up.

A code never reaches an act: the door mints it and hands its keyed digest over. It is used up by the signature that was
given by it, in the act that was signed, so a refused act costs no code.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field
from sqlalchemy import bindparam, exists, select

from irt.actor import Role
from irt.db import Database
from irt.entropy import Entropy, grouped, new_id, read_spelled, spelled
from irt.gate.act import Act, Order, act
from irt.gate.fields import Code
from irt.gate.keys import Keys
from irt.gate.rows import table_of
from irt.gate.tables import SignatureRow
from irt.people.tables import Account, PaperCode, PaperCodeBatch

CODES = 8  # on a sheet
SIGNS = 16  # of 32 letters and digits: 80 bits

_batch, _code, _signature = table_of(PaperCodeBatch), table_of(PaperCode), table_of(SignatureRow)
_newer = _batch.alias("newer")
_for_another = (_signature.c.act != bindparam("act")) | (_signature.c.body != bindparam("body"))
USABLE = (
    select(_code.c.id)
    .join(_batch, _batch.c.id == _code.c.batch)
    .where(
        _code.c.account == bindparam("account"),
        _code.c.digest == bindparam("digest"),
        ~exists().where(_newer.c.account == _batch.c.account, _newer.c.ordinal > _batch.c.ordinal),
        ~exists().where(_signature.c.paper_code == _code.c.id, _for_another),
    )
)


def _distinct(digests: tuple[str, ...]) -> tuple[str, ...]:
    assert len(set(digests)) == len(digests), "no code stands on a sheet twice"
    return digests


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Digests = Annotated[
    tuple[Digest, ...],
    Field(min_length=CODES, max_length=CODES, json_schema_extra={"recorded": False}, repr=False),
    AfterValidator(_distinct),
]


class IssueCodes(Order):
    """A new sheet. `batch`: the request id of the form, so that a form sent twice is known to have made one."""

    batch: Code
    digests: Digests


class Enter(Order):
    """Nothing but the signature, which a paper code gives."""


@dataclass(frozen=True)
class Sheet:
    """The codes of a new sheet, to be shown once, and their digests for the order. Its repr tells no code."""

    codes: tuple[str, ...]
    digests: tuple[str, ...]

    def __repr__(self) -> str:
        return "<sheet of paper codes>"


@act(
    "paper_codes.issue",
    roles={Role.INVESTIGATOR},
    during=None,
    sign="I keep these paper codes to myself: what is done with one is signed with my name",
)
def issue(act: Act, order: IssueCodes) -> None:
    """Take a new sheet of codes for oneself; codes of an earlier one that are left sign in nobody any more."""
    account = act.find(Account, id=act.actor.account)  # locked: two sheets at once come one after the other
    earlier = act.rows(PaperCodeBatch, account=account.id)
    batch = act.add(PaperCodeBatch, id=order.batch, account=account.id, ordinal=len(earlier) + 1, issued_at=act.now)
    for ordinal, digest in enumerate(order.digests, start=1):
        act.add(PaperCode, id=new_id(act.entropy), batch=batch, account=account.id, ordinal=ordinal, digest=digest)


@act("paper_codes.enter", roles=(), during=None, emergency=True, sign="I sign in by a paper code, in an emergency")
def enter(act: Act, order: Enter) -> None:
    """Come in by a paper code; the gate uses the code up and tells its owner."""


@dataclass(frozen=True)
class PaperCodes:
    """Mints codes, and finds the one that was typed."""

    database: Database
    keys: Keys
    entropy: Entropy

    def mint(self, account: str) -> Sheet:
        """A sheet of new codes for an account, as they are printed: four groups of four."""
        codes = tuple(spelled(self.entropy, SIGNS) for _ in range(CODES))
        return Sheet(
            tuple(map(grouped, codes)),
            tuple(self._digest(account, code) for code in codes),
        )

    def usable(self, account: str, text: str, act: str = "", body: str = "") -> str | None:
        """The id of the code of `account` that was typed, while it is not used up.

        One that signed this very act and body is given again: a form sent twice meets the answer that the gate keeps
        for it. Under another request id the gate refuses it.
        """
        code = read_spelled(text, SIGNS)
        if code is None:
            return None
        with self.database.read.connect() as connection:
            typed = {"account": account, "digest": self._digest(account, code), "act": act, "body": body}
            return connection.execute(USABLE, typed).scalar_one_or_none()

    def _digest(self, account: str, code: str) -> str:
        return self.keys.digest("paper code", f"{account}|{code}")
