"""The words for the codes that the trial speaks: roles, states, fields, kinds. The domain knows the codes only."""

from flask_babel import lazy_gettext as _l

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
}
SITE_STATES = {
    "set_up": _l("Being set up"),
    "ready": _l("Ready"),
    "active": _l("Active"),
    "closed_to_recruitment": _l("Closed to recruitment"),
    "closed": _l("Closed"),
}
STUDY_STATES = {"setup": _l("Being set up"), "open": _l("Open")}
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
    "returned": _l("Returned"),
    "lost": _l("Lost"),
    "expired": _l("Expired"),
}
RECEIPTS = {"intact": _l("Intact"), "damaged": _l("Damaged"), "missing": _l("Missing")}
SHIPMENT_STATES = {"requested": _l("Requested"), "in_transit": _l("In transit"), "received": _l("Received")}
ASSIGNMENT_STATES = {"assigned": _l("Assigned"), "handed_over": _l("Handed over")}
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
WHAT = {"randomization": _l("Randomization"), "dispensing": _l("Dispensing"), "screening": _l("Screening")}
THINGS = {
    "participant": _l("participant"),
    "site": _l("site"),
    "kit": _l("kit"),
    "shipment": _l("shipment"),
    "account": _l("account"),
    "role_grant": _l("role"),
    "invitation": _l("invitation"),
    "assignment": _l("kit of this visit"),
}
MASKINGS = {
    "masked": _l("masked"),
    "unmasked": _l("unmasked"),
    "apart": _l("apart"),
    "neither": _l("neither"),
}
CHOICES = {
    "negative": _l("Negative"),
    "positive": _l("Positive"),
    "yes": _l("Yes"),
    "no": _l("No"),
    "gc_low": _l("Glucocorticoid 10 mg/d or less"),
    "gc_high": _l("Glucocorticoid above 10 mg/d"),
}
VISIT_STATES = {
    "not_yet": _l("Not yet"),
    "due": _l("Due"),
    "overdue": _l("Overdue"),
    "missed": _l("Missed"),
    "done": _l("Done"),
}
STANDINGS = {
    "valid": _l("Confirmed and valid"),
    "missing": _l("Not yet confirmed"),
    "not_eligible": _l("Confirmed as not eligible"),
    "protocol_changed": _l("Lapsed: the protocol has a new version"),
    "criteria_changed": _l("Lapsed: the criteria have changed"),
    "stratum_changed": _l("Lapsed: a baseline value changed the stratum"),
    "too_old": _l("Lapsed: confirmed too long ago"),
}
CRITERIA = {"inclusion": _l("Inclusion criteria"), "exclusion": _l("Exclusion criteria")}
MISSING = {
    "ethics": _l("the approval of the ethics committee"),
    "contract": _l("the contract"),
    "delegation": _l("the delegation signed by the site's investigator"),
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
}
STUDY_LABELS = "values", "answers"  # fields whose parts the study names


def word(code: object, of: str) -> str:
    """The word of a code in one of the tables here, such as `word("set_up", "SITE_STATES")`; an unknown code stays."""
    return str(globals()[of].get(str(code), code))


def field(name: str) -> str:
    """The word of a form's field; a part of a field (`answers.age`) is named by the study, or by its own code."""
    from irt.web import texts

    first, _, part = name.partition(".")
    if part and first in STUDY_LABELS:
        return texts.study_label(first, part)
    word_of_field = str(FIELDS.get(first, first))
    return f"{word_of_field} {part}" if part else word_of_field
