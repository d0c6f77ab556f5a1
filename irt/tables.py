"""Every table module of the house, imported in one place so that the metadata is whole."""

from irt.db import Base

ALL = tuple(sorted(Base.metadata.tables))
