"""Supply: lots, quality, shipments in all their kinds, excursions, resupply, the nightly jobs."""

import sqlalchemy as sa
from alembic import op


revision = 'supply'
down_revision = 'treatment'


def upgrade() -> None:
    pass
