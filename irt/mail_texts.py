"""The texts of messages about safety: a participant's number, a site and where to look; no term, no grade, no arm."""


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for a text that is translated later)
    """Mark a text for the catalogues."""
    return text


SAFETY = {
    "event.serious": (
        N_("Serious adverse event of participant %(number)s"),
        N_(
            "A serious adverse event of participant %(number)s at site %(site)s was reported. It stands here:"
            "\n\n%(link)s"
        ),
    ),
    "event.news": (
        N_("News of a serious adverse event of participant %(number)s"),
        N_(
            "What is known of a serious adverse event of participant %(number)s at site %(site)s has changed. It "
            "stands here:\n\n%(link)s"
        ),
    ),
    "event.late": (
        N_("A serious adverse event of participant %(number)s was reported late"),
        N_(
            "A serious adverse event of participant %(number)s at site %(site)s was reported after its time. It stands "
            "here:\n\n%(link)s"
        ),
    ),
    "event.candidate": (
        N_("A case for the safety desk: participant %(number)s"),
        N_("An adverse event of participant %(number)s at site %(site)s waits for you here:\n\n%(link)s"),
    ),
    "clock.report_close": (
        N_("What was told of participant %(number)s waits to be judged"),
        N_(
            "At site %(site)s something was told of participant %(number)s that may be a serious adverse event. Half "
            "of the time for its report is gone. Please judge it here:\n\n%(link)s"
        ),
    ),
    "clock.report_over": (
        N_("A report about participant %(number)s is overdue"),
        N_(
            "At site %(site)s something was told of participant %(number)s that may be a serious adverse event, and no "
            "investigator has judged it in time:\n\n%(link)s"
        ),
    ),
    "clock.desk_close": (
        N_("Half of the time for a case of participant %(number)s is gone"),
        N_(
            "Half of the time for a report about participant %(number)s at site %(site)s is gone. How the case stands, "
            "you see here:\n\n%(link)s"
        ),
    ),
    "clock.desk_over": (
        N_("The time for a case of participant %(number)s is over"),
        N_(
            "The time for a report about participant %(number)s at site %(site)s is over. How the case stands, you see "
            "here:\n\n%(link)s"
        ),
    ),
}
