"""Passwords: which are taken, and their Argon2id hashes, made and checked a few at a time and outside transactions."""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from irt.gate.keys import Keys
from irt.gate.refusals import Refused

SHORTEST, LONGEST = 12, 128
PATIENCE = 20.0  # seconds that somebody waits for a free place before being told that the service is busy
# 19 MiB and two passes in one lane (OWASP's first choice for Argon2id): 20 ms, where the library's own setting takes
# 95 ms on every core and lets two cores sign eleven times a second.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16)
HASH_PATTERN = r"^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$"
COMMONEST = frozenset((files("irt.people") / "commonest.txt").read_text(encoding="utf-8").split())


def normal(password: str) -> str:
    """The one form of a password, however a keyboard composed it (NIST SP 800-63B: NFKC)."""
    return unicodedata.normalize("NFKC", password)


def mistake(login: str, password: str) -> Refused | None:
    """Why `password` is not taken for `login`, or None: length, the commonest, the login; no composition rule."""
    text = normal(password)
    if len(text) < SHORTEST:
        return Refused("password_short", shortest=SHORTEST)
    if len(text) > LONGEST:
        return Refused("password_long", longest=LONGEST)
    folded = text.casefold()
    if folded in COMMONEST or len(set(folded)) < 4:
        return Refused("password_common")
    if folded.startswith(login.casefold()) and not folded.removeprefix(login.casefold()).strip("0123456789._-"):
        return Refused("password_is_login")
    return None


@lru_cache(maxsize=8)
def _of_nobody(salt: bytes) -> str:
    """What an unknown login is checked against, so that it costs what a known one costs."""
    return HASHER.hash("nobody", salt=salt)


class Passwords:
    """Makes and checks hashes, `at_once` at a time: more would take every core and stall the acts."""

    def __init__(self, keys: Keys, at_once: int) -> None:
        self._keys = keys
        self._places = threading.BoundedSemaphore(at_once)
        self._nobody = _of_nobody(keys.derived("no such login")[:16])

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait for one of the places; refused as busy after a while."""
        if not self._places.acquire(timeout=PATIENCE):
            raise Refused("busy")
        try:
            yield
        finally:
            self._places.release()

    def check(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the one behind `stored`; as much work when nothing is stored."""
        text = normal(password)
        if len(text) > LONGEST:
            stored, text = None, ""
        try:
            HASHER.verify(stored or self._nobody, text)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def hash(self, account: str, login: str, password: str) -> str:
        """The hash to store; raises Refused when the password is not taken.

        The salt is keyed and comes from account and password, so that a request sent twice carries one order. It is
        no one's but this account's, and nobody without the service key can compute it.
        """
        if wrong := mistake(login, password):
            raise wrong
        text = normal(password)
        return HASHER.hash(text, salt=bytes.fromhex(self._keys.digest("password salt", f"{account}\0{text}"))[:16])
