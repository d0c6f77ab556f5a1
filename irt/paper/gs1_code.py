"""A kit's number as a GS1 DataMatrix (ISO/IEC 16022 with FNC1), and nothing that could tell of the content.

The element string is (21) serial number; before it (01), where the sponsor has one GTIN for all kits of the trial. No
lot and no expiry: they are one thing more that must be alike for all types, and the service knows them by the number.
"""

from collections.abc import Sequence


def element_string(number: str, gtin: str = "") -> str:
    """What the code holds, as it is written for people: application identifiers in brackets."""
    return f"(01){gtin}(21){number}" if gtin else f"(21){number}"


def dark_cells(number: str, gtin: str = "") -> Sequence[Sequence[bool]]:
    """The code's cells, row by row from above, dark is True; without the quiet zone of one cell around it.

    As many rows as columns: 14, whatever length the number has; 18 with a GTIN.
    """
    import numpy
    import zxingcpp  # loaded by who prints

    made = zxingcpp.create_barcode(
        element_string(number, gtin), zxingcpp.BarcodeFormat.DataMatrix, gs1=True, force_square=True
    )
    cells: Sequence[Sequence[bool]] = (numpy.asarray(made.to_image(scale=1, add_quiet_zones=False)) == 0).tolist()
    return cells
