"""The kinds of messages that go to roles: who can get each, and which of them nobody may keep out of their mail."""

from collections.abc import Collection
from dataclasses import dataclass

from irt.actor import Role
from irt.study import Study

CARE = frozenset({Role.INVESTIGATOR, Role.COORDINATOR, Role.PHARMACIST})
QUALITY = frozenset({Role.QUALITY})
OF_LOTS = frozenset({Role.PHARMACIST, Role.INVESTIGATOR})
OF_LOTS_EVERYWHERE = frozenset({Role.TRIAL_MANAGER, Role.QUALITY, Role.DEPOT})
OVERSEERS = frozenset({Role.MEDICAL_MONITOR, Role.TRIAL_MANAGER})
OF_REPORTS = OVERSEERS | {Role.INVESTIGATOR}
TOLD_OF_MISHAPS = frozenset({Role.MONITOR, Role.TRIAL_MANAGER})


@dataclass(frozen=True)
class Kind:
    """Who can be told of something; `recipients`: the key of [safety] in study.toml that names them instead.

    Urgent: somebody's safety or a deadline hangs on it, or a kit that must not be used. It always goes by mail, and
    stands on the start page until somebody of the role has acknowledged it.
    """

    roles: frozenset[Role] = frozenset()
    urgent: bool = False
    recipients: str | None = None


KINDS = {
    "participant.randomized": Kind(CARE | TOLD_OF_MISHAPS),
    "shipment.requested": Kind(frozenset({Role.DEPOT})),
    "shipment.sent": Kind(frozenset({Role.PHARMACIST})),
    "shipment.overdue": Kind(frozenset({Role.DEPOT, Role.TRIAL_MANAGER, Role.PHARMACIST})),
    "shipment.express_cancelled": Kind(frozenset({Role.PHARMACIST, Role.COORDINATOR})),
    "quarantine.excursion": Kind(QUALITY, urgent=True),
    "quarantine.not_read": Kind(QUALITY, urgent=True),
    "quarantine.found": Kind(QUALITY, urgent=True),
    "quarantine.refrigerator": Kind(QUALITY, urgent=True),
    "quarantine.handed_over": Kind(OF_LOTS, urgent=True),
    "excursion.call_back": Kind(OF_LOTS, urgent=True),
    "quarantine.released": Kind(OF_LOTS),
    "quarantine.rejected": Kind(frozenset({Role.PHARMACIST})),
    "lot.held": Kind(OF_LOTS, urgent=True),
    "lot.held_everywhere": Kind(OF_LOTS_EVERYWHERE, urgent=True),
    "lot.resumed": Kind(OF_LOTS),
    "lot.resumed_everywhere": Kind(OF_LOTS_EVERYWHERE),
    "lot.rejected": Kind(OF_LOTS, urgent=True),
    "lot.rejected_everywhere": Kind(OF_LOTS_EVERYWHERE, urgent=True),
    "lot.shortened": Kind(OF_LOTS, urgent=True),
    "supply.short": Kind(frozenset({Role.TRIAL_MANAGER, Role.SUPPLY_MANAGER})),
    "mishap.elsewhere": Kind(frozenset({Role.COORDINATOR})),
    "mishap.not_collected": Kind(frozenset({Role.COORDINATOR})),
    "kit.to_be_allowed": Kind(frozenset({Role.TRIAL_MANAGER, Role.MEDICAL_MONITOR})),
    "mishap.told": Kind(TOLD_OF_MISHAPS),
    "mishap.in_stock": Kind(TOLD_OF_MISHAPS),
    "findings.reported": Kind(QUALITY),
    "role_proposed": Kind(frozenset({Role.ADMINISTRATOR, Role.TRIAL_MANAGER, Role.QUALITY})),
    "event.serious": Kind(urgent=True, recipients="serious_event_recipients"),
    "event.news": Kind(recipients="serious_event_recipients"),
    "event.late": Kind(OF_REPORTS),
    "event.candidate": Kind(frozenset({Role.SAFETY_OFFICER}), urgent=True),
    "clock.report_close": Kind(frozenset({Role.INVESTIGATOR}), urgent=True),
    "clock.report_over": Kind(OF_REPORTS, urgent=True),
    "clock.opinion_close": Kind(OVERSEERS, urgent=True),
    "clock.opinion_over": Kind(OVERSEERS, urgent=True),
    "clock.desk_close": Kind(frozenset({Role.SAFETY_OFFICER}), urgent=True),
    "clock.desk_over": Kind(frozenset({Role.SAFETY_OFFICER}), urgent=True),
    "code_break.done": Kind(urgent=True, recipients="code_break_recipients"),
    "code_break.serial": Kind(OVERSEERS, urgent=True),
    "unblinding.reported": Kind(frozenset({Role.TRIAL_MANAGER, Role.QUALITY}), urgent=True),
    "envelope.opened": Kind(urgent=True, recipients="code_break_recipients"),
    "envelopes.due": Kind(frozenset({Role.SAFETY_OFFICER}), urgent=True),
    "special_report": Kind(urgent=True, recipients="serious_event_recipients"),
}
# Go to one account, whatever its roles: no notice of the pages, always by mail.
PERSONAL = frozenset({"invitation", "paper_code.used"})


def is_urgent(kind: str) -> bool:
    """Whether messages of a kind always go by mail; one that is not in the table does."""
    return KINDS[kind].urgent if kind in KINDS else True


def receiving(kind: str, study: Study) -> frozenset[Role]:
    """The roles that can be told of a kind."""
    named = KINDS[kind]
    return frozenset(map(Role, getattr(study.safety, named.recipients))) if named.recipients else named.roles


def kinds_for(roles: Collection[Role], study: Study) -> tuple[str, ...]:
    """The kinds that somebody with these roles can be told of, in the order of the table."""
    return tuple(kind for kind in KINDS if receiving(kind, study) & frozenset(roles))


URGENT = frozenset(kind for kind in KINDS if is_urgent(kind))
