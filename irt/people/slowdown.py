"""What slows guessing: each login and source together wait longer after every failure, and nobody is ever locked out.

A source is a known device, which holds a token from an earlier sign-in, or else an address. Failures of strangers never
count against a known device: an attacker elsewhere slows themselves and not the owner of the login.
"""

import ipaddress
import math
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, select

from irt.clock import Clock
from irt.db import Database
from irt.entropy import Entropy, new_id
from irt.gate.housekeeping import Housekeeping
from irt.gate.keys import Keys
from irt.gate.rows import table_of
from irt.people.tables import SignInAttempt

FREE_FAILURES = 5
FIRST_DELAY, LONGEST_DELAY = 5, 900  # seconds
MEMORY = timedelta(days=1)

_attempt = table_of(SignInAttempt)
LATEST = (
    select(_attempt.c.at, _attempt.c.outcome)
    .where(
        _attempt.c.login_digest == bindparam("login"),
        _attempt.c.source == bindparam("source"),
        _attempt.c.at >= bindparam("since"),
    )
    .order_by(_attempt.c.at.desc())
    .limit(60)
)


def delay(failures: int) -> int:
    """Seconds to wait after so many failures in a row: none up to four, then 5, 10, 20 … at most 900."""
    if failures < FREE_FAILURES:
        return 0
    return min(FIRST_DELAY << min(failures - FREE_FAILURES, 16), LONGEST_DELAY)


def network_of(address: str) -> str:
    """An address as a source: of IPv6 the network of 64 bits, for one person owns all addresses in it."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


@dataclass(frozen=True)
class Tries:
    """Somebody trying one login from one source; both as keyed digests."""

    login: str
    source: str


@dataclass(frozen=True)
class Streak:
    """The failures in a row of one login and source: how many, the seconds to wait now, and whether that was noted."""

    failures: int
    seconds: int
    noted: bool


@dataclass(frozen=True)
class Slowdown:
    """Reads and writes the attempts to sign in."""

    database: Database
    keys: Keys
    housekeeping: Housekeeping
    clock: Clock
    entropy: Entropy

    def tries(self, login: str, address: str, device: str | None) -> Tries:
        """Who is trying: a known device counts apart from the address it stands at."""
        if device is not None and self.knows(login, device):
            source = "device|" + device.split(".")[0]
        else:
            source = "address|" + network_of(address)
        return self._tries(login, source)

    def paper(self, login: str, address: str) -> Tries:
        """Somebody trying a paper code: counted apart from passwords."""
        return self._tries(login, "paper|" + network_of(address))

    def kiosk(self, address: str) -> Tries:
        """Somebody without a login, typing a code for a participant's page."""
        return self._tries("", "kiosk|" + network_of(address))

    def signing(self, login: str) -> Tries:
        """Somebody signed in, proving again who they are."""
        return self._tries(login, "session")

    def streak(self, tries: Tries) -> Streak:
        """The failures since the last success within a day, and what they cost now."""
        now = self.clock.now()
        parameters = {"login": tries.login, "source": tries.source, "since": now - MEMORY}
        with self.database.read.connect() as connection:
            latest = connection.execute(LATEST, parameters).all()
        success = max((row.at for row in latest if row.outcome == "in"), default=None)
        wrong = [row.at for row in latest if row.outcome == "wrong" and (success is None or row.at > success)]
        if not wrong:
            return Streak(0, 0, noted=False)
        left = (wrong[0] + timedelta(seconds=delay(len(wrong))) - now).total_seconds()
        noted = any(row.outcome == "slowed" and row.at >= wrong[0] for row in latest)
        return Streak(len(wrong), max(0, math.ceil(left)), noted)

    def record(self, tries: Tries, outcome: str) -> None:
        """Keep an attempt: in, wrong or slowed."""
        self.housekeeping.add(
            SignInAttempt,
            id=new_id(self.entropy),
            login_digest=tries.login,
            source=tries.source,
            at=self.clock.now(),
            outcome=outcome,
        )

    def new_device(self, login: str) -> str:
        """A token that makes the browser holding it a known device of `login`; kept nowhere here."""
        device = new_id(self.entropy)
        return f"{device}.{self.keys.digest('device', f'{login}|{device}')}"

    def knows(self, login: str, device: str) -> bool:
        """Whether `device` is a token that was made for `login`."""
        name, _, digest = device.partition(".")
        return digest.isascii() and self.keys.matches("device", f"{login}|{name}", digest)

    def _tries(self, login: str, source: str) -> Tries:
        return Tries(self.keys.digest("sign-in login", login), self.keys.digest("sign-in source", source))
