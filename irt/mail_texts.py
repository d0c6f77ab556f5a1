"""The texts of messages: a participant's number, a site and where to look; no term, no grade, no arm."""


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
    "clock.opinion_close": (
        N_("The sponsor's opinion on an event of participant %(number)s is due soon"),
        N_(
            "A serious adverse event of participant %(number)s at site %(site)s waits for the sponsor's opinion. Half "
            "of the time within which a report would be due is gone:\n\n%(link)s"
        ),
    ),
    "clock.opinion_over": (
        N_("The sponsor's opinion on an event of participant %(number)s is overdue"),
        N_(
            "A serious adverse event of participant %(number)s at site %(site)s waits for the sponsor's opinion. The "
            "time within which a report would have been due is over:\n\n%(link)s"
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
# kind → subject and body; the facts of the outbox row, and `site`, `link`, fill them
MESSAGES = {
    "participant.randomized": (
        N_("Participant %(number)s was randomized"),
        N_("Participant %(number)s at site %(site)s was randomized. The first kit is assigned.\n\n%(link)s"),
    ),
    "shipment.requested": (
        N_("A shipment to site %(site)s is to be packed"),
        N_("A shipment to site %(site)s was requested. The packing list is here:\n\n%(link)s"),
    ),
    "shipment.sent": (
        N_("A shipment to site %(site)s is on its way"),
        N_("A shipment to site %(site)s has left the depot. Please receive it here when it arrives:\n\n%(link)s"),
    ),
    "shipment.overdue": (
        N_("Shipment %(box)s to site %(site)s is overdue"),
        N_(
            "Shipment %(box)s to site %(site)s should have come by now. Please find out where it is: still at the "
            "depot, lost on its way, or come and not received here. What is lost, the site receives as missing:"
            "\n\n%(link)s"
        ),
    ),
    "shipment.express_cancelled": (
        N_("The kit for participant %(number)s does not come"),
        N_(
            "Shipment %(box)s, by which a kit for participant %(number)s was to come to site %(site)s, was cancelled "
            "before it left the depot. Ask for the kit again on the participant's page:\n\n%(link)s"
        ),
    ),
    "quarantine.excursion": (
        N_("A box arrived at site %(site)s after a temperature excursion"),
        N_(
            "The temperature record of shipment %(box)s shows an excursion. Its kits are in quarantine "
            "(%(entry)s) until you decide on them:\n\n%(link)s"
        ),
    ),
    "quarantine.not_read": (
        N_("The temperature record of a box at site %(site)s was not read"),
        N_(
            "Shipment %(box)s arrived, and its temperature record was not read. Its kits are in quarantine "
            "(%(entry)s) until you decide on them:\n\n%(link)s"
        ),
    ),
    "quarantine.found": (
        N_("A kit at site %(site)s was missing and is found again"),
        N_(
            "A kit of shipment %(box)s was missing when the box was received, and is found again. It is in quarantine "
            "(%(entry)s) until you decide on it:\n\n%(link)s"
        ),
    ),
    "quarantine.refrigerator": (
        N_("Temperature excursion in the refrigerator of site %(site)s"),
        N_(
            "All %(kits)s kits that stood in the refrigerator of site %(site)s are in quarantine (%(entry)s) until you "
            "decide on them:\n\n%(link)s"
        ),
    ),
    "quarantine.handed_over": (
        N_("Kits for participants of site %(site)s came from a refrigerator that had failed"),
        N_(
            "Kits that were handed over to participants of site %(site)s stood in a refrigerator that was out of its "
            "range by then. They stay with the participants until quality decides on quarantine %(entry)s; you are "
            "told then:\n\n%(link)s"
        ),
    ),
    "excursion.call_back": (
        N_("Kits with participants of site %(site)s are rejected"),
        N_(
            "Quality rejected what stood in a refrigerator that had failed (quarantine %(entry)s). Please call back "
            "the kits of it that participants of site %(site)s still have; your start page names them:\n\n%(link)s"
        ),
    ),
    "quarantine.released": (
        N_("Kits at site %(site)s are released"),
        N_("Quality released the kits of quarantine %(entry)s at site %(site)s:\n\n%(link)s"),
    ),
    "quarantine.rejected": (
        N_("Kits at site %(site)s are rejected"),
        N_(
            "Quality rejected the kits of quarantine %(entry)s at site %(site)s. They wait to be disposed of:"
            "\n\n%(link)s"
        ),
    ),
    "lot.held": (
        N_("Lot %(lot)s is on hold, and kits of it are at site %(site)s"),
        N_(
            "Lot %(lot)s is on hold. Its kits at site %(site)s are in quarantine; the recall list names those with "
            "participants:\n\n%(link)s"
        ),
    ),
    "lot.held_everywhere": (
        N_("Lot %(lot)s is on hold"),
        N_("No kit of lot %(lot)s is given or shipped until quality decides:\n\n%(link)s"),
    ),
    "lot.resumed": (
        N_("The hold of lot %(lot)s has ended, and kits of it are at site %(site)s"),
        N_(
            "The hold of lot %(lot)s has ended. Its kits at site %(site)s are back where they were; those that had "
            "been set aside for a visit go to nobody:\n\n%(link)s"
        ),
    ),
    "lot.resumed_everywhere": (
        N_("The hold of lot %(lot)s has ended"),
        N_("Kits of lot %(lot)s may be given and shipped again:\n\n%(link)s"),
    ),
    "lot.rejected": (
        N_("Lot %(lot)s is rejected, and kits of it are at site %(site)s"),
        N_(
            "Lot %(lot)s is rejected: no kit of it is given any more. Those at site %(site)s wait to be disposed of. "
            "Please call back those that participants still have; your start page names them:\n\n%(link)s"
        ),
    ),
    "lot.rejected_everywhere": (
        N_("Lot %(lot)s is rejected"),
        N_("No kit of lot %(lot)s is ever given or shipped:\n\n%(link)s"),
    ),
    "lot.shortened": (
        N_("Lot %(lot)s expires earlier, and kits of it are at site %(site)s"),
        N_(
            "Lot %(lot)s expires on %(day)s by now, which is earlier than its labels say. Please relabel the kits at "
            "site %(site)s before one is handed over, and call back those at home that are past it:\n\n%(link)s"
        ),
    ),
    "supply.short": (
        N_("The depot cannot supply site %(site)s"),
        N_("Kits were needed for site %(site)s, and the depot has none to send. Please look at its stock:\n\n%(link)s"),
    ),
    "mishap.elsewhere": (
        N_("Participant %(number)s came to site %(at)s"),
        N_(
            "Participant %(number)s of site %(site)s came to site %(at)s, where the kit of the visit was set aside. "
            "The participant's page shows it:\n\n%(link)s"
        ),
    ),
    "mishap.not_collected": (
        N_("Participant %(number)s did not collect the kit at site %(at)s"),
        N_(
            "Participant %(number)s of site %(site)s did not collect the kit that was set aside at site %(at)s. Where "
            "one is needed, ask for it on the participant's page:\n\n%(link)s"
        ),
    ),
    "kit.to_be_allowed": (
        N_("Another kit for participant %(number)s waits to be allowed"),
        N_(
            "Two kits of one visit of participant %(number)s at site %(site)s are gone. The next one is given only "
            "when you allow it; please look here:\n\n%(link)s"
        ),
    ),
    "mishap.told": (
        N_("Something happened to a box of participant %(number)s"),
        N_(
            "At site %(site)s somebody told what happened to a box of participant %(number)s. What was done and what "
            "is open stands here:\n\n%(link)s"
        ),
    ),
    "mishap.in_stock": (
        N_("Something happened to a box at site %(site)s"),
        N_(
            "At site %(site)s somebody told what happened to a box that was nobody's yet. What was done and what is "
            "open stands here:\n\n%(link)s"
        ),
    ),
    "code_break.done": (
        N_("Emergency code break: participant %(number)s"),
        N_(
            "The code of participant %(number)s at site %(site)s was broken in an emergency. What it showed is told to "
            "nobody else. That it happened, and why, stands here:\n\n%(link)s"
        ),
    ),
    "code_break.serial": (
        N_("Several emergency code breaks at site %(site)s"),
        N_(
            "At site %(site)s %(count)s codes were broken within one hour. Please speak to the investigator at once. "
            "What is recorded stands here:\n\n%(link)s"
        ),
    ),
    "findings.reported": (
        N_("The nightly check found something"),
        N_(
            "The nightly check found %(findings)s things in the database that are not as they were left. Please let "
            "the operator run `irt verify`, which names them. How the jobs stand:\n\n%(link)s"
        ),
    ),
    "special_report": (
        N_("A special report about participant %(number)s"),
        N_(
            "At site %(site)s somebody reported what is to be known beside adverse events about participant "
            "%(number)s, or added to it:\n\n%(link)s"
        ),
    ),
    "invitation": (
        N_("Your access to the trial's randomization and supply service"),
        N_("Choose your own password here, within seven days. The link is for you alone:\n\n%(link)s"),
    ),
    "unblinding.reported": (
        N_("An accidental unblinding was reported"),
        N_(
            "Somebody reported that a treatment may have become known by accident. Please assess what it means; the "
            "report is here:\n\n%(link)s"
        ),
    ),
    "paper_code.used": (
        N_("A paper code of yours was used"),
        N_(
            "One of your paper codes was used just now, to sign in or to sign. If it was not you, ask the "
            "administrator at once to end your access. Your account page lists the codes that were used:\n\n%(link)s"
        ),
    ),
    "envelope.opened": (
        N_("Emergency envelope opened: participant %(number)s"),
        N_(
            "The emergency envelope of participant %(number)s at site %(site)s was opened while the service was down. "
            "What it showed is told to nobody else. That it happened, and why, stands here:\n\n%(link)s"
        ),
    ),
    "envelopes.due": (
        N_("Emergency envelopes: %(due)s to issue, %(older)s older than the newest kit"),
        N_(
            "%(due)s participants have no emergency envelope, or had a wrong box after theirs was issued: please issue "
            "them with `irt envelopes export`. Of %(older)s others the newest kit was given after the envelope was "
            "issued, and is not in it; with --older theirs are issued anew. The page of the envelopes:\n\n%(link)s"
        ),
    ),
    "role_proposed": (
        N_("A role waits for a second signature"),
        N_("A role was proposed for somebody. Please agree or decline; your start page names it:\n\n%(link)s"),
    ),
    **SAFETY,
}
