"""Supply: lots, quality, shipments in all their kinds, excursions, resupply, the nightly jobs."""

import sqlalchemy as sa
from alembic import op


revision = 'supply'
down_revision = 'treatment'


KIT_STATES = (
    "at_depot", "packed", "in_transit", "available", "damaged", "missing", "quarantined", "assigned", "dispensed",
    "misallocated", "not_dispensed", "returned", "reconciled", "lost", "expired", "destroyed", "sent_back",
    "back_at_depot",
)  # fmt: skip
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
    _about_lots()
    _change_old_tables()
    _treatment_mended()
    _about_quality()
    op.create_table(
        "express",
        sa.Column("shipment", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("visit", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
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


def _about_lots() -> None:
    """Decisions on lots, the files that come with records, what became of a manifest's file, drills."""
    op.create_table(
        "attachment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.code"], name=op.f("fk_attachment_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_table(
        "lot_decision",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.String(length=10), nullable=True),
        sa.Column("expiry", sa.String(length=10), nullable=True),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.String(length=27), nullable=False),
        sa.CheckConstraint("kind IN ('released', 'held', 'resumed', 'rejected', 'extended', 'shortened')", name=op.f("ck_lot_decision_kind")),
        sa.CheckConstraint("(kind IN ('extended', 'shortened')) = (expiry IS NOT NULL)", name=op.f("ck_lot_decision_expiry")),
        sa.ForeignKeyConstraint(["signature"], ["signature.id"], name=op.f("fk_lot_decision_signature")),
        sa.ForeignKeyConstraint(["lot"], ["lot.code"], name=op.f("fk_lot_decision_lot")),
        sa.UniqueConstraint("lot", "ordinal", name=op.f("uq_lot_decision_lot_ordinal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_decision")),
    )
    op.create_table(
        "relabelling",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("kits", sa.Text(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("done_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.code"], name=op.f("fk_relabelling_site")),
        sa.ForeignKeyConstraint(["decision"], ["lot_decision.id"], name=op.f("fk_relabelling_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relabelling")),
    )
    op.create_table(
        "recall_drill",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("drilled_by", sa.Text(), nullable=False),
        sa.Column("drilled_at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["lot"], ["lot.code"], name=op.f("fk_recall_drill_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_drill")),
    )
    op.create_table(
        "manifest_disposal",
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("disposed_by", sa.Text(), nullable=False),
        sa.Column("disposed_at", sa.String(length=27), nullable=False),
        sa.CheckConstraint("kind IN ('destroyed', 'escrow')", name=op.f("ck_manifest_disposal_kind")),
        sa.ForeignKeyConstraint(["manifest"], ["manifest.id"], name=op.f("fk_manifest_disposal_manifest")),
        sa.ForeignKeyConstraint(["signature"], ["signature.id"], name=op.f("fk_manifest_disposal_signature")),
        sa.PrimaryKeyConstraint("manifest", name=op.f("pk_manifest_disposal")),
    )


def _about_quality() -> None:
    """Quarantines, and what the depot destroyed."""
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("shipment", sa.Text(), nullable=True),
        sa.Column("lot", sa.Text(), nullable=True),
        sa.Column("noticed_on", sa.String(length=10), nullable=True),
        sa.Column("noticed_at", sa.Text(), nullable=True),
        sa.Column("failed_on", sa.String(length=10), nullable=True),
        sa.Column("failed_at", sa.Text(), nullable=True),
        sa.Column("lowest", sa.String(length=40), nullable=True),
        sa.Column("highest", sa.String(length=40), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("attachment", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.String(length=27), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.String(length=27), nullable=True),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_quarantine_decided")),
        sa.CheckConstraint("(kind = 'lot') = (site IS NULL)", name=op.f("ck_quarantine_site")),
        sa.CheckConstraint("kind IN ('transit', 'refrigerator', 'lot')", name=op.f("ck_quarantine_kind")),
        sa.CheckConstraint("(kind = 'transit') = (shipment IS NOT NULL)", name=op.f("ck_quarantine_shipment")),
        sa.CheckConstraint("state IN ('open', 'released', 'rejected')", name=op.f("ck_quarantine_state")),
        sa.CheckConstraint("(kind = 'lot') = (lot IS NOT NULL)", name=op.f("ck_quarantine_lot")),
        sa.ForeignKeyConstraint(["lot"], ["lot.code"], name=op.f("fk_quarantine_lot")),
        sa.ForeignKeyConstraint(["attachment"], ["attachment.id"], name=op.f("fk_quarantine_attachment")),
        sa.ForeignKeyConstraint(["shipment"], ["shipment.id"], name=op.f("fk_quarantine_shipment")),
        sa.ForeignKeyConstraint(["signature"], ["signature.id"], name=op.f("fk_quarantine_signature")),
        sa.ForeignKeyConstraint(["site"], ["site.code"], name=op.f("fk_quarantine_site")),
        sa.UniqueConstraint("number", name=op.f("uq_quarantine_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "quarantined_kit",
        sa.Column("quarantine", sa.Text(), nullable=False),
        sa.Column("kit", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("back_to", sa.Text(), nullable=False),
        sa.CheckConstraint("back_to IN ('available', 'at_depot', 'not_dispensed', 'quarantined')", name=op.f("ck_quarantined_kit_back_to")),
        sa.ForeignKeyConstraint(["site"], ["site.code"], name=op.f("fk_quarantined_kit_site")),
        sa.ForeignKeyConstraint(["quarantine"], ["quarantine.id"], name=op.f("fk_quarantined_kit_quarantine")),
        sa.ForeignKeyConstraint(["kit"], ["kit.number"], name=op.f("fk_quarantined_kit_kit")),
        sa.PrimaryKeyConstraint("quarantine", "kit", "line", name=op.f("pk_quarantined_kit")),
    )
    op.create_index("ix_quarantined_kit_kit", "quarantined_kit", ["kit"], unique=False)
    op.create_table(
        "exposed_kit",
        sa.Column("quarantine", sa.Text(), nullable=False),
        sa.Column("kit", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("handed_over_at", sa.String(length=27), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'released', 'rejected')", name=op.f("ck_exposed_kit_state")),
        sa.ForeignKeyConstraint(["site"], ["site.code"], name=op.f("fk_exposed_kit_site")),
        sa.ForeignKeyConstraint(["quarantine"], ["quarantine.id"], name=op.f("fk_exposed_kit_quarantine")),
        sa.ForeignKeyConstraint(["kit"], ["kit.number"], name=op.f("fk_exposed_kit_kit")),
        sa.PrimaryKeyConstraint("quarantine", "kit", name=op.f("pk_exposed_kit")),
    )
    op.create_index("ix_exposed_kit_kit", "exposed_kit", ["kit"], unique=False)
    op.create_table(
        "destruction",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kits", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("attachment", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.String(length=27), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.String(length=27), nullable=True),
        sa.Column("second_signature", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'done', 'withdrawn')", name=op.f("ck_destruction_state")),
        sa.CheckConstraint("(state = 'done') = (signed_at IS NOT NULL)", name=op.f("ck_destruction_signed")),
        sa.ForeignKeyConstraint(["signature"], ["signature.id"], name=op.f("fk_destruction_signature")),
        sa.ForeignKeyConstraint(["second_signature"], ["signature.id"], name=op.f("fk_destruction_second_signature")),
        sa.ForeignKeyConstraint(["attachment"], ["attachment.id"], name=op.f("fk_destruction_attachment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction")),
    )


def _change_old_tables() -> None:
    """A trial that has kits already is upgraded: its lots are taken as released, with the expiry that they have."""
    op.execute(
        "INSERT INTO lot (code, expiry, state, set_at) "
        "SELECT kit.lot, min(kit.expiry), 'released', (SELECT min(imported_at) FROM manifest) FROM kit GROUP BY kit.lot"
    )
    with op.batch_alter_table("kit") as table:
        table.create_foreign_key(op.f("fk_kit_lot"), "lot", ["lot"], ["code"])
        table.drop_constraint(op.f("ck_kit_state"), type_="check")
        table.create_check_constraint(op.f("ck_kit_state"), f"state IN {KIT_STATES}")
    with op.batch_alter_table("disposal") as table:
        for column, width in (("received_by", None), ("received_at", 27), ("missing", None)):
            table.add_column(sa.Column(column, sa.String(length=width) if width else sa.Text(), nullable=True))
        table.create_check_constraint(op.f("ck_disposal_received"), "received_at IS NULL OR kind = 'sent_back'")
    with op.batch_alter_table("shipment") as table:
        table.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="by_hand"))
        table.add_column(sa.Column("packed_at", sa.String(length=27), nullable=True))
        table.add_column(sa.Column("cancelled_at", sa.String(length=27), nullable=True))
        table.add_column(sa.Column("overdue_at", sa.String(length=27), nullable=True))
        table.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
        for column in ("lowest", "highest"):
            table.add_column(sa.Column(column, sa.String(length=40), nullable=True))
        for column in ("carrier", "logger", "temperature", "attachment", "cancel_reason", "told"):
            table.add_column(sa.Column(column, sa.Text(), nullable=True))
        table.create_foreign_key(op.f("fk_shipment_attachment"), "attachment", ["attachment"], ["id"])
        table.create_check_constraint(
            op.f("ck_shipment_temperature"), "temperature IN ('in_range', 'excursion', 'not_read')"
        )
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
