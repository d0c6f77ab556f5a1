"""The treatment as it went: visits, doses, holds, counted vials, discrepancies, mishaps, deviations, what is settled."""

import sqlalchemy as sa
from alembic import op


revision = 'treatment'
down_revision = 'first_rooms'


def upgrade() -> None:
    op.create_table('disposal',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('kits', sa.Text(), nullable=False),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Text(), nullable=False),
    sa.Column('proposed_at', sa.String(length=27), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('witnessed_by', sa.Text(), nullable=True),
    sa.Column('witnessed_at', sa.String(length=27), nullable=True),
    sa.Column('witness_signature', sa.Text(), nullable=True),
    sa.CheckConstraint("kind IN ('destroyed', 'sent_back')", name=op.f('ck_disposal_kind')),
    sa.CheckConstraint("state IN ('proposed', 'done', 'withdrawn')", name=op.f('ck_disposal_state')),
    sa.ForeignKeyConstraint(['signature'], ['signature.id'], name=op.f('fk_disposal_signature')),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_disposal_site')),
    sa.ForeignKeyConstraint(['witness_signature'], ['signature.id'], name=op.f('fk_disposal_witness_signature')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposal')),
    info={'kept_by': 'act'}
    )
    op.create_table('line_review',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('book', sa.Text(), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('reviewed_by', sa.Text(), nullable=False),
    sa.Column('reviewed_at', sa.String(length=27), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['signature'], ['signature.id'], name=op.f('fk_line_review_signature')),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_line_review_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_line_review')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_index('ix_line_review_line', 'line_review', ['book', 'line'], unique=False)
    op.create_table('change_request',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('wanted', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('requested_by', sa.Text(), nullable=False),
    sa.Column('requested_at', sa.String(length=27), nullable=False),
    sa.Column('decision', sa.Text(), nullable=True),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.String(length=27), nullable=True),
    sa.CheckConstraint("(state = 'open') = (decision IS NULL)", name=op.f('ck_change_request_decision')),
    sa.CheckConstraint("state IN ('open', 'agreed', 'declined')", name=op.f('ck_change_request_state')),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_change_request_participant_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_request')),
    info={'kept_by': 'act'}
    )
    op.create_table('deviation',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('happened_on', sa.String(length=10), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('told', sa.Text(), nullable=True),
    sa.Column('noted_at', sa.String(length=27), nullable=False),
    sa.Column('noted_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['participant'], ['participant.id'], name=op.f('fk_deviation_participant')),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_deviation_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deviation')),
    sa.UniqueConstraint('kind', 'subject', name=op.f('uq_deviation_kind_subject')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_index('ix_deviation_participant', 'deviation', ['participant'], unique=False)
    op.create_table('hold',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('from_on', sa.String(length=10), nullable=False),
    sa.Column('resumed_on', sa.String(length=10), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('held_by', sa.Text(), nullable=False),
    sa.Column('held_at', sa.String(length=27), nullable=False),
    sa.Column('resumed_by', sa.Text(), nullable=True),
    sa.Column('resumed_at', sa.String(length=27), nullable=True),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_hold_participant_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hold')),
    sa.UniqueConstraint('participant', 'from_on', name=op.f('uq_hold_participant_from_on')),
    info={'kept_by': 'act'}
    )
    op.create_table('treatment_stop',
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('last_day', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('stopped_by', sa.Text(), nullable=False),
    sa.Column('stopped_at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_treatment_stop_participant_site')),
    sa.PrimaryKeyConstraint('participant', name=op.f('pk_treatment_stop')),
    info={'kept_by': 'act'}
    )
    op.create_table('visit_record',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('visit', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('visited_on', sa.String(length=10), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.Column('recorded_by', sa.Text(), nullable=False),
    sa.CheckConstraint("(state = 'done') = (visited_on IS NOT NULL)", name=op.f('ck_visit_record_day')),
    sa.CheckConstraint("state IN ('done', 'skipped')", name=op.f('ck_visit_record_state')),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_visit_record_participant_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_record')),
    sa.UniqueConstraint('participant', 'visit', 'revision', name=op.f('uq_visit_record_participant_visit_revision')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_table('deviation_revision',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('deviation', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('stands', sa.Boolean(), nullable=False),
    sa.Column('happened_on', sa.String(length=10), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('told', sa.Text(), nullable=True),
    sa.Column('noted_at', sa.String(length=27), nullable=False),
    sa.Column('noted_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['deviation'], ['deviation.id'], name=op.f('fk_deviation_revision_deviation')),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_deviation_revision_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deviation_revision')),
    sa.UniqueConstraint('deviation', 'revision', name=op.f('uq_deviation_revision_deviation_revision')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_table('deviation_class',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('deviation', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('severity', sa.Text(), nullable=False),
    sa.Column('per_protocol', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('classified_by', sa.Text(), nullable=False),
    sa.Column('classified_at', sa.String(length=27), nullable=False),
    sa.CheckConstraint("per_protocol IN ('keep', 'exclude')", name=op.f('ck_deviation_class_per_protocol')),
    sa.CheckConstraint("role IN ('data_manager', 'trial_statistician')", name=op.f('ck_deviation_class_role')),
    sa.CheckConstraint("severity IN ('none', 'minor', 'important')", name=op.f('ck_deviation_class_severity')),
    sa.ForeignKeyConstraint(['deviation'], ['deviation.id'], name=op.f('fk_deviation_class_deviation')),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_deviation_class_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deviation_class')),
    sa.UniqueConstraint('deviation', 'role', 'revision', name=op.f('uq_deviation_class_deviation_role_revision')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_table('discrepancy',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('kit', sa.Text(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('expected', sa.Integer(), nullable=False),
    sa.Column('found', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.String(length=27), nullable=False),
    sa.Column('resolution', sa.Text(), nullable=True),
    sa.Column('resolved_by', sa.Text(), nullable=True),
    sa.Column('resolved_at', sa.String(length=27), nullable=True),
    sa.CheckConstraint("(state = 'resolved') = (resolution IS NOT NULL)", name=op.f('ck_discrepancy_resolution')),
    sa.CheckConstraint("kind IN ('vials', 'diary', 'adherence')", name=op.f('ck_discrepancy_kind')),
    sa.CheckConstraint("state IN ('open', 'resolved')", name=op.f('ck_discrepancy_state')),
    sa.ForeignKeyConstraint(['kit'], ['kit.number'], name=op.f('fk_discrepancy_kit')),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_discrepancy_participant_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discrepancy')),
    info={'kept_by': 'act'}
    )
    op.create_index('ix_discrepancy_kit', 'discrepancy', ['kit'], unique=False)
    op.create_index('ix_discrepancy_participant', 'discrepancy', ['participant'], unique=False)
    op.create_table('dose',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('taken_on', sa.String(length=10), nullable=True),
    sa.Column('taken_at', sa.Text(), nullable=True),
    sa.Column('kit', sa.Text(), nullable=True),
    sa.Column('place', sa.Text(), nullable=True),
    sa.Column('injection_site', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.String(length=27), nullable=False),
    sa.Column('recorded_by', sa.Text(), nullable=False),
    sa.CheckConstraint("(outcome IN ('taken', 'partial')) = (taken_on IS NOT NULL)", name=op.f('ck_dose_day')),
    sa.CheckConstraint("kind IN ('scheduled', 'extra')", name=op.f('ck_dose_kind')),
    sa.CheckConstraint("outcome IN ('taken', 'partial', 'missed', 'void')", name=op.f('ck_dose_outcome')),
    sa.CheckConstraint('(taken_on IS NULL) = (kit IS NULL)', name=op.f('ck_dose_kit')),
    sa.ForeignKeyConstraint(['kit'], ['kit.number'], name=op.f('fk_dose_kit')),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_dose_participant_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dose')),
    sa.UniqueConstraint('participant', 'kind', 'number', 'revision', name=op.f('uq_dose_participant_kind_number_revision')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_index('ix_dose_kit', 'dose', ['kit'], unique=False)
    op.create_table('kit_return',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('kit', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('returned_on', sa.String(length=10), nullable=False),
    sa.Column('unused', sa.Integer(), nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('used_before', sa.Integer(), nullable=False),
    sa.Column('broken', sa.Integer(), nullable=False),
    sa.Column('lost', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('counted_by', sa.Text(), nullable=False),
    sa.Column('counted_at', sa.String(length=27), nullable=False),
    sa.CheckConstraint('unused >= 0 AND used >= used_before AND broken >= 0 AND lost >= 0', name=op.f('ck_kit_return_counts')),
    sa.CheckConstraint('used_before >= 0', name=op.f('ck_kit_return_used_before')),
    sa.ForeignKeyConstraint(['kit'], ['kit.number'], name=op.f('fk_kit_return_kit')),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_kit_return_participant_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kit_return')),
    sa.UniqueConstraint('kit', 'revision', name=op.f('uq_kit_return_kit_revision')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_index('ix_kit_return_participant', 'kit_return', ['participant'], unique=False)
    op.create_table('mishap',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=True),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('visit', sa.Text(), nullable=True),
    sa.Column('kit', sa.Text(), nullable=True),
    sa.Column('instead_of', sa.Text(), nullable=True),
    sa.Column('happened_on', sa.String(length=10), nullable=False),
    sa.Column('told', sa.Text(), nullable=False),
    sa.Column('box', sa.Text(), nullable=False),
    sa.Column('replacement', sa.Text(), nullable=False),
    sa.Column('replacement_kit', sa.Text(), nullable=True),
    sa.Column('card', sa.Text(), nullable=True),
    sa.Column('deviation', sa.Text(), nullable=False),
    sa.Column('reported_by', sa.Text(), nullable=False),
    sa.Column('reported_at', sa.String(length=27), nullable=False),
    sa.Column('note_signature', sa.Text(), nullable=True),
    sa.Column('note_signed_at', sa.String(length=27), nullable=True),
    sa.CheckConstraint("box IN ('with_participant', 'recovered', 'at_site', 'lost')", name=op.f('ck_mishap_box')),
    sa.CheckConstraint("kind IN ('wrong_kit', 'not_handed_over', 'lost', 'damaged', 'elsewhere')", name=op.f('ck_mishap_kind')),
    sa.CheckConstraint("replacement IN ('not_wanted', 'being_sent', 'to_be_allowed', 'set_aside', 'handed_over', 'not_collected', 'to_ask')", name=op.f('ck_mishap_replacement')),
    sa.ForeignKeyConstraint(['deviation'], ['deviation.id'], name=op.f('fk_mishap_deviation')),
    sa.ForeignKeyConstraint(['instead_of'], ['kit.number'], name=op.f('fk_mishap_instead_of')),
    sa.ForeignKeyConstraint(['kit'], ['kit.number'], name=op.f('fk_mishap_kit')),
    sa.ForeignKeyConstraint(['note_signature'], ['signature.id'], name=op.f('fk_mishap_note_signature')),
    sa.ForeignKeyConstraint(['participant'], ['participant.id'], name=op.f('fk_mishap_participant')),
    sa.ForeignKeyConstraint(['replacement_kit'], ['kit.number'], name=op.f('fk_mishap_replacement_kit')),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_mishap_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mishap')),
    info={'kept_by': 'act'}
    )
    op.create_index('ix_mishap_kit', 'mishap', ['kit'], unique=False)
    op.create_table('passed_on',
    sa.Column('kit', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('mishap', sa.Text(), nullable=False),
    sa.Column('lot', sa.Text(), nullable=False),
    sa.Column('expiry', sa.String(length=10), nullable=False),
    sa.Column('vials', sa.Integer(), nullable=False),
    sa.Column('passed_at', sa.String(length=27), nullable=False),
    sa.Column('passed_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['kit'], ['kit.number'], name=op.f('fk_passed_on_kit')),
    sa.ForeignKeyConstraint(['mishap'], ['mishap.id'], name=op.f('fk_passed_on_mishap')),
    sa.ForeignKeyConstraint(['site'], ['site.code'], name=op.f('fk_passed_on_site')),
    sa.PrimaryKeyConstraint('kit', name=op.f('pk_passed_on')),
    info={'kept_by': 'act', 'append_only': True}
    )
    op.create_table('kit_allowance',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('participant', sa.Text(), nullable=False),
    sa.Column('site', sa.Text(), nullable=False),
    sa.Column('visit', sa.Text(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('allowed_by', sa.Text(), nullable=False),
    sa.Column('allowed_at', sa.String(length=27), nullable=False),
    sa.ForeignKeyConstraint(['participant', 'site'], ['participant.id', 'participant.site'], name=op.f('fk_kit_allowance_participant_site')),
    sa.ForeignKeyConstraint(['signature'], ['signature.id'], name=op.f('fk_kit_allowance_signature')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kit_allowance')),
    sa.UniqueConstraint('participant', 'visit', 'ordinal', name=op.f('uq_kit_allowance_participant_visit_ordinal')),
    info={'kept_by': 'act', 'append_only': True}
    )
    _change_old_tables()


PARTICIPANT = "state IN ('screened', 'screen_failed', 'randomized', 'withdrawn', 'completed')"
KIT_STATES = (
    "at_depot", "packed", "in_transit", "available", "damaged", "missing", "quarantined", "assigned", "dispensed",
    "misallocated", "not_dispensed", "returned", "reconciled", "lost", "expired", "destroyed", "sent_back",
)
KIT = f"state IN {KIT_STATES}"
HOLDER = (
    "state NOT IN ('assigned', 'dispensed', 'misallocated', 'returned', 'reconciled') OR participant IS NOT NULL"
)
ASSIGNMENT = "state IN ('assigned', 'cancelled', 'handed_over', 'void')"


def _change_old_tables() -> None:
    """SQLite changes a constraint only by making the table anew: its guards are laid again after every migration."""
    with op.batch_alter_table("participant") as table:
        table.add_column(sa.Column("ended_on", sa.String(length=10), nullable=True))
        _check(table, "ck_participant_state", PARTICIPANT)
    with op.batch_alter_table("kit") as table:
        _check(table, "ck_kit_state", KIT)
        _check(table, "ck_kit_holder", HOLDER)
    op.create_index("ix_kit_participant", "kit", ["participant"], unique=False)
    with op.batch_alter_table("assignment") as table:
        table.add_column(sa.Column("ordinal", sa.Integer(), nullable=False, server_default="1"))
        table.drop_constraint("uq_assignment_participant_visit", type_="unique")
        table.create_unique_constraint("uq_assignment_participant_visit_ordinal", ["participant", "visit", "ordinal"])
        _check(table, "ck_assignment_state", ASSIGNMENT)
    with op.batch_alter_table("assignment") as table:
        table.alter_column("ordinal", server_default=None)


def _check(table, name: str, condition: str) -> None:
    table.drop_constraint(op.f(name), type_="check")
    table.create_check_constraint(op.f(name), condition)
