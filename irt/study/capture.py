"""How outcomes are captured: what a rater sees of earlier visits, and the page that the participant answers."""

from irt.study.part import Count, Part


class Capture(Part):
    """`hide_earlier_visits`: a rater's own earlier ratings, until the visit at hand is rated."""

    hide_earlier_visits: bool
    kiosk_hours: Count
    pooled_efficacy: bool
