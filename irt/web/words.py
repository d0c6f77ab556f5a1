"""The words for the codes that the trial speaks: roles, states, fields, kinds. The domain knows the codes only.

Those for acts, books, events, emergencies, jobs, notices and the laboratory stand in the modules beside it; `word`
knows all.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from irt.web import (
    act_words,
    book_words,
    emergency_words,
    event_words,
    intercurrent_words,
    job_words,
    lab_words,
    lock_words,
    notice_words,
    outcome_words,
    query_words,
    result_words,
)

ROLES = {
    "investigator": _l("Investigator"),
    "coordinator": _l("Coordinator"),
    "pharmacist": _l("Pharmacist"),
    "assessor": _l("Assessor"),
    "physician_assessor": _l("Physician-assessor"),
    "monitor": _l("Monitor"),
    "data_manager": _l("Data manager"),
    "medical_monitor": _l("Medical monitor"),
    "trial_manager": _l("Trial manager"),
    "trial_statistician": _l("Trial statistician"),
    "sponsor": _l("Sponsor"),
    "quality": _l("Quality assurance"),
    "depot": _l("Depot"),
    "auditor": _l("Auditor"),
    "laboratory": _l("Laboratory"),
    "supply_manager": _l("Supply manager"),
    "safety_officer": _l("Safety officer"),
    "unblinded_statistician": _l("Unblinded statistician"),
    "administrator": _l("Administrator"),
    "operator": _l("Operator"),
}
PARTICIPANT_STATES = {
    "screened": _l("Screened"),
    "screen_failed": _l("Screen failure"),
    "randomized": _l("Randomized"),
    "withdrawn": _l("Withdrawn"),
    "completed": _l("Completed"),
}
SITE_STATES = {
    "set_up": _l("Being set up"),
    "ready": _l("Ready"),
    "active": _l("Active"),
    "closed_to_recruitment": _l("Closed to recruitment"),
    "closed": _l("Closed"),
}
STUDY_STATES = {
    "setup": _l("Being set up"), "open": _l("Open"), "frozen": _l("Frozen"), "closing": _l("Unlocking over"),
    "locked": _l("Locked"), "released": _l("Allocation released"),
}  # fmt: skip
RUNNING = {"running": _l("Running"), "paused": _l("Paused"), "open": _l("Open"), "closed": _l("Closed")}
KIT_STATES = {
    "at_depot": _l("At the depot"),
    "packed": _l("Packed"),
    "in_transit": _l("In transit"),
    "available": _l("Available"),
    "damaged": _l("Damaged"),
    "missing": _l("Missing"),
    "quarantined": _l("In quarantine"),
    "assigned": _l("Assigned"),
    "dispensed": _l("Dispensed"),
    "misallocated": _l("With another participant"),
    "not_dispensed": _l("Not dispensed"),
    "returned": _l("Returned"),
    "reconciled": _l("Reconciled"),
    "lost": _l("Lost"),
    "expired": _l("Expired"),
    "destroyed": _l("Destroyed"),
    "sent_back": _l("Sent back"),
    "back_at_depot": _l("Back at the depot"),
    "passed_on": _l("With a participant of another site"),
}
RECEIPTS = {"intact": _l("Intact"), "damaged": _l("Damaged"), "missing": _l("Missing")}
LOT_STATES = {
    "received": _l("Waits for release"),
    "released": _l("Released"),
    "held": _l("On hold"),
    "rejected": _l("Rejected"),
}
TEMPERATURES = {
    "in_range": _l("In range"),
    "excursion": _l("Excursion"),
    "not_read": _l("Not read"),
}
ASSIGNMENT_STATES = {
    "assigned": _l("Assigned"),
    "cancelled": _l("Not asked for now"),
    "handed_over": _l("Handed over"),
    "void": _l("To be replaced"),
}
DISCREPANCY_KINDS = {
    "vials": _l("Vials do not add up"),
    "diary": _l("Vials and diary differ"),
    "adherence": _l("More doses than were due"),
}
DISCREPANCY_STATES = {"open": _l("Open"), "resolved": _l("Resolved")}
RESOLUTIONS = {  # that nobody wrote
    "count_revised": _l("The revised count adds up."),
    "agrees_now": _l("The numbers agree now."),
}
COUNT_REASONS = {"found_again": _l("It was found again."), "back_again": _l("It came back once more.")}
DISPOSAL_KINDS = {"destroyed": _l("Destroyed at the site"), "sent_back": _l("Sent back to the depot")}
DISPOSAL_STATES = {"proposed": _l("Waits for a witness"), "done": _l("Done"), "withdrawn": _l("Withdrawn")}
MANIFEST_ENDS = {"destroyed": _l("Destroyed"), "escrow": _l("Put into escrow")}
DESTRUCTION_STATES = {"proposed": _l("Waits for quality"), "done": _l("Done"), "withdrawn": _l("Withdrawn")}
ACCOUNT_STATES = {"invited": _l("Invited"), "active": _l("Active"), "disabled": _l("Disabled")}
GRANT_STATES = {
    "proposed": _l("Proposed"),
    "active": _l("In force"),
    "ended": _l("Ended"),
    "declined": _l("Declined"),
}
SEXES = {"female": _l("Female"), "male": _l("Male")}
YES_NO = {"yes": _l("Yes"), "no": _l("No")}
APPROVALS = {"ethics": _l("Ethics committee"), "contract": _l("Contract"), "authority": _l("Authority")}
DOSE_STATES = {
    "taken": _l("Taken"),
    "partial": _l("Partly taken"),
    "missed": _l("Missed dose"),
    "held": _l("On hold"),
    "unrecorded": _l("Not recorded"),
    "extra": _l("Extra dose"),
    "coming": _l("To come"),
    "void": _l("There was none"),
}
WHAT = {"randomization": _l("Randomization"), "dispensing": _l("Dispensing"), "screening": _l("Screening")}
THINGS = {
    "participant": _l("participant"),
    "site": _l("site"),
    "kit": _l("kit"),
    "shipment": _l("shipment"),
    "lot": _l("lot"),
    "lot_decision": _l("decision on a lot"),
    "quarantine": _l("quarantine"),
    "destruction": _l("destruction"),
    "manifest": _l("kit list"),
    "account": _l("account"),
    "role_grant": _l("role"),
    "invitation": _l("invitation"),
    "assignment": _l("kit of this visit"),
    "deviation": _l("deviation"),
    "change_request": _l("change"),
    "discrepancy": _l("discrepancy"),
    "disposal": _l("disposal"),
    "shelf": _l("shelf"),
    "mishap": _l("report"),
    "adverse_event": _l("adverse event"),
    "event_told": _l("note of what was heard"),
    "special_report": _l("report"),
    "outbox": _l("notice"),
    **lab_words.THINGS,
    **lock_words.THINGS,
    **outcome_words.THINGS,
    **query_words.THINGS,
    **result_words.THINGS,
    **intercurrent_words.THINGS,
    "unblinding": _l("report"),
}
MISHAP_KINDS = {
    "wrong_kit": _l("A wrong box was handed over"),
    "not_handed_over": _l("A box was not handed over, although the books say so"),
    "lost": _l("A box was lost"),
    "damaged": _l("A box was damaged"),
    "elsewhere": _l("A participant of another site came"),
}
BOXES = {
    "with_participant": _l("With the participant"),
    "recovered": _l("Came back"),
    "at_site": _l("At the site"),
    "lost": _l("Lost"),
}
RIGHT_BOXES = {
    "at_site": _l("Here at the site"),
    "with_participant": _l("The participant has it too"),
    "not_known": _l("Somebody else has it, or it is not known"),
}
REPLACEMENTS = {
    "not_wanted": _l("None needed"),
    "being_sent": _l("Asked for; a kit is being sent"),
    "to_be_allowed": _l("Asked for; waits for a second person"),
    "set_aside": _l("Set aside"),
    "handed_over": _l("Handed over"),
    "not_collected": _l("Not collected"),
    "to_ask": _l("To be asked for"),
}
AT_DEPOT = {"lost": _l("Lost"), "damaged": _l("Damaged"), "found": _l("Found again")}
LOST_OR_DAMAGED = {"lost": _l("Lost"), "damaged": _l("Damaged")}
GONE = {"no": _l("Nothing: a visit is due")} | LOST_OR_DAMAGED
MASKINGS = {
    "masked": _l("masked"),
    "unmasked": _l("unmasked"),
    "apart": _l("apart"),
    "neither": _l("neither"),
}
VISIT_STATES = {
    "not_yet": _l("Not yet"),
    "due": _l("Due"),
    "overdue": _l("Overdue"),
    "missed": _l("Missed"),
    "skipped": _l("Skipped"),
    "done": _l("Done"),
    "off": _l("Not due any more"),
}
TIMINGS = {"early": _l("early"), "late": _l("late")}
VISIT_ORDERS = {"state": _l("what is urgent first"), "date": _l("by date"), "number": _l("by participant")}
CHANGE_STATES = {"open": _l("To be decided"), "agreed": _l("Agreed"), "declined": _l("Declined")}
CHANGE_TARGETS = {
    "birth_year": _l("Year of birth"),
    "sex": _l("Sex"),
    "first_dose": _l("First dose, day and time"),
    "stop": _l("Last day of treatment"),
    "withdrawal": _l("Day of withdrawal"),
    "hold": _l("Hold: from, to"),
}
CHANGE_PARTS = {"day": _l("Date"), "time": _l("Time of day")}
COUNTS = {"unused": _l("Unused"), "used": _l("Used"), "broken": _l("Broken"), "lost": _l("Lost")}
STANDINGS = {
    "valid": _l("Confirmed and valid"),
    "missing": _l("Not yet confirmed"),
    "not_eligible": _l("Confirmed as not eligible"),
    "protocol_changed": _l("Lapsed: the protocol has a new version"),
    "criteria_changed": _l("Lapsed: the criteria have changed"),
    "stratum_changed": _l("Lapsed: a baseline value changed the stratum"),
    "values_changed": _l("Lapsed: a baseline value was corrected"),
    "too_old": _l("Lapsed: confirmed too long ago"),
}
PLACES = {"clinic": _l("At the clinic"), "home": _l("At home")}
CRITERIA = {"inclusion": _l("Inclusion criteria"), "exclusion": _l("Exclusion criteria")}
MISSING = {
    "ethics": _l("the approval of the ethics committee"),
    "contract": _l("the contract"),
    "delegation": _l("the delegation signed by the site's investigator"),
    "practice": _l("the practice code, broken by somebody who is an investigator of this site now"),
    "stock": _l("kits on the shelf"),
}
ENTRY_KINDS = {"act": _l("Done"), "refusal": _l("Refused")}

FIELDS = {
    "form": _l("Form"),
    "login": _l("Login"),
    "name": _l("Name"),
    "email": _l("E-mail address"),
    "language": _l("Language"),
    "password": _l("Password"),
    "password_again": _l("Password again"),
    "current_password": _l("Present password"),
    "site": _l("Site"),
    "sex": _l("Sex"),
    "birth_year": _l("Year of birth"),
    "identity_document": _l("Number of the identity document"),
    "consent_version": _l("Version of the consent form"),
    "consent_on": _l("Date of consent"),
    "version": _l("Version"),
    "signed_on": _l("Date of signature"),
    "rescreen_of": _l("Re-screening of"),
    "reason": _l("Reason"),
    "participant": _l("Participant"),
    "visit": _l("Visit"),
    "visited_on": _l("Date of the visit"),
    "kit": _l("Kit number"),
    "kits": _l("Kits"),
    "answers": _l("Criteria"),
    "values": _l("Baseline values"),
    "what": _l("What"),
    "kind": _l("Kind"),
    "reference": _l("Reference"),
    "approved_on": _l("Date of approval"),
    "shipment": _l("Shipment"),
    "file": _l("File"),
    "account": _l("Account"),
    "role": _l("Role"),
    "grant": _l("Role"),
    "findings": _l("Findings"),
    "stratum": _l("Stratum"),
    "sha256": _l("SHA-256 of the file"),
    "happened_on": _l("Day on which it happened"),
    "told": _l("What happened, in your words"),
    "deviation": _l("Deviation"),
    "severity": _l("What it is"),
    "per_protocol": _l("Per-protocol set"),
    "lines": _l("Lines of the book"),
    "doses": _l("Doses"),
    "outcome": _l("What became of the dose"),
    "taken_on": _l("Day"),
    "taken_at": _l("Time"),
    "place": _l("Place"),
    "injection_site": _l("Injection site"),
    "missed_reason": _l("Why missed or partly taken"),
    "note": _l("Note"),
    "why": _l("Why it departs from the protocol"),
    "from_on": _l("From"),
    "resumed_on": _l("Resumed on"),
    "last_day": _l("Last day of treatment"),
    "left_on": _l("Day of withdrawal"),
    "hold_reason": _l("Reason"),
    "stop_reason": _l("Reason"),
    "change": _l("Change"),
    "target": _l("What is to be changed"),
    "wanted": _l("Value wanted"),
    "returned_on": _l("Returned on"),
    "unused": _l("Unused vials"),
    "used": _l("Used vials"),
    "broken": _l("Broken vials"),
    "lost": _l("Lost vials"),
    "method": _l("How"),
    "discrepancy": _l("Discrepancy"),
    "disposal": _l("Disposal"),
    "box": _l("Where is the wrong box now?"),
    "right_box": _l("Where is the box that was set aside?"),
    "replace": _l("Is another box needed for the visit?"),
    "gone": _l("What became of the box that they had?"),
    "screening_number": _l("Screening number on the card"),
    "randomization_number": _l("Randomization number on the card"),
    "mishap": _l("Report"),
    "lot": _l("Lot"),
    "expiry": _l("Expiry"),
    "decision": _l("Decision"),
    "carrier": _l("Carrier and waybill"),
    "logger": _l("Temperature logger"),
    "temperature": _l("Temperature record"),
    "lowest": _l("Lowest temperature"),
    "highest": _l("Highest temperature"),
    "minutes": _l("Minutes out of range"),
    "file_name": _l("File"),
    "found": _l("As what it was found"),
    "noticed_on": _l("Noticed on"),
    "noticed_at": _l("Noticed at"),
    "failed_on": _l("Out of range since (day)"),
    "failed_at": _l("Out of range since (time)"),
    "quarantine": _l("Quarantine"),
    "destruction": _l("Destruction"),
    "manifest": _l("Kit list"),
}
STUDY_LABELS = "values", "answers"  # fields whose parts the study names


ALL_FIELDS = (FIELDS, event_words.FIELDS, emergency_words.FIELDS, notice_words.FIELDS, lab_words.FIELDS,
              outcome_words.FIELDS, query_words.FIELDS, result_words.FIELDS, intercurrent_words.FIELDS,
              lock_words.FIELDS)  # fmt: skip
ELSEWHERE = (act_words, job_words, event_words, emergency_words, notice_words, lab_words, book_words, outcome_words,
             query_words, result_words, intercurrent_words, lock_words)  # fmt: skip


def word(code: object, of: str) -> str:
    """The word of a code in one of the tables, such as `word("set_up", "SITE_STATES")`; an unknown code stays."""
    tables: tuple[Mapping[str, Any], ...] = (globals(), *map(vars, ELSEWHERE))
    table = next(one[of] for one in tables if of in one)
    return str(table.get(str(code), code))


def dose(line: str) -> str:
    """A dose by its line in the diary: its number in the schedule, or `x1`, `x2` … for one that was not due."""
    if line.startswith("x"):
        return str(_("Extra dose %(number)s", number=line.removeprefix("x")))
    return str(_("Dose %(number)s", number=line))


def meaning(english: str) -> str:
    """A signature's meaning in the reader's language; what is stored is the English one."""
    return str(act_words.MEANINGS.get(english, english))


def field(name: str) -> str:
    """The word of a form's field; a part of a field (`answers.age`) is named by the study, or by its own code."""
    from irt.web import outcome_wording, texts

    first, _, part = name.partition(".")
    if part and first in outcome_wording.PARTS:
        return outcome_wording.field_said(first, part)
    if part and first in STUDY_LABELS:
        return texts.study_label(first, part)
    if first == "doses" and part:
        return dose(part)
    if first == "wanted" and part:
        return str({**FIELDS, **COUNTS, **CHANGE_PARTS}.get(part, part))
    word_of_field = str(next((fields[first] for fields in ALL_FIELDS if first in fields), first))
    return f"{word_of_field} {part}" if part else word_of_field
