"""Who is who: the only maker of an Actor and of a Signature. Whoever holds one has proved who they are.

Passwords are checked here, outside any transaction; acts on accounts are in `accounts`, on roles in `access`.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, exists, select

from irt.actor import Actor, Grant, Role, Signature
from irt.clock import Clock
from irt.db import Database
from irt.entropy import Entropy, new_id
from irt.gate.act import Order, spec_of
from irt.gate.housekeeping import Housekeeping
from irt.gate.keys import Keys
from irt.gate.refusals import Refused
from irt.gate.rows import table_of
from irt.gate.signatures import body_of, seal_of
from irt.gate.statements import rows_of
from irt.people.kiosk_codes import OPENERS, KioskCodes, Minted
from irt.people.paper_codes import Enter, PaperCodes, Sheet, enter
from irt.people.passwords import Passwords
from irt.people.sessions import Sessions
from irt.people.slowdown import Slowdown, Tries
from irt.people.tables import Account, Credential, Invitation, RoleGrant, Training
from irt.settings import Settings
from irt.study import Study

OPERATOR = "operator"  # no row: root on the machine needs no password here (TRIAL: a residual risk that we name)

_account, _credential, _grant = table_of(Account), table_of(Credential), table_of(RoleGrant)
_training, _invitation = table_of(Training), table_of(Invitation)
_ever_trained = exists().where(_training.c.account == _account.c.id)
_trained = _ever_trained.where(_training.c.version == bindparam("version"))
STANDING = (
    select(
        _account.c.id,
        _account.c.login,
        _account.c.name,
        _account.c.state,
        _grant.c.role,
        _grant.c.at_site,
        _trained.label("trained"),
        _ever_trained.label("ever_trained"),
    )
    .select_from(_account.outerjoin(_grant, and_(_grant.c.account == _account.c.id, _grant.c.state == "active")))
    .where(_account.c.id == bindparam("account"))
)
# For an act under way: whoever disables the account waits until it is done, and who comes later reads the new state.
STANDING_HELD = STANDING.with_for_update(read=True, key_share=True, of=_account)
_stored = select(_account.c.id, _account.c.login, _account.c.state, _credential.c.password_hash).select_from(
    _account.outerjoin(_credential, _credential.c.account == _account.c.id)
)
STORED_BY_LOGIN = _stored.where(_account.c.login == bindparam("login"))
STORED = _stored.where(_account.c.id == bindparam("account"))
INVITATION = select(_invitation).where(_invitation.c.id == bindparam("id"))
OPEN_INVITATION = select(_invitation.c.id).where(
    _invitation.c.account == bindparam("account"), _invitation.c.state == "open"
)


class Credentials:
    """Proves who people are: sign-in, sessions, signatures, invitations, and the grants in force."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        housekeeping: Housekeeping,
        clock: Clock,
        entropy: Entropy,
        settings: Settings,
        study: Study,
    ) -> None:
        self._database, self._keys, self._clock, self._entropy, self._study = database, keys, clock, entropy, study
        self._passwords = Passwords(keys, settings.signatures_at_once)
        self._slowdown = Slowdown(database, keys, housekeeping, clock, entropy)
        self._paper = PaperCodes(database, keys, entropy)
        self._kiosk = KioskCodes(keys, entropy)
        idle, longest = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
        self._sessions = Sessions(database, keys, housekeeping, clock, entropy, idle, longest)

    # -- signing in ----------------------------------------------------------------------------------------------

    def sign_in(self, login: str, password: str, source: str, *, device: str | None = None) -> Actor:
        """The person who owns `login` and knows its password, at the address `source`.

        Raises Refused: sign_in_wrong for an unknown login, a wrong password and an inactive account alike, after the
        same work; sign_in_slowed with the seconds to wait. `device` is a token of `new_device`: strangers' failures
        do not slow the device that holds it.
        """
        login = login.strip().lower()
        tries = self._slowdown.tries(login, source, device)
        with self._passwords.place():
            self._wait(tries, "sign_in_slowed")
            with self._database.read.connect() as connection:
                stored = connection.execute(STORED_BY_LOGIN, {"login": login}).one_or_none()
            right = self._passwords.check(stored.password_hash if stored else None, password)
            if stored is None or stored.state != "active" or not right:
                self._slowdown.record(tries, "wrong")
                raise Refused("sign_in_wrong")
            self._slowdown.record(tries, "in")
        actor = self._actor(stored.id)
        if actor is None:
            raise Refused("sign_in_wrong")
        return actor

    def sign_in_on_paper(self, login: str, text: str, source: str) -> tuple[Actor, Signature]:
        """The person who owns `login` and holds the paper code typed, in an emergency, and the signature under
        `paper_codes.enter` that uses the code up: only once it is performed they are in.

        Failed passwords slow nobody here, and a right code is never slowed: it is too long to be guessed, so waiting
        meets wrong ones alone, and a stranger keeps nobody out. Raises Refused: paper_code_wrong, paper_code_slowed.
        """
        login = login.strip().lower()
        tries = self._slowdown.paper(login, source)
        with self._database.read.connect() as connection:
            stored = connection.execute(STORED_BY_LOGIN, {"login": login}).one_or_none()
        code = self._paper.usable(stored.id if stored else "nobody", text)
        actor = None if stored is None or code is None or stored.state != "active" else self._actor(stored.id)
        if actor is None or code is None:
            self._wait(tries, "paper_code_slowed")
            self._slowdown.record(tries, "wrong")
            raise Refused("paper_code_wrong")
        self._slowdown.record(tries, "in")
        actor = replace(actor, emergency=True)
        return actor, self._signed(actor, enter, Enter(), code)

    def new_paper_codes(self, actor: Actor) -> Sheet:
        """A sheet of codes for `paper_codes.issue`: kept nowhere here."""
        return self._paper.mint(actor.account)

    def new_kiosk_code(self, actor: Actor) -> Minted:
        """A code for `kiosk.open`, by which a participant answers in the name of `actor`: kept nowhere here."""
        return self._kiosk.mint(actor.account)

    def opener_of(self, text: str, given: Iterable[tuple[str, str]], source: str) -> tuple[Actor, str]:
        """The person who opened the code typed by a participant at `source`, and its digest: for `kiosk.answer` alone.

        A participant has no account, and every row has somebody who answers for it: whoever handed them the page. The
        digest proves that the code was made here for that person; whether it still opens anything is for the act.
        `given`: account and digest of the codes that were opened lately. Wrong codes wait longer and longer; a right
        one is too long to be guessed and never waits. Raises Refused: kiosk_code_wrong, kiosk_slowed, kiosk_closed (its
        opener may do nothing more).
        """
        tries = self._slowdown.kiosk(source)
        found = self._kiosk.typed(text, given)
        if found is None:
            self._wait(tries, "kiosk_slowed")
            self._slowdown.record(tries, "wrong")
            raise Refused("kiosk_code_wrong")
        if self._slowdown.streak(tries).failures:
            self._slowdown.record(tries, "in")
        account, digest = found
        actor = self._actor(account)
        if actor is None:
            raise Refused("kiosk_closed")
        return replace(actor, grants=frozenset(one for one in actor.grants if one.role in OPENERS)), digest

    def new_device(self, actor: Actor) -> str:
        """A token for the browser in which `actor` just signed in, to hold as a cookie and show at the next sign-in."""
        return self._slowdown.new_device(actor.login)

    def knows_device(self, login: str, device: str) -> bool:
        """Whether `device` is a token made for `login`."""
        return self._slowdown.knows(login.strip().lower(), device)

    def open_session(self, actor: Actor) -> str:
        """A new session; answers its token."""
        return self._sessions.open(actor.account, emergency=actor.emergency)

    def actor_of(self, token: str) -> Actor | None:
        """Who this session belongs to, with the grants of this moment; None when it is over or the account disabled."""
        owner = self._sessions.owner_of(token)
        if owner is None or (actor := self._actor(owner[0])) is None:
            return None
        return replace(actor, emergency=owner[1])

    def end_session(self, token: str) -> None:
        """Sign out."""
        self._sessions.end(token)

    def end_all(self, account: str) -> int:
        """End every session of `account`; answers how many there were."""
        return self._sessions.end_all(account)

    # -- signing -------------------------------------------------------------------------------------------------

    def sign(self, actor: Actor, password: str, function: Callable[..., Any], order: Order) -> Signature:
        """An electronic signature of `actor` under this order of this act, the password given again (21 CFR 11.200).

        Who came in by a paper code may give a further one in place of the password. Raises Refused:
        signature_password_wrong, signature_paper_code_wrong, signature_slowed.
        """
        act, code = spec_of(function).name, None
        if actor.emergency:
            code = self._paper.usable(actor.account, password, act, body_of(self._keys, act, order))
        if code is None and actor.emergency:
            self._prove(actor, password, wrong="signature_paper_code_wrong", slowed="signature_slowed")
        elif code is None:
            self._prove(actor, password, wrong="signature_password_wrong", slowed="signature_slowed")
        return self._signed(actor, function, order, code)

    def confirm_password(self, actor: Actor, password: str) -> None:
        """Make sure that it is still `actor` who sits there; raises Refused: password_wrong, signature_slowed."""
        self._prove(actor, password, wrong="password_wrong", slowed="signature_slowed")

    def password_hash(self, actor: Actor, password: str) -> str:
        """The hash that `account.activate` and `password.renew` store for the actor's own password.

        Raises Refused: password_short, password_long, password_common, password_is_login.
        """
        with self._passwords.place():
            return self._passwords.hash(actor.account, actor.login, password)

    # -- the operator, and invitations ---------------------------------------------------------------------------

    def operator(self) -> Actor:
        """Root on this machine; for the command line only."""
        return Actor(OPERATOR, OPERATOR, "Operator", frozenset({Grant(Role.OPERATOR)}))

    def invitation_token(self, invitation: str) -> str:
        """What the link in an invitation holds; computed when it is sent and stored nowhere."""
        return f"{invitation}.{self._keys.digest('invitation', invitation)}"

    def invitation_of(self, token: str) -> str | None:
        """The id of the invitation that the token was made for; None when it was not made here."""
        invitation, _, digest = token.strip().partition(".")
        return invitation if digest.isascii() and self._keys.matches("invitation", invitation, digest) else None

    def open_invitation(self, account: str) -> str | None:
        """The id of the invitation of `account` that is open now: for the link that goes to that person alone."""
        with self._database.read.connect() as connection:
            return connection.execute(OPEN_INVITATION, {"account": account}).scalar_one_or_none()

    def open_invitation_of_login(self, login: str) -> str | None:
        """As `open_invitation`, by the login that people know the account by."""
        with self._database.read.connect() as connection:
            found = connection.execute(STORED_BY_LOGIN, {"login": login.strip().lower()}).one_or_none()
        return None if found is None else self.open_invitation(found.id)

    def invited(self, token: str) -> Actor:
        """The person whom an open invitation was sent to, without any role; raises Refused: invitation_unusable."""
        invitation = self.invitation_of(token)
        with self._database.read.connect() as connection:
            row = connection.execute(INVITATION, {"id": invitation or ""}).one_or_none()
        if row is None or row.state != "open" or row.expires_at <= self._clock.now():
            raise Refused("invitation_unusable")
        actor = self._actor(row.account)
        if actor is None:
            raise Refused("invitation_unusable")
        return replace(actor, grants=frozenset(), outdated=frozenset())

    # -- standing ------------------------------------------------------------------------------------------------

    def standing(self, connection: Connection, actor: Actor, *, always: bool = False) -> frozenset[Grant] | None:
        """The grants that the account holds now, in one round trip; None when it is disabled or unknown.

        It is not disabled until the transaction is over.

        Nobody holds a grant before they were trained for the study's present version (ICH E6(R3) 4.3.2), or before
        they activated their account. For what is done `always` training for an earlier version suffices.
        """
        if actor.account == OPERATOR:
            return frozenset({Grant(Role.OPERATOR)})
        found = self._standing_rows(connection, actor.account, STANDING_HELD)
        if not found or found[0].state == "disabled":
            return None
        return _held(found) if always else _grants(found)

    # -- inside --------------------------------------------------------------------------------------------------

    def _standing_rows(self, connection: Connection, account: str, statement: Select[Any]) -> list[Row[Any]]:
        parameters = {"account": account, "version": self._study.training_version}
        return rows_of(connection, statement, parameters)

    def _actor(self, account: str) -> Actor | None:
        with self._database.read.connect() as connection:
            found = self._standing_rows(connection, account, STANDING)
        if not found or found[0].state == "disabled":
            return None
        grants = _grants(found)
        return Actor(account, found[0].login, found[0].name, grants, outdated=_held(found) - grants)

    def _wait(self, tries: Tries, code: str) -> int:
        streak = self._slowdown.streak(tries)
        if streak.seconds:
            if not streak.noted:  # once for each failure, or asking again would fill the table
                self._slowdown.record(tries, "slowed")
            raise Refused(code, seconds=streak.seconds)
        return streak.failures

    def _signed(self, actor: Actor, function: Callable[..., Any], order: Order, paper_code: str | None) -> Signature:
        spec = spec_of(function)
        assert spec.sign is not None, f"{spec.name} asks for no signature"
        unsealed = Signature(
            new_id(self._entropy),
            actor.account,
            actor.name,
            spec.name,
            spec.sign,
            body_of(self._keys, spec.name, order),
            self._clock.now(),
            seal="",
            paper_code=paper_code,
        )
        return replace(unsealed, seal=seal_of(self._keys, unsealed))

    def _prove(self, actor: Actor, password: str, *, wrong: str, slowed: str) -> None:
        """Return once the password was right; failures count against the session's owner only."""
        tries = self._slowdown.signing(actor.login)
        with self._passwords.place():
            failures = self._wait(tries, slowed)
            with self._database.read.connect() as connection:
                stored = connection.execute(STORED, {"account": actor.account}).one_or_none()
            right = self._passwords.check(stored.password_hash if stored else None, password)
            if stored is None or stored.state != "active" or not right:
                self._slowdown.record(tries, "wrong")
                raise Refused(wrong)
            if failures:
                self._slowdown.record(tries, "in")


def _grants(found: list[Row[Any]]) -> frozenset[Grant]:
    return _held(found) if found[0].trained else frozenset()


def _held(found: list[Row[Any]]) -> frozenset[Grant]:
    """What is held whatever the version of the training, by whoever was trained at all."""
    if found[0].state != "active" or not found[0].ever_trained:
        return frozenset()
    return frozenset(Grant(Role(row.role), row.at_site) for row in found if row.role is not None)
