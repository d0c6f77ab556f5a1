"""Lock: decisions about populations, blind review, steps and signatures, requests, releases, what is handed over."""

import sqlalchemy as sa
from alembic import op


revision = 'lock'
down_revision = 'outcomes'


def upgrade() -> None:
    op.create_table('blind_review',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('held_on', sa.String(length=10), nullable=False),
    sa.Column('present', sa.Text(), nullable=False),
    sa.Column('agenda', sa.Text(), nullable=False),
    sa.Column('decisions', sa.Text(), nullable=False),
    sa.Column('listings', sa.Text(), nullable=False),
    sa.Column('populations', sa.Text(), nullable=False),
    sa.Column('populations_sha256', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.Column('recorded_by', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blind_review')),
    sa.UniqueConstraint('revision', name=op.f('uq_blind_review_revision')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_table('lock_request',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('view', sa.Text(), nullable=True),
    sa.Column('told', sa.Text(), nullable=False),
    sa.Column('records', sa.Text(), nullable=True),
    sa.Column('justification', sa.Text(), nullable=True),
    sa.Column('data_sha256', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.String(length=27), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.CheckConstraint("(kind = 'release') = (view IS NOT NULL)", name=op.f('ck_lock_request_release')),
    sa.CheckConstraint("kind IN ('unlock', 'release')", name=op.f('ck_lock_request_kind')),
    sa.CheckConstraint("view IN ('final', 'letters')", name=op.f('ck_lock_request_view')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lock_request')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_table('lock_step',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('data_sha256', sa.Text(), nullable=True),
    sa.Column('digests', sa.Text(), nullable=False),
    sa.Column('told', sa.Text(), nullable=True),
    sa.Column('until', sa.String(length=27), nullable=True),
    sa.Column('done_at', sa.String(length=27), nullable=False),
    sa.Column('done_by', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('frozen', 'thawed', 'locked', 'unlocked', 'lapsed', 'released')", name=op.f('ck_lock_step_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lock_step')),
    sa.UniqueConstraint('ordinal', name=op.f('uq_lock_step_ordinal')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_table('making',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('of', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Text(), nullable=False),
    sa.Column('begun_at', sa.String(length=27), nullable=False),
    sa.Column('moved_at', sa.String(length=27), nullable=False),
    sa.Column('mac', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_making')),
    info={'kept_by': 'housekeeping'}
    )
    op.create_table('rehearsal',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('made_at', sa.String(length=27), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('mac', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rehearsal')),
    info={'kept_by': 'housekeeping'}
    )
    op.create_table('lock_signature',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('data_sha256', sa.Text(), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('signed_at', sa.String(length=27), nullable=False),
    sa.CheckConstraint("step IN ('endorse', 'review', 'lock', 'unlock', 'release')", name=op.f('ck_lock_signature_step')),
    sa.ForeignKeyConstraint(['signature'], ['signature.id'], name=op.f('fk_lock_signature_signature')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lock_signature')),
    sa.UniqueConstraint('signature', name=op.f('uq_lock_signature_signature')),
    sa.UniqueConstraint('step', 'subject', 'account', 'data_sha256', name=op.f('uq_lock_signature_step_subject_account_data_sha256')),
    sa.UniqueConstraint('step', 'subject', 'role', 'data_sha256', name=op.f('uq_lock_signature_step_subject_role_data_sha256')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_table('release_opening',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('entered_at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['signature'], ['signature.id'], name=op.f('fk_release_opening_signature')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release_opening')),
    sa.UniqueConstraint('signature', name=op.f('uq_release_opening_signature')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_table('population_decision',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('population', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('included', sa.Boolean(), nullable=False),
    sa.Column('told', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.String(length=27), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=False),
    sa.CheckConstraint("population IN ('full_analysis', 'per_protocol')", name=op.f('ck_population_decision_population')),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_population_decision_participant_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_population_decision')),
    sa.UniqueConstraint('participant', 'population', 'revision', name=op.f('uq_population_decision_participant_population_revision')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_table('release',
    sa.Column('request', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('view', sa.Text(), nullable=False),
    sa.Column('opening', sa.Text(), nullable=False),
    sa.Column('data_sha256', sa.Text(), nullable=False),
    sa.Column('released_at', sa.String(length=27), nullable=False),
    sa.Column('released_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['opening'], ['release_opening.id'], name=op.f('fk_release_opening')),
    sa.ForeignKeyConstraint(['request'], ['lock_request.id'], name=op.f('fk_release_request')),
    sa.PrimaryKeyConstraint('request', name=op.f('pk_release')),
    sa.UniqueConstraint('opening', name=op.f('uq_release_opening')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_table('release_shown',
    sa.Column('opening', sa.Text(), nullable=False),
    sa.Column('shown_at', sa.String(length=27), nullable=False),
    sa.Column('mac', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['opening'], ['release_opening.id'], name=op.f('fk_release_shown_opening')),
    sa.PrimaryKeyConstraint('opening', name=op.f('pk_release_shown')),
    info={'kept_by': 'housekeeping'}
    )
    op.create_table('handover',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('request', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.String(length=27), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('package', 'analysis')", name=op.f('ck_handover_kind')),
    sa.ForeignKeyConstraint(['request'], ['release.request'], name=op.f('fk_handover_request')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover')),
    sa.UniqueConstraint('request', 'kind', name=op.f('uq_handover_request_kind')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_table('release_again',
    sa.Column('opening', sa.Text(), nullable=False),
    sa.Column('request', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.String(length=27), nullable=False),
    sa.Column('opened_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['opening'], ['release_opening.id'], name=op.f('fk_release_again_opening')),
    sa.ForeignKeyConstraint(['request'], ['release.request'], name=op.f('fk_release_again_request')),
    sa.PrimaryKeyConstraint('opening', name=op.f('pk_release_again')),
    info={'kept_by': 'act', 'append_only': True}
    )
