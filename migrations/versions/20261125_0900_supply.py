"""Supply: lots, quality, shipments in all their kinds, excursions, resupply, the nightly jobs."""

import sqlalchemy as sa
from alembic import op


revision = 'supply'
down_revision = 'treatment'


def upgrade() -> None:
    op.create_table('job_run',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('job', sa.Text(), nullable=False),
    sa.Column('due_at', sa.String(length=27), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('started_at', sa.String(length=27), nullable=False),
    sa.Column('finished_at', sa.String(length=27), nullable=True),
    sa.Column('seconds', sa.Integer(), nullable=True),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('mac', sa.Text(), nullable=False),
    sa.CheckConstraint("outcome IN ('done', 'found', 'skipped', 'refused', 'failed')", name=op.f('ck_job_run_outcome')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job_run')),
    sa.UniqueConstraint('job', 'due_at', name=op.f('uq_job_run_job_due_at')),
    info={'kept_by': 'housekeeping'}
    )
