"""The words for kinds of notices, as a person chooses them, and for special reports."""

from flask_babel import lazy_gettext as _l

NOTICE_KINDS = {
    "participant.randomized": _l("A participant was randomized"),
    "shipment.requested": _l("A shipment is to be packed"),
    "shipment.sent": _l("A shipment is on its way"),
    "shipment.overdue": _l("A shipment is overdue"),
    "shipment.express_cancelled": _l("A kit sent by express does not come"),
    "quarantine.excursion": _l("A box arrived after a temperature excursion"),
    "quarantine.not_read": _l("The temperature record of a box was not read"),
    "quarantine.found": _l("A kit that was missing is found again"),
    "quarantine.refrigerator": _l("Temperature excursion in a refrigerator"),
    "quarantine.handed_over": _l("Kits were handed over after a refrigerator failed"),
    "excursion.call_back": _l("Kits at home are to be called back"),
    "quarantine.released": _l("Quarantined kits are released"),
    "quarantine.rejected": _l("Quarantined kits are rejected"),
    "lot.held": _l("A lot is on hold, and kits of it are at the site"),
    "lot.held_everywhere": _l("A lot is on hold"),
    "lot.resumed": _l("The hold of a lot has ended, and kits of it are at the site"),
    "lot.resumed_everywhere": _l("The hold of a lot has ended"),
    "lot.rejected": _l("A lot is rejected, and kits of it are at the site"),
    "lot.rejected_everywhere": _l("A lot is rejected"),
    "lot.shortened": _l("A lot expires earlier, and kits of it are at the site"),
    "supply.short": _l("The depot cannot supply a site"),
    "mishap.elsewhere": _l("A participant came to another site"),
    "mishap.not_collected": _l("A participant did not collect the kit at another site"),
    "kit.to_be_allowed": _l("Another kit waits to be allowed"),
    "mishap.told": _l("Something happened to a box of a participant"),
    "mishap.in_stock": _l("Something happened to a box in stock"),
    "findings.reported": _l("The nightly check found something"),
    "role_proposed": _l("A role waits for a second signature"),
    "event.serious": _l("A serious adverse event was reported"),
    "event.news": _l("News of a serious adverse event"),
    "event.late": _l("A serious adverse event was reported late"),
    "event.candidate": _l("A case for the safety desk"),
    "clock.report_close": _l("A report to the sponsor is due soon"),
    "clock.report_over": _l("A report to the sponsor is overdue"),
    "clock.desk_close": _l("A case of the safety desk is due soon"),
    "clock.desk_over": _l("A case of the safety desk is overdue"),
    "code_break.done": _l("Emergency code break"),
    "code_break.serial": _l("Several emergency code breaks at one site"),
    "special_report": _l("A special report about a participant"),
}
ON_OFF = {"on": _l("By mail"), "off": _l("Only here")}
SPECIAL_KINDS = {
    "pregnancy": _l("Pregnancy"),
    "medication_error": _l("Medication error"),
    "overdose": _l("Overdose"),
    "misuse": _l("Misuse"),
}
WHOSE = {"participant": _l("The participant"), "partner": _l("The participant's partner")}
PREGNANCY_OUTCOMES = {
    "ongoing": _l("Ongoing"),
    "live_birth": _l("Live birth"),
    "spontaneous_abortion": _l("Spontaneous abortion"),
    "elective_abortion": _l("Elective abortion"),
    "stillbirth": _l("Stillbirth"),
    "unknown": _l("Unknown"),
}
REPORTED = {"in_time": _l("In time"), "late": _l("Reported late")}
FIELDS = {
    "whose": _l("Who is pregnant"),
    "last_period_on": _l("First day of the last menstrual period"),
    "expected_on": _l("Expected day of delivery"),
    "outcome_on": _l("Day of the outcome"),
    "child": _l("Condition of the child, in your words"),
    "happened_at": _l("Time at which it happened"),
    "vials_taken": _l("Vials taken"),
    "vials_intended": _l("Vials intended"),
    "harm": _l("Harm"),
    "event": _l("Adverse event that came of it"),
    "aware_on": _l("Day on which the site knew of it"),
    "aware_at": _l("Time at which the site knew of it"),
    "report": _l("Report"),
    "notice": _l("Notice"),
    "mail": _l("By mail"),
}
