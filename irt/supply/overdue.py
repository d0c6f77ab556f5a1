"""A box that does not come: after so many days it is told of, and its kits no longer count as coming.

The clock alone decides, from when the box left, or was ordered: nothing is told of what it holds.
"""

from datetime import datetime, timedelta
from typing import Any

from irt.study import Supply

UNDER_WAY = ("requested", "packed", "in_transit")


def overdue(plan: Supply, box: Any, now: datetime) -> bool:
    """Whether a box should have come by now: the lead time has passed since it left or was ordered, and some days."""
    left: datetime = box.sent_at or box.requested_at
    return box.state in UNDER_WAY and now > left + timedelta(days=plan.lead_days + plan.overdue_days)


def is_coming(box: Any) -> bool:
    """Whether a box is counted on: it is under way, and was not told of as overdue."""
    return box.state in UNDER_WAY and box.overdue_at is None
