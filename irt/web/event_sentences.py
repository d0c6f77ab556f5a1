"""The sentences of refusals about adverse events: each names what it is about and the remedy."""

from typing import Any

from flask_babel import lazy_gettext as _l

EVENTS: dict[str, Any] = {
    "event_mistakes": _l("Some of it does not go together. Nothing was recorded."),
    "event_known": _l(
        "Event %(number)s of this participant tells of the same onset already, %(day)s. Follow it up; if this is "
        "another one, write other words or another time."
    ),
    "news_known": _l(
        "Event %(number)s of this participant tells of the same onset already, %(day)s. What was heard may be news of "
        "it: go back and choose so at the note. If this is another event, write other words or another time."
    ),
    "event_moved": _l("Event %(number)s was told otherwise meanwhile. Look at it as it is by now and send again."),
    "event_void": _l(
        "Event %(number)s was told by mistake and counts no more. Report it anew if it happened after all."
    ),
    "event_unchanged": _l("Event %(number)s is recorded so already. Change what is new, or go back."),
    "told_settled": _l("This was settled already: %(state)s."),
}
