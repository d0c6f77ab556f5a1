"""Signed-in browsers: a random token of 256 bits, kept as a keyed digest, with an idle and an absolute limit."""

import base64
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, select

from irt.clock import Clock
from irt.db import Database
from irt.entropy import Entropy
from irt.gate.housekeeping import Housekeeping
from irt.gate.keys import Keys
from irt.gate.rows import table_of
from irt.people.tables import Account, SignInSession

SEEN_STEP = timedelta(minutes=1)  # a page asked for within it writes nothing

_session, _account = table_of(SignInSession), table_of(Account)
SESSION = select(_session).where(_session.c.token_hash == bindparam("token_hash"))
SIGNED_OUT = select(_account.c.signed_out_at).where(_account.c.id == bindparam("account"))
OPEN = select(_session.c.token_hash).where(_session.c.account == bindparam("account"), _session.c.ended_at.is_(None))


@dataclass(frozen=True)
class Sessions:
    """Opens, follows and ends sessions."""

    database: Database
    keys: Keys
    housekeeping: Housekeeping
    clock: Clock
    entropy: Entropy
    idle: timedelta
    longest: timedelta

    def open(self, account: str, *, emergency: bool = False) -> str:
        """A new session of `account`; answers its token, which is kept nowhere here."""
        token = base64.urlsafe_b64encode(self.entropy.take(32)).decode().rstrip("=")
        now = self.clock.now()
        self.housekeeping.add(
            SignInSession,
            token_hash=self._hash(token),
            account=account,
            created_at=now,
            seen_at=now,
            ended_at=None,
            emergency=emergency or None,
        )
        return token

    def owner_of(self, token: str) -> tuple[str, bool] | None:
        """The account whose session this is, and whether it is an emergency's; None when it has ended, was idle too
        long, or was never ours.

        A row whose keyed digest does not fit was written by another hand, and opens nothing.
        """
        now = self.clock.now()
        with self.database.read.connect() as connection:
            row = connection.execute(SESSION, {"token_hash": self._hash(token)}).one_or_none()
            if row is None or row.ended_at is not None:
                return None
            signed_out = connection.execute(SIGNED_OUT, {"account": row.account}).scalar_one()
        if row.mac != self.keys.housekeeping_mac(SignInSession, row._asdict()):
            return None
        if now - row.seen_at > self.idle or now - row.created_at > self.longest:
            return None
        if signed_out is not None and row.created_at < signed_out:
            return None
        if now - row.seen_at >= SEEN_STEP:
            self.housekeeping.change(SignInSession, {"ended_at": None}, token_hash=row.token_hash, seen_at=now)
        return str(row.account), bool(row.emergency)

    def end(self, token: str) -> None:
        """End the session, if there is one."""
        self._end(self._hash(token))

    def end_all(self, account: str) -> int:
        """End every session of `account`; answers how many there were."""
        with self.database.read.connect() as connection:
            hashes = connection.execute(OPEN, {"account": account}).scalars().all()
        return sum(self._end(token_hash) for token_hash in hashes)

    def _end(self, token_hash: str) -> bool:
        return self.housekeeping.change(
            SignInSession, {"ended_at": None}, token_hash=token_hash, ended_at=self.clock.now()
        )

    def _hash(self, token: str) -> str:
        return self.keys.digest("session", token)
