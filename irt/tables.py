"""Every table module of the house, imported in one place so that the metadata is whole."""

from irt.conduct import tables as conduct
from irt.db import Base
from irt.dispensing import tables as dispensing
from irt.gate import tables as gate
from irt.lock import tables as lock
from irt.outcomes import intercurrent_tables, query_tables
from irt.outcomes import tables as outcomes
from irt.participants import tables as participants
from irt.people import tables as people
from irt.randomization import tables as randomization
from irt.safety import dictionary_tables as dictionary
from irt.safety import emergency_tables, envelope_tables
from irt.safety import laboratory_tables as laboratory
from irt.safety import special_tables as special
from irt.safety import tables as safety
from irt.safety import unblinding_tables as unblindings
from irt.supply import tables as supply
from irt.vault import _tables as vault

ROOMS = (
    gate, people, conduct, participants, vault, supply, randomization, dispensing, safety, emergency_tables, special,
    laboratory, dictionary, unblindings, envelope_tables,
    outcomes, query_tables, intercurrent_tables, lock,
)  # fmt: skip
ALL = tuple(sorted(Base.metadata.tables))
