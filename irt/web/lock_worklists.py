"""What the lock and the release wait for: a site's endorsement, signatures, a release to be allowed or carried out."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from irt.actor import Role
from irt.lock.frozen import digest_of, site_sha256
from irt.lock.standing import holds as can_sign
from irt.lock.standing import standing
from irt.lock.steps import SIGNING
from irt.lock.tables import BlindReview, LockRequest, LockSignature, LockStep, Release
from irt.participants.tables import Participant
from irt.web import records, texts, words
from irt.web.pages import actor
from irt.web.site_worklists import Group, Line
from irt.web.wired import service


def to_sign(session: Session) -> list[Group]:
    """For those whom study.toml names: the record of the blind review, and the lock, while the database is frozen."""
    state, lock = records.study_state(session).state, service().study.lock
    mine = [role for role in lock.signers if can_sign(actor(), role, lock.lead_site)]
    if state not in SIGNING or not mine:
        return []
    lines = []
    review = session.scalars(select(BlindReview).order_by(BlindReview.revision.desc(), BlindReview.id)).first()
    signed = select(LockSignature).where(LockSignature.account == actor().account)
    done = {(row.step, row.subject, row.data_sha256) for row in session.scalars(signed)}
    if review is not None and ("review", review.id, review.populations_sha256) not in done:
        note = _("Meeting of %(day)s", day=review.held_on)
        lines.append(Line(_("The record of the blind review"), note, _("Sign"), url_for("review.signed")))
    version = standing(session.scalars(select(LockStep))).version
    with service().database.read.connect() as connection:
        now = digest_of(connection).sha256
    if ("lock", str(version), now) not in done:
        lines.append(Line(_("The lock of the database"), _("Once nothing of its checklist waits"), _("Look"),
                          url_for("lock.one")))  # fmt: skip
    return [Group(_("Signatures for the lock"), lines)]


def to_endorse(session: Session) -> list[Group]:
    """For investigators: the data of their sites, while the database is frozen."""
    if records.study_state(session).state not in SIGNING:
        return []
    own = actor().sites(frozenset({Role.INVESTIGATOR}))
    signed = select(LockSignature).where(LockSignature.step == "endorse")
    done = {(row.subject, row.data_sha256) for row in session.scalars(signed)}
    with service().database.read.connect() as connection:
        there = sorted(set(session.scalars(select(Participant.site))))
        waiting = [
            site for site in there if (own is None or site in own) and (site, site_sha256(connection, site)) not in done
        ]
    lines = [
        Line(texts.site_name(site), "", _("Endorse"), url_for("lock.endorsed", site=site), True) for site in waiting
    ]
    return [Group(_("Data of your site to endorse"), lines)]


def to_release(session: Session) -> list[Group]:
    """For those who allow a release, or carry it out: what was asked for and waits for them."""
    version = standing(session.scalars(select(LockStep))).version
    done = set(session.scalars(select(Release.request)))
    asked = select(LockRequest).where(LockRequest.kind == "release", LockRequest.version == version)
    lines = [
        Line(words.word(row.view, "VIEWS"), row.told, _("Look"), url_for("release.one"), True)
        for row in session.scalars(asked.order_by(LockRequest.asked_at, LockRequest.id))
        if row.id not in done
    ]
    return [Group(_("Release of the allocation"), lines)]
