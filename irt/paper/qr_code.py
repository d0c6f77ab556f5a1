"""A QR code (ISO/IEC 18004) as a picture, for an address that a telephone is held before."""

from irt.paper.drawing import closed, opened

QUIET = 4  # cells left free around it


def qr_picture(text: str, title: str) -> str:
    """The code of a text as SVG, which is read out by its title."""
    import numpy
    import zxingcpp  # loaded by who draws one

    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    cells = numpy.asarray(made.to_image(scale=1, add_quiet_zones=False)) == 0
    side = len(cells) + 2 * QUIET
    dark = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(cells.tolist()) for x, on in enumerate(row) if on
    )
    return closed([*opened(title, side, side), f'<path d="{dark}" fill="#000"/>'])
