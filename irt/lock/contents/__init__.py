"""What is handed over at release: every table of the package with its columns, in the order of their numbers.

The one definition: extraction fills it, the package writes it, the data dictionary prints it, the analysis reads it.
Cells are text, empty where nothing is known: `code` and `text` as they are, `integer` and `number` as decimals with a
point, `date` as YYYY-MM-DD at the site, `instant` as ISO 8601 with its offset, `yesno` as Y or N. A participant is
named by the screening number everywhere.
"""

from collections.abc import Mapping

from irt.lock.contents.allocation import ALLOCATION
from irt.lock.contents.clinical import CLINICAL
from irt.lock.contents.course import COURSE
from irt.lock.contents.shape import Column, Kind, Row, Rows, Table, Tables

__all__ = ["TABLES", "Column", "Kind", "Row", "Rows", "Table", "Tables", "mistakes"]

TABLES: Mapping[str, Table] = {one.name: one for one in (*ALLOCATION, *COURSE, *CLINICAL)}


def mistakes(tables: Tables) -> list[str]:
    """What keeps `tables` from being whole: a table or column too many or too few, a cell of the wrong kind."""
    found = [f"{name}: is missing" for name in TABLES if name not in tables]
    found += [f"{name}: is no table of the package" for name in tables if name not in TABLES]
    for name, rows in tables.items():
        if (table := TABLES.get(name)) is not None:
            found += table.mistakes(rows)
    return found
