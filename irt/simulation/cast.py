"""The cast of a simulated trial: one person for each task, named after it and not after anybody.

They come in as everybody does: invited, activated with a password of their own, trained, and granted roles, with a
second signature where one is asked for.
"""

from dataclasses import dataclass, field

from irt.actor import Actor, Role
from irt.gate.perform import Done
from irt.people.access import GrantOrder, ProposeRole, propose, second
from irt.people.accounts import InviteAccount, bootstrap, invite
from irt.people.activation import ActivateAccount, activate
from irt.people.review import RecordTraining, record_training
from irt.simulation.desk import Desk

CENTRAL = (
    Role.TRIAL_MANAGER, Role.MONITOR, Role.DATA_MANAGER, Role.MEDICAL_MONITOR, Role.TRIAL_STATISTICIAN, Role.SPONSOR,
    Role.QUALITY, Role.DEPOT, Role.AUDITOR, Role.LABORATORY, Role.SUPPLY_MANAGER, Role.SAFETY_OFFICER,
    Role.UNBLINDED_STATISTICIAN,
)  # fmt: skip
AT_SITE = (Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST, Role.ASSESSOR, Role.PHYSICIAN_ASSESSOR)


@dataclass
class Cast:
    """Who plays what; actors carry the grants they hold now."""

    people: dict[tuple[str, str | None], Actor] = field(default_factory=dict)

    def one(self, role: str) -> Actor:
        """The person with a central role."""
        return self.people[role, None]

    def at(self, site: str, role: str) -> Actor:
        """The person with a role at a site."""
        return self.people[role, site]

    def logins(self) -> list[tuple[str, str, str | None]]:
        """Login, role and site of everybody."""
        return [(actor.login, role, site) for (role, site), actor in self.people.items()]


def assemble(desk: Desk) -> Cast:
    """Bring everybody in through the acts; answers the cast."""
    cast = Cast()
    begin(desk, cast)
    for role in CENTRAL:
        bring_in(desk, cast, role, None)
    for site in desk.service.study.sites:
        for role in AT_SITE:
            bring_in(desk, cast, role, site.code)
    return cast


def begin(desk: Desk, cast: Cast) -> None:
    """The first administrator, invited by the operator."""
    operator = desk.service.credentials.operator()
    invited = desk.do(operator, bootstrap, _invitation("administrator", None)).answer
    _activate(desk, invited.account)
    cast.people["administrator", None] = _sign_in(desk, "administrator", None)


def bring_in(desk: Desk, cast: Cast, role: Role, site: str | None) -> None:
    """One more person with a role, seconded by quality where a second signature is asked for."""
    administrator = cast.one("administrator")
    account: str = desk.do(administrator, invite, _invitation(role, site)).answer
    _activate(desk, account)
    desk.do(administrator, record_training, RecordTraining(account=account))
    proposed: Done = desk.do(administrator, propose, ProposeRole(account=account, role=role, site=site))
    if proposed.answer.state == "proposed":
        desk.do(cast.one("quality"), second, GrantOrder(grant=proposed.answer.grant))
    cast.people[role, site] = _sign_in(desk, role, site)


def login_of(role: str, site: str | None) -> str:
    """The login of the person with a role: the role's name, and the site's code."""
    return role.replace("_", "-") + (f"-{site}" if site else "")


def _invitation(role: str, site: str | None) -> InviteAccount:
    name = role.replace("_", " ").capitalize() + (f", site {site}" if site else "")
    login = login_of(role, site)
    return InviteAccount(login=login, name=name, email=f"{login}@hospital.example")


def _activate(desk: Desk, account: str) -> None:
    credentials = desk.service.credentials
    invitation = credentials.open_invitation(account)
    assert invitation is not None, "an invited person has an open invitation"
    invited = credentials.invited(credentials.invitation_token(invitation))
    password_hash = credentials.password_hash(invited, desk.password)
    desk.do(invited, activate, ActivateAccount(invitation=invitation, password_hash=password_hash))


def _sign_in(desk: Desk, role: str, site: str | None) -> Actor:
    actor = desk.service.credentials.sign_in(login_of(role, site), desk.password, "simulation")
    desk.service.credentials.open_session(actor)
    return actor
