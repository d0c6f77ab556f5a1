"""What the trial's labels say beside what is known of kit and dosing."""

from irt.study.part import Line, Part, Words


class Label(Part):
    """The texts of every kit's label, alike for all arms; without a telephone number there is a line to write it on.

    `gtin`: the number of the kit as a trade item, one for all types, where the sponsor has one.
    """

    contact: Words
    emergency_telephone: Line | None = None
    form: Words
    directions: Words
    gtin: Line | None = None
