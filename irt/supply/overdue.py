"""A box that does not come: after so many days it is told of, and later its kits no longer count as coming.

The clock alone decides, from when the box left, or was ordered: nothing is told of what it holds.
"""

from datetime import datetime, timedelta
from typing import Any

from irt.study import Supply

UNDER_WAY = ("requested", "packed", "in_transit")


def overdue(plan: Supply, box: Any, now: datetime) -> bool:
    """Whether a box should have come by now: the lead time has passed since it left or was ordered, and some days."""
    return box.state in UNDER_WAY and now > _awaited_until(plan, box)


def to_give_up(plan: Supply, box: Any, now: datetime) -> bool:
    """Whether a box is overdue so long that another could have been ordered since: nobody counts on it any more."""
    return overdue(plan, box, now) and now > _awaited_until(plan, box) + timedelta(days=plan.review_days)


def is_coming(box: Any) -> bool:
    """Whether a box is counted on: it is under way, and was not given up."""
    return box.state in UNDER_WAY and box.given_up_at is None


def _awaited_until(plan: Supply, box: Any) -> datetime:
    left: datetime = box.sent_at or box.requested_at
    return left + timedelta(days=plan.lead_days + plan.overdue_days)
