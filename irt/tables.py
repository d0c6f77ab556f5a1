"""Every table module of the house, imported in one place so that the metadata is whole."""

import irt.conduct.tables
import irt.gate.tables
import irt.participants.tables
import irt.people.tables
import irt.randomization.tables
import irt.supply.tables
import irt.vault._tables
from irt.db import Base

ALL = tuple(sorted(Base.metadata.tables))
