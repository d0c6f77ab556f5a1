"""The sentence of every refusal: it names the field, the value and the remedy. A house test finds a missing one."""

from typing import Any

from flask_babel import lazy_gettext as _l

from irt.web import intercurrent_words, lab_words, lock_words, outcome_words, query_words, result_words
from irt.web.emergency_sentences import PAPER_CODES, UNBLINDINGS
from irt.web.event_sentences import EVENTS
from irt.web.notice_sentences import NOTICES, SPECIAL_REPORTS
from irt.web.people_sentences import PEOPLE
from irt.web.safety_sentences import SAFETY

GATE: dict[str, Any] = {
    "not_found": _l("There is no such %(what)s at your sites. Start again from the list."),
    "busy": _l("Other steps were under way at the same moment. Nothing was changed; send the form again."),
    "account_inactive": _l("Your account is not active. Ask the administrator."),
    "role_not_allowed": _l("Your role does not allow “%(act)s”. Ask the trial manager who may do it."),
    "study_state": _l("The study is “%(state)s”, which does not allow this step. Ask the trial manager."),
    "study_file_changed": _l(
        "The study file was changed and is not taken in yet: until the trial manager signs the amendment, nothing can "
        "be recorded."
    ),
    "request_reused": _l(
        "This form was already used for something else. It is shown anew: check it and send it again."
    ),
    "signature_missing": _l("Password: type it; it signs “%(meaning)s”."),
    "signature_unasked": _l("“%(act)s” is not signed. Reload the page and send the form again."),
    "signature_forged": _l("The signature is not yours. Sign again with your own password."),
    "signature_for_another": _l("The signature was given for another step. Sign this one with your password."),
    "signature_stale": _l("The signature is older than %(minutes)s minutes. Sign again with your password."),
    "signature_reused": _l("The signature was already used. Sign again with your password."),
}
CONDUCT: dict[str, Any] = {
    "site_inactive": _l("Site %(site)s is “%(state)s”, which does not allow this step. Ask the trial manager."),
    "site_state": _l(
        "Site %(site)s is “%(state)s” and cannot become “%(wanted)s” from there. Possible next: %(next)s."
    ),
    "site_not_ready": _l("Site %(site)s is not ready. Still missing: %(missing)s."),
    "site_paused": _l("%(what)s is paused at site %(site)s. Ask the trial manager when it goes on."),
    "study_paused": _l("%(what)s is paused in the whole study. Ask the trial manager when it goes on."),
    "already_paused": _l("What: %(what)s is paused already. Choose the other, or resume it first."),
    "not_paused": _l("What: %(what)s is not paused. Choose the other."),
    "approval_already_recorded": _l("Reference: “%(reference)s” is recorded already (%(kind)s). Check the number."),
    "list_not_published": _l(
        "The randomization list is not sealed yet. The unblinded statistician prepares it with `irt list prepare`."
    ),
    "list_strata": _l("The sealed list has the strata %(list)s, the study file has %(study)s. Mend the study file."),
    "sites_left_out": _l(
        "Sites: %(sites)s are in the trial and not in the study file. Put them back; a site that ends is closed."
    ),
    "list_arms": _l(
        "The sealed list was made for arms, ratios or kit types that the study file does not have. Mend the study file."
    ),
    "study_file_unchanged": _l("The study file is the one already taken in (%(sha256)s). Nothing is to be done."),
    "cap_below_randomized": _l(
        "Cap of %(scope)s: %(cap)s is below the %(randomized)s already randomized. Raise it in the study file."
    ),
    "list_prepared_already": _l("The list is sealed already. It is prepared once."),
    "design_mistakes": _l("The design has mistakes: %(mistakes)s"),
    "list_mistakes": _l("The list has mistakes: %(mistakes)s"),
}
PARTICIPANTS: dict[str, Any] = {
    "participant_state": _l("Participant %(participant)s is “%(state)s”, which does not allow this step."),
    "birth_year_impossible": _l("Year of birth: %(value)s is not possible; write one from %(earliest)s to %(latest)s."),
    "identity_document_too_short": _l(
        "Number of the identity document: it has fewer than %(shortest)s letters and digits; write it whole."
    ),
    "already_screened": _l(
        "Number of the identity document: this person was screened before: %(here)s. If they failed screening at this "
        "site, name that number under “Re-screening of”; otherwise ask the trial manager."
    ),
    "rescreen_of_another": _l("Re-screening of: %(number)s is another person. Check number and document."),
    "rescreen_state": _l("Re-screening of: %(number)s is “%(state)s”; only a screen failure is screened again."),
    "consent_version_not_current": _l(
        "Version of the consent form: %(value)s is not in force; use version %(current)s."
    ),
    "consent_not_current": _l("The consent to version %(current)s is missing. Record it first (“Consent again”)."),
    "consent_already_recorded": _l("Version of the consent form: the consent to %(version)s is recorded already."),
    "consent_before_earlier": _l("Date of consent: %(value)s is before the earlier consent of %(earlier)s; check it."),
    "date_in_future": _l("%(field)s: %(value)s has not come yet; today is %(today)s at the site."),
    "date_too_early": _l(
        "%(field)s: %(value)s is too early; it cannot have happened before %(earliest)s: the box came to the site "
        "or to the participant then, or the participant was randomized. Correct the date."
    ),
    "baseline_already_recorded": _l("The baseline values of %(participant)s are recorded. Use “Correct” for a change."),
    "baseline_not_recorded": _l("The baseline values of %(participant)s are not recorded yet. Record them first."),
    "baseline_incomplete": _l("Baseline values are missing: %(fields)s. Record them first."),
    "baseline_mistakes": _l("Baseline values: some are not accepted; mend those named."),
    "criteria_mistakes": _l("Criteria: unanswered: %(unanswered)s; unknown: %(unknown)s. Answer each with yes or no."),
    "eligibility_not_confirmed": _l(
        "The eligibility of %(participant)s is not confirmed, or the confirmation has lapsed. An investigator confirms "
        "it first."
    ),
    "not_randomized": _l("Participant %(participant)s is not randomized, so there is nothing to correct."),
    "stratum_unchanged": _l(
        "The values give the stratum already known: %(stratum)s. Correct the baseline value first."
    ),
    "already_marked_in_error": _l("Participant %(participant)s is marked already. Nothing is to be done."),
    "cap_reached": _l("%(scope)s has reached its number of participants. Ask the trial manager."),
    "list_exhausted": _l("Randomization is not possible now. Ask the trial manager."),
    "site_closed_for_randomization": _l(
        "The site is closed for randomization until kits arrive. Nothing was drawn; the trial manager sends kits."
    ),
}
DEVIATIONS: dict[str, Any] = {
    "no_deviation_excludes": _l(
        "Per-protocol set: what is no deviation excludes nobody. Let the participant stay, or choose what it is."
    ),
}
BOOKS: dict[str, Any] = {
    "no_line_chosen": _l("Lines of the book: none is ticked. Tick those that you have checked, then sign."),
    "line_changed": _l(
        "Lines of the book: these changed after they were shown: %(kits)s. Look them over as they are now, then sign."
    ),
}
KITS: dict[str, Any] = {
    "kit_being_sent": _l(
        "No kit can be given at this site now. Nothing was set aside; ask again when the next box has arrived."
    ),
    "kit_to_be_allowed": _l(
        "Visit: two kits of %(visit)s are gone already. The trial manager or the medical monitor must allow the next "
        "one; call them, then ask again."
    ),
    "allowance_not_wanted": _l("Visit: no kit of %(visit)s waits to be allowed. Nothing is to be done."),
    "visit_unknown": _l("Visit: no kit belongs to %(visit)s. Kits belong to: %(known)s."),
    "visit_not_due": _l(
        "Visit: %(visit)s is due from %(earliest)s to %(latest)s and can be held from %(first)s to %(last)s; %(day)s "
        "is outside. Choose the visit of that day, or record an unscheduled visit."
    ),
    "kit_still_wanted": _l(
        "Kit number: %(kit)s stays set aside as long as the participant may be given a kit; the next visit gets it."
    ),
    "visit_not_assigned": _l("Visit: no kit is set aside for %(visit)s. Ask for the kit first."),
    "not_the_assigned_kit": _l("Not the assigned kit."),
    "kit_on_hold": _l(
        "Kit number: lot %(lot)s of %(kit)s is not released. Cancel the request (“Not needed now” on the slip) and ask "
        "again: another kit is set aside, and this one is given to nobody."
    ),
    "kit_expires_too_soon": _l(
        "Kit number: %(kit)s expires on %(expiry)s, too soon for this visit. Cancel the request (“Not needed now” on "
        "the slip) and ask again: another kit is set aside, and this one is given to nobody."
    ),
    "kit_to_be_relabelled": _l(
        "Kit number: lot %(lot)s expires on %(expiry)s by now, earlier than the label of %(kit)s says. Relabel it "
        "first: “Kits to relabel” on the start page leads there."
    ),
    "kits_known": _l("File: these kit numbers are known already: %(numbers)s. Ask the packager for the right file."),
    "manifest_known": _l("File: this kit list was taken in before. Choose the new one."),
    "manifest_mistakes": _l("File: %(mistakes)s"),
    "manifest_tells": _l("File: it tells the kit types apart: %(findings)s"),
    "depot_short": _l("Kits: the depot cannot give that many. Ask for fewer, or import a kit list first."),
    "shipment_kits_differ": _l("Kits: not in the box: %(not_in_box)s; not named: %(not_named)s. Account for each."),
    "kit_not_theirs": _l(
        "Kit number: %(kit)s was not given to %(participant)s. Check the number; if this box came back, choose "
        "whose it is, or report what happened."
    ),
    "kit_number_needed": _l(
        "Kit number: in the books no box is in the hands of %(participant)s. Write the number on its "
        "label, or choose that no box is gone."
    ),
    "kit_back_already": _l(
        "Kit number: %(kit)s is back already (%(state)s). If its count is wrong, ask for a change of the "
        "recorded count."
    ),
    "kit_cannot_come_back": _l(
        "Kit number: %(kit)s is “%(state)s”, so it cannot come back. Check the number, or report what happened."
    ),
    "returned_before_given": _l(
        "Returned on: %(value)s is before kit %(kit)s was given (%(given)s). Correct the date."
    ),
    "discrepancy_resolved": _l("This discrepancy is resolved already. Look at the list of those that are open."),
    "note_changed": _l("The note to file changed after it was read. Read it as it is now, then sign."),
    "deviation_moved": _l("The deviation changed after it was shown. Look at it as it is now, then say what it is."),
    "discrepancy_moved": _l(
        "The discrepancy changed after it was shown: %(expected)s are expected and %(found)s found by now. Look it "
        "over, then say why."
    ),
    "kits_not_disposable": _l(
        "Kits: %(kits)s cannot go: only kits of this site that are reconciled, damaged, expired, in quarantine or not "
        "dispensed. What is available goes where the site is closed, or closed to recruitment and nobody is due "
        "another kit. Leave them out, or take them back first."
    ),
    "shelf_not_whole": _l(
        "Kits: what is available on the shelf goes all together, or stays: %(kits)s are left out. Choose the whole "
        "shelf, or none of it."
    ),
    "kits_in_quarantine": _l(
        "Kits: %(kits)s are in quarantine (%(entries)s): quality decides first. Leave them out until then."
    ),
    "kits_in_question": _l("Kits: a discrepancy about %(kits)s is open. Resolve it first, or leave them out."),
    "kits_in_disposal": _l(
        "Kits: %(kits)s wait for a witness in another disposal. Leave them out, or withdraw that one."
    ),
    "disposal_state": _l("The disposal is “%(state)s” by now. Look at its page."),
    "witness_is_proposer": _l("The witness is another person than the one who destroys the kits. Ask a colleague."),
    "manifest_put_away": _l("What became of the file of this kit list is recorded already. Nothing is to be done."),
    "not_sent_back": _l("Kits: %(kits)s were not sent back with this box. Check the numbers and the box."),
    "kits_not_destroyable": _l(
        "Kits: %(kits)s do not lie at the depot to be destroyed. Leave them out, or receive their return first."
    ),
    "kits_in_destruction": _l("Kits: %(kits)s are in another destruction that waits for quality. Leave them out."),
    "certificate_missing": _l("File: choose the certificate of destruction as a PDF."),
    "destruction_state": _l("The destruction is “%(state)s” by now. Look at the list."),
    "packed_kits_differ": _l(
        "Kits: not scanned yet: %(missing_kits)s; not of this box: %(not_in_box)s. Put in what is missing, take out "
        "what does not belong there, and scan again. A kit that cannot be found or is broken is reported under Depot, "
        "“Kit lost or damaged”: then the box is cancelled."
    ),
    "kit_not_at_depot": _l(
        "Kit number: %(kit)s does not lie at the depot, nor in a box that has not left. Check the number."
    ),
    "kit_not_lost_at_depot": _l("Kit number: %(kit)s was not lost at the depot. Check the number."),
    "box_for_closed_site": _l("Site %(site)s is closed: shipment %(number)s does not leave. Cancel the shipment."),
    "lot_not_released": _l("Lot %(lot)s is “%(state)s”: the box cannot leave. Cancel the shipment."),
    "box_expires_too_soon": _l(
        "Shipment %(number)s holds kits that expire too soon to be shipped. Cancel it and ask for another."
    ),
    "excursion_untold": _l("What happened, in your words: the record shows an excursion; write what is known of it."),
    "temperature_not_in_range": _l(
        "Temperature record: it is not in range with these readings, for the kits are kept at %(least)s–%(most)s °C. "
        "Choose “excursion”, or correct the readings."
    ),
    "kit_not_in_shipment": _l("Kit number: %(kit)s was not in shipment %(number)s. Start from the shipment's page."),
    "kit_moved_on": _l(
        "Kit number: %(kit)s is “%(state)s” by now, so its receipt stays as it is. Report what happened to it."
    ),
    "receipt_not_correctable": _l(
        "Kit number: %(kit)s is “%(state)s”, which is not corrected so. Choose another finding, or report what "
        "happened."
    ),
    "file_not_pdf": _l("File: it is no PDF. Choose the report as a PDF."),
    "file_too_large": _l("File: it is larger than %(most)s MB. Choose a smaller one."),
    "refrigerator_empty": _l("No kit stands there that somebody could be given. Nothing is to be done."),
    "failed_after_noticed": _l("Out of range since: it is after it was noticed (%(noticed)s). Correct one of the two."),
    "quarantine_of_lot": _l("The kits belong to lot %(lot)s, which is on hold. Decide on the lot."),
    "quarantine_state": _l("Quarantine %(number)s is “%(state)s” by now. Look at the list."),
    "expiry_not_earlier": _l("Expiry: %(value)s is not before the present one (%(expiry)s). Write an earlier day."),
    "expiry_not_later": _l("Expiry: %(value)s is not later than the present one (%(expiry)s). Write a later day."),
    "relabelled_already": _l("The kits of lot %(lot)s are relabelled here already. Nothing is to be done."),
    "relabelled_kits_differ": _l(
        "Kits: other kits of lot %(lot)s stand here by now than this page showed. Look again: those shown now are to "
        "bear the new date."
    ),
    "lots_known": _l(
        "Lot: %(lots)s came in with an earlier kit list. A lot comes whole: ask the packager for a lot code of its own."
    ),
    "lot_state": _l("Lot %(lot)s is “%(state)s” by now. Look at its page."),
    "shipment_state": _l("Shipment %(number)s is “%(state)s” by now. Look at its page."),
}
TREATMENT: dict[str, Any] = {
    "day_not_possible": _l("%(field)s: %(value)s is not possible; write a day from %(earliest)s to %(latest)s."),
    "not_offered": _l("%(field)s: %(value)s is not among the answers. Choose one of those offered."),
    "say_in_words": _l("%(field)s: “Other” alone says nothing. Write it in words under “Note”."),
    "kit_not_in_hand": _l(
        "Kit number: %(kit)s was not with this participant on %(day)s. Check the number and the day; the hand-over is "
        "recorded first."
    ),
    "first_dose_recorded": _l("The first dose is recorded: %(day)s. Use “Correct” in the diary for its kit or time."),
    "first_dose_late": _l(
        "Reason: the first dose on %(value)s is later than allowed (%(latest)s). Write why, or check the day."
    ),
    "first_dose_stays": _l(
        "The first dose begins the calendar: its day (%(day)s) stays. Ask for a data change to have it put right."
    ),
    "diary_mistakes": _l("Diary: some lines are not accepted; mend those named."),
    "dose_not_recorded": _l("%(dose)s is not recorded yet. Record it in the diary."),
    "dose_unchanged": _l("%(dose)s is recorded so already. Change what was wrong, or go back."),
    "treatment_stopped": _l("Treatment was stopped: its last day was %(last_day)s. Nothing can follow it."),
    "treatment_held": _l("Treatment is on hold (%(day)s). Resume it first."),
    "treatment_not_held": _l("Treatment is not on hold. Nothing is to be done."),
    "hold_overlaps": _l(
        "From: treatment was on hold from %(from_on)s until it was resumed on %(resumed_on)s. Write a day from then on."
    ),
    "doses_given_since": _l(
        "Doses are recorded as given on or after %(day)s: %(given)s. Write a later day, or correct the diary first."
    ),
    "participant_not_complete": _l("The participant has not come to the end yet; settle what is named."),
}
VISITS: dict[str, Any] = {
    "visit_not_in_study": _l("Visit: the study has no visit %(visit)s. Choose one of: %(known)s."),
    "visit_recorded": _l(
        "Visit: %(visit)s is recorded already (%(day)s). If that is wrong, ask for a change on the participant's page."
    ),
    "visit_reason_needed": _l(
        "Reason: %(visit)s is due from %(earliest)s to %(latest)s, and %(day)s is out of this window. Write why."
    ),
    "unscheduled_reason_needed": _l("Reason: %(visit)s has no planned day. Write why it takes place."),
    "early_termination_not_due": _l(
        "Visit: the treatment of %(participant)s has not ended early, or ended for a reason that asks for no such "
        "visit. Record an unscheduled visit instead."
    ),
    "visit_before_stop": _l("Date of the visit: %(value)s is before the end of treatment on %(stopped_on)s. Check it."),
    "visit_before_screening": _l("Date of the visit: %(value)s is before the screening on %(screened_on)s. Check it."),
    "first_dose_missing": _l(
        "The first dose of %(participant)s is not recorded, so the calendar has not begun. Record it first."
    ),
}
CHANGES: dict[str, Any] = {
    "change_mistakes": _l("Value wanted: it is not accepted; mend what is named."),
    "change_target_unknown": _l(
        "%(target)s: there is no such recorded value to change. Start from the participant's page."
    ),
    "change_unchanged": _l("Value wanted: %(value)s is recorded already. Nothing is to be changed."),
    "change_open_already": _l(
        "A change of this value is asked for already and not decided yet. Wait for the data manager."
    ),
    "change_state": _l("This change was decided already: %(state)s."),
    "change_own": _l("Nobody decides on a change that they asked for. Ask another data manager."),
    "change_value_moved": _l(
        "The value is no longer the one that was to be changed: it was %(before)s and is %(value)s now. Decline the "
        "change; the site asks anew."
    ),
}
MISHAPS: dict[str, Any] = {
    "kit_is_theirs": _l("Kit number: %(kit)s is this participant's own. Read the number on the label again."),
    "kit_not_at_hand": _l(
        "Kit number: %(kit)s is “%(state)s”, so this cannot have happened to it. Read the label again."
    ),
    "kit_doses_recorded": _l(
        "Kit number: doses are recorded from %(kit)s (%(days)s). If it never left, correct these doses first."
    ),
    "kit_passed_on": _l(
        "Kit number: %(kit)s was handed over at site %(at)s, so it cannot stand here. Check the number; if the box is "
        "still at that site, call the trial manager."
    ),
    "kit_counted_already": _l("Kit number: %(kit)s was counted when it came back, so it had left. Correct that first."),
    "kit_not_handed_over": _l("Kit number: %(kit)s is not handed over in the books. Nothing is to be put right."),
    "used_missing": _l("Vials used: the box was at home; write how many of its vials were used, 0 if none."),
    "used_too_many": _l("Vials used: %(value)s is more than the box held (%(most)s). Count again."),
    "used_not_asked": _l(
        "Vials used: leave it empty (%(value)s). It is asked only when a box that was at home is lost; a damaged one "
        "is counted when it is brought back."
    ),
    "used_before_too": _l(
        "Vials used: %(value)s is less than the %(before)s that were counted when the box had come back before. Count "
        "those too."
    ),
    "kit_damaged_already": _l(
        "Kit number: it was told already that %(kit)s is damaged. When it is brought back, take it back and count it."
    ),
    "mishap_box_settled": _l("This box is accounted for already. Nothing is to be done."),
    "note_signed": _l("This note is signed, and nothing has changed since. Nothing is to be done."),
    "card_unknown": _l(
        "The two numbers fit no participant of another site who is on treatment. Read the card again; otherwise call "
        "the trial manager."
    ),
    "visit_none_due": _l("No visit with a kit is due today. Nothing was set aside; call the participant's own site."),
    "visit_has_its_kit": _l(
        "The kit of this visit was handed over already. Nothing was set aside. If that box is lost or damaged, say so "
        "in the form."
    ),
    "kit_waits_elsewhere": _l(
        "Kit %(kit)s is set aside for this participant at %(at)s, and is handed over there. If it was not "
        "collected, that site says so, or a pharmacist here says that it is not to be given; then ask again."
    ),
}
SENTENCES = (
    GATE | PEOPLE | CONDUCT | PARTICIPANTS | DEVIATIONS | BOOKS | KITS | TREATMENT | VISITS | CHANGES | MISHAPS
    | EVENTS | SAFETY | NOTICES | SPECIAL_REPORTS | lab_words.SENTENCES
    | PAPER_CODES | UNBLINDINGS | outcome_words.SENTENCES | query_words.SENTENCES | lock_words.SENTENCES
    | result_words.SENTENCES | intercurrent_words.SENTENCES
)  # fmt: skip
