"""Supply: lots, quality, shipments in all their kinds, excursions, resupply, the nightly jobs."""

import sqlalchemy as sa
from alembic import op


revision = 'supply'
down_revision = 'treatment'


LOT_STATES = ("received", "released", "held", "rejected")


def upgrade() -> None:
    op.create_table(
        "lot",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("expiry", sa.String(length=10), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("set_at", sa.String(length=27), nullable=False),
        sa.CheckConstraint(f"state IN {LOT_STATES}", name=op.f("ck_lot_state")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_lot")),
    )
    _change_old_tables()
    _treatment_mended()
    op.create_table(
        "express",
        sa.Column("shipment", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("visit", sa.Text(), nullable=False),
        sa.Column("kit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["kit"], ["kit.number"], name=op.f("fk_express_kit")),
        sa.ForeignKeyConstraint(
            ["participant", "site"], ["participant.id", "participant.site"], name=op.f("fk_express_participant_site")
        ),
        sa.ForeignKeyConstraint(["shipment"], ["shipment.id"], name=op.f("fk_express_shipment")),
        sa.PrimaryKeyConstraint("shipment", name=op.f("pk_express")),
        sa.UniqueConstraint("kit", name=op.f("uq_express_kit")),
    )
    op.create_table(
        "supply_forecast",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("made_at", sa.String(length=27), nullable=False),
        sa.Column("study_digest", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_forecast")),
    )
    _scheduler()


def _scheduler() -> None:
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


def _change_old_tables() -> None:
    """A trial that has kits already is upgraded: its lots are taken as released, with the expiry that they have."""
    op.execute(
        "INSERT INTO lot (code, expiry, state, set_at) "
        "SELECT kit.lot, min(kit.expiry), 'released', (SELECT min(imported_at) FROM manifest) FROM kit GROUP BY kit.lot"
    )
    with op.batch_alter_table("kit") as table:
        table.create_foreign_key(op.f("fk_kit_lot"), "lot", ["lot"], ["code"])
    with op.batch_alter_table("shipment") as table:
        table.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="by_hand"))
        table.add_column(sa.Column("packed_at", sa.String(length=27), nullable=True))
        table.add_column(sa.Column("cancelled_at", sa.String(length=27), nullable=True))
        table.create_check_constraint(op.f("ck_shipment_kind"), "kind IN ('by_hand', 'resupply', 'express')")
        table.drop_constraint(op.f("ck_shipment_state"), type_="check")
        table.create_check_constraint(
            op.f("ck_shipment_state"), "state IN ('requested', 'packed', 'in_transit', 'received', 'cancelled')"
        )
    with op.batch_alter_table("shipment") as table:
        table.alter_column("kind", server_default=None)


def _treatment_mended() -> None:
    """A note signed before is to be read and signed again, for nobody knows what it told of then; a word about a
    deviation that has moved since is to be said again."""
    with op.batch_alter_table("mishap") as table:
        table.add_column(sa.Column("note_covers", sa.Text(), nullable=True))
    with op.batch_alter_table("deviation_class") as table:
        table.add_column(sa.Column("about", sa.Integer(), nullable=True))
    with op.batch_alter_table("visit_record") as table:
        table.drop_constraint(op.f("ck_visit_record_state"), type_="check")
        table.create_check_constraint(op.f("ck_visit_record_state"), "state IN ('done', 'skipped', 'void')")
