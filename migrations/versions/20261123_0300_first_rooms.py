"""the first rooms."""

import sqlalchemy as sa
from alembic import op


revision = 'first_rooms'
down_revision = None


def upgrade() -> None:
    op.create_table('access_review',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('reviewed_by', sa.Text(), nullable=False),
    sa.Column('accounts', sa.Integer(), nullable=False),
    sa.Column('findings', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_review'))
    )
    op.create_table('account',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('login', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('created_at', sa.String(length=27), nullable=False),
    sa.Column('signed_out_at', sa.String(length=27), nullable=True),
    sa.CheckConstraint("state IN ('invited', 'active', 'disabled')", name=op.f('ck_account_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('login', name=op.f('uq_account_login'))
    )
    op.create_table('audit',
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('roles', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=True),
    sa.Column('participant', sa.Text(), nullable=True),
    sa.Column('request', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('software', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('previous', sa.Text(), nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit'))
    )
    op.create_index('ix_audit_act', 'audit', ['act'], unique=False)
    op.create_index('ix_audit_participant', 'audit', ['participant'], unique=False)
    op.create_index('ix_audit_request', 'audit', ['request'], unique=True)
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_audit_head_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    op.create_table('enrolment',
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('randomized', sa.Integer(), nullable=False),
    sa.Column('cap', sa.Integer(), nullable=False),
    sa.CheckConstraint('randomized <= cap', name=op.f('ck_enrolment_cap')),
    sa.CheckConstraint('randomized >= 0', name=op.f('ck_enrolment_count')),
    sa.PrimaryKeyConstraint('scope', name=op.f('pk_enrolment'))
    )
    op.create_table('manifest',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('file_digest', sa.Text(), nullable=False),
    sa.Column('kits', sa.Integer(), nullable=False),
    sa.Column('imported_by', sa.Text(), nullable=False),
    sa.Column('imported_at', sa.String(length=27), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_manifest')),
    sa.UniqueConstraint('file_digest', name=op.f('uq_manifest_file_digest'))
    )
    op.create_table('outbox',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('audience', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=True),
    sa.Column('participant', sa.Text(), nullable=True),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('created_at', sa.String(length=27), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox'))
    )
    op.create_table('published_list',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('merkle_root', sa.Text(), nullable=False),
    sa.Column('seed_sha256', sa.Text(), nullable=True),
    sa.Column('algorithm', sa.Text(), nullable=False),
    sa.Column('strata', sa.Text(), nullable=False),
    sa.Column('prepared_by', sa.Text(), nullable=False),
    sa.Column('prepared_at', sa.String(length=27), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_published_list_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_published_list'))
    )
    op.create_table('request',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_request'))
    )
    op.create_table('sealed_kit',
    sa.Column('kit', sa.Text(), nullable=False),
    sa.Column('manifest', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('sealed_lot', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('kit', name=op.f('pk_sealed_kit'))
    )
    op.create_table('sealed_list',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_list'))
    )
    op.create_table('sign_in_attempt',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('login_digest', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('mac', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_attempt'))
    )
    op.create_index('ix_sign_in_attempt_login', 'sign_in_attempt', ['login_digest'], unique=False)
    op.create_table('signature',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('meaning', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('signed_at', sa.String(length=27), nullable=False),
    sa.Column('seal', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signature'))
    )
    op.create_table('site',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('randomization', sa.Text(), nullable=False),
    sa.Column('dispensing', sa.Text(), nullable=False),
    sa.CheckConstraint("state IN ('set_up', 'ready', 'active', 'closed_to_recruitment', 'closed')", name=op.f('ck_site_state')),
    sa.CheckConstraint('code = site', name=op.f('ck_site_own')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_site'))
    )
    op.create_table('stratum_counter',
    sa.Column('stratum', sa.Text(), nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('slots', sa.Integer(), nullable=False),
    sa.CheckConstraint('used <= slots', name=op.f('ck_stratum_counter_slots')),
    sa.PrimaryKeyConstraint('stratum', name=op.f('pk_stratum_counter'))
    )
    op.create_table('study',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('file_sha256', sa.Text(), nullable=True),
    sa.Column('randomization', sa.Text(), nullable=False),
    sa.Column('dispensing', sa.Text(), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_study_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_study'))
    )
    op.create_table('vault_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('laid_at', sa.String(length=27), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_vault_check_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vault_check'))
    )
    op.create_table('credential',
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('set_at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_credential_account')),
    sa.PrimaryKeyConstraint('account', name=op.f('pk_credential'))
    )
    op.create_table('delegation',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('signed_by', sa.Text(), nullable=False),
    sa.Column('persons', sa.Text(), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('signed_at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['signature'], ['signature.id'], name=op.f('fk_delegation_signature')),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_delegation_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegation'))
    )
    op.create_table('delivery',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('outbox', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.String(length=27), nullable=False),
    sa.Column('sent_at', sa.String(length=27), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('mac', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['outbox'], ['outbox.id'], name=op.f('fk_delivery_outbox')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery'))
    )
    op.create_table('invitation',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.String(length=27), nullable=False),
    sa.CheckConstraint("state IN ('open', 'used', 'withdrawn')", name=op.f('ck_invitation_state')),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_invitation_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation'))
    )
    op.create_table('participant',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('screening_number', sa.Text(), nullable=False),
    sa.Column('sex', sa.Text(), nullable=False),
    sa.Column('birth_year', sa.Integer(), nullable=False),
    sa.Column('identity', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('screened_at', sa.String(length=27), nullable=False),
    sa.Column('rescreen_of', sa.Text(), nullable=True),
    sa.Column('first_dose_on', sa.String(length=10), nullable=True),
    sa.CheckConstraint("sex IN ('female', 'male')", name=op.f('ck_participant_sex')),
    sa.CheckConstraint("state IN ('screened', 'screen_failed', 'randomized', 'withdrawn')", name=op.f('ck_participant_state')),
    sa.ForeignKeyConstraint(['rescreen_of'], ['participant.id'], name=op.f('fk_participant_rescreen_of')),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_participant_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participant')),
    sa.UniqueConstraint('id', 'site', name=op.f('uq_participant_id_site')),
    sa.UniqueConstraint('screening_number', name=op.f('uq_participant_screening_number'))
    )
    op.create_index('ix_participant_identity', 'participant', ['identity'], unique=False)
    op.create_index('ix_participant_site', 'participant', ['site'], unique=False)
    op.create_index('uq_participant_live', 'participant', ['identity'], unique=True, sqlite_where=sa.text("state <> 'screen_failed'"), postgresql_where=sa.text("state <> 'screen_failed'"))
    op.create_table('role_grant',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('at_site', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Text(), nullable=False),
    sa.Column('proposed_at', sa.String(length=27), nullable=False),
    sa.Column('second_by', sa.Text(), nullable=True),
    sa.Column('second_at', sa.String(length=27), nullable=True),
    sa.Column('ended_at', sa.String(length=27), nullable=True),
    sa.CheckConstraint("state IN ('proposed', 'active', 'ended', 'declined')", name=op.f('ck_role_grant_state')),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_role_grant_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    op.create_index('ix_role_grant_account', 'role_grant', ['account'], unique=False)
    op.create_table('sealed_slot',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('list', sa.Text(), nullable=False),
    sa.Column('stratum', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['list'], ['sealed_list.id'], name=op.f('fk_sealed_slot_list')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sealed_slot')),
    sa.UniqueConstraint('stratum', 'position', name=op.f('uq_sealed_slot_stratum_position'))
    )
    op.create_table('shelf',
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('randomization', sa.Text(), nullable=False),
    sa.Column('set_at', sa.String(length=27), nullable=False),
    sa.CheckConstraint("randomization IN ('open', 'closed')", name=op.f('ck_shelf_randomization')),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_shelf_site')),
    sa.PrimaryKeyConstraint('site', name=op.f('pk_shelf'))
    )
    op.create_table('shipment',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('kits', sa.Integer(), nullable=False),
    sa.Column('requested_at', sa.String(length=27), nullable=False),
    sa.Column('sent_at', sa.String(length=27), nullable=True),
    sa.Column('received_at', sa.String(length=27), nullable=True),
    sa.CheckConstraint("state IN ('requested', 'in_transit', 'received')", name=op.f('ck_shipment_state')),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_shipment_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shipment')),
    sa.UniqueConstraint('number', name=op.f('uq_shipment_number'))
    )
    op.create_table('sign_in_session',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('created_at', sa.String(length=27), nullable=False),
    sa.Column('seen_at', sa.String(length=27), nullable=False),
    sa.Column('ended_at', sa.String(length=27), nullable=True),
    sa.Column('mac', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_sign_in_session_account')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sign_in_session'))
    )
    op.create_table('site_approval',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('approved_on', sa.String(length=10), nullable=False),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_site_approval_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_site_approval'))
    )
    op.create_table('training',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('version', sa.Text(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('recorded_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['account.id'], name=op.f('fk_training_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training')),
    sa.UniqueConstraint('account', 'version', name=op.f('uq_training_account_version'))
    )
    op.create_table('baseline_value',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('field', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.Column('recorded_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_baseline_value_participant_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_baseline_value')),
    sa.UniqueConstraint('participant', 'field', 'revision', name=op.f('uq_baseline_value_participant_field_revision'))
    )
    op.create_table('consent',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('version', sa.Text(), nullable=False),
    sa.Column('signed_on', sa.String(length=10), nullable=False),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_consent_participant_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')),
    sa.UniqueConstraint('participant', 'version', name=op.f('uq_consent_participant_version'))
    )
    op.create_table('draw',
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('slot', sa.Text(), nullable=False),
    sa.Column('stratum', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('drawn_at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['participant'], ['participant.id'], name=op.f('fk_draw_participant')),
    sa.ForeignKeyConstraint(['slot'], ['sealed_slot.id'], name=op.f('fk_draw_slot')),
    sa.PrimaryKeyConstraint('participant', name=op.f('pk_draw')),
    sa.UniqueConstraint('slot', name=op.f('uq_draw_slot')),
    sa.UniqueConstraint('stratum', 'position', name=op.f('uq_draw_stratum_position'))
    )
    op.create_table('eligibility',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('protocol_version', sa.Text(), nullable=False),
    sa.Column('answers', sa.Text(), nullable=False),
    sa.Column('eligible', sa.Boolean(), nullable=False),
    sa.Column('stratum', sa.Text(), nullable=False),
    sa.Column('confirmed_by', sa.Text(), nullable=False),
    sa.Column('confirmed_at', sa.String(length=27), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_eligibility_participant_site')),
    sa.ForeignKeyConstraint(['signature'], ['signature.id'], name=op.f('fk_eligibility_signature')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_eligibility')),
    sa.UniqueConstraint('participant', 'revision', name=op.f('uq_eligibility_participant_revision'))
    )
    op.create_table('kit',
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('manifest', sa.Text(), nullable=False),
    sa.Column('lot', sa.Text(), nullable=False),
    sa.Column('expiry', sa.String(length=10), nullable=False),
    sa.Column('vials', sa.Integer(), nullable=False),
    sa.Column('moves', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=True),
    sa.Column('participant', sa.Text(), nullable=True),
    sa.CheckConstraint("state IN ('at_depot', 'packed', 'in_transit', 'available', 'damaged', 'missing', 'quarantined', 'assigned', 'dispensed', 'returned', 'lost', 'expired')", name=op.f('ck_kit_state')),
    sa.CheckConstraint("state NOT IN ('assigned', 'dispensed') OR participant IS NOT NULL", name=op.f('ck_kit_holder')),
    sa.ForeignKeyConstraint(['manifest'], ['manifest.id'], name=op.f('fk_kit_manifest')),
    sa.ForeignKeyConstraint(['participant'], ['participant.id'], name=op.f('fk_kit_participant')),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_kit_site')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_kit'))
    )
    op.create_index('ix_kit_shelf', 'kit', ['site', 'state'], unique=False)
    op.create_table('randomized_in_error',
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('recorded_by', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_randomized_in_error_participant_site')),
    sa.PrimaryKeyConstraint('participant', name=op.f('pk_randomized_in_error'))
    )
    op.create_table('stratum_correction',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('stratum', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('recorded_by', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_stratum_correction_participant_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stratum_correction')),
    sa.UniqueConstraint('participant', 'revision', name=op.f('uq_stratum_correction_participant_revision'))
    )
    op.create_table('assignment',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('visit', sa.Text(), nullable=False),
    sa.Column('kit', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('assigned_at', sa.String(length=27), nullable=False),
    sa.Column('assigned_by', sa.Text(), nullable=False),
    sa.Column('handed_over_at', sa.String(length=27), nullable=True),
    sa.Column('handed_over_by', sa.Text(), nullable=True),
    sa.CheckConstraint("state IN ('assigned', 'handed_over')", name=op.f('ck_assignment_state')),
    sa.ForeignKeyConstraint(['kit'], ['kit.number'], name=op.f('fk_assignment_kit')),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_assignment_participant_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment')),
    sa.UniqueConstraint('kit', name=op.f('uq_assignment_kit')),
    sa.UniqueConstraint('participant', 'visit', name=op.f('uq_assignment_participant_visit'))
    )
    op.create_table('movement',
    sa.Column('kit', sa.Text(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=True),
    sa.Column('participant', sa.Text(), nullable=True),
    sa.Column('shipment', sa.Text(), nullable=True),
    sa.Column('moved_at', sa.String(length=27), nullable=False),
    sa.Column('moved_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['kit'], ['kit.number'], name=op.f('fk_movement_kit')),
    sa.PrimaryKeyConstraint('kit', 'line', name=op.f('pk_movement'))
    )
    op.create_index('ix_movement_shipment', 'movement', ['shipment'], unique=False)
    op.create_table('randomization',
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('stratum', sa.Text(), nullable=False),
    sa.Column('eligibility', sa.Text(), nullable=False),
    sa.Column('randomized_by', sa.Text(), nullable=False),
    sa.Column('randomized_at', sa.String(length=27), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['eligibility'], ['eligibility.id'], name=op.f('fk_randomization_eligibility')),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_randomization_participant_site')),
    sa.ForeignKeyConstraint(['signature'], ['signature.id'], name=op.f('fk_randomization_signature')),
    sa.PrimaryKeyConstraint('participant', name=op.f('pk_randomization')),
    sa.UniqueConstraint('number', name=op.f('uq_randomization_number'))
    )
